"""What the use cases need from outside, as Protocols. Adapters and fakes implement these."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from functions.kernel.case import Case, Claim, Decision, MailOrder
from functions.kernel.errors import Broken
from functions.kernel.history import SealedEvent, SealKeys
from functions.kernel.people import Directory as Directory
from functions.kernel.people import Person
from functions.kernel.summary import HistorySummary
from functions.services.grants import PURPOSES as PURPOSES
from functions.services.grants import Grant as Grant
from functions.services.grants import GrantStore as GrantStore
from functions.services.record import CaseRecord as CaseRecord
from functions.services.record import HistoryEntry as HistoryEntry

if TYPE_CHECKING:  # large imports, and only one function makes each
    from email.message import EmailMessage

    from functions.kernel.capacity import Waitlist
    from functions.kernel.documents import Invoice, Seller
    from functions.kernel.money import InvoiceLine
    from functions.render.document.content import DocumentView

MAX_AT_ONCE = 100  # keys in one BatchGetItem
HISTORY_PAGE = 50  # entries of a history that are read and shown at once
ERASED_AT_ONCE = 50  # entries of a history that are emptied in one transaction
FIRST_MAIL = "00000#0"  # the number of the first mail that a new case orders
MAX_CHANGES = 99  # items in one TransactWriteItems, beside the one that guards them


class Clock(Protocol):
    """The time, always aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One mail of the outbox: its order, its number there, how often sending was tried, and what
    became of it, if that is settled. It is ``sound`` if it is as the product ordered it; of a
    ``newer`` one, which is not, a newer release ordered it in a way that nobody here reads."""

    case: str
    number: str
    order: MailOrder
    attempts: int = 0
    outcome: str = "pending"
    settled_at: datetime | None = None
    sound: bool = True
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """A decision ready to be stored, with its sealed event, the moments that the timers of the case
    wait for, and the summary of the history with it. ``timers`` has a moment by the name of each
    timer, or None: the timer ends. ``has_break``: one had been found before."""

    decision: Decision
    sealed: SealedEvent
    salt: str
    timers: Mapping[str, datetime | None] = field(default_factory=dict)
    summary: HistorySummary = field(default_factory=HistorySummary)
    has_break: bool = False


@dataclass(frozen=True, slots=True)
class WorklistItem:
    """A case in one list of one person's desk. It counts only while the case itself still says the
    same.

    ``desk`` is the person's key; ``sort_key`` sorts within it and begins with the list's name.
    ``person`` is who they are, on the items that tell that.
    """

    desk: str
    sort_key: str
    case: str
    party: str
    tags: tuple[str, ...] = ()
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class IndexedItems:
    """The worklist items that are stored for a case: a fingerprint for each desk and sort key.
    ``version`` counts changes, so that of two who change them one begins anew; 0: there never were
    any. ``revision`` is that of the case they were made of."""

    version: int = 0
    fingerprints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    revision: int = 0


class Found(dict[str, Case]):
    """Cases by their ids, as they stand now; ``broken`` says by id why others cannot be read: not
    as they were written, or ``Newer``. Nothing is told of them but that."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: dict[str, Broken] = {}

    def require_all(self) -> None:
        """``Broken`` if one of the cases cannot be read: the error by which it could not."""
        for why in self.broken.values():
            raise why


# What is logged, as an error, of a case that is not as it was written: an alarm (infra/aws).
BROKEN = "history broken: %s"
# What is logged of a row that a newer release saved: no alarm, as nothing is wrong with it.
NEWER = "saved by a newer release: %s"


# For which what a newer release saved waits before it is looked at again.
UNTIL_UPDATED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """About how often (``limit``) what is counted under a name may happen in a window of time."""

    name: str
    limit: int
    window: timedelta


