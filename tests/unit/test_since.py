"""Since when it is somebody's turn, and what makes a deadline begin anew."""

from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest

from functions.adapters.rows import case_from_plain, case_to_plain
from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.definition import Definition
from functions.kernel.durations import day_begins, day_of
from functions.kernel.timers import deadline, due_at
from functions.processes import NAMES, current
from functions.render.text import dates
from functions.services.case.timers import run_due_timer
from tests.fakes import World
from tests.guards.test_guard_visibility import Joined
from tests.orders import DATED, DATES, Quotes
from tests.paths import walks

SUPERVISION, QUOTE = current("supervision"), current("quote")
# Every act that leaves a case in its state, and whether the state's deadline begins anew.
STAYS = {
    "supervision": {
        "go_on": True,
        "redate": False,
        "redate_instead": False,
        "redate_joint": False,
        "leave": False,
        "date": False,
        "undate": False,
    },
    "quote": {
        "revise": True,
        "reschedule": True,
        "cancel_one": False,
        "substitute": False,
        "no_show": False,
        "count_held": False,
        "was_there": False,
    },
    "contact": {},
}


def staying(definition: Definition) -> dict[str, bool]:
    votes = {a.name for a in definition.actions if a.votes}
    rows = [t for t in definition.transitions if t.source == t.target]
    return {t.action: t.restarts for t in rows if t.action not in votes}


@pytest.mark.parametrize("name", NAMES)
def test_each_act_that_leaves_a_case_where_it_is_says_what_its_deadline_does(name: str) -> None:
    assert staying(current(name)) == STAYS.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_since_when_changes_with_the_state_or_whose_turn_it_is_alone(name: str) -> None:
    definition = current(name)
    anew = {t.action for t in definition.transitions if t.restarts}
    stayed = 0
    for walk in walks(definition, World().directory):
        for before, after in zip(walk.decisions, walk.decisions[1:], strict=False):
            old, new = before.case, after.case
            if not new.parties:
                continue
            same = old.state == new.state and definition.turn(old) == definition.turn(new)
            named = new.answers.get(definition.state(new.state).begins)
            same = same and (
                named is None or named == old.answers.get(definition.state(old.state).begins)
            )
            later = named and date.fromisoformat(str(named)) > day_of(after.event.at)
            began = day_begins(date.fromisoformat(str(named))) if later else after.event.at
            assert new.since == (old.since if same else began), after.event
            begins = old.state != new.state or after.event.action in anew
            assert new.entered_at == (after.event.at if begins else old.entered_at), after.event
            stayed += same and new.round != old.round
    assert stayed or not STAYS.get(name)


def asked_about(world: World, case_id: str) -> None:
    """Until it has been asked whether the supervision goes on."""
    world.wait(case_id)
    assert run_due_timer(world.services, case_id)


def test_since_when_outlives_the_store() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    world.do(case_id, "begin", first_session=day_of(world.clock.now()).isoformat())
    case = world.case(case_id)
    asked_about(world, case_id)
    world.do(case_id, "go_on", "status")
    later = world.case(case_id)
    assert (later.since, later.entered_at > case.entered_at) == (case.entered_at, True)
    assert case_from_plain(case_to_plain(later)) == later
    before = {k: v for k, v in case_to_plain(case).items() if k != "turned_at"}
    assert case_from_plain(before) == case  # a case that was stored before there was any


def test_page_and_desk_say_since_when_though_it_was_said_that_it_goes_on() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    world.do(case_id, "begin", first_session=day_of(world.clock.now()).isoformat())
    begun = dates.day(world.clock.now(), "en")
    asked = due_at(SUPERVISION, world.case(case_id))
    asked_about(world, case_id)
    today = dates.day(world.clock.now(), "en")
    world.do(case_id, "go_on", "status")
    case = world.case(case_id)
    later = due_at(SUPERVISION, case)
    assert asked
    assert later
    assert later - asked > timedelta(days=30)  # it is asked about again half a year on
    who = case.holders("applicant")[0]
    client = party.create_app(world.services).test_client()
    page = unescape(client.get(f"/api/t/{world.token_of(case_id, who)}?lang=en").text)
    assert f"since {begun}" in page
    assert f"since {today}" not in page
    world.index()
    lists = desk.create_app(world.services).test_client()
    seen = unescape(lists.get(f"/api/d/{world.desk(who.email)}?lang=en").text)
    assert f"Since {begun}" in seen


def test_who_leaves_an_order_changes_no_reminder_and_no_day_since_when() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    before = world.case(case_id)
    world.clock.forward(days=20)
    world.take(case_id, "cancel_one")
    case = world.case(case_id)
    assert (case.since, case.entered_at, case.next_timer) == (
        before.since,
        before.entered_at,
        before.next_timer,
    )
    days = {"start_date": "2026-10-12", "end_date": "2026-12-20"}
    world.take(case_id, "reschedule", **{**DATES, **days, "participant_names": "Bertta"})
    moved = world.case(case_id)
    assert (moved.since, moved.entered_at > case.entered_at) == (before.since, True)
    day = deadline(QUOTE, moved)
    assert day
    assert day.isoformat() == "2026-10-12"


def test_turn_of_a_merger_is_the_coordinators_since_the_last_answer() -> None:
    world = Joined()
    proposed = world.case(world.hub).since
    world.clock.forward(days=2)
    world.votes("Aino", "yes")
    assert world.case(world.hub).since == proposed
    world.votes("Bertta", "no")
    world.clock.forward(days=1)
    world.votes("Cecilia", "yes")
    case = world.case(world.hub)
    assert case.since == world.clock.now()
    assert case.entered_at == proposed  # the answers are gathered when it was said


def test_supervision_is_in_progress_from_its_first_session_on_and_asked_about_after_that() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    first = day_of(world.clock.now()) + timedelta(days=300)
    world.do(case_id, "begin", first_session=first.isoformat())
    case = world.case(case_id)
    assert case.state == "running"
    assert case.since == day_begins(first)
    asked = due_at(SUPERVISION, case)
    assert asked
    assert asked - day_begins(first) > timedelta(days=180)
    ended = due_at(SUPERVISION, replace(case, next_timer=2))
    assert ended
    assert ended - day_begins(first) > timedelta(days=364)


def test_supervision_that_began_before_it_was_said_counts_from_when_it_was() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    first = day_of(world.clock.now()) - timedelta(days=30)
    world.do(case_id, "begin", first_session=first.isoformat())
    case = world.case(case_id)
    assert case.since == world.clock.now()
    assert SUPERVISION.begun(case) == day_of(case.entered_at)
