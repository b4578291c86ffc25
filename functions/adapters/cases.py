"""Cases, history and outbox in DynamoDB: every change is one transaction."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, write_all
from functions.adapters.outbox import item_row
from functions.adapters.reading import case_of, entry_of, newer, summary_of
from functions.adapters.rows import (
    BY_PART,
    CASE,
    CLAIM,
    WAITLIST,
    CaseRow,
    case_to_plain,
    entry_to_plain,
    history_part,
    stamp,
    summary_to_text,
)
from functions.adapters.slots import DynamoSlots
from functions.adapters.timers import timer_row
from functions.adapters.waiting import Waiting
from functions.kernel.case import Case, Claim, Decision, MailOrder
from functions.kernel.errors import Broken, Conflict, SinceErased, Taken
from functions.kernel.history import SealedEvent, SealKeys, cover
from functions.kernel.mail_orders import asked_number
from functions.kernel.summary import HistorySummary
from functions.services.ports import (
    FIRST_MAIL,
    HISTORY_PAGE,
    CaseRecord,
    Found,
    HistoryEntry,
    RateLimit,
    Write,
)

if TYPE_CHECKING:
    from functions.kernel.capacity import Waitlist

_READS = 3  # of a case that is written to meanwhile
_SAMPLED = 80  # cases of one night
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"  # of ids, as they sort
_ENOUGH = 8  # of them tell ids apart
_LONGEST_ID = 64


class DynamoCases(Waiting):
    """``CaseStore`` on the tables ``cases``, ``timers`` and ``quotas``. Directory counters move
    along."""

    def __init__(self, settings: DynamoSettings, directory_row: type[Any], keys: SealKeys) -> None:
        super().__init__(DynamoTable(CaseRow, "cases", settings), settings, keys)
        self._slots = DynamoSlots(settings)
        self._directory = directory_row
        self.rows: tuple[Any, ...] = (self.row, self._slots.row, self.timer_row)

    def create(self, move: Write, quota: str, rate_limits: Sequence[RateLimit] = ()) -> bool:
        """See ``CaseStore.create``."""
        holder, fill = f"{move.decision.case.id}.{FIRST_MAIL}", partial(self._add, move)
        now, token = move.sealed.event.at, move.sealed.seal
        failed = self._slots.write(quota, holder, now, token, fill, 2, rate_limits)
        return not _is_there(failed)

    def is_there(self, case_id: str) -> bool:
        """See ``CaseStore.is_there``. Conditions alone, on what ``create`` has conditions on. The
        token is new each time: what is asked again may have another answer."""

        def fill(batch: TransactWrite) -> None:
            first, row = (case_id, history_part(0)), (case_id, CASE)
            batch.condition_check(self.row, *first, condition=self.row.answers.does_not_exist())
            batch.condition_check(self.row, *row, condition=self.row.case.does_not_exist())

        return _is_there(write_all(self._settings, secrets.token_hex(16), fill))

    def post(self, case_id: str, order: MailOrder, now: datetime, quota: str) -> None:
        """See ``CaseStore.post``."""
        number = asked_number(order, now)

        def fill(batch: TransactWrite) -> None:
            row = self._item_row(case_id, number, order, now)
            batch.save(row, condition=self.row.case.does_not_exist())

        token = f"{case_id}{number}{stamp(now)}"
        self._slots.write(quota, f"{case_id}.{number}", now, token, fill)

    def case(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.case``. One query, as the newest entries lie next to the case."""
        return self._newest(case_id, 1) if _can_be(case_id) else None

    def page(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.page``."""
        return self._newest(case_id, HISTORY_PAGE) if _can_be(case_id) else None

    def load(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.load``."""
        return self._newest(case_id, None) if _can_be(case_id) else None

    def _newest(self, case_id: str, limit: int | None) -> CaseRecord | None:
        """The case with at most so many entries. Consistent, since decisions are made on it.

        A query is no snapshot: what somebody writes meanwhile may show in a part of its rows, so
        it is asked again where its last entry is not that of the case.
        """
        key = (self.row.case == case_id) & (self.row.part <= CASE)
        for _ in range(_READS):
            rows = list(self._table.query(key, limit=limit and limit + 1, forward=False))
            if not rows or rows[0].part != CASE:
                return None
            last = int(rows[0].revision or 0)
            if len(rows) > 1 and rows[1].part == history_part(last):
                break
        asked = range(max(0, last + 1 - limit), last + 1) if limit else None
        return self._record(rows[0], rows[:0:-1], asked)

    def entries(self, record: CaseRecord, numbers: range) -> CaseRecord:
        """See ``CaseStore.entries``."""
        asked = range(max(0, numbers.start), min(numbers.stop + 1, record.entries))
        rows: list[Any] = []
        if asked:
            here = self.row.part.between(history_part(asked[0]), history_part(asked[-1]))
            rows = list(self._table.query((self.row.case == record.case.id) & here))
        read = self._history(record.case, rows)
        return replace(record, history=read, asked=asked)

    def _record(self, first: Any, history: Sequence[Any], asked: range | None) -> CaseRecord:
        case = case_of(self.keys, first)
        summary = summary_of(case, first)
        read = self._history(case, history)
        left, has_break = int(first.unerased or 0), bool(first.broken)
        return CaseRecord(case, read, first.seal or "", self.keys, summary, asked, left, has_break)

    def _history(self, case: Case, rows: Iterable[Any]) -> tuple[HistoryEntry, ...]:
        return tuple(entry_of(self.keys, case, row) for row in rows)

    def record_break(self, record: CaseRecord) -> None:
        """See ``CaseStore.record_break``."""
        row = self.row(record.case.id, CASE)
        same = self.row.revision == record.case.revision
        self._table.update(row, [self.row.broken.set(1)], same)

    def records(self, case_ids: Sequence[str]) -> Mapping[str, CaseRecord]:
        """See ``CaseStore.records``."""
        rows = {row.case: row for row in self._rows((i, CASE) for i in case_ids if _can_be(i))}
        found: dict[str, CaseRecord] = {}
        for case_id in (i for i in case_ids if i in rows):
            with suppress(Broken):  # the alarm has been raised
                found[case_id] = self._record(rows[case_id], (), range(0))
        return found

    def _rows(self, keys: Iterable[tuple[str, str]]) -> Iterator[Any]:
        yield from self._table.several(dict.fromkeys(keys))

    def several(self, case_ids: Sequence[str]) -> Found:
        """See ``CaseStore.several``. One consistent BatchGetItem, for desks show what is."""
        rows = list(self._rows((i, CASE) for i in case_ids if _can_be(i)))
        found = Found()
        for row in rows:
            try:
                found[row.case] = case_of(self.keys, row)
            except Broken as error:  # the alarm has been raised
                found.broken[row.case] = error
        return found

    def commit(self, *moves: Write) -> None:
        """See ``CaseStore.commit``."""

        claims = [(m.decision.case.id, claim) for m in moves for claim in m.decision.claims]

        def fill(batch: TransactWrite) -> None:
            for case_id, claim in claims:  # first, so that their places are known
                self._add_claim(batch, case_id, claim)
            for move in moves:
                self._add(move, batch)

        failed = write_all(self._settings, "".join(m.sealed.seal for m in moves), fill)
        if failed and not any(failed[len(claims) :]):
            raise Taken(claims[failed.index(True)][1].field)
        if failed:
            raise Conflict

    def waitlist(self, key: str) -> "Waitlist":
        """See ``CaseStore.waitlist``. A query, as the functions that act may not read otherwise."""
        from functions.kernel.capacity import Waitlist  # few processes have one

        rows = list(self._table.query(self.row.case == f"{WAITLIST}#{key}"))
        if not rows:
            return Waitlist(key)
        plain = dict(rows[0].body)
        occupying, waiting = plain.pop("occupying"), plain.pop("waiting")
        if plain or rows[0].more:
            raise newer(rows[0].case, plain)
        return Waitlist(key, occupying, waiting, int(rows[0].revision))

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
        self._slots.free(quota)

    def give_back(self, quota: str, holder: str, now: datetime) -> None:
        """See ``CaseStore.give_back``."""
        self._slots.give_back(quota, holder, now)

    def sample(self, point: float) -> Sequence[str]:
        """See ``CaseStore.sample``. One query of an index, and a second near its end; ids are
        hashes, so that all of them are as likely to come."""
        here, ask = self.row.part == CASE, partial(self._table.query, index=BY_PART)
        forward = here & (self.row.case >= _id_at(point))
        found = [row.case for row in ask(forward, limit=_SAMPLED)]
        if len(found) < _SAMPLED:
            found += [row.case for row in ask(here, limit=_SAMPLED - len(found))]
        return tuple(dict.fromkeys(found))

    def case_row(self, case: Case, seal: str, summary: HistorySummary) -> CaseRow:
        """The row of a case whose history ends with this seal."""
        plain, text = case_to_plain(case), summary_to_text(summary)
        return self.row(
            case.id,
            CASE,
            body=plain,
            cover=cover(self.keys, plain, seal, text),
            revision=case.revision,
            seal=seal,
            summary=text,
        )

    def _add(self, move: Write, batch: TransactWrite) -> None:
        decision, revision = move.decision, move.decision.case.revision
        unchanged = self.row.revision == revision - 1
        if not move.has_break:
            unchanged &= self.row.broken.does_not_exist()
        condition = unchanged if revision else self.row.case.does_not_exist()
        case, entry = decision.case, move.sealed
        row = self.case_row(case, entry.seal, move.summary)
        if decision.erases:
            row.unerased = entry.event.number
        self._add_entry(batch, decision, move.sealed, move.salt)
        batch.save(row, condition=condition)
        if decision.erases:  # last, as places of items are told by those above
            first = self.row(case.id, history_part(0))
            batch.update(first, actions=[self.row.answers.remove(), self.row.salt.remove()])
        self._add_timers(batch, case.id, move.timers)
        self._add_mails(batch, decision)
        self._add_counts(batch, decision)
        if decision.waitlist:
            self._add_waitlist(batch, decision.waitlist)

    def _add_entry(
        self, batch: TransactWrite, decision: Decision, entry: SealedEvent, salt: str
    ) -> None:
        """The first step fits where there is none, and where what was said in it was erased, as it
        is at once when a case is: the case, which is there then, tells this apart without being
        read."""
        row = self.row(
            decision.case.id,
            history_part(entry.event.number),
            body=entry_to_plain(entry),
            answers=None if decision.erases else dict(decision.answers),
            salt=None if decision.erases else salt,
        )
        holds = self.row.case if entry.event.number else self.row.answers
        batch.save(row, condition=holds.does_not_exist())

    def _add_timers(
        self, batch: TransactWrite, case_id: str, timers: Mapping[str, datetime | None]
    ) -> None:
        """Without conditions: the revision of the case guards them."""
        for name, moment in timers.items():
            if moment:
                batch.save(timer_row(self.timer_row, case_id, name, moment))
            else:
                batch.delete(self.timer_row(case_id, name))

    def _add_mails(self, batch: TransactWrite, decision: Decision) -> None:
        for n, order in enumerate(decision.mail_orders):
            number = f"{decision.event.number:05}#{n}"
            batch.save(self._item_row(decision.case.id, number, order, decision.event.at))

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
        return item_row(self.row, case_id, number, order, now, self.keys)


def _is_there(failed: tuple[bool, ...]) -> bool:
    """What it says of a case that its first step holds what was said, and that its row is there: by
    which of these two conditions to the contrary failed."""
    if failed == (False, True):
        raise SinceErased
    return bool(failed)


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
