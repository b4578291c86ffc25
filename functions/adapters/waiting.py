"""What waits in the table of cases: mails for their moment, erased cases for the rest of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, write_all
from functions.adapters.outbox import Outbox
from functions.adapters.reading import case_of
from functions.adapters.rows import (
    BY_DUE,
    CASE,
    OUTBOX,
    SHARDS,
    CaseRow,
    history_part,
    stamp,
)
from functions.adapters.timers import timer_table
from functions.kernel.errors import Conflict
from functions.kernel.history import SealKeys
from functions.kernel.timers import ERASING
from functions.services.ports import ERASED_AT_ONCE

_PAGE = 50


class Waiting(Outbox):
    """The part of ``CaseStore`` that the clock uses."""

    def __init__(
        self, table: DynamoTable[CaseRow], settings: DynamoSettings, keys: SealKeys
    ) -> None:
        super().__init__(table, keys)
        self._settings = settings
        self.timer_row = timer_table(settings).row

    def oldest_unsent(self, now: datetime) -> datetime | None:
        """See ``CaseStore.oldest_unsent``."""
        waiting = self._waiting("mail", now, 1)
        return datetime.fromisoformat(waiting[0].due_at) if waiting else None

    def unsent(self, now: datetime) -> Sequence[tuple[str, str]]:
        """See ``CaseStore.unsent``."""
        return tuple((r.case, r.part.removeprefix(OUTBOX)) for r in self._waiting("mail", now))

    def parked(self) -> Iterator[tuple[str, str]]:
        """See ``CaseStore.parked``."""
        for number in range(SHARDS):
            key = self.row.due_shard == f"parked#{number}"
            for row in self._table.query(key, index=BY_DUE, page=_PAGE):
                yield row.case, row.part.removeprefix(OUTBOX)

    def _waiting(self, kind: str, now: datetime, limit: int = _PAGE) -> Sequence[Any]:
        """Rows of all shards, earliest first."""
        found: list[Any] = []
        for number in range(SHARDS):
            until = (self.row.due_shard == f"{kind}#{number}") & (self.row.due_at <= stamp(now))
            found += self._table.query(until, index=BY_DUE, limit=limit)
        return sorted(found, key=lambda row: str(row.due_at))

    def erase_some(self, case_id: str) -> int | None:
        """See ``CaseStore.erase_some``. One transaction: the entries, and how many are left."""
        rows = self._table.query((self.row.case == case_id) & (self.row.part == CASE))
        head, cls = next(rows, None), self.row
        left = int(head.unerased or 0) if head else 0
        if not (head and left):
            return None
        case_of(self.keys, head)  # of a newer release, nobody here knows what all there is to erase
        first = max(0, left - ERASED_AT_ONCE)
        done: Action = cls.unerased.set(first) if first else cls.unerased.remove()

        def fill(batch: TransactWrite) -> None:
            batch.update(cls(case_id, CASE), actions=[done], condition=cls.unerased == left)
            if not first:
                batch.delete(self.timer_row(case_id, ERASING))
            for number in range(first, left):
                gone: list[Action] = [cls.answers.remove(), cls.salt.remove()]
                batch.update(cls(case_id, history_part(number)), actions=gone)

        if write_all(self._settings, f"erase {case_id} {left}", fill):
            raise Conflict
        return first
