"""Counters and suppressed mailboxes in DynamoDB: written without being read."""

import random
from datetime import datetime, timedelta

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action

from functions.adapters.dynamo import Place, answering, bound, condition_failed
from functions.adapters.rows import CountRow, HeldRow, QuotaRow, stamp
from functions.kernel.errors import TooMany, Unavailable

SHARDS = 4
_SUPPRESSED = "suppressed#"
_TRIES = 8


class DynamoLimits:
    """``Limits`` on the table ``quotas``."""

    def __init__(self, place: Place) -> None:
        self._count = bound(CountRow, "quotas", place)
        self._quota = bound(QuotaRow, "quotas", place)
        self._held = bound(HeldRow, "quotas", place)

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
        cls = self._held
        for _ in range(_TRIES):
            held, version = self._holders(name, now)
            if holder in held or len(held) >= most:
                return holder in held
            held[holder] = stamp(now + window)
            row = cls(name, 0, held=held, version=version + 1, expires=now + 2 * window)
            unchanged = cls.version == version if version else cls.quota.does_not_exist()
            try:
                row.save(condition=unchanged)
            except PutError as error:
                if condition_failed(error):
                    continue
                raise Unavailable("limits") from error
            return True
        raise Unavailable("limits")

    def free(self, name: str) -> None:
        """See ``Limits.free``."""
        with answering():
            self._held(name, 0).delete()

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

    def _holders(self, name: str, now: datetime) -> tuple[dict[str, str], int]:
        """Who has a place now, each until when, and the item's version; 0: there is none."""
        with answering():
            try:
                row = self._held.get(name, 0, consistent_read=True)
            except self._held.DoesNotExist:
                return {}, 0
        still = {who: until for who, until in row.held.items() if until > stamp(now)}
        return still, int(row.version)

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
