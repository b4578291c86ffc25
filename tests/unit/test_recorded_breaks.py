"""A break among old entries of a history, once somebody has found it: it refuses all acts, though
these read the last entry alone, until the whole history verifies."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.errors import Broken
from functions.render.text.texts import page_text
from functions.services.access.links import open_link
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.commit import commit
from functions.services.integrity import check_sample
from functions.services.mail.deliver import deliver
from functions.services.ports import HISTORY_PAGE
from tests.fakes import World, day_after
from tests.unit.test_long_histories import redated

REDATE = {"action": "redate", "first_session": day_after(40)}


def page_opened(world: World, case_id: str) -> None:
    """Somebody looks at the part of the history that the edited entry is in."""
    client = party.create_app(world.services).test_client()
    token = world.token(case_id, "coordinator", "status")
    shown = client.get(f"/api/t/{token}?lang=en&before=5").text
    assert page_text("en", "broken.lead") in shown


def night(world: World, _: str) -> None:
    assert check_sample(world.services) == 1


def form_of_long_ago(world: World, case_id: str) -> None:
    """Somebody sends a form that was drawn before the edited entry."""
    token = world.token(case_id, "supervisor", "status")
    with pytest.raises(Broken):
        act(world.services, token, {**REDATE, "_drawn": "0"}, "fi")


Found = Callable[[World, str], None]
FINDS = pytest.mark.parametrize("found", [page_opened, night, form_of_long_ago])


@pytest.fixture
def edited() -> tuple[World, str]:
    """A case whose form is open somewhere, and whose second entry was edited meanwhile."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    redated(world, case_id, HISTORY_PAGE + 5)
    edit(world, case_id, language="sv")
    return world, case_id


def edit(world: World, case_id: str, **said: str) -> None:
    folder = world.cases.folders[case_id]
    folder.told[1] = replace(folder.told[1], answers=said)


def sent(world: World, case_id: str) -> None:
    drawn = str(world.case(case_id).revision)
    token = world.token(case_id, "supervisor", "status")
    act(world.services, token, {**REDATE, "_drawn": drawn}, "fi")


@FINDS
def test_break_that_was_found_refuses_acts(
    edited: tuple[World, str], found: Found, caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id = edited
    token = world.token(case_id, "supervisor", "status")
    assert open_link(world.services, token).actions  # acts read nothing of that entry
    found(world, case_id)
    before, told = world.case(case_id), f"history broken: {case_id}"
    assert told in caplog.messages
    caplog.clear()
    opened = open_link(world.services, token)
    assert (opened.sound, opened.actions) == (False, ())
    with pytest.raises(Broken):
        sent(world, case_id)
    assert world.case(case_id) == before
    assert set(caplog.messages) == {told}


@FINDS
def test_history_that_verifies_again_is_acted_on(edited: tuple[World, str], found: Found) -> None:
    world, case_id = edited
    folder = world.cases.folders[case_id]
    found(world, case_id)
    edit(world, case_id)  # as it was written: nothing was said in it
    sent(world, case_id)
    assert not folder.has_break


@FINDS
def test_time_and_mails_wait_for_a_break_that_was_found(
    edited: tuple[World, str], found: Found
) -> None:
    world, case_id = edited
    number = next(n for (i, n), kept in world.cases.outbox.items() if i == case_id)
    found(world, case_id)
    with pytest.raises(Broken):
        run_due_timer(world.services, case_id)
    kept = world.cases.outbox[case_id, number]
    kept.status, kept.leased_until = "pending", None
    assert deliver(world.services, case_id, number) != "sent"


def test_act_that_was_under_way_when_a_break_was_found_is_refused(
    edited: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had read the case before: its write sees that."""
    world, case_id = edited

    def first(*given: object) -> None:
        monkeypatch.undo()
        night(world, case_id)
        commit(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("functions.services.commit.commit", first)
    before = world.case(case_id)
    with pytest.raises(Broken):
        sent(world, case_id)
    assert world.case(case_id) == before


def test_desk_says_so_too(edited: tuple[World, str]) -> None:
    world, case_id = edited
    world.index()
    client = desk.create_app(world.services).test_client()
    people = f"/api/d/{world.desk('anna@example.org')}/people/{case_id}?lang=en"
    assert page_text("en", "broken.title") not in client.get(people).text
    night(world, case_id)
    assert page_text("en", "broken.title") in client.get(people).text
