"""The outbox: one sender at a time leases a mail, and the result is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from functions.adapters.dynamo import DynamoTable
from functions.adapters.rows import OUTBOX, CaseRow, flat, shard, stamp
from functions.kernel.case import MailOrder
from functions.services.ports import OutboxItem

GRACE = timedelta(minutes=2)  # a mail the stream has not sent by then is the sweeper's
LEASE = timedelta(seconds=60)
_PENDING, _PARKED = "pending", "parked"


def item_row(
    row: type[CaseRow], case_id: str, number: str, order: MailOrder, now: datetime
) -> CaseRow:
    """A mail as it is put into the outbox."""
    return row(
        case_id,
        OUTBOX + number,
        body=flat(order),
        status="pending",
        attempts=0,
        due_shard=f"mail#{shard(case_id)}",
        due_at=stamp(now + GRACE),
    )


class Outbox:
    """The part of ``CaseStore`` that the mailer uses."""

    def __init__(self, table: DynamoTable[CaseRow]) -> None:
        self._table, self.row = table, table.row

    def ordered(self, case_id: str, step: int) -> Sequence[MailOrder]:
        """See ``CaseStore.ordered``."""
        key = (self.row.case == case_id) & self.row.part.startswith(f"{OUTBOX}{step:05}#")
        return [MailOrder(**row.body) for row in self._table.query(key)]

    def mails_to(self, case_id: str, party: str) -> Mapping[str, OutboxItem]:
        """See ``CaseStore.mails_to``."""
        key = (self.row.case == case_id) & self.row.part.startswith(OUTBOX)
        mine = (row for row in self._table.query(key) if row.body["party"] == party)
        return {item.number: item for item in map(_item, mine)}

    def lease(self, case_id: str, number: str, now: datetime) -> OutboxItem | None:
        """See ``CaseStore.lease``."""
        row, cls = self.row(case_id, OUTBOX + number), self.row
        free = cls.leased_until.does_not_exist() | (cls.leased_until <= stamp(now))
        until = stamp(now + LEASE)
        leased: list[Action] = [
            cls.leased_until.set(until),
            cls.due_at.set(until),
            cls.attempts.add(1),
        ]
        if not self._table.update(row, leased, (cls.status == _PENDING) & free, read=True):
            return None
        return OutboxItem(case_id, number, MailOrder(**row.body), int(row.attempts or 0))

    def settle(self, item: OutboxItem, outcome: str, now: datetime) -> None:
        """See ``CaseStore.settle``. What is parked stays in the index, to be found again."""
        cls = self.row
        moves: list[Action] = [
            cls.status.set(outcome),
            cls.settled_at.set(stamp(now)),
            cls.leased_until.remove(),
        ]
        if outcome == _PARKED:
            moves.append(cls.due_shard.set(f"parked#{shard(item.case)}"))
        else:
            moves += [cls.due_shard.remove(), cls.due_at.remove()]
        self._table.update(cls(item.case, OUTBOX + item.number), moves)

    def postpone(self, item: OutboxItem, until: datetime) -> None:
        """See ``CaseStore.postpone``."""
        cls, then = self.row, stamp(until)
        moves: list[Action] = [
            cls.leased_until.set(then),
            cls.due_at.set(then),
            cls.attempts.set(0),
        ]
        self._table.update(cls(item.case, OUTBOX + item.number), moves)

    def unpark(self, case_id: str, number: str, now: datetime) -> bool:
        """See ``CaseStore.unpark``."""
        cls = self.row
        moves: list[Action] = [
            cls.status.set(_PENDING),
            cls.attempts.set(0),
            cls.due_shard.set(f"mail#{shard(case_id)}"),
            cls.due_at.set(stamp(now)),
        ]
        return self._table.update(cls(case_id, OUTBOX + number), moves, cls.status == _PARKED)

    def release(self, item: OutboxItem, now: datetime) -> None:
        """See ``CaseStore.release``. The wait doubles from half a minute to eight."""
        cls = self.row
        again = stamp(now + timedelta(seconds=30 * 2 ** min(item.attempts - 1, 4)))
        moves: list[Action] = [cls.leased_until.set(again), cls.due_at.set(again)]
        self._table.update(cls(item.case, OUTBOX + item.number), moves)


def _item(row: CaseRow) -> OutboxItem:
    at = datetime.fromisoformat(row.settled_at) if row.settled_at else None
    number, order = row.part.removeprefix(OUTBOX), MailOrder(**row.body)
    return OutboxItem(row.case, number, order, int(row.attempts or 0), str(row.status), at)
