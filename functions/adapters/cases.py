"""Cases, history and outbox in DynamoDB: every change is one transaction."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, write_all
from functions.adapters.outbox import Outbox, item_row
from functions.adapters.rows import (
    AFTER_HISTORY,
    BY_DUE,
    BY_PART,
    CASE,
    CLAIM,
    HISTORY,
    NO_CASE,
    OUTBOX,
    SHARDS,
    WAITLIST,
    CaseRow,
    QuotaRow,
    case_from_plain,
    case_to_plain,
    entry_from_row,
    entry_to_plain,
    shard,
    stamp,
)
from functions.kernel.case import Case, Claim, Decision, MailOrder
from functions.kernel.errors import Broken, Conflict, Taken, TooMany
from functions.kernel.history import SealedEvent, SealKeys, cover, covers
from functions.processes import checked
from functions.services.ports import BROKEN, CaseRecord, Found, Write

if TYPE_CHECKING:
    from functions.kernel.capacity import Waitlist

_log = logging.getLogger("kapula.cases")
SLOTS = 3
WINDOW = timedelta(hours=24)
_PAGE = 50
_READS = 3  # of a case that is written to meanwhile
_SAMPLED = 80  # cases of one night
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"  # of ids, as they sort
_ENOUGH = 8  # of them tell ids apart
TIMER = "timer"  # the cases that wait for a moment
_LONGEST_ID = 64


class DynamoCases(Outbox):
    """``CaseStore`` on two tables: ``cases`` and ``quotas``. Directory counters move along."""

    def __init__(self, settings: DynamoSettings, directory_row: type[Any], keys: SealKeys) -> None:
        super().__init__(DynamoTable(CaseRow, "cases", settings))
        self._settings, self.keys = settings, keys
        self._quotas = DynamoTable(QuotaRow, "quotas", settings)
        self._quota = self._quotas.row
        self._directory = directory_row
        self.rows: tuple[Any, ...] = (self.row, self._quota)

    def create(self, move: Write, quota: str) -> bool:
        """See ``CaseStore.create``."""
        entry = move.sealed
        return self._with_place(quota, entry.event.at, entry.seal, partial(self._add, move))

    def post(self, case_id: str, order: MailOrder, now: datetime, quota: str) -> None:
        """See ``CaseStore.post``."""
        number = f"{stamp(now)}#{order.party}"

        def fill(batch: TransactWrite) -> None:
            row = self._item_row(case_id, number, order, now)
            batch.save(row, condition=self.row.case.does_not_exist())

        self._with_place(quota, now, f"{case_id}{number}", fill)

    def load(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.load``. One query; consistent, since decisions are made on it.

        A query is no snapshot: what somebody writes meanwhile may show in a part of its rows, so
        it is asked again where the number of entries is not that of the case.
        """
        for _ in range(_READS):
            record = self._load(case_id) if _can_be(case_id) else None
            if record is None or len(record.history) == record.entries:
                break
        return record

    def _load(self, case_id: str) -> CaseRecord | None:
        key = (self.row.case == case_id) & (self.row.part < AFTER_HISTORY)
        rows = list(self._table.query(key))
        if not rows or rows[0].part != CASE:
            return None
        return self._record(rows[0], rows[1:])

    def _record(self, first: Any, history: Sequence[Any]) -> CaseRecord:
        case = self._case(first)
        with _readable(first):
            seal, entries = first.seal or "", int(first.entries or 0)
            sealed_history = tuple(entry_from_row(row) for row in history)
            due_at = _due_at(first)
        return CaseRecord(case, sealed_history, seal, entries, self.keys, due_at)

    def _case(self, row: Any) -> Case:
        """The case of a row; ``Broken``, and an alarm, if the row is not as it was written."""
        with _readable(row):
            case = checked(case_from_plain(row.body))
            if (row.case, row.revision) != (case.id, case.revision):
                raise ValueError(row.case)
            if not covers(self.keys, row.body, row.seal or "", row.cover or ""):
                raise ValueError(row.case)
        return case

    def records(self, case_ids: Sequence[str]) -> Mapping[str, CaseRecord]:
        """See ``CaseStore.records``. As many reads of a hundred rows as there are rows."""
        read = {row.case: row for row in self._rows((i, CASE) for i in case_ids if _can_be(i))}
        cases = {i: read[i] for i in case_ids if i in read}
        steps = ((i, n) for i, row in cases.items() for n in range(int(row.entries or 0)))
        sealed_history: dict[str, list[Any]] = {case_id: [] for case_id in cases}
        for row in self._rows((i, f"{HISTORY}{n:05}") for i, n in steps):
            sealed_history[row.case].append(row)
        by_part = attrgetter("part")
        files: dict[str, CaseRecord] = {}
        for case_id, row in cases.items():
            with suppress(Broken):  # the alarm has been raised
                files[case_id] = self._record(row, sorted(sealed_history[case_id], key=by_part))
        return files

    def _rows(self, keys: Iterable[tuple[str, str]]) -> Iterator[Any]:
        yield from self._table.several(dict.fromkeys(keys))

    def several(self, case_ids: Sequence[str]) -> Found:
        """See ``CaseStore.several``. One consistent BatchGetItem, for desks show what is."""
        rows = list(self._rows((i, CASE) for i in case_ids if _can_be(i)))
        found = Found()
        for row in rows:
            with suppress(Broken):  # the alarm has been raised
                found[row.case] = self._case(row)
        found.broken = frozenset(row.case for row in rows if row.case not in found)
        return found

    def case(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.case``."""
        rows = self._table.several([(case_id, CASE)]) if _can_be(case_id) else ()
        return next((self._record(row, ()) for row in rows), None)

    def commit(self, *moves: Write) -> None:
        """See ``CaseStore.commit``."""

        claims = [(m.decision.case.id, claim) for m in moves for claim in m.decision.claims]

        def fill(batch: TransactWrite) -> None:
            for case_id, claim in claims:  # first, so that their places are known
                self._add_claim(batch, case_id, claim)
            for move in moves:
                self._add(move, batch)

        failed = write_all(self._settings, _token("".join(m.sealed.seal for m in moves)), fill)
        if failed and max(failed) < len(claims):
            raise Taken(claims[min(failed)][1].field)
        if failed:
            raise Conflict

    def waitlist(self, key: str) -> "Waitlist":
        """See ``CaseStore.waitlist``. A query, as the functions that act may not read otherwise."""
        from functions.kernel.capacity import Waitlist  # few processes have one

        rows = list(self._table.query(self.row.case == f"{WAITLIST}#{key}"))
        if not rows:
            return Waitlist(key)
        return Waitlist(
            key, rows[0].body["occupying"], rows[0].body["waiting"], int(rows[0].revision)
        )

    def claimed(self, case_id: str, claims: Sequence[Claim]) -> bool:
        """See ``CaseStore.claimed``. A query each, as ``waitlist``."""
        kept = [[*self._table.query(self.row.case == _claim_key(claim))] for claim in claims]
        return all(
            rows and rows[0].body == _claim_body(case_id, claim)
            for rows, claim in zip(kept, claims, strict=True)
        )

    def post_once(self, case_id: str, number: str, order: MailOrder, now: datetime) -> bool:
        """See ``CaseStore.post_once``."""
        row = self._item_row(case_id, number, order, now)
        return self._table.put(row, self.row.case.does_not_exist())

    def free(self, quota: str) -> None:
        """See ``CaseStore.free``."""
        for number in range(SLOTS):
            self._quotas.delete(self._quota(quota, number))

    def due(self, now: datetime) -> Sequence[str]:
        """See ``CaseStore.due``."""
        return tuple(row.case for row in self._waiting(TIMER, now))

    def put_off(self, case_id: str, now: datetime, until: datetime) -> None:
        """See ``CaseStore.put_off``."""
        cls = self.row
        is_due = (cls.due_shard == f"{TIMER}#{shard(case_id)}") & (cls.due_at <= stamp(now))
        self._table.update(cls(case_id, CASE), [cls.due_at.set(stamp(until))], is_due)

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

    def sample(self, point: float) -> Sequence[str]:
        """See ``CaseStore.sample``. One query of an index, and a second near its end; ids are
        hashes, so that all of them are as likely to come."""
        here, ask = self.row.part == CASE, partial(self._table.query, index=BY_PART)
        forward = here & (self.row.case >= _id_at(point))
        found = [row.case for row in ask(forward, limit=_SAMPLED)]
        if len(found) < _SAMPLED:
            found += [row.case for row in ask(here, limit=_SAMPLED - len(found))]
        return tuple(dict.fromkeys(found))

    def _waiting(self, kind: str, now: datetime, most: int = _PAGE) -> Sequence[Any]:
        """Rows of all shards, earliest first."""
        found: list[Any] = []
        for number in range(SHARDS):
            until = (self.row.due_shard == f"{kind}#{number}") & (self.row.due_at <= stamp(now))
            found += self._table.query(until, index=BY_DUE, limit=most)
        return sorted(found, key=lambda row: str(row.due_at))

    def _with_place(self, quota: str, now: datetime, token: str, fill: Any) -> bool:
        """Write with one of the quota's places taken; False if the first item's condition fails."""
        free = self._quota.free_at.does_not_exist() | (self._quota.free_at <= stamp(now))
        until = now + WINDOW
        for number in range(SLOTS):
            row = self._quota(quota, number, free_at=stamp(until), expires=until)

            def fill_all(batch: TransactWrite, row: Any = row) -> None:
                fill(batch)
                batch.save(row, condition=free)

            failed = write_all(self._settings, _token(f"{token}{number}"), fill_all)
            if not failed:
                return True
            if 0 in failed:
                return False
        raise TooMany

    def case_row(self, case: Case, seal: str, entries: int, due_at: datetime | None) -> CaseRow:
        """The row of a case whose history has these ``entries``, the last one with this seal."""
        plain = case_to_plain(case)
        return self.row(
            case.id,
            CASE,
            body=plain,
            cover=cover(self.keys, plain, seal),
            revision=case.revision,
            seal=seal,
            entries=entries,
            due_shard=f"{TIMER}#{shard(case.id)}" if due_at else None,
            due_at=stamp(due_at) if due_at else None,
        )

    def _add(self, move: Write, batch: TransactWrite) -> None:
        decision, revision = move.decision, move.decision.case.revision
        unchanged = self.row.revision == revision - 1
        condition = unchanged if revision else self.row.case.does_not_exist()
        case, entry = decision.case, move.sealed
        row = self.case_row(case, entry.seal, entry.event.number + 1, move.due_at)
        batch.save(row, condition=condition)
        self._add_entry(batch, decision, move.sealed, move.salt)
        self._add_counts(batch, decision)
        if decision.waitlist:
            self._add_waitlist(batch, decision.waitlist)
        if decision.erases:
            for number in range(move.sealed.event.number):
                earlier = self.row(decision.case.id, f"{HISTORY}{number:05}")
                gone: list[Action] = [self.row.answers.remove(), self.row.salt.remove()]
                batch.update(earlier, actions=gone)

    def _add_entry(
        self, batch: TransactWrite, decision: Decision, entry: SealedEvent, salt: str
    ) -> None:
        case_id, answers = decision.case.id, None if decision.erases else dict(decision.answers)
        row = self.row(
            case_id,
            f"{HISTORY}{entry.event.number:05}",
            body=entry_to_plain(entry),
            answers=answers,
            salt=None if decision.erases else salt,
        )
        batch.save(row, condition=self.row.case.does_not_exist())
        for n, order in enumerate(decision.mail_orders):
            number = f"{entry.event.number:05}#{n}"
            batch.save(self._item_row(case_id, number, order, entry.event.at))

    def _add_counts(self, batch: TransactWrite, decision: Decision) -> None:
        """Directory counters; a transaction touches each item once, so those of one entry go
        together."""
        moved: dict[tuple[str, str], list[Action]] = {}
        for each in decision.counter_changes:
            move = getattr(self._directory, each.counter).add(each.step)
            moved.setdefault((each.source, each.ref), []).append(move)
        for key, moves in moved.items():
            batch.update(self._directory(*key), actions=moves)

    def _add_waitlist(self, batch: TransactWrite, waitlist: "Waitlist") -> None:
        """Its order of arrival is that of the keys, which JSON keeps."""
        plain = {"occupying": dict(waitlist.occupying), "waiting": dict(waitlist.waiting)}
        row = self.row(
            f"{WAITLIST}#{waitlist.key}", WAITLIST, body=plain, revision=waitlist.revision
        )
        before = waitlist.revision - 1
        unchanged = self.row.revision == before if before else self.row.case.does_not_exist()
        batch.save(row, condition=unchanged)

    def _add_claim(self, batch: TransactWrite, case_id: str, claim: Claim) -> None:
        """The same answer may claim its value again; nobody else may, even when the case has
        been erased."""
        by = _claim_body(case_id, claim)
        row = self.row(_claim_key(claim), CLAIM, body=by)
        free = self.row.case.does_not_exist() | (self.row.body == by)
        batch.save(row, condition=free)

    def _item_row(self, case_id: str, number: str, order: MailOrder, now: datetime) -> CaseRow:
        return item_row(self.row, case_id, number, order, now)


@contextmanager
def _readable(row: Any) -> Iterator[None]:
    """``Broken``, and an alarm, if what is read of a case's row was edited to what it cannot be."""
    try:
        yield
    except NO_CASE as error:
        _log.error(BROKEN, row.case)
        raise Broken from error


def _due_at(row: Any) -> datetime | None:
    """When the clock comes to the case of a row: where its index has it, and not elsewhere."""
    waits = row.due_shard == f"{TIMER}#{shard(row.case)}" and row.due_at
    return datetime.fromisoformat(row.due_at) if waits else None


def _id_at(point: float) -> str:
    """Where in the order of ids a point between 0 and 1 is."""
    number, base = int(point * len(_DIGITS) ** _ENOUGH), len(_DIGITS)
    digits = (number // base**n % base for n in reversed(range(_ENOUGH)))
    return "".join(_DIGITS[digit] for digit in digits)


def _claim_key(claim: Claim) -> str:
    return f"{CLAIM}#{claim.name}#{claim.value}"


def _claim_body(case_id: str, claim: Claim) -> dict[str, str]:
    return {"case": case_id, "field": claim.field}


def _can_be(case_id: str) -> bool:
    """Whether this can be a case's id. Addresses and forms name whatever they like, and what
    cannot be a key DynamoDB answers with an error, not with nothing."""
    return 0 < len(case_id) <= _LONGEST_ID


def _token(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:36]
