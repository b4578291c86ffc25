"""A mail leaves only if a step of its case ordered it: nobody writes one into an outbox."""

import pytest

from functions.kernel.case import MailOrder
from functions.kernel.mail_origin import can_have_ordered
from functions.processes import NAMES, current
from functions.services.mail.deliver import deliver
from tests.fakes import World
from tests.paths import walks


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_that_a_step_orders_can_leave(name: str) -> None:
    definition, tried = current(name), 0
    for walk in walks(definition, World().directory):
        last = walk.decisions[-1]
        for order in last.mail_orders:
            known = [*last.case.parties, *(p for d in walk.decisions for p in d.case.parties)]
            party = next(p for p in known if p.id == order.party)
            assert can_have_ordered(definition, last.case, last.event, order.mail, party), order
            tried += 1
    assert tried > 10


@pytest.mark.parametrize(
    ("mail", "party", "purpose", "number"),
    [
        ("refused", "p1", "status", "00002#7"),  # not ordered by that step
        ("accepted_manager", "p2", "status", "00002#8"),
        ("coordinate", "p1", "task", "00002#9"),  # ordered by it, for somebody else
        ("refused", "p1", "status", "00009#0"),  # of a step that was never taken
        ("refused", "p1", "status", "asked"),  # of no step
        ("nothing", "p1", "status", "00002#7"),
    ],
)
def test_mail_that_no_step_ordered_stays(
    mail: str, party: str, purpose: str, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    case = world.case(case_id)
    order = MailOrder(mail, party, purpose, case.state, case.round)  # type: ignore[arg-type]
    world.cases.post_once(case_id, number, order, world.clock.now())
    assert deliver(world.services, case_id, number) == "parked"
    assert "no step ordered" in caplog.text
