"""The timers of cases: a row for each, found by the moment it waits for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import merge
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from functions.adapters.dynamo import DynamoSettings, DynamoTable, tolerant
from functions.adapters.rows import BY_DUE, SHARDS, TimerRow, shard, stamp
from functions.services.timers import CaseTimer, delay

_DUE, _PARKED = "due", "parked"
_PAGE = 50


def timer_table(settings: DynamoSettings) -> DynamoTable[TimerRow]:
    """The table ``timers``."""
    return DynamoTable(TimerRow, "timers", settings)


def timer_row(row: type[TimerRow], case_id: str, name: str, moment: datetime) -> TimerRow:
    """A timer as it is written: not tried yet."""
    return row(case_id, name, due_shard=f"{_DUE}#{shard(case_id)}", due_at=stamp(moment))


class DynamoTimers:
    """``TimerStore`` on the table ``timers``."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._table = timer_table(settings)
        self.row = self._table.row

    def due(self, now: datetime) -> Iterator[CaseTimer]:
        """See ``TimerStore.due``."""
        return self._waiting(_DUE, self.row.due_at <= stamp(now))

    def parked(self) -> Iterator[CaseTimer]:
        """See ``TimerStore.parked``."""
        return self._waiting(_PARKED)

    def _waiting(self, kind: str, until: Condition | None = None) -> Iterator[CaseTimer]:
        """Rows of all shards of the index, earliest first."""
        keys = [self.row.due_shard == f"{kind}#{number}" for number in range(SHARDS)]
        found = [
            self._table.query(key if until is None else key & until, index=BY_DUE, page=_PAGE)
            for key in keys
        ]
        return self._each(merge(*found, key=lambda row: str(row.due_at)))

    def of(self, case_id: str) -> Sequence[CaseTimer]:
        """See ``TimerStore.of``. One consistent query."""
        return [*self._each(self._table.query(self.row.case == case_id))]

    def _each(self, rows: Iterable[Any]) -> Iterator[CaseTimer]:
        """The timers of rows, without those that were edited to what none is."""
        where = self._table.name
        read = (tolerant(_timer, row, f"{where}#{row.case}#{row.name}") for row in rows)
        return (timer for timer in read if timer is not None)

    def lease(self, timer: CaseTimer, now: datetime) -> CaseTimer | None:
        """See ``TimerStore.lease``. Whoever counts a try meanwhile has moved the timer."""
        tried = timer.attempts + 1
        leased = replace(timer, due_at=now + delay(tried), attempts=tried)
        moved: list[Action] = [
            self.row.due_at.set(stamp(leased.due_at)),
            self.row.attempts.set(tried),
        ]
        done = self._table.update(self.row(timer.case, timer.name), moved, self._as(timer))
        return leased if done else None

    def settle(self, leased: CaseTimer, moment: datetime | None) -> None:
        """See ``TimerStore.settle``."""
        own, as_leased = self.row(leased.case, leased.name), self._as(leased)
        if moment is None:
            self._table.delete(own, as_leased)
            return
        set_anew: list[Action] = [self.row.due_at.set(stamp(moment)), self.row.attempts.remove()]
        self._table.update(own, set_anew, as_leased)

    def park(self, leased: CaseTimer, now: datetime) -> bool:
        """See ``TimerStore.park``. What is parked is found in the index since when it is."""
        away: list[Action] = [
            self.row.due_shard.set(f"{_PARKED}#{shard(leased.case)}"),
            self.row.due_at.set(stamp(now)),
        ]
        return self._table.update(self.row(leased.case, leased.name), away, self._as(leased))

    def resume(self, timer: CaseTimer, now: datetime) -> bool:
        """See ``TimerStore.resume``."""
        back: list[Action] = [
            self.row.due_shard.set(f"{_DUE}#{shard(timer.case)}"),
            self.row.due_at.set(stamp(now)),
            self.row.attempts.remove(),
        ]
        is_parked = self.row.due_shard == f"{_PARKED}#{shard(timer.case)}"
        return self._table.update(self.row(timer.case, timer.name), back, is_parked)

    def _as(self, timer: CaseTimer) -> Condition:
        """That a row waits as it did when it was read or leased."""
        waits = self.row.due_shard == f"{_DUE}#{shard(timer.case)}"
        same: Condition = waits & (self.row.due_at == stamp(timer.due_at))
        return same


def _timer(row: Any) -> CaseTimer:
    is_parked = row.due_shard.startswith(f"{_PARKED}#")
    due_at = datetime.fromisoformat(row.due_at)
    if due_at.tzinfo is None:
        raise ValueError(row.due_at)
    return CaseTimer(row.case, row.name, due_at, int(row.attempts or 0), is_parked)
