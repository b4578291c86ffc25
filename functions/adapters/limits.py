"""Counters and suppressed mailboxes in DynamoDB: written without being read."""

import random
from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from functions.adapters.dynamo import Place, answering, bound, condition_failed
from functions.adapters.rows import CountRow, QuotaRow, stamp
from functions.kernel.errors import TooMany, Unavailable

SHARDS = 4
_SUPPRESSED = "suppressed#"


class DynamoLimits:
    """``Limits`` on the table ``quotas``."""

    def __init__(self, place: Place) -> None:
        self._count = bound(CountRow, "quotas", place)
        self._quota = bound(QuotaRow, "quotas", place)

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

    def suppress(self, mailbox: str, until: datetime) -> None:
        """See ``Limits.suppress``."""
        row = self._quota(_SUPPRESSED + mailbox, 0, free_at=stamp(until), expires=until)
        with answering():
            row.save()

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        """See ``Limits.suppressed``."""
        with answering():
            try:
                row = self._quota.get(_SUPPRESSED + mailbox, 0)
            except self._quota.DoesNotExist:
                return False
        return bool(row.free_at > stamp(now))

    def _add(self, name: str, number: int, most: int, expires: datetime) -> bool:
        cls = self._count
        room = cls.counted.does_not_exist() | (cls.counted < -(-most // SHARDS))
        moves: list[Action] = [cls.counted.add(1), cls.expires.set(expires)]
        try:
            cls(name, number).update(moves, condition=room)
        except UpdateError as error:
            if condition_failed(error):
                return False
            raise Unavailable("limits") from error
        return True
