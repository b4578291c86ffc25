"""Every AWS call of the journeys of several people fails once: merging, and a group's application.

As in ``test_every_call_fails_once``; here the desks are looked at too. Each call fails in one
way, the next like it in the next way; the transactions on cases in all six, and the first of
each stage on desks. When the faults are over, all cases, what is counted, the mails and the
desks are as if nothing had been.
"""

import pytest

from tests.agreement import disagreements
from tests.faults.faulty import WAYS
from tests.faults.journey import Start
from tests.faults.rig import Rig
from tests.faults.several import JOURNEY, MERGE, cases_of, start_of, three_applied, walked
from tests.faults.test_every_call_fails_once import (
    FOR_READS,
    READS,
    _faultless,
    _trouble,
)

FOR_OTHERS = ("error", "crash_after", "crash_before", "lost", "throttled", "hiccup")


def to_fail(calls: list[tuple[str, ...]]) -> list[tuple[int, str]]:
    """Which calls are to fail, and how."""
    chosen: list[tuple[int, str]] = []
    on_desks = 0
    for number, (operation, tables) in enumerate(calls, 1):
        if operation == "TransactWriteItems":
            on_desks += tables == "desks"
            every = tables != "desks" or on_desks == 1
            chosen += [(number, way) for way in (WAYS if every else WAYS[number % 6 :][:1])]
        elif operation in (*READS, "BatchGetItem"):
            chosen.append((number, FOR_READS[number % 2]))
        else:
            chosen.append((number, FOR_OTHERS[number % 6]))
    return chosen


class _EveryCall:
    """The test of one stage; a class each, so that test processes can share them out."""

    number: int
    stages = MERGE

    @pytest.fixture
    def start(self, rig: Rig) -> Start:
        rig.indexing = True
        first = three_applied(rig) if self.stages is MERGE else start_of(rig)
        return walked(rig, first, *self.stages[: self.number])

    def test_end_mails_and_desks_equal_when_a_call_fails(self, rig: Rig, start: Start) -> None:
        stage = self.stages[self.number]
        good = _faultless(rig, stage, start)
        found = []
        for number, way in to_fail(good.calls):
            found.append(_trouble(rig, stage, start, number, way, good))
            found += [f"{stage.name} {number} {way}: {d}" for d in disagreements(cases_of(rig))]
        assert [f for f in found if f] == []
        assert len(found) >= len(good.calls)
        print(f"{stage.name}: {len(good.calls)} calls, {len(found)} runs")


class TestPropose(_EveryCall):
    number = 0


class TestRefuse(_EveryCall):
    number = 1


class TestAgree(_EveryCall):
    number = 2


class TestAgreeLast(_EveryCall):
    number = 3


class TestSettle(_EveryCall):
    number = 4


class TestOffer(_EveryCall):
    number = 5


class TestAccept(_EveryCall):
    number = 6


class TestGroupApply(_EveryCall):
    number, stages = 0, JOURNEY


class TestGroupConfirm(_EveryCall):
    number, stages = 1, JOURNEY


class TestGroupOffer(_EveryCall):
    number, stages = 2, JOURNEY


class TestGroupAccept(_EveryCall):
    number, stages = 3, JOURNEY
