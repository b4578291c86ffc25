"""The outbox: one sender at a time leases a mail, and the result is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from functions.adapters.dynamo import DynamoTable
from functions.adapters.rows import NO_CASE, OUTBOX, CaseRow, flat, shard, stamp
from functions.kernel.case import MailOrder
from functions.kernel.history import SealKeys, ordered, seal_order
from functions.services.ports import OutboxItem

GRACE = timedelta(minutes=2)  # a mail the stream has not sent by then is the sweeper's
LEASE = timedelta(seconds=60)
_PENDING, _PARKED = "pending", "parked"
UNREADABLE = MailOrder("unreadable", "", "", "", 0)  # in place of one that cannot be read


def item_row(
    row: type[CaseRow],
    case_id: str,
    number: str,
    order: MailOrder,
    now: datetime,
    keys: SealKeys | None = None,
) -> CaseRow:
    """A mail as it is put into the outbox, sealed if there are ``keys``."""
    body = flat(order)
    return row(
        case_id,
        OUTBOX + number,
        body=body,
        seal=seal_order(keys, case_id, number, body) if keys else None,
        status="pending",
        attempts=0,
        due_shard=f"mail#{shard(case_id)}",
        due_at=stamp(now + GRACE),
    )


class Outbox:
    """The part of ``CaseStore`` that the mailer uses."""

    def __init__(self, table: DynamoTable[CaseRow], keys: SealKeys) -> None:
        self._table, self.row, self.keys = table, table.row, keys

    def ordered(self, case_id: str, number: int) -> Sequence[MailOrder]:
        """See ``CaseStore.ordered``."""
        return [item.order for item in self._items(case_id, f"{number:05}#")]

    def mails_to(self, case_id: str, party: str) -> Mapping[str, OutboxItem]:
        """See ``CaseStore.mails_to``."""
        items = (item for item in self._items(case_id) if item.order.party == party)
        return {item.number: item for item in items}

    def _items(self, case_id: str, numbers: str = "") -> Iterator[OutboxItem]:
        """The mails of an outbox whose numbers begin so, without those that somebody else wrote."""
        key = (self.row.case == case_id) & self.row.part.startswith(OUTBOX + numbers)
        found = (_item(self.keys, row) for row in self._table.query(key))
        return (item for item in found if item.sound)

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
        try:
            if not self._table.update(row, leased, (cls.status == _PENDING) & free, read=True):
                return None
        except NO_CASE:  # what cannot be read is parked, like all that nobody ordered
            row = cls(case_id, OUTBOX + number)
        return replace(_item(self.keys, row), outcome=_PENDING, settled_at=None)

    def settle(self, item: OutboxItem, outcome: str, now: datetime) -> None:
        """See ``CaseStore.settle``. What is parked stays in the index, to be found again."""
        cls = self.row
        updates: list[Action] = [
            cls.status.set(outcome),
            cls.settled_at.set(stamp(now)),
            cls.leased_until.remove(),
        ]
        if outcome == _PARKED:
            updates.append(cls.due_shard.set(f"parked#{shard(item.case)}"))
        else:
            updates += [cls.due_shard.remove(), cls.due_at.remove()]
        self._table.update(cls(item.case, OUTBOX + item.number), updates)

    def postpone(self, item: OutboxItem, until: datetime) -> None:
        """See ``CaseStore.postpone``."""
        cls, then = self.row, stamp(until)
        updates: list[Action] = [
            cls.leased_until.set(then),
            cls.due_at.set(then),
            cls.attempts.set(0),
        ]
        self._table.update(cls(item.case, OUTBOX + item.number), updates)

    def unpark(self, case_id: str, number: str, now: datetime) -> bool:
        """See ``CaseStore.unpark``."""
        cls = self.row
        updates: list[Action] = [
            cls.status.set(_PENDING),
            cls.attempts.set(0),
            cls.due_shard.set(f"mail#{shard(case_id)}"),
            cls.due_at.set(stamp(now)),
        ]
        return self._table.update(cls(case_id, OUTBOX + number), updates, cls.status == _PARKED)

    def release(self, item: OutboxItem, now: datetime) -> None:
        """See ``CaseStore.release``. The wait doubles from half a minute to eight."""
        cls = self.row
        until = stamp(now + timedelta(seconds=30 * 2 ** min(item.attempts - 1, 4)))
        updates: list[Action] = [cls.leased_until.set(until), cls.due_at.set(until)]
        self._table.update(cls(item.case, OUTBOX + item.number), updates)


def _item(keys: SealKeys, row: CaseRow) -> OutboxItem:
    """The mail of a row; not ``sound``, and none that can be sent, if the row cannot be read."""
    at, seal = None, row.seal or ""
    number, tried, outcome = row.part.removeprefix(OUTBOX), int(row.attempts or 0), str(row.status)
    try:
        order, body = MailOrder(**row.body), row.body
        at = datetime.fromisoformat(row.settled_at) if row.settled_at else None
    except (TypeError, ValueError):
        order, body = UNREADABLE, row.body
    sound = isinstance(body, dict) and ordered(keys, row.case, number, body, seal)
    if row.more or order is UNREADABLE:  # with its seal; without, somebody else wrote it
        return OutboxItem(row.case, number, UNREADABLE, tried, outcome, at, False, newer=sound)
    return OutboxItem(row.case, number, order, tried, outcome, at, sound)
