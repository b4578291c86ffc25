"""An absence names whom it is about and which session, and can be taken back."""

import pytest

from functions.kernel.computation import preview
from functions.kernel.engine import open_actions
from functions.kernel.errors import Invalid
from functions.processes.quote import money
from functions.render.case.view import groups
from functions.render.text.words import Words
from tests.orders import DATED, QUOTE, Quotes
from tests.unit.test_money_told import heard


@pytest.fixture
def running() -> tuple[Quotes, str]:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    world.mailed(case_id)
    return world, case_id


def rows(world: Quotes, case_id: str, role: str = "contact") -> dict[str, str]:
    case = world.case(case_id)
    words = Words(QUOTE, "en", world.directory, "request")
    found = groups(words, case, case.holders(role)[0])
    return {row.label: row.value for group in found for row in group.rows}


@pytest.mark.parametrize(("absent", "name"), [("everybody", "The whole group"), ("Bertta", "")])
def test_client_reads_who_was_absent_and_when(running, absent: str, name: str) -> None:
    world, case_id = running
    world.take(case_id, "no_show", absent=absent)
    assert heard(world, case_id) == ["missed"]
    told = rows(world, case_id)
    assert told["Who did not come"] == (name or absent)
    assert told["Session that was missed"] == "Mon 14 September 2026"


@pytest.mark.parametrize("said", [{"absent": ""}, {"absent_on": ""}, {"absent_on": "2026-09-13"}])
def test_absence_accuses_nobody_who_was_not_chosen(running, said: dict[str, str]) -> None:
    world, case_id = running
    with pytest.raises(Invalid):
        world.take(case_id, "no_show", **said)
    assert "fee_reason" not in world.case(case_id).answers


def test_absence_recorded_by_mistake_is_taken_back_and_told(running) -> None:
    world, case_id = running
    world.take(case_id, "no_show")
    world.mailed(case_id)
    world.take(case_id, "was_there")
    assert {mail for mail, _ in world.mailed(case_id)} == {"not_missed"}
    assert not {"fee_reason", "fee_day", "absent"} & world.case(case_id).answers.keys()
    assert "Who did not come" not in rows(world, case_id)
    able = open_actions(QUOTE, world.case(case_id), "supervisor", "status")
    assert [action.name for action in able] == ["no_show"]


@pytest.mark.parametrize("leaving", [0, 1, 2])
@pytest.mark.parametrize("action", ["cancel", "cancel_one"])
def test_running_order_shows_what_is_invoiced_in_all(leaving: int, action: str) -> None:
    """The sum that its invoice has, however many places were cancelled before and after."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    for name in ("Aino", "Bertta")[:leaving]:
        world.take(case_id, "cancel_one", leaving=name)
    world.until("2026-09-14")
    due = money.sums(world.invoice_of(case_id))["gross"]
    assert world.case(case_id).answers["payable"] == due > 0
    world.take(case_id, "cancel_one", leaving="Cecilia")
    shown = preview(QUOTE.action(action), world.case(case_id), world.clock.now())
    assert (shown["fee_reason"], shown["payable"]) == ("started", due)
    if action == "cancel":
        world.take(case_id, action)
    assert world.case(case_id).answers["payable"] == due
