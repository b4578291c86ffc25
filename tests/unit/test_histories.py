"""Histories that somebody has changed in the store: nothing more is done, and it is told."""

import json
import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from functions.entry.clock.app import handle
from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.errors import Broken
from functions.render.text.texts import page_text
from functions.services.case import handover
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.mail.deliver import resume_parked
from tests.fakes import Folder, World

LAST = ("confirm", "endorse")


def _edited(folder: Folder) -> None:
    told = folder.told[1]
    step = replace(told.sealed.event, action="endorse", role="manager", party="p2")
    folder.told[1] = replace(told, sealed=replace(told.sealed, event=step))


def _words(folder: Folder) -> None:
    """What was typed, not what was done."""
    folder.told[0] = replace(
        folder.told[0], answers={**(folder.told[0].answers or {}), "unit": "south"}
    )


def _unsaid(folder: Folder) -> None:
    folder.told[0] = replace(folder.told[0], answers=None)


def _without_middle(folder: Folder) -> None:
    del folder.told[1]


def _without_last(folder: Folder) -> None:
    del folder.told[-1]


def _without_any(folder: Folder) -> None:
    folder.told.clear()


def _reordered(folder: Folder) -> None:
    folder.told[1], folder.told[2] = folder.told[2], folder.told[1]


def _twice(folder: Folder) -> None:
    folder.told.append(folder.told[-1])


def _older_state(folder: Folder) -> None:
    """The case as it was before its last step, the history as it is."""
    folder.case = replace(folder.case, state="submitted", round=folder.case.round - 1)


def _older_revision(folder: Folder) -> None:
    folder.case = replace(folder.case, revision=folder.case.revision - 1)


# What is found where the newest entries are read: on every page, in every night's sample; and what
# is found with the last entry alone, which whoever acts or mails reads.
AT_END = (_without_last, _without_any, _reordered, _older_revision)
EARLIER = (_edited, _words, _unsaid, _without_middle, _twice)
TAMPERED = (*EARLIER, *AT_END)
Tampering = Callable[[Folder], None]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=TAMPERED, ids=lambda f: f.__name__)
def broken(request: pytest.FixtureRequest, world: World) -> str:
    """A case that waits for its coordinator, and whose history was changed."""
    case_id = world.case_at(*LAST)
    request.param(world.cases.folders[case_id])
    return case_id


@pytest.fixture(params=AT_END, ids=lambda f: f.__name__)
def broken_at_end(request: pytest.FixtureRequest, world: World) -> str:
    """The same, where the last entry is not that of the case."""
    case_id = world.case_at(*LAST)
    request.param(world.cases.folders[case_id])
    return case_id


def page(world: World, case_id: str, role: str, purpose: str = "task") -> tuple[int, str]:
    token = world.token(case_id, role, purpose)
    answer = party.create_app(world.services).test_client().get(f"/api/t/{token}?lang=en")
    return answer.status_code, answer.get_data(as_text=True)


