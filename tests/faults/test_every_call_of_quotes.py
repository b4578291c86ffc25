"""The AWS calls of a quote's journey fail: requested, accepted, begun, invoiced, called off.

As in ``test_every_call_of_several``, with the desks. Where cases are opened or moved together
(accept, take the order, schedule,
begin, cancel, call off), each transaction fails alone in all six ways; where one case
moves, in three of them, as all six fail there in the straight journey. Of all other calls, every
third fails in a storm of its own, others in each stage. When the faults are over there are the
same cases, counted and linked the same, and the same mails.
"""

from collections.abc import Sequence
from typing import Any

from tests.faults.faulty import WAYS
from tests.faults.journey import Stage
from tests.faults.ordering import (
    ACCEPT,
    BEGIN,
    CALL_OFF,
    CANCEL,
    CONTACT,
    INVOICE,
    PAY,
    REMIND,
    REQUESTED,
    SCHEDULE,
    STAFF,
    TAKE,
)
from tests.faults.rig import Rig
from tests.faults.several import cases_of, start_of, walked
from tests.faults.test_every_call_of_several import EVERY, faults

TOGETHER = (ACCEPT, TAKE, SCHEDULE, BEGIN, CANCEL, CALL_OFF)
ENDS = {
    "answer": {"message": "answered"},
    "pay": {"request": "running", "ordered": "running", "invoice": "paid"},
    "cancel": {"request": "cancelled", "ordered": "called_off", "invoice": "invoice_due"},
    "call off": {"request": "cancelled", "ordered": "called_off", "invoice": "credit_due"},
}


def how(number: int, stage: Stage) -> dict[str, Sequence[Any]]:
    """The ways and storms in which the calls of a stage fail."""
    if stage in TOGETHER:
        return {"ways": WAYS, "storms": [1 + (number + step) % EVERY for step in (0, 3, 6)]}
    return {"ways": WAYS[number % 2 :: 2], "storms": [1 + (2 * number + s) % EVERY for s in (0, 5)]}


class _Journey:
    """Stages that follow each other, each with all its faults."""

    before: tuple[Stage, ...] = ()
    stages: tuple[Stage, ...]

    def test_end_mails_and_desks_equal_when_a_call_fails(self, rig: Rig) -> None:
        rig.indexing = True
        start = walked(rig, start_of(rig), *self.before)
        for number, stage in enumerate(self.stages):
            found, runs = faults(rig, stage, start, **how(number, stage))
            assert found == []
            assert runs >= 5
            if stage.name in ENDS:
                assert {c.form: c.state for c in cases_of(rig).values()} == ENDS[stage.name]
            start = walked(rig, start, stage)


class TestContact(_Journey):
    stages = CONTACT


class TestRequest(_Journey):
    stages = (*REQUESTED, ACCEPT, *STAFF, SCHEDULE, CANCEL)


class TestInvoice(_Journey):
    before = (*REQUESTED, ACCEPT, *STAFF, SCHEDULE)
    stages = (REMIND, BEGIN, INVOICE, PAY)


class TestCallOff(_Journey):
    before = (*REQUESTED, ACCEPT, *STAFF, SCHEDULE, BEGIN, INVOICE)
    stages = (CALL_OFF,)
