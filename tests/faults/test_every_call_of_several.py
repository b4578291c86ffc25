"""The AWS calls of several people's journeys fail: merging, and a group's application.

As in ``test_every_call_fails_once``; here the desks are looked at too. Transactions on cases
fail alone, in all six ways, and so does the first on desks. All calls fail in storms: every
ninth call goes wrong, from the first on, from the second on, and so on. (What a fault puts off
comes when the storm is over.) When the faults are over, all cases, what is counted, the mails and
the desks are as if nothing had been, and hub and originals agree.
"""

from collections.abc import Iterable, Sequence
from functools import partial

import pytest

from tests.faults.faulty import WAYS
from tests.faults.journey import Stage, Start, begin, run_stage
from tests.faults.rig import Rig
from tests.faults.several import JOURNEY, MERGE, cases_of, start_of, three_applied, walked
from tests.faults.test_every_call_fails_once import Faultless, _faultless, _trouble
from tests.invariants import disagreements

EVERY = 17  # no request makes as many calls: each can be carried out between two that fail


def alone(calls: list[tuple[str, ...]], *, desks: bool) -> list[int]:
    """The calls that fail alone."""
    writes = [n for n, (operation, _) in enumerate(calls, 1) if operation == "TransactWriteItems"]
    on_desks = [n for n in writes if calls[n - 1][1] == "desks"]
    return [*(n for n in writes if n not in on_desks), *(on_desks[:1] if desks else ())]


def _storm(rig: Rig, stage: Stage, start: Start, first: int, good: Faultless) -> str:
    """One run in which every ninth call fails; "" when all is as it should be at the end."""
    begin(rig, start)
    rig.tap.arm(every=EVERY, first=first)
    try:
        _, page = run_stage(rig, stage, start)
        strikes = rig.tap.strikes
        rig.tap.arm()
        rig.settle()
        mails, state = rig.sent(), rig.observe()
    except AssertionError as error:
        return f"{stage.name} storm {first}: {error!r}"
    wrong = []
    if not strikes:
        wrong.append("the fault never struck")
    if page.title != good.title:
        wrong.append(f"page {page.status} {page.title!r}")
    if state != good.state:
        wrong.append("another end state")
    if mails.keys() != good.mails.keys():
        wrong.append(f"other mails: {[m[1:4] for m in mails.keys() ^ good.mails.keys()]}")
    if mails.total() - len(mails) > strikes:
        wrong.append(f"{mails.total() - len(mails)} duplicates")
    return f"{stage.name} storm {first}: {'; '.join(wrong)}" if wrong else ""


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
        found, runs = faults(rig, stage, start, desks=self.number == 0)
        assert found == []
        assert runs >= 6 + 9


def faults(
    rig: Rig,
    stage: Stage,
    start: Start,
    *,
    ways: Sequence[str] = WAYS,
    storms: Iterable[int] = range(1, EVERY + 1),
    desks: bool = False,
) -> tuple[list[str], int]:
    """What is not as it should be after any run of a stage in which calls failed, and how
    often it was run: alone in these ways, and in these storms."""
    good = _faultless(rig, stage, start)
    failing = alone(good.calls, desks=desks)
    runs = [partial(_trouble, rig, stage, start, n, way, good) for n in failing for way in ways]
    begun = [first for first in storms if first <= len(good.calls)]  # else none would fail
    runs += [partial(_storm, rig, stage, start, first, good) for first in begun]
    found = []
    for run in runs:
        found += [*filter(None, [run()]), *disagreements(cases_of(rig))]
    print(f"{stage.name}: {len(good.calls)} calls, {len(runs)} runs")
    return found, len(runs)


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
    number = 7


class TestGroupApply(_EveryCall):
    number, stages = 0, JOURNEY


class TestGroupConfirm(_EveryCall):
    number, stages = 1, JOURNEY


class TestGroupOffer(_EveryCall):
    number, stages = 2, JOURNEY


class TestGroupAccept(_EveryCall):
    number, stages = 3, JOURNEY