def test_nothing_is_done(
    world: World, broken_at_end: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = broken_at_end
    token, stored = world.token(broken, "coordinator"), world.cases.folders[broken].case
    with pytest.raises(Broken):
        act(world.services, token, {"action": "offer", "supervisor": "testi"}, "fi")
    world.clock.forward(days=30)
    with pytest.raises(Broken):
        run_due_timer(world.services, broken)
    assert world.cases.folders[broken].case == stored
    assert f"history broken: {broken}" in caplog.messages


@pytest.mark.parametrize("tamper", EARLIER, ids=lambda f: f.__name__)
def test_break_among_what_was_done_since_a_form_was_drawn(world: World, tamper: Tampering) -> None:
    case_id = world.case_at(*LAST)
    token, drawn = world.token(case_id, "coordinator"), "0"
    typed = {"action": "offer", "supervisor": "testi"}
    tamper(world.cases.folders[case_id])
    if tamper in (_words, _unsaid, _twice):
        assert act(world.services, token, {**typed, "_drawn": drawn}, "fi")  # after that entry
        return
    with pytest.raises(Broken):
        act(world.services, token, {**typed, "_drawn": drawn}, "fi")


def test_who_acts_is_told_and_loses_nothing(world: World, broken_at_end: str) -> None:
    broken = broken_at_end
    client = party.create_app(world.services).test_client()
    typed = {"action": "offer", "supervisor": "testi", "offer_message": "Typed words"}
    path = f"/api/t/{world.token(broken, 'coordinator')}"
    answer = client.post(path, data={**typed, "_lang": "en"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert page_text("en", "errors.broken.title") in shown
    assert "Typed words" in shown


def test_pages_warn_and_offer_no_act(world: World, broken: str) -> None:
    for role, sees in (("coordinator", True), ("applicant", False), ("manager", False)):
        status, shown = page(world, broken, role, "task" if sees else "status")
        assert status == 200
        assert page_text("en", "broken.title") in shown
        assert (page_text("en", "broken.desk") in shown) is sees
        assert 'name="action"' not in shown


def test_person_is_not_replaced(world: World, broken_at_end: str) -> None:
    broken = broken_at_end
    typed = {"new_name": "New Manager", "new_email": "new@example.org", "new_language": "fi"}
    with pytest.raises(Broken):
        handover.replace_person(world.services, "anna@example.org", broken, "p2", typed)


def test_people_page_warns_and_sends_no_link(world: World, broken_at_end: str) -> None:
    broken = broken_at_end
    client = desk.create_app(world.services).test_client()
    path = f"/api/d/{world.desk('anna@example.org')}/people/{broken}"
    shown = client.get(f"{path}?lang=en").get_data(as_text=True)
    assert page_text("en", "broken.desk") in shown
    before = len(world.pending())
    answer = client.post(f"{path}/link", data={"party": "p2", "_lang": "en"})
    assert (answer.status_code, len(world.pending())) == (409, before)


def test_case_that_was_put_back_is_not_sound(world: World) -> None:
    case_id = world.case_at(*LAST)
    _older_state(world.cases.folders[case_id])
    token = world.token(case_id, "manager")
    with pytest.raises(Broken):
        act(world.services, token, {"action": "reject", "reject_reason": "No money now."}, "fi")


def try_for_an_hour(world: World) -> None:
    for _ in range(60):
        world.clock.forward(minutes=1)
        world.deliver_all()


@pytest.mark.parametrize("tamper", [*AT_END, _older_state])
def test_mails_wait_until_it_is_mended_and_leave_by_replay(
    world: World, tamper: Tampering, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at(*LAST)
    folder, waiting = world.cases.folders[case_id], len(world.pending())
    whole = deepcopy(folder)
    tamper(folder)
    resume_parked(world.services)
    try_for_an_hour(world)
    late = [k for k in world.cases.outbox if world.cases.outbox[k].status == "parked"]
    told = [m for m in world.post.sent if m["X-Kapula-Origin"].startswith(case_id)]
    assert late
    assert f"history broken: {case_id}" in caplog.messages
    if tamper is not _older_state:  # there mails of the turn that is told of say nothing wrong
        assert (told, len(late)) == ([], waiting)
    resume_parked(world.services)
    try_for_an_hour(world)  # not mended yet
    assert [k for k in world.cases.outbox if world.cases.outbox[k].status == "parked"] == late
    world.cases.folders[case_id] = whole
    assert resume_parked(world.services) == len(late)
    left = {str(m["To"]) for m in world.deliver_all()}
    assert "anna@example.org" in left


def test_who_keeps_the_directory_hears_nothing_of_a_broken_case(world: World) -> None:
    case_id = world.case_at(*LAST)
    world.deliver_all()
    world.clock.forward(days=30)
    while run_due_timer(world.services, case_id):
        pass
    _without_last(world.cases.folders[case_id])
    before = len(world.post.sent)
    try_for_an_hour(world)
    assert len(world.post.sent) == before
    assert {kept.status for kept in world.cases.outbox.values()} >= {"parked"}


def test_nights_sample_finds_it(
    world: World, broken: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    world.cases.outbox.clear()  # its mails had left
    handle(world.services, {})
    assert caplog.messages == []
    handle(world.services, {"check_histories": True})
    assert caplog.messages == [f"history broken: {broken}"]
    assert [r.levelno for r in caplog.records] == [logging.ERROR]


def test_rows_of_two_cases_exchanged(world: World) -> None:
    one, other = (world.case_at(*LAST) for _ in range(2))
    first, second = world.cases.folders[one], world.cases.folders[other]
    first.told, second.told = second.told, first.told
    for case_id in (one, other):
        assert not world.cases.load(case_id).sound  # type: ignore[union-attr]


def test_whole_histories_are_sound(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ids = [world.case_at(*LAST), world.case_at("confirm", "withdraw"), world.case_at("disown")]
    for case_id in ids:
        file = world.cases.load(case_id)
        assert file is not None
        assert file.sound, json.dumps([t.sealed.event.action for t in file.history])
    handle(world.services, {"check_histories": True})
    assert caplog.messages == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(language: str) -> None:
    for part in ("title", "lead", "more"):
        assert page_text(language, f"errors.broken.{part}")
