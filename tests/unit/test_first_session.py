"""The first session: who agrees on it, what its day can be, and what is said where there is none."""

from datetime import date, timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.durations import day_begins
from functions.kernel.engine import open_actions
from functions.kernel.timers import due_at
from functions.processes import current
from functions.render.text.texts import mail_text, process_text
from functions.render.text.words import Words
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.fakes import World, day_after

SUPERVISION = current("supervision")
TOLD = ("accepted", "accepted_supervisee", "accepted_manager", "accepted_coordinator")
WEEKS = {"fi": "viiko", "sv": "veck", "en": "week"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_that_the_first_session_is_within_some_weeks(language: str) -> None:
    """The deadline is for recording its day; the session may be later, as was wished for."""
    for name in (*TOLD, "accepted_supervisor", "joined_manager"):
        body = mail_text("supervision", name, language).body
        assert not any(WEEKS[language] in paragraph for paragraph in body), name
    for name in (*TOLD, "accepted_supervisor"):
        assert "{deadline}" in mail_text("supervision", name, language).body[-1], name
    for key in ("next", "to.supervisor.next"):
        assert WEEKS[language] not in process_text("supervision", language, f"states.active.{key}")


def begun(days: int = 29) -> tuple[World, str]:
    """A case whose first session has been recorded for so many days from the tests' start."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    world.do(case_id, "begin", first_session=day_after(days))
    world.deliver_all()
    return world, case_id


def can(world: World, case_id: str, role: str) -> set[str]:
    return {a.name for a in open_actions(SUPERVISION, world.case(case_id), role, "status")}


@pytest.mark.parametrize(
    ("action", "role"), [("redate", "supervisor"), ("redate_instead", "coordinator")]
)
def test_day_that_was_recorded_wrongly_is_corrected_and_told_to_all(action: str, role: str) -> None:
    world, case_id = begun(300)
    asked = due_at(SUPERVISION, world.case(case_id))
    assert action in can(world, case_id, role)
    token = world.token(case_id, role, "status")
    typed = {"action": action, "first_session": day_after(30)}
    act(world.services, token, typed, "fi")
    case = world.case(case_id)
    assert case.answers["first_session"] == day_after(30)
    assert case.since == day_begins(date.fromisoformat(day_after(30)))
    due = due_at(SUPERVISION, case)
    assert asked
    assert due
    assert asked - due > timedelta(days=260)
    told = {m["To"] for m in world.deliver_all()}
    assert {p.email for p in case.parties} == told


def test_it_goes_on_or_not_only_once_it_has_been_asked() -> None:
    """So not before the first session's day either; and the day is corrected before that alone."""
    world, case_id = begun()
    assert can(world, case_id, "supervisor") == {"redate", "close"}
    world.wait(case_id)
    assert world.clock.now() > day_begins(date.fromisoformat(day_after(29 + 180)))
    assert run_due_timer(world.services, case_id)
    assert can(world, case_id, "supervisor") == {"go_on", "close"}
    assert can(world, case_id, "coordinator") == {"interrupt"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["supervisor", "manager", "coordinator", "applicant"])
def test_page_says_that_it_was_asked_and_no_more_that_a_session_is_to_come(
    language: str, role: str
) -> None:
    world, case_id = begun()
    words = Words(SUPERVISION, language, world.directory, "individual")
    agreed = process_text("supervision", language, "states.running.now")
    told = [words.state(world.case(case_id), part, role) for part in ("now", "next")]
    assert told[0] == agreed
    for _ in range(2):  # after six months and after seven
        world.wait(case_id)
        assert run_due_timer(world.services, case_id)
        asked = [words.state(world.case(case_id), part, role) for part in ("now", "next")]
        assert agreed not in asked
        assert not set(asked) & set(told)
    world.do(case_id, "go_on", "status")
    assert words.state(world.case(case_id), "now", role) == agreed


def test_supervision_that_never_began_is_not_said_to_have_ended() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    while world.case(case_id).state == "active":
        world.deliver_all()
        world.wait(case_id)
        assert run_due_timer(world.services, case_id)
    case = world.case(case_id)
    assert case.state == "unbegun"
    assert world.directory.counts["supervisors", "testi", "ongoing"] == 0
    sent = world.deliver_all()
    assert {m["To"] for m in sent} == {p.email for p in case.parties}
    for language in LANGUAGES:
        ended = mail_text("supervision", "completed", language).ask
        assert mail_text("supervision", "never_begun", language).ask != ended
    assert not any("päättynyt" in m["Subject"] for m in sent)


@pytest.mark.parametrize(
    ("action", "role"), [("not_begin", "supervisor"), ("not_begin_instead", "coordinator")]
)
def test_who_says_that_it_does_not_begin_ends_nothing_that_began(action: str, role: str) -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    assert can(world, case_id, role) & {"close", "interrupt"} == set()
    world.deliver_all()
    world.do(case_id, action, "status")
    case = world.case(case_id)
    assert case.state == "unbegun"
    assert world.directory.counts["supervisors", "testi", "ongoing"] == 0
    sent = world.deliver_all()
    assert {m["To"] for m in sent} == {p.email for p in case.parties}
    assert not any("päättynyt" in m["Subject"] for m in sent)


def test_nothing_leads_from_before_the_first_session_to_what_has_ended() -> None:
    before = {"coordinating", "offered", "active", "merged", "joined"}
    ended = {(t.action, t.source) for t in SUPERVISION.transitions if t.target == "completed"}
    assert {(a, s) for a, s in ended if s in before} == set()
