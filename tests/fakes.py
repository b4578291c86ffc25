"""The ports in memory: what tests that are not about AWS work with, and a world made of them.

``MemoryCases`` and ``MemoryGrants`` pass the same contract suite as the real adapters.
"""

import copy
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from os import environ

from functions.kernel.capacity import Waitlist
from functions.kernel.case import Case, Claim, Decision, MailOrder, Party
from functions.kernel.directory import DirectoryEntry as DirectoryEntry
from functions.kernel.durations import day_of
from functions.kernel.duties import DUTIES
from functions.kernel.errors import (
    Broken,
    Conflict,
    Newer,
    SinceErased,
    Taken,
    TooMany,
    TooManyFromSource,
    Unknown,
)
from functions.kernel.history import SealedEvent, SealKeys, ordered, seal_order
from functions.kernel.mail_orders import asked_number
from functions.kernel.summary import HistoryPart, HistorySummary, extended
from functions.kernel.timers import ERASING
from functions.processes import checked, current, pinned
from functions.services.access import links
from functions.services.access.links import Opened
from functions.services.access.people import person_key
from functions.services.case import apply
from functions.services.case.act import act
from functions.services.container import Rules, Services
from functions.services.desk.index import index_case
from functions.services.mail.deliver import deliver
from functions.services.ports import (  # fmt: skip
    BROKEN,
    ERASED_AT_ONCE,
    FIRST_MAIL,
    HISTORY_PAGE,
    CaseRecord,
    Found,
    Grant,
    HistoryEntry,
    IndexedItems,
    OutboxItem,
    RateLimit,
    WorklistItem,
    Write,
)
from functions.services.timers import CaseTimer, delay
from tests.fake_directory import MemoryDirectory

# Monday 12:00 in Finland; KAPULA_TEST_START, an ISO moment with its zone, begins elsewhere.
START = datetime.fromisoformat(environ.get("KAPULA_TEST_START", "2026-08-03T09:00:00+00:00"))
START = START.astimezone(UTC)


def day_after(days: int) -> str:
    """The day in Finland that many days after the tests' start, as a form's answer."""
    return (day_of(START) + timedelta(days=days)).isoformat()


PLACES, WINDOW = 3, timedelta(hours=24)
LEASE, GRACE, MOST = timedelta(seconds=60), timedelta(minutes=2), 50


