"""Counters and suppressed mailboxes in DynamoDB. They are updated without a read."""

import logging
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from functions.adapters.dynamo import DynamoSettings, DynamoTable
from functions.adapters.rows import CounterRow, QuotaRow, SlotRow, stamp
from functions.kernel.errors import TooMany, Unavailable
from functions.services.ports import BROKEN, RateLimit

SHARDS = 4
_SUPPRESSED = "suppressed#"
_TRIES = 8
_UNREADABLE = -1  # in place of a version
_log = logging.getLogger("kapula.store")
Counting = tuple[CounterRow, list[Action], Condition]  # an item, what to do with it, and when


def counts(cls: type[CounterRow], rate_limit: RateLimit, now: datetime) -> Iterator[Counting]:
    """The updates that count one, of which one is to be made: the next one where the condition of
    one does not hold. A count is split over shards, so that it is never hot; a full shard passes
    the count on to the next one."""
    period = int(now.timestamp()) // int(rate_limit.window.total_seconds())
    first = int(random.random() * SHARDS)  # noqa: S311 - spreads load, keeps no secret
    free = cls.counted.does_not_exist() | (cls.counted < -(-rate_limit.limit // SHARDS))
    updates: list[Action] = [cls.counted.add(1), cls.expires.set(now + 2 * rate_limit.window)]
    for step in range(SHARDS):
        yield cls(f"{rate_limit.name}#{period}", (first + step) % SHARDS), updates, free


class DynamoLimits:
    """``Limits`` on the table ``quotas``."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._counts = DynamoTable(CounterRow, "quotas", settings)
        self._quotas = DynamoTable(QuotaRow, "quotas", settings)
        self._slots = DynamoTable(SlotRow, "quotas", settings)

    def take(self, rate_limit: RateLimit, now: datetime) -> None:
        """See ``Limits.take``."""
        each = counts(self._counts.row, rate_limit, now)
        if not any(self._counts.update(*update) for update in each):
            raise TooMany

    def hold(self, name: str, holder: str, limit: int, window: timedelta, now: datetime) -> bool:
        """See ``Limits.hold``. All places are one item; of two who change it one begins anew."""
        for _ in range(_TRIES):
            holders, version = self._holders(name, now)
            if holder in holders or len(holders) >= limit:
                return holder in holders
            holders[holder] = stamp(now + window)
            if self._keep(name, holders, version, now + window):
                return True
        raise Unavailable("limits")

    def free(self, name: str) -> None:
        """See ``Limits.free``."""
        self._slots.delete(self._slots.row(name, 0))

    def give_back(self, name: str, holder: str, now: datetime) -> None:
        """See ``Limits.give_back``."""
        for _ in range(_TRIES):
            holders, version = self._holders(name, now)
            if holders.pop(holder, None) is None or self._keep(name, holders, version, now):
                return
        raise Unavailable("limits")

    def suppress(self, mailbox: str, until: datetime) -> None:
        """See ``Limits.suppress``."""
        row = self._quotas.row
        self._quotas.put(row(_SUPPRESSED + mailbox, 0, free_at=stamp(until), expires=until))

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        """See ``Limits.suppressed``."""
        row = self._quotas.get(_SUPPRESSED + mailbox, 0, consistent=False)
        return row is not None and (row.free_at or "") > stamp(now)

    def _keep(self, name: str, holders: dict[str, str], version: int, until: datetime) -> bool:
        """Write who has a place, all ``until`` then at the latest; False if somebody else did."""
        cls = self._slots.row
        expires = until + timedelta(days=2)  # each is kept for a day at most
        row = cls(name, 0, holders=holders, version=max(version, 0) + 1, expires=expires)
        if version == _UNREADABLE:
            return self._slots.put(row)
        unchanged = cls.version == version if version else cls.quota.does_not_exist()
        return self._slots.put(row, unchanged)

    def _holders(self, name: str, now: datetime) -> tuple[dict[str, str], int]:
        """Who has a place now, each until when, and the item's version; 0: there is none.
        One that was edited to what it cannot be has no holders, and is written anew."""
        row = self._slots.get(name, 0)
        if row is None:
            return {}, 0
        found: Any = row.holders
        if not (row.version and isinstance(found, dict)):
            _log.error(BROKEN, self._slots.name)
            return {}, _UNREADABLE
        now_stamped = stamp(now)
        still = {w: until for w, until in found.items() if str(until) > now_stamped}
        return still, int(row.version)
