"""Counters and suppressed mailboxes in DynamoDB. They are updated without a read."""

import random
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from functions.adapters.dynamo import DynamoSettings, DynamoTable
from functions.adapters.rows import CounterRow, HeldRow, QuotaRow, stamp
from functions.kernel.errors import TooMany, Unavailable

SHARDS = 4
_SUPPRESSED = "suppressed#"
_TRIES = 8


class DynamoLimits:
    """``Limits`` on the table ``quotas``."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._counts = DynamoTable(CounterRow, "quotas", settings)
        self._quotas = DynamoTable(QuotaRow, "quotas", settings)
        self._held = DynamoTable(HeldRow, "quotas", settings)

    def take(self, name: str, most: int, window: timedelta, now: datetime) -> None:
        """See ``Limits.take``. A counter is split over shards, so that it is never hot;
        a full shard passes the count on to the next one."""
        seconds = int(window.total_seconds())
        period = int(now.timestamp()) // seconds
        first = int(random.random() * SHARDS)  # noqa: S311 - spreads load, keeps no secret
        for step in range(SHARDS):
            if self._add(f"{name}#{period}", (first + step) % SHARDS, most, now + 2 * window):
                return
        raise TooMany

    def hold(self, name: str, holder: str, most: int, window: timedelta, now: datetime) -> bool:
        """See ``Limits.hold``. All places are one item; of two who change it one begins anew."""
        cls = self._held.row
        for _ in range(_TRIES):
            held, version = self._holders(name, now)
            if holder in held or len(held) >= most:
                return holder in held
            held[holder] = stamp(now + window)
            row = cls(name, 0, held=held, version=version + 1, expires=now + 2 * window)
            unchanged = cls.version == version if version else cls.quota.does_not_exist()
            if self._held.put(row, unchanged):
                return True
        raise Unavailable("limits")

    def free(self, name: str) -> None:
        """See ``Limits.free``."""
        self._held.delete(self._held.row(name, 0))

    def suppress(self, mailbox: str, until: datetime) -> None:
        """See ``Limits.suppress``."""
        row = self._quotas.row
        self._quotas.put(row(_SUPPRESSED + mailbox, 0, free_at=stamp(until), expires=until))

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        """See ``Limits.suppressed``."""
        row = self._quotas.get(_SUPPRESSED + mailbox, 0, consistent=False)
        return row is not None and row.free_at > stamp(now)

    def _holders(self, name: str, now: datetime) -> tuple[dict[str, str], int]:
        """Who has a place now, each until when, and the item's version; 0: there is none."""
        row = self._held.get(name, 0)
        if row is None:
            return {}, 0
        still = {who: until for who, until in row.held.items() if until > stamp(now)}
        return still, int(row.version)

    def _add(self, name: str, number: int, most: int, expires: datetime) -> bool:
        cls = self._counts.row
        free = cls.counted.does_not_exist() | (cls.counted < -(-most // SHARDS))
        moves: list[Action] = [cls.counted.add(1), cls.expires.set(expires)]
        return self._counts.update(cls(name, number), moves, free)