class FakeClock:
    """A clock that stands still until told."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now.astimezone(UTC)

    def now(self) -> datetime:
        return self.time

    def forward(self, **length: float) -> None:
        self.time += timedelta(**length)


KEYS = SealKeys(b"secret")


@dataclass
class Kept:
    """One outbox item as it is stored."""

    order: MailOrder
    due_at: datetime | None
    status: str = "pending"
    attempts: int = 0
    leased_until: datetime | None = None
    settled_at: datetime | None = None
    seal: str = ""


def history_of(case: Case, told: Sequence[HistoryEntry]) -> HistoryPart:
    """The whole history of a case, as pages get it."""
    definition = pinned(case.process, case.version)
    entries, summary = [(entry.sealed, entry.answers) for entry in told], HistorySummary()
    for sealed, answers in entries:
        summary = extended(summary, definition, sealed.event, answers or {})
    fillings = tuple(each for each in entries if each[0].event.number in summary.filled)
    return HistoryPart(entries, summary, fillings)


@dataclass
class Folder:
    """One case as it is stored, with the salts that only the store keeps."""

    case: Case
    told: list[HistoryEntry] = field(default_factory=list)
    salts: list[str | None] = field(default_factory=list)
    seal: str = ""  # as it is kept with the case
    summary: HistorySummary = field(default_factory=HistorySummary)
    unerased: int = 0  # entries of an erased case that still have what was said
    has_break: bool = False  # a break was found in its history
    covered: bool = True  # whether the case's row is as it was written
    timers: dict[str, CaseTimer] = field(default_factory=dict)
    newer: str = ""  # the newer release that saved it

    @property
    def due_at(self) -> datetime | None:
        """When its next timer comes."""
        waiting = (timer.due_at for timer in self.timers.values() if not timer.parked)
        return min(waiting, default=None)

    @classmethod
    def of(cls, case: Case, told: Sequence[HistoryEntry]) -> "Folder":
        """A case with this history, as the store would keep it."""
        summary = history_of(case, told).summary
        return cls(case, list(told), seal=told[-1].sealed.seal, summary=summary)

    def edit(self, **changed: object) -> None:
        """Change the case in the store, past the product."""
        self.case, self.covered = replace(self.case, **changed), False  # type: ignore[arg-type]


class MemoryCases:
    """``CaseStore`` over dictionaries; counters move in the directory it was given."""

    def __init__(
        self, directory: MemoryDirectory | None = None, limits: "MemoryLimits | None" = None
    ) -> None:
        self.keys = KEYS
        self._limits = limits or MemoryLimits()
        self.folders: dict[str, Folder] = {}
        self.outbox: dict[tuple[str, str], Kept] = {}
        self.quotas: dict[str, list[tuple[datetime, str]]] = {}
        self.queues: dict[str, Waitlist] = {}
        self.claimed_by: dict[tuple[str, str], tuple[str, str]] = {}
        self._directory = directory or MemoryDirectory()
        self._directory.post = self.forge  # unsealed: an operator's command has no key

    def create(self, move: Write, quota: str, rate_limits: Sequence[RateLimit] = ()) -> bool:
        if self.is_there(move.decision.case.id):
            return False
        now = move.sealed.event.at
        if any(self._limits.is_full(each, now) for each in rate_limits):
            raise TooManyFromSource
        self._take_place(quota, now, f"{move.decision.case.id}.{FIRST_MAIL}")
        for each in rate_limits:
            self._limits.take(each, now)
        self._write(move)
        return True

    def is_there(self, case_id: str) -> bool:
        there = self.folders.get(case_id)
        if there and there.told[0].answers is None:
            raise SinceErased
        return there is not None

    def load(self, case_id: str) -> CaseRecord | None:
        record = self.case(case_id)
        told = tuple(self.folders[case_id].told) if record else ()
        return replace(record, history=told, asked=None) if record else None

    def page(self, case_id: str) -> CaseRecord | None:
        record = self.load(case_id)
        if record is None:
            return None
        asked = range(max(0, record.entries - HISTORY_PAGE), record.entries)
        return replace(record, history=record.history[-HISTORY_PAGE:], asked=asked)

    def entries(self, record: CaseRecord, numbers: range) -> CaseRecord:
        asked = range(max(0, numbers.start), min(numbers.stop + 1, record.entries))
        told = self.folders[record.case.id].told[asked.start : asked.stop]
        return replace(record, history=tuple(told), asked=asked)

    def records(self, case_ids: Sequence[str]) -> dict[str, CaseRecord]:
        read = self.several(case_ids)
        heads = {i: record for i in read if (record := self.case(i))}
        return {i: replace(head, history=(), asked=range(0)) for i, head in heads.items()}

    def sample(self, point: float) -> tuple[str, ...]:
        ids = sorted(self.folders)
        first = int(len(ids) * point)
        return (*ids[first:], *ids[:first])

    def commit(self, *moves: Write) -> None:
        for move in moves:
            folder = self.folders.get(move.decision.case.id)
            if (folder.case.revision if folder else -1) != move.decision.case.revision - 1:
                raise Conflict
            if folder and folder.has_break and not move.has_break:
                raise Conflict
            queue = move.decision.waitlist
            if queue and self.waitlist(queue.key).revision != queue.revision - 1:
                raise Conflict
        claimed = {
            (claim.name, claim.value): (move.decision.case.id, claim.field)
            for move in moves
            for claim in move.decision.claims
        }
        for key, by in claimed.items():
            if self.claimed_by.get(key, by) != by:
                raise Taken(by[1])
        self.claimed_by |= claimed
        for move in moves:
            self._write(move)

    def _write(self, move: Write) -> None:
        decision = move.decision
        folder = self.folders.setdefault(decision.case.id, Folder(decision.case))
        folder.case, folder.summary = decision.case, move.summary
        folder.has_break = False
        for name, moment in move.timers.items():
            folder.timers.pop(name, None)
            if moment:
                folder.timers[name] = CaseTimer(decision.case.id, name, moment)
        self._add_entry(decision, move.sealed, move.salt)
        for each in decision.counter_changes:
            self._directory.move(each.source, each.ref, each.counter, each.step)
        if decision.waitlist:
            self.queues[decision.waitlist.key] = decision.waitlist
        if decision.erases:
            folder.unerased = decision.event.number
            self._empty(folder, decision.event.number)
            self._empty(folder, 0)

    def erase_some(self, case_id: str) -> int | None:
        folder = self.folders.get(case_id)
        if folder is None or not folder.unerased:
            return None
        self._checked(case_id)
        first = max(0, folder.unerased - ERASED_AT_ONCE)
        for number in range(first, folder.unerased):
            self._empty(folder, number)
        folder.unerased = first
        if not first:
            folder.timers.pop(ERASING, None)
        return first

    @staticmethod
    def _empty(folder: Folder, number: int) -> None:
        folder.told[number] = replace(folder.told[number], answers=None, salt="")
        if number < len(folder.salts):  # a history that was planted has none
            folder.salts[number] = None

    def waitlist(self, key: str) -> Waitlist:
        return self.queues.get(key, Waitlist(key))

    def post(self, case_id: str, order: MailOrder, now: datetime, quota: str) -> None:
        key = (case_id, asked_number(order, now))
        if key not in self.outbox:
            self._take_place(quota, now, ".".join(key))
            self._put(key, order, now)

    def several(self, case_ids: Sequence[str]) -> Found:
        found, there = Found(), dict.fromkeys(i for i in case_ids if i in self.folders)
        for case_id in there:
            try:
                found[case_id] = self._checked(case_id)
            except Broken as error:
                found.broken[case_id] = error
        return found

    def case(self, case_id: str) -> CaseRecord | None:
        folder = self.folders.get(case_id)
        if folder is None:
            return None
        case, told = self._checked(case_id), tuple(folder.told)
        last = range(case.revision, case.revision + 1)
        return CaseRecord(
            case, told[-1:], folder.seal, self.keys, folder.summary, last, folder.unerased,
            folder.has_break,
        )  # fmt: skip

    def record_break(self, record: CaseRecord) -> None:
        folder = self.folders[record.case.id]
        folder.has_break |= folder.case.revision == record.case.revision

    def claimed(self, case_id: str, claims: Sequence[Claim]) -> bool:
        kept = [self.claimed_by.get((claim.name, claim.value)) for claim in claims]
        return kept == [(case_id, claim.field) for claim in claims]

    def _checked(self, case_id: str) -> Case:
        if self.folders[case_id].newer:
            raise Newer(self.folders[case_id].newer)
        with suppress(Unknown):
            if self.folders[case_id].covered:
                return checked(self.folders[case_id].case)
        logging.getLogger("kapula.cases").error(BROKEN, case_id)
        raise Broken

    def post_once(self, case_id: str, number: str, order: MailOrder, now: datetime) -> bool:
        if (case_id, number) in self.outbox:
            return False
        self._put((case_id, number), order, now)
        return True

    def forge(self, case_id: str, number: str, order: MailOrder, now: datetime) -> None:
        """Write a mail into the outbox, past the product."""
        self.outbox[case_id, number] = Kept(order, now + GRACE)

    def _put(self, key: tuple[str, str], order: MailOrder, now: datetime) -> None:
        seal = seal_order(self.keys, *key, asdict(order))
        self.outbox[key] = Kept(order, now + GRACE, seal=seal)

    def _item(self, key: tuple[str, str]) -> OutboxItem:
        kept = self.outbox[key]
        sound = ordered(self.keys, *key, asdict(kept.order), kept.seal)
        return OutboxItem(
            *key, kept.order, kept.attempts, kept.status, kept.settled_at, sound=sound
        )

    def free(self, quota: str) -> None:
        self.quotas.pop(quota, None)

    def give_back(self, quota: str, holder: str, now: datetime) -> None:
        kept = [(until, who) for until, who in self.quotas.get(quota, []) if who != holder]
        self.quotas[quota] = kept

    def ordered(self, case_id: str, step: int) -> list[MailOrder]:
        numbers = sorted(n for i, n in self.outbox if i == case_id)
        there = (n for n in numbers if n.startswith(f"{step:05}#"))
        items = (self._item((case_id, n)) for n in there)
        return [item.order for item in items if item.sound]

    def mails_to(self, case_id: str, party: str) -> dict[str, OutboxItem]:
        mine = (self._item(key) for key in self.outbox if key[0] == case_id)
        return {item.number: item for item in mine if item.order.party == party and item.sound}

    def oldest_unsent(self, now: datetime) -> datetime | None:
        due = (kept.due_at for kept in self.outbox.values() if kept.due_at)
        return min((at for at in due if at <= now), default=None)

    def unsent(self, now: datetime) -> tuple[tuple[str, str], ...]:
        waiting = [(kept.due_at, key) for key, kept in self.outbox.items() if kept.due_at]
        return tuple(key for at, key in sorted(waiting) if at <= now)[:MOST]

    def lease(self, case_id: str, number: str, now: datetime) -> OutboxItem | None:
        kept = self.outbox.get((case_id, number))
        if kept is None or kept.status != "pending":
            return None
        if kept.leased_until is not None and kept.leased_until > now:
            return None
        kept.leased_until = kept.due_at = now + LEASE
        kept.attempts += 1
        return replace(self._item((case_id, number)), settled_at=None)

    def settle(self, letter: OutboxItem, outcome: str, now: datetime) -> None:
        kept = self.outbox[letter.case, letter.number]
        kept.settled_at = now
        kept.status, kept.due_at, kept.leased_until = outcome, None, None

    def parked(self) -> tuple[tuple[str, str], ...]:
        return tuple(key for key, kept in self.outbox.items() if kept.status == "parked")

    def unpark(self, case_id: str, number: str, now: datetime) -> bool:
        kept = self.outbox.get((case_id, number))
        if kept is None or kept.status != "parked":
            return False
        kept.status, kept.attempts, kept.due_at = "pending", 0, now
        return True

    def release(self, letter: OutboxItem, now: datetime) -> None:
        kept = self.outbox[letter.case, letter.number]
        wait = timedelta(seconds=30 * 2 ** min(letter.attempts - 1, 4))
        kept.leased_until = kept.due_at = now + wait

    def postpone(self, letter: OutboxItem, until: datetime) -> None:
        kept = self.outbox[letter.case, letter.number]
        kept.leased_until = kept.due_at = until
        kept.attempts = 0

    def _add_entry(self, decision: Decision, entry: SealedEvent, salt: str) -> None:
        folder = self.folders[decision.case.id]
        folder.told.append(HistoryEntry(entry, dict(decision.answers), salt))
        folder.seal = entry.seal
        folder.salts.append(salt)
        for n, order in enumerate(decision.mail_orders):
            key = (decision.case.id, f"{entry.event.number:05}#{n}")
            self._put(key, order, entry.event.at)

    def _take_place(self, quota: str, now: datetime, holder: str) -> None:
        taken = [(until, who) for until, who in self.quotas.get(quota, []) if until > now]
        if len(taken) >= PLACES:
            raise TooMany
        self.quotas[quota] = [*taken, (now + WINDOW, holder)]


class MemoryTimers:
    """``TimerStore`` over the timers that ``MemoryCases`` writes."""

    def __init__(self, cases: MemoryCases) -> None:
        self._folders = cases.folders

    def _all(self, *, parked: bool) -> Iterator[CaseTimer]:
        there = [timer for folder in self._folders.values() for timer in folder.timers.values()]
        found = (timer for timer in there if timer.parked is parked)
        yield from sorted(found, key=lambda timer: timer.due_at)

    def due(self, now: datetime) -> Iterator[CaseTimer]:
        return (timer for timer in self._all(parked=False) if timer.due_at <= now)

    def parked(self) -> Iterator[CaseTimer]:
        return self._all(parked=True)

    def of(self, case_id: str) -> list[CaseTimer]:
        return [*self._folders[case_id].timers.values()] if case_id in self._folders else []

    def _change(self, seen: CaseTimer, moved: CaseTimer | None) -> bool:
        """Whether the timer was as it had been ``seen``, and is ``moved`` now."""
        timers = self._folders[seen.case].timers if seen.case in self._folders else {}
        there = timers.get(seen.name)
        if there is None or (there.due_at, there.parked) != (seen.due_at, seen.parked):
            return False
        del timers[seen.name]
        if moved:
            timers[seen.name] = moved
        return True

    def lease(self, timer: CaseTimer, now: datetime) -> CaseTimer | None:
        tried = timer.attempts + 1
        leased = replace(timer, due_at=now + delay(tried), attempts=tried)
        return leased if self._change(timer, leased) else None

    def settle(self, leased: CaseTimer, moment: datetime | None) -> None:
        self._change(leased, replace(leased, due_at=moment, attempts=0) if moment else None)

    def park(self, leased: CaseTimer, now: datetime) -> bool:
        return self._change(leased, replace(leased, due_at=now, parked=True))

    def resume(self, timer: CaseTimer, now: datetime) -> bool:
        there = next((t for t in self.of(timer.case) if t.name == timer.name and t.parked), None)
        if there is None:
            return False
        return self._change(there, replace(there, due_at=now, attempts=0, parked=False))


class MemoryGrants:
    """``GrantStore`` over a dictionary."""

    def __init__(self) -> None:
        self.grants: dict[str, Grant] = {}
        self.newest: dict[str, datetime] = {}

    def put(self, grant: Grant) -> None:
        self.grants[grant.token_hash] = grant

    def find(self, token_hash: str) -> Grant | None:
        return self.grants.get(token_hash)

    def open_desk(self, grant: Grant) -> bool:
        assert grant.made_at
        kept = self.grants.get(grant.token_hash)
        if self.newest.get(grant.party, grant.made_at) > grant.made_at or (kept and kept.closed):
            return False
        self.newest[grant.party] = grant.made_at
        self.put(grant)
        return True

    def newest_desk(self, person: str) -> datetime | None:
        return self.newest.get(person)


class MemoryDesks:
    """``DeskStore`` over dictionaries."""

    def __init__(self) -> None:
        self.cards: dict[tuple[str, str], WorklistItem] = {}
        self.known: dict[str, IndexedItems] = {}
        self.left_out: dict[str, None] = {}

    def leave(self, case_id: str) -> None:
        self.left_out[case_id] = None

    def left(self) -> list[str]:
        return [*self.left_out]

    def take_up(self, case_id: str) -> None:
        self.left_out.pop(case_id, None)

    def indexed(self, case_id: str) -> IndexedItems:
        return self.known.get(case_id, IndexedItems())

    def revision(self, case_id: str) -> int:
        return self.indexed(case_id).revision

    def change(
        self,
        case_id: str,
        seen: IndexedItems,
        put: Mapping[str, WorklistItem],
        drop: Sequence[tuple[str, str]],
        revision: int = 0,
    ) -> IndexedItems:
        if self.indexed(case_id).version != seen.version:
            raise Conflict
        left = {key: mark for key, mark in seen.fingerprints.items() if key not in drop}
        for mark, card in put.items():
            self.cards[card.desk, card.sort_key] = card
            left[card.desk, card.sort_key] = mark
        for key in drop:
            self.cards.pop(key, None)
        self.known[case_id] = IndexedItems(seen.version + 1, left, max(seen.revision, revision))
        return self.known[case_id]

    def page(self, desk: str, prefix: str, after: str, limit: int) -> tuple[WorklistItem, ...]:
        first = f"{after} " if after else prefix
        last = f"{prefix}\U0010ffff"
        places = sorted(p for d, p in self.cards if d == desk and first <= p <= last)
        return tuple(self.cards[desk, place] for place in places[:limit])


class MemoryLimits:
    """``Limits`` over dictionaries."""

    def __init__(self) -> None:
        self.counted: dict[tuple[str, int], int] = {}
        self.until: dict[str, datetime] = {}
        self.holders: dict[str, dict[str, datetime]] = {}

    def hold(self, name: str, holder: str, limit: int, window: timedelta, now: datetime) -> bool:
        held = {who: until for who, until in self.holders.get(name, {}).items() if until > now}
        if holder not in held and len(held) < limit:
            held[holder] = now + window
        self.holders[name] = held
        return holder in held

    def free(self, name: str) -> None:
        self.holders.pop(name, None)

    def give_back(self, name: str, holder: str, now: datetime) -> None:
        self.holders.get(name, {}).pop(holder, None)

    def take(self, rate_limit: RateLimit, now: datetime) -> None:
        if self.is_full(rate_limit, now):
            raise TooMany
        period = self._period(rate_limit, now)
        self.counted[period] = self.counted.get(period, 0) + 1

    def is_full(self, rate_limit: RateLimit, now: datetime) -> bool:
        return self.counted.get(self._period(rate_limit, now), 0) >= rate_limit.limit

    def _period(self, rate_limit: RateLimit, now: datetime) -> tuple[str, int]:
        return rate_limit.name, int(now.timestamp() // rate_limit.window.total_seconds())

    def suppress(self, mailbox: str, until: datetime) -> None:
        self.until[mailbox] = until

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        return mailbox in self.until and now < self.until[mailbox]


class MemoryPost:
    """``Post`` that keeps what it was given; ``failures`` are raised first, one for each mail."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failures: list[Exception] = []

    def send(self, message: EmailMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


def _named(name: str) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), name)


