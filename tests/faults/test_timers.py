"""Timers on true transactions: clocks that run at once, one whose every call fails, and cases that
fail before one that does not."""

from collections import Counter
from datetime import timedelta

import pytest

from functions.adapters.rows import shard, stamp
from functions.entry.clock import app as clock
from functions.services.case.timers import MAX_TRIES, resume_parked, run_timer
from tests.faults.journey import MANAGER, Start, begin, walk_to
from tests.faults.rig import Rig
from tests.faults.test_two_writers import at_once, taken

DUE = timedelta(days=8)
REMINDED = ["open", "confirm", "remind"]


@pytest.fixture(scope="class")
def start(rig: Rig) -> Start:
    """An application at the manager."""
    return walk_to(rig, "confirm")["end"]


def due(rig: Rig, start: Start) -> str:
    """Put everything back to when the manager's reminder is due; the case."""
    begin(rig, start)
    rig.clock.time += DUE
    (case_id,) = {item["case"]["S"] for item in rig.tables("timers").values()}
    return case_id


def rests(rig: Rig, case_id: str) -> bool:
    """Whether the case's timer waits for its next moment, untried."""
    (kept,) = rig.services.timers.of(case_id)
    return (kept.attempts, kept.parked, kept.due_at > rig.clock.now()) == (0, False, True)


class TestTimers:
    def test_of_clocks_at_once_one_runs_it(self, rig: Rig, start: Start) -> None:
        ran: Counter[int] = Counter()
        for _ in range(10):
            case_id = due(rig, start)
            (timer,) = rig.services.timers.due(rig.clock.now())
            done = at_once(*[lambda timer=timer: run_timer(rig.services, timer)] * 4)
            ran[sum(done)] += 1
            assert taken(rig.observe()) == REMINDED
            assert rests(rig, case_id)
        assert ran == {1: 10}

    def test_whole_rounds_at_once_do_it_once(self, rig: Rig, start: Start) -> None:
        for _ in range(5):
            case_id = due(rig, start)
            at_once(*[lambda: clock.handle(rig.services, {})] * 3)
            assert taken(rig.observe()) == REMINDED
            assert rests(rig, case_id)

    @pytest.mark.parametrize("way", ["error", "lost", "crash_before", "crash_after"])
    def test_whatever_call_of_a_round_fails_it_is_done_once(
        self, rig: Rig, start: Start, way: str
    ) -> None:
        due(rig, start)
        rig.tap.arm()
        rig.sweep()
        calls = len(rig.tap.calls)
        first = next(n for n, (name, _) in enumerate(rig.tap.calls, 1) if name == "UpdateItem")
        wrong = []
        for number in range(first - 1, calls + 1):  # from what found it on
            case_id = due(rig, start)
            rig.tap.arm(number, way)
            rig.sweep()
            struck = rig.tap.struck
            rig.tap.arm()
            rig.settle()
            mailed = [mail.to for mail in rig.mails()]
            if taken(rig.observe()) != REMINDED or not rests(rig, case_id) or mailed != [MANAGER]:
                wrong.append((number, struck, taken(rig.observe()), mailed))
        assert wrong == []

    def test_healthy_one_behind_fifty_that_are_broken(self, rig: Rig, start: Start) -> None:
        case_id = due(rig, start)
        now, ask = rig.clock.now(), rig.admin
        rows = [i for i in rig.tables("cases").values() if i["case"]["S"] == case_id]
        (head,) = (row for row in rows if row["part"]["S"] == "case")
        broken = [f"broken{n:014}" for n in range(50)]
        for other in broken:
            ask("PutItem", TableName=f"{rig.prefix}-cases", Item={**head, "case": {"S": other}})
            row = {"case": {"S": other}, "name": {"S": "state"}}
            row["due_shard"] = {"S": f"due#{shard(other)}"}
            row["due_at"] = {"S": stamp(now - DUE)}
            ask("PutItem", TableName=f"{rig.prefix}-timers", Item=row)
        assert clock.handle(rig.services, {})["acted"] == 1
        assert rests(rig, case_id)
        for _ in range(130):
            rig.clock.forward(minutes=5)
            clock.handle(rig.services, {})
        assert sorted(t.case for t in rig.services.timers.parked()) == broken
        assert clock.handle(rig.services, {})["parked"] == 50
        assert {t.attempts for t in rig.services.timers.of(broken[0])} == {MAX_TRIES}
        assert resume_parked(rig.services, broken[7]) == 1
        assert resume_parked(rig.services) == 49
        assert [t.case for t in rig.services.timers.due(rig.clock.now())] != []