class CaseStore(Protocol):
    """Cases with their history and outbox. Every method is safe to repeat.

    ``keys`` are those that histories are sealed with. A case whose row was not written with them
    as it stands is ``Broken`` to all that read it, and an alarm. One that a newer release wrote in
    a way that this one does not understand is ``Newer``, and no alarm.
    """

    keys: SealKeys

    def create(self, write: Write, quota: str, rate_limits: Sequence[RateLimit] = ()) -> bool:
        """Write a new case, its first entry and its mails, and count it, or nothing.

        ``quota`` names the mailbox whose slots (3 in 24 h) each opening takes one of;
        ``TooMany`` when all are taken, ``TooManyFromSource`` when one of the ``rate_limits`` is
        reached. False if the case exists already; ``SinceErased`` if what was said in it
        has been erased.
        """
        ...

    def is_there(self, case_id: str) -> bool:
        """Whether there is such a case; ``SinceErased`` if what was said in it has been erased.

        Nothing of it is read: who may only open cases may ask.
        """
        ...

    def case(self, case_id: str) -> CaseRecord | None:
        """The case with the last entry of its history, in one read whose size does not depend on
        how long that is; or None."""
        ...

    def page(self, case_id: str) -> CaseRecord | None:
        """The case with the newest ``HISTORY_PAGE`` entries of its history, in one read; or
        None."""
        ...

    def entries(self, record: CaseRecord, numbers: range) -> CaseRecord:
        """The same case with the entries of these numbers. Where they end before the last one, the
        next one is read, too, and it is looked at that these are chained to it."""
        ...

    def load(self, case_id: str) -> CaseRecord | None:
        """The case with its whole history, or None. For who verifies all of it, at night."""
        ...

    def record_break(self, record: CaseRecord) -> None:
        """Record with a case that a break was found in its history, unless it was written to since
        it was read. From then on only who has seen that may write to it, which removes it."""
        ...

    def records(self, case_ids: Sequence[str]) -> Mapping[str, CaseRecord]:
        """The cases of these ids that exist, without their histories and without those that are
        broken, ``MAX_AT_ONCE`` in a read."""
        ...

    def sample(self, point: float) -> Sequence[str]:
        """A few cases (ids), each as likely as another, whatever their state and whatever was done
        to their rows: those that follow a ``point`` between 0 and 1 in the order of all ids."""
        ...

    def several(self, case_ids: Sequence[str]) -> Found:
        """The cases of these ids (at most ``MAX_AT_ONCE``) that exist, as they stand now, and
        which of them are broken."""
        ...

    def claimed(self, case_id: str, claims: Sequence[Claim]) -> bool:
        """Whether all these values are kept as claimed by these answers of this case."""
        ...

    def commit(self, *writes: Write) -> None:
        """Write decisions on cases whole, all or none; a case of revision 0 is a new one. One that
        is erased is empty from then on; what was said in its history ``erase_some`` removes. The
        timers that are written begin anew, whatever became of them before.

        ``Conflict`` if one of the cases or of their waitlists has moved on since it was read, or
        is there already. Otherwise ``Taken`` if another answer has a value that is claimed.
        """
        ...

    def waitlist(self, key: str) -> "Waitlist":
        """Who holds and who waits for places under this key, as it is now."""
        ...

    def post(self, case_id: str, order: MailOrder, now: datetime, quota: str) -> None:
        """Put a fresh link's mail into an outbox, once in ten seconds. ``TooMany`` as above."""
        ...

    def post_once(self, case_id: str, number: str, order: MailOrder, now: datetime) -> bool:
        """Put a mail into an outbox under this number; False if it has been there before."""
        ...

    def free(self, quota: str) -> None:
        """Give all slots of a mailbox back: its owner has shown that it is theirs."""
        ...

    def give_back(self, quota: str, holder: str, now: datetime) -> None:
        """Free the slot that the mail ``holder`` (``<case>.<number>``) has, if it has one."""
        ...

    def erase_some(self, case_id: str) -> int | None:
        """Remove what was said in the next ``ERASED_AT_ONCE`` entries of an erased case, the last
        ones first, and with the first of them the timer ``ERASING``; how many are left, or None, if
        it is not being erased. ``Conflict`` if somebody else does so at this moment."""
        ...

    def ordered(self, case_id: str, step: int) -> Sequence[MailOrder]:
        """The sound mails that the step of this number ordered, whatever became of them."""
        ...

    def oldest_unsent(self, now: datetime) -> datetime | None:
        """Since when the mail that should have left longest ago is due, or None."""
        ...

    def unsent(self, now: datetime) -> Sequence[tuple[str, str]]:
        """(case, number) of mails that should have left by now, a bounded number at a time."""
        ...

    def mails_to(self, case_id: str, party: str) -> Mapping[str, OutboxItem]:
        """Each sound mail to a party of a case by its number, and what became of it."""
        ...

    def lease(self, case_id: str, number: str, now: datetime) -> OutboxItem | None:
        """Take a pending mail for a while, so that nobody else sends it; None if taken or done."""
        ...

    def settle(self, item: OutboxItem, outcome: str, now: datetime) -> None:
        """Mark a leased mail ``sent``, ``suppressed`` or ``parked``, and when."""
        ...

    def parked(self) -> Iterable[tuple[str, str]]:
        """(case, number) of all mails that are parked, read page by page."""
        ...

    def unpark(self, case_id: str, number: str, now: datetime) -> bool:
        """Let a parked mail be tried anew from ``now`` on; False if it is not parked."""
        ...

    def release(self, item: OutboxItem, now: datetime) -> None:
        """Give a leased mail back after a failure that may pass, to be tried again later."""
        ...

    def postpone(self, item: OutboxItem, until: datetime) -> None:
        """Give a leased mail back that is not to leave before ``until``; its tries begin anew."""
        ...