def _person(source: str, key: str, language: str, **facts: object) -> DirectoryEntry:
    known = {"email": f"{key}@example.org", "language": language, **facts}
    return DirectoryEntry(source, key, _named(f"{key.title()} Directory"), known)  # type: ignore[arg-type]


def _unit(key: str, language: str, *coordinators: str) -> DirectoryEntry:
    facts = {"employer": f"Employer of {key}", "language": language, "coordinators": coordinators}
    return DirectoryEntry("units", key, _named(f"Unit {key}"), facts)  # type: ignore[arg-type]


DIRECTORY = (
    DirectoryEntry("domains", "example.org", _named("example.org")),
    _person("coordinators", "anna", "fi", duties=DUTIES),
    _person("coordinators", "sten", "sv", duties=DUTIES),
    _unit("north", "fi", "anna", "sten"),
    _unit("south", "sv", "sten"),
    _person("supervisors", "sulo", "en", contact="Call Sulo", maximum=2),
    _person("supervisors", "testi", "fi", contact="Call Testi", maximum=3),
)

APPLICATION = {
    "form_of_supervision": "individual",
    "reason_and_goals": "I want to learn from my work.",
    "applicant_name": "Aino Applicant",
    "applicant_email": "aino@example.net",
    "unit": "north",
    "manager_name": "Matti Manager",
    "manager_email": "matti@example.org",
    "privacy_read": "yes",
}

