"""Slots of mailboxes in DynamoDB, each taken in the transaction that orders the mail."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, write_all
from functions.adapters.limits import Counting, counts
from functions.adapters.rows import CounterRow, QuotaRow, stamp
from functions.kernel.errors import TooMany, TooManyFromSource
from functions.services.ports import RateLimit

SLOTS = 3
WINDOW = timedelta(hours=24)
_Each = TypeVar("_Each")


class DynamoSlots:
    """The slots of each quota: ``SLOTS`` of them, each free again ``WINDOW`` after it was taken."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._settings = settings
        self._table = DynamoTable(QuotaRow, "quotas", settings)
        self._counts = DynamoTable(CounterRow, "quotas", settings)
        self.row = self._table.row

    def free(self, quota: str) -> None:
        """See ``CaseStore.free``."""
        for number in range(SLOTS):
            self._table.delete(self.row(quota, number))

    def give_back(self, quota: str, holder: str, now: datetime) -> None:
        """See ``CaseStore.give_back``. A put, as who sends mails may delete nothing."""
        for number in range(SLOTS):
            row = self.row(quota, number, free_at=stamp(now), expires=now)
            self._table.put(row, self.row.holder == holder)

    def write(
        self,
        quota: str,
        holder: str,
        now: datetime,
        token: str,
        fill: Callable[[TransactWrite], None],
        own: int = 1,
        rate_limits: Sequence[RateLimit] = (),
    ) -> tuple[bool, ...]:
        """Write what ``fill`` says with a slot of the quota taken by ``holder``, and counted.

        Of its ``own`` first items whether the condition failed, if one did: then nothing was
        written; nothing if it was. No other items of it have conditions. ``TooMany`` if no slot is
        free, ``TooManyFromSource`` if a rate limit is reached its limit.
        """
        slots = iter(range(SLOTS))
        shards = [counts(self._counts.row, rate_limit, now) for rate_limit in rate_limits]
        slot = next(slots)
        counting = [next(each) for each in shards]
        while True:
            asked = "".join((token, str(slot), *(str(each[0].slot) for each in counting)))
            failed = write_all(
                self._settings, asked, self._filled(fill, quota, slot, holder, now, counting)
            )
            if not failed or any(failed[:own]):
                return failed[:own]
            first = len(failed) - len(counting)
            if any(failed[own:first]):
                slot = _next(slots, TooMany)
            for n, full in enumerate(failed[first:]):
                if full:
                    counting[n] = _next(shards[n], TooManyFromSource)

    def _filled(
        self,
        fill: Callable[[TransactWrite], None],
        quota: str,
        slot: int,
        holder: str,
        now: datetime,
        counting: Sequence[Counting],
    ) -> Callable[[TransactWrite], None]:
        """The same with the slot, and then, as the last items, what is counted."""
        free = self.row.free_at.does_not_exist() | (self.row.free_at <= stamp(now))
        until = now + WINDOW
        row = self.row(quota, slot, free_at=stamp(until), expires=until, holder=holder)

        def fill_all(batch: TransactWrite) -> None:
            fill(batch)
            batch.save(row, condition=free)
            for counted, updates, below in counting:
                batch.update(counted, actions=updates, condition=below)

        return fill_all


def _next(each: Iterator[_Each], otherwise: type[TooMany]) -> _Each:
    for one in each:
        return one
    raise otherwise