class DeskStore(Protocol):
    """Worklist items of cases on people's desks."""

    def indexed(self, case_id: str) -> IndexedItems:
        """The stored items of a case, as they are now."""
        ...

    def revision(self, case_id: str) -> int:
        """The revision of the case that its stored items were made of; 0 if it had none."""
        ...

    def change(
        self,
        case_id: str,
        seen: IndexedItems,
        put: Mapping[str, WorklistItem],
        drop: Sequence[tuple[str, str]],
        revision: int = 0,
    ) -> IndexedItems:
        """Store items (by fingerprint) and remove others (desk, sort key): all or nothing.

        At most ``MAX_CHANGES`` together. The highest ``revision`` that was given stays with
        them. Returns what is stored then; ``Conflict`` if that is
        no longer what was ``seen``.
        """
        ...

    def leave(self, case_id: str) -> None:
        """Note that a case is to be indexed by a newer release."""
        ...

    def left(self) -> Sequence[str]:
        """The cases (ids) that were left to a newer release, a bounded number at a time."""
        ...

    def take_up(self, case_id: str) -> None:
        """Forget that a case was left."""
        ...

    def page(self, desk: str, prefix: str, after: str, limit: int) -> Sequence[WorklistItem]:
        """The first items of a list behind the sort key ``after`` ("" for the first page)."""
        ...


class Limits(Protocol):
    """How often something may happen, and which mailboxes no longer take mail."""

    def take(self, rate_limit: RateLimit, now: datetime) -> None:
        """Count one; ``TooMany`` when the limit is reached."""
        ...

    def hold(self, name: str, holder: str, limit: int, window: timedelta, now: datetime) -> bool:
        """Whether ``holder`` has one of ``limit`` slots of ``name``, each kept for ``window``.

        A slot that is free is taken; asking again with the same holder takes no other.
        """
        ...

    def free(self, name: str) -> None:
        """Give all slots of a name back."""
        ...

    def give_back(self, name: str, holder: str, now: datetime) -> None:
        """Give the slot of ``holder`` back; nothing if it has none."""
        ...

    def suppress(self, mailbox: str, until: datetime) -> None:
        """Send nothing more to a mailbox until then, whatever was said before."""
        ...

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        """Whether nothing may be sent to a mailbox now."""
        ...


class SendFailed(Exception):
    """A mail did not leave. ``permanent`` if trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Post(Protocol):
    """Sends mails."""

    def send(self, message: "EmailMessage") -> None:
        """Hand one message with one recipient over; ``SendFailed`` if that did not work."""
        ...


class Printer(Protocol):
    """Makes files of documents."""

    def __call__(self, view: "DocumentView") -> bytes:
        """The document as PDF."""
        ...


class Einvoice(Protocol):
    """Makes files for operators of electronic invoices."""

    def __call__(
        self,
        invoice: "Invoice",
        seller: "Seller",
        language: str,
        words: Callable[["InvoiceLine"], str],
    ) -> bytes:
        """The invoice as XML; ``words`` gives the text of a line in ``language``."""
        ...