# One way through supervision: who acts, and what they type.
TYPED: dict[str, dict[str, str]] = {
    "return": {"return_reason": "Please be more exact."},
    "reject": {"reject_reason": "This is not possible now."},
    "correct": {**APPLICATION, "reason_and_goals": "I want to learn from my own work."},
    "endorse": {"travel_reimbursed": "yes", "fee_reimbursed": "no"},
    "offer": {"supervisor": "testi"},
    "accept": {"contact_instructions": "Call me on Monday."},
    "ask": {"question": "In which town would you like to meet?"},
    "reply": {"reply": "In Tampere, please."},
    "send_back": {"mend_reason": "Please tell us the town."},
    "refuse": {"refuse_reason": "We cannot pay for this now."},
    "end_handling": {"close_reason": "The applicant has changed jobs."},
    "interrupt": {"interrupt_reason": "The supervisor has fallen ill."},
    "not_begin_instead": {"interrupt_reason": "The supervisor has fallen ill."},
    "begin": {"first_session": day_after(29)},
    "redate": {"first_session": day_after(31)},
    "redate_instead": {"first_session": day_after(32)},
    "reply_group": {"reply": "In Tampere, please."},
    "ask_members": {"members_question": "Which weekday suits you all?"},
    "reply_member": {"members_reply": "Tuesdays suit all of us."},
}
_COORDINATING = (
    "offer", "close_merge", "dissolve", "ask", "ask_members", "send_back", "refuse",
    "end_handling", "take_back", "interrupt", "not_begin_instead",
)  # fmt: skip
ROLES = {
    **dict.fromkeys(("confirm", "disown", "correct", "withdraw", "reply"), "applicant"),
    **dict.fromkeys(("endorse", "return", "reject", "reply_group", "correct_group"), "manager"),
    **dict.fromkeys(
        ("accept", "decline", "begin", "not_begin", "go_on", "close", "redate"), "supervisor"
    ),
    **dict.fromkeys(_COORDINATING, "coordinator"),
    "reply_member": "supervisee",
}


