"""The mails that nobody has acted in a case: whoever keeps the directory gets some a day of a kind,
then one that lists the rest.

The orders to one reader of the cases that came due on one day lie together in an outbox of their
own. What is more than the day's mails is suppressed there, and told by the mail that lists it,
which leaves some minutes after it was ordered. What comes after that one waits for a day.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from functions.kernel.case import Case, MailOrder
from functions.kernel.directory import DirectoryEntry, keeps
from functions.kernel.directory_changes import address
from functions.kernel.durations import day_of
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import Broken
from functions.kernel.mailboxes import mailbox
from functions.kernel.timers import DUE_BY_LAW, OVERDUE
from functions.kernel.urgency import is_urgent
from functions.processes import pinned
from functions.render.mail.lines import MAX_LINES, waited_for
from functions.services.access.quotas import (
    BY_LAW,
    LATE,
    LATE_URGENT,
    of_directory_mails,
    of_gathered,
)
from functions.services.container import Services
from functions.services.history import event_of
from functions.services.mail.pacing import MAX_A_DAY, WAIT
from functions.services.ports import MAX_AT_ONCE, CaseRecord, OutboxItem

# To who keeps the directory, to one of them who is waited for themself, and to the others where
# none else keeps it.
_OWN, _OTHERS = "_own", "_others"
OF_CASE = tuple(m + to for m in (OVERDUE, DUE_BY_LAW) for to in ("", _OWN, _OTHERS))
SEVERAL = {LATE: "several_overdue", LATE_URGENT: "several_overdue", BY_LAW: "several_by_law"}
LISTING = frozenset(SEVERAL.values())
_TOGETHER = timedelta(minutes=10)  # what comes due at one moment is ordered within it
_BETWEEN = "@"  # the kind and the moment of a listing order


def hearers(services: Services, mail: str, case: Case) -> Iterator[tuple[str, DirectoryEntry]]:
    """Who hears that nobody has acted in a case, each with the mail in words to them. Where all who
    keep the directory are waited for themselves, the others who are in office hear it, too."""
    late = {mailbox(p.email) for p in waited_for(pinned(case.process, case.version), case)}
    coordinators = [e for e in services.directory.entries("coordinators") if not e.retired]
    own = [e for e in coordinators if keeps(e) and mailbox(address(e)) in late]
    keepers = [e for e in coordinators if keeps(e) and e not in own]
    yield from ((mail, entry) for entry in keepers)
    yield from ((mail + _OWN, entry) for entry in own)
    if not keepers:
        others = (e for e in coordinators if mailbox(address(e)) not in late)
        yield from ((mail + _OTHERS, entry) for entry in others)


def post_to_hearers(services: Services, record: CaseRecord, mail: str, number: str) -> None:
    """Post it to each who is to hear it now that nobody has acted in a case, once for the order of
    this ``number`` in the case's outbox."""
    case, event = record.case, int(number.partition("#")[0])
    came = event_of(services, record, event)
    if came is None:
        raise Broken
    for mail_name, entry in hearers(services, mail, case):
        order = MailOrder(mail_name, entry.key, DIRECTORY, case.id, case.round)
        box, own = f"{DIRECTORY}#{entry.key}#{day_of(came.at)}", f"{mail}#{case.id}#{number}"
        services.cases.post_once(box, own, order, services.clock.now())


def kept_back(services: Services, case: Case, item: OutboxItem, email: str) -> str:
    """What becomes of a mail that its reader is told of together with others: ``suppressed``, or
    ``held`` until tomorrow where the mail that lists them has left or is full; "" if it leaves by
    itself."""
    now, kind = services.clock.now(), _kind(item.order.mail, case)
    number = f"{item.case}.{item.number}"
    if services.limits.hold(
        of_directory_mails(services, kind, email), number, MAX_A_DAY, WAIT, now
    ):
        return ""
    if not services.limits.hold(of_gathered(services, kind, email), item.case, 1, WAIT, now):
        return "held"
    mails = services.cases.mails_to(item.case, item.order.party)
    listing = mails.get(f"{kind}#{day_of(now)}")
    left = listing and (listing.outcome != "pending" or listing.attempts)
    mail_name = [mail for mail in _waiting(mails, kind) if mail.outcome == "suppressed"]
    if left or len(mail_name) >= MAX_LINES:
        return "held"
    what = f"{kind}{_BETWEEN}{now.isoformat()}"
    order = MailOrder(SEVERAL[kind], item.order.party, DIRECTORY, what, 0)
    services.cases.post_once(item.case, f"{kind}#{day_of(now)}", order, now)
    return "suppressed"


def words_to(services: Services, record: CaseRecord, item: OutboxItem) -> str:
    """The mail in words to the reader of an order as the directory is now; "" if they are to hear
    it no more. Then it is posted to those who are."""
    mail, key = _base(item.order.mail), item.order.party
    heard = (
        mail_name for mail_name, entry in hearers(services, mail, record.case) if entry.key == key
    )
    words = next(heard, "")
    if not words:
        post_to_hearers(services, record, mail, item.number.split("#", 2)[2])
    return words


def is_early(services: Services, order: MailOrder) -> bool:
    """Whether the mail that lists cases was ordered a moment ago, so that more may come."""
    ordered = datetime.fromisoformat(order.state.partition(_BETWEEN)[2])
    return services.clock.now() - ordered < _TOGETHER


def gathered_cases(services: Services, item: OutboxItem) -> tuple[Case, ...]:
    """The cases that a listing mail tells of: those of which no mail has left, in which nobody has
    acted yet, and of which its reader is still to hear."""
    kind = kind_of(item.order)
    waiting = _waiting(services.cases.mails_to(item.case, item.order.party), kind)
    mails = {mail.order.state: mail for mail in waiting[:MAX_AT_ONCE]}
    found = []
    for record in services.cases.records(list(mails)).values():
        case, mail = record.case, mails[record.case.id]
        same = case.round == mail.order.round and _kind(mail.order.mail, case) == kind
        if same and words_to(services, record, mail):
            found.append(case)
    return tuple(found[:MAX_LINES])


def kind_of(listing: MailOrder) -> str:
    """The kind of the cases that a listing mail tells of."""
    return listing.state.partition(_BETWEEN)[0]


def _waiting(mails: Mapping[str, OutboxItem], kind: str) -> list[OutboxItem]:
    """The mails about single cases that no mail has told of, those that wait for no other day
    first."""
    last = max(
        (
            mail.settled_at
            for number, mail in mails.items()
            if number.startswith(f"{kind}#") and mail.outcome == "sent" and mail.settled_at
        ),
        default=None,
    )
    found = [
        mail
        for mail in mails.values()
        if mail.order.mail in OF_CASE
        and mail.outcome in ("pending", "suppressed")
        and not (last and mail.settled_at and mail.settled_at <= last)
    ]
    return sorted(found, key=lambda mail: mail.outcome == "pending")


def _base(mail: str) -> str:
    """A mail of ``OF_CASE`` in its words to who keeps the directory."""
    return mail.removesuffix(_OWN).removesuffix(_OTHERS)


def _kind(mail: str, case: Case) -> str:
    """Which places a mail takes: what the law wants done, and what is urgent, have their own."""
    if mail.startswith(DUE_BY_LAW):
        return BY_LAW
    return LATE_URGENT if is_urgent(pinned(case.process, case.version), case) else LATE