class World:
    """The services on fakes, with short ways to move a supervision case along."""

    def __init__(self, now: datetime = START) -> None:
        self.clock = FakeClock(now)
        self._later = day_of(now) - day_of(START)  # than the days in ``TYPED``
        self.directory = MemoryDirectory(*DIRECTORY)
        self.limits = MemoryLimits()
        self.cases = MemoryCases(self.directory, self.limits)
        self.grants = MemoryGrants()
        self.post = MemoryPost()
        rules = Rules("https://kapula.test", "kapula@example.org", b"secret")
        self.desks = MemoryDesks()
        self.services = Services(
            self.cases,
            self.grants,
            self.directory,
            self.post,
            self.clock,
            rules,
            self.limits,
            self.desks,
            MemoryTimers(self.cases),
        )

    def draft(self, language: str = "fi", **changed: str) -> apply.Draft:
        """A filled application with a fresh key, old enough to be sent."""
        definition = current("supervision")
        key = apply.mint_key(self.services)
        self.clock.forward(seconds=5)
        typed = {**APPLICATION, **changed}
        return apply.Draft(definition, definition.form("individual"), typed, language, key)

    def case_at(self, *actions: str) -> str:
        """The id of a new case after these actions."""
        case_id = apply.send(self.services, self.draft())
        for name in actions:
            self.do(case_id, name)
        return case_id

    def do(self, case_id: str, action: str, purpose: str = "task", **typed: str) -> Opened:
        """Act through a fresh link, as the holder of the role, a minute later."""
        self.clock.forward(minutes=1)
        token = self.token(case_id, ROLES[action], purpose)
        known = dict(TYPED.get(action, {}))
        if "first_session" in known:
            known["first_session"] = str(date.fromisoformat(known["first_session"]) + self._later)
        filled = {"action": action, **known, **typed}
        return act(self.services, token, filled, "fi")

    def wait(self, case_id: str) -> None:
        """Until the moment that the case waits for."""
        due = self.cases.folders[case_id].due_at
        assert due is not None
        self.clock.time = due

    def case(self, case_id: str) -> Case:
        """The case as it is stored."""
        return self.cases.folders[case_id].case

    def token(self, case_id: str, role: str, purpose: str = "task") -> str:
        """A link's token for the (first) holder of a role, made for the present turn."""
        return self.token_of(case_id, self.case(case_id).holders(role)[0], purpose)

    def token_of(self, case_id: str, party: Party, purpose: str = "task") -> str:
        """The same for one of its parties."""
        case = self.case(case_id)
        order = MailOrder("any", party.id, purpose, case.state, case.round)
        return links.mint(self.services, case_id, order, party.email).rpartition("/")[2]

    def index(self) -> None:
        """What the indexer does after every case was written."""
        for case_id in self.cases.folders:
            index_case(self.services, case_id)

    def desk(self, email: str) -> str:
        """The token of a link that was opened to the desk of whoever has this address."""
        token = self.desk_link(email)
        until = self.clock.now() + self.services.rules.desk_link
        grant = self.grants.grants[links.token_hash(token)]
        opened = replace(grant, expires_at=until, opened=True)
        self.grants.open_desk(links.sealed_for(self.services, opened, email))
        return token

    def desk_link(self, email: str) -> str:
        """The token of the same link as it is mailed: nobody has opened it."""
        order = MailOrder("desk_link", person_key(self.services, email), links.DESK, "", 0)
        return links.mint(self.services, links.DESK, order, email).rpartition("/")[2]

    def pending(self) -> list[tuple[str, str]]:
        """The mails that wait in the outbox, as (case, number)."""
        return [key for key, kept in self.cases.outbox.items() if kept.status == "pending"]

    def deliver_all(self) -> list[EmailMessage]:
        """What the mailer does with all that is pending; the mails that left."""
        before = len(self.post.sent)
        for key in self.pending():
            deliver(self.services, *key)
        return self.post.sent[before:]

    def stored(self) -> object:
        """Everything in the stores, to be compared with what is there later."""
        return copy.deepcopy(
            (
                self.cases.folders,
                self.cases.outbox,
                self.cases.quotas,
                self.cases.queues,
                self.cases.claimed_by,
                self.grants.grants,
                self.grants.newest,
                self.directory.counts,
                self.desks.cards,
                self.desks.known,
                self.directory.revision(),
            )
        )


class Interrupted(MemoryCases):
    """Cases where something else happens just before a commit."""

    before_commit: list[Callable[[], object]]

    def commit(self, *moves: Write) -> None:
        if self.before_commit:
            self.before_commit.pop(0)()
        super().commit(*moves)


def interrupt(world: World, *events: Callable[[], object]) -> None:
    """From now on each of these happens just before somebody's commit."""
    world.cases.__class__ = Interrupted
    world.cases.before_commit = list(events)  # type: ignore[attr-defined]


def token_in(message: EmailMessage) -> str:
    """The token of the one link in a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    (token,) = re.findall(r"/api/t/([\w-]{43})\b", body.get_content())
    return str(token)
