"""The mails after a change of the directory: who is notified, and what changes in cases because of
it.

A change and the order to follow it are written together. Following it posts a mail to each who is
told, then hands places in cases on; doing it again posts and does nothing twice. A case that cannot
be handed on has an order of its own, which is tried every day until it is. Whoever was given a
place while they lost the right to it may hold it in a case that lay on no desk of theirs yet: so
their desk is looked at again when every write of that time is done, and once more a day later.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from functions.kernel.case import Case, MailOrder
from functions.kernel.directory import DirectoryEntry, keeps
from functions.kernel.directory_changes import (
    IMPORT,
    KEPT,
    DirectoryChange,
    address,
    can_be_undone,
    concerns_person,
    handed,
    mails_of,
    stood,
    undone_until,
)
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import Broken, KapulaError, Unavailable
from functions.kernel.mailboxes import same_address
from functions.kernel.timers import DUE_BY_LAW, deadline
from functions.kernel.urgency import is_urgent
from functions.processes import pinned
from functions.render.mail.lines import (
    case_lines,
    change_lines,
    late_lines,
    maker_lines,
    overdue_lines,
    unheld_lines,
)
from functions.render.mail.mail import MailContent, message
from functions.services.access.links import DESK, mint, mint_restoring
from functions.services.access.offices import Offices
from functions.services.access.people import known, person_key
from functions.services.access.quotas import BY_LAW, LATE_URGENT, of_address
from functions.services.container import Services
from functions.services.directory.keepers import (
    CHANGED,
    CHANGED_BEFORE,
    EARLIER,
    hearers,
    keeper_then,
)
from functions.services.directory.reassign import (
    ON,
    UNHELD,
    VACANT,
    HandoverPlan,
    by_reader,
    carry_out,
    plans,
    plans_of,
    still_concerned,
)
from functions.services.directory.undelivered import lost_lines, notify_keepers
from functions.services.directory.undoing import undoable
from functions.services.integrity import require_sound
from functions.services.mail.bounces import NOT_ARRIVED
from functions.services.mail.escalations import (
    LISTING,
    OF_CASE,
    gathered_cases,
    is_early,
    kept_back,
    kind_of,
    post_to_hearers,
    words_to,
)
from functions.services.mail.pacing import gathered, handed_kind
from functions.services.ports import MAX_AT_ONCE, CaseRecord, OutboxItem

_log = logging.getLogger("kapula.directory")
FOLLOW, FOLLOW_CASE = "follow", "follow_case"
# To whom an address was: with a link to take it back, or, where it had not stood long, without.
ADDRESS_OLD, ADDRESS_GONE = "address_old", "address_gone"
# The same, where the entry is another person's now, or it is too late.
ADDRESS_HANDED, ADDRESS_LATE = "address_handed", "address_late"
RECHECK = "recheck"  # the order to look at somebody's desk once more
DONE = (FOLLOW, FOLLOW_CASE, RECHECK)  # orders that are no mails themselves
# Until SETTLED lists of the directory may be believed that were read before a change of it, and
# cases that were written by them may lie on no desk yet.
SETTLED, LAST_LOOK = timedelta(minutes=10), timedelta(hours=24)
_LISTS = LISTING | {ON, VACANT, UNHELD}  # mails that say nothing if there is nothing to list
_TO_KEEPERS = (NOT_ARRIVED, UNHELD)
_BETWEEN = ","  # the ids of cases in an order


def follows_change(item: OutboxItem) -> bool:
    """Whether an order is the one that is written beside a change of the directory. It has no
    seal, as an operator's command has no key, and says nothing but to follow that change."""
    order = MailOrder(FOLLOW, "", DIRECTORY, item.order.state, 0)
    own = (f"{DIRECTORY}#{order.state}", "0", order)
    return (item.case, item.number, item.order) == own


def send_directory_mail(services: Services, item: OutboxItem) -> str:
    """Do what an order of the directory's says: ``sent``, ``suppressed``, or, if it is to be tried
    again, ``soon`` (in some minutes) or ``held`` (tomorrow)."""
    does = dict(zip(DONE, (_follow, _retry, _recheck), strict=True))
    if item.order.mail in does:
        services.directory.read_anew()
        return does[item.order.mail](services, item.order.state)
    if item.order.mail in OF_CASE:
        return _notify(services, item)
    if item.order.mail in LISTING and is_early(services, item.order):
        return "soon"
    if item.order.mail == NOT_ARRIVED and not item.order.party:
        return notify_keepers(services, item.order)
    return _send(services, item)


def follow_case(services: Services, record: CaseRecord) -> None:
    """Hand on the places of one case that do not hold any more, and tell who is concerned."""
    services.directory.read_anew()
    made = tuple(plans_of(services, record))
    slots = "".join(f"#{plan.party}" for plan in made)
    _reassign(services, f"{DIRECTORY}#{record.case.id}", made, slots)


def _reassign(
    services: Services, box: str, made: Collection[HandoverPlan], slots: str = ""
) -> None:
    """Tell who is concerned and hand places on, each by itself: a case that cannot go on now is
    tried again by an order of its own, and keeps no other from going on."""
    for case_id in _go_on(services, box, made, slots):
        _post(services, box, FOLLOW_CASE, "", case_id, f"{case_id}{slots}")


def _go_on(
    services: Services, box: str, made: Collection[HandoverPlan], slots: str
) -> tuple[str, ...]:
    """Tell who is concerned and hand places on; the cases that could not go on."""
    for (mail, key), cases in by_reader(made).items():
        _post(services, box, mail, key, _BETWEEN.join(cases), slots)
    return tuple(dict.fromkeys(plan.case for plan in made if not _carried_out(services, plan)))


def _carried_out(services: Services, plan: HandoverPlan) -> bool:
    try:
        return carry_out(services, plan)
    except KapulaError as error:
        _log.error("not handed on: %s %s", plan.case, type(error).__name__)
        return False


def _retry(services: Services, case_id: str) -> str:
    """Hand on what a case could not before; ``held`` if it still cannot. That nobody may hold it
    was told before, and is told again when it has a mail for whoever has the place."""
    try:
        record = services.cases.case(case_id)
    except Broken:
        return "held"
    if record is None:
        return "suppressed"
    made = [replace(p, notified=()) if p.unheld else p for p in plans_of(services, record)]
    slots = "".join(f"#{plan.party}" for plan in made)
    return "held" if _go_on(services, f"{DIRECTORY}#{case_id}", made, slots) else "sent"


def _follow(services: Services, change_id: str) -> str:
    """Post the mails of a change, then hand cases on. ``Unavailable`` until it is saved."""
    change = services.directory.change(change_id)
    if change is None:
        return "suppressed"
    saved = services.directory.entry(change.after.source, change.after.key)
    if saved is None or saved.changed is None or saved.changed.at < change.stamp.at:
        raise Unavailable("directory")
    box = f"{DIRECTORY}#{change_id}"
    if change.kinds:
        for mail, to in hearers(services, change):
            _post(services, f"{DIRECTORY}#{change.batch}", mail, to, change.batch)
    for mail, to in mails_of(change):
        name = _to_old(services, change) if mail == ADDRESS_OLD else mail
        _post(services, box, name, to, change_id)
    for mail, earlier in _to_earlier(services, change):
        _post(services, box, mail, EARLIER + earlier.id, change_id)
    if change.moves:
        _post(services, box, RECHECK, "", change_id)
    _reassign(services, box, plans(services, change))
    return "sent"


def _recheck(services: Services, change_id: str) -> str:
    """Hand on the places that somebody was given while they lost the right to them."""
    change = services.directory.change(change_id)
    if change is None:
        return "suppressed"
    since = services.clock.now() - change.stamp.at
    if since < SETTLED:
        return "soon"
    for plan in plans(services, change):
        _reassign_late(services, f"{DIRECTORY}#{change_id}", plan)
    return "held" if since < LAST_LOOK else "sent"


def _reassign_late(services: Services, box: str, plan: HandoverPlan) -> None:
    """Tell of one place and hand it on, unless that is tried every day already (the order in the
    ``box`` of the change)."""
    own, slot = f"{DIRECTORY}#{plan.case}", f"#{plan.party}"
    if plan.party and not plan.unheld:
        _reassign(services, own, (plan,), slot)
    elif _post(services, box, FOLLOW_CASE, "", plan.case, plan.case):
        _go_on(services, own, (plan,), slot)


def _notify(services: Services, item: OutboxItem) -> str:
    """Tell somebody that nobody has acted in a case, if it is still so; or post it to each who is
    to hear it."""
    order = item.order
    record = services.cases.case(order.state if order.party else item.case)
    if record:
        require_sound(services, record, order.round)
    if record is None or record.case.round != order.round:
        return "suppressed"
    if not order.party:
        post_to_hearers(services, record, order.mail, item.number)
        return "sent"
    words = words_to(services, record, item)
    if not words:
        return "suppressed"
    return _send(services, replace(item, order=replace(order, mail=words)), record.case)


def _to_old(services: Services, change: DirectoryChange) -> str:
    """The mail to an address that an entry had: with a link to take it back, or why there is
    none."""
    if change in undoable(services):
        return ADDRESS_OLD
    known = services.directory.changes_since(services.clock.now() - KEPT)
    if handed(known, change):
        return ADDRESS_HANDED
    late = stood(known, change) and services.clock.now() >= undone_until(known, change)
    return ADDRESS_LATE if late else ADDRESS_GONE


def _to_earlier(
    services: Services, change: DirectoryChange
) -> Iterator[tuple[str, DirectoryChange]]:
    """The mails to who can still take an entry's address back from an earlier change, each with
    that one: another change of the address, with a link that lives as long as their right now, and
    what becomes of the entry."""
    one = (change.after.source, change.after.key)
    present = [entry for entry in (change.before, change.after) if entry]
    yield from ((ADDRESS_HANDED, earlier) for earlier in _ended_by(services, change))
    for earlier in undoable(services):
        same = (earlier.after.source, earlier.after.key) == one
        if not same or earlier.before is None or earlier.stamp.at >= change.stamp.at:
            continue
        if concerns_person(change):
            yield "duties_changed", earlier
        known = any(same_address(address(earlier.before), address(e)) for e in present)
        if "address" in change.kinds and not known:
            yield ADDRESS_OLD, earlier


def _ended_by(services: Services, change: DirectoryChange) -> Iterator[DirectoryChange]:
    """The earlier changes of an address that cannot be undone any more, as a change gave the entry
    another person's name."""
    if "name" not in change.kinds or "address" in change.kinds:
        return
    known = services.directory.changes_since(services.clock.now() - KEPT)
    before = [c for c in known if c.stamp.at < change.stamp.at]
    for earlier in can_be_undone(before, change.stamp.at):
        same = (earlier.after.source, earlier.after.key) == (change.after.source, change.after.key)
        if same and handed([*before, change], earlier):
            yield earlier


def _post(services: Services, box: str, mail: str, to: str, what: str, when: str = "") -> bool:
    """Put an order into an outbox; False if it has been there before."""
    order = MailOrder(mail, to, DIRECTORY, what, 0)
    return services.cases.post_once(box, f"{mail}#{to}{when}", order, services.clock.now())


def _send(services: Services, item: OutboxItem, case: Case | None = None) -> str:
    """Send a mail to its reader, if they are to read it still; one of ``OF_CASE`` is about a
    ``case``."""
    order, now = item.order, services.clock.now()
    change = services.directory.change(order.state)
    entry = _to(services, order, change)
    if entry is None or services.limits.suppressed(of_address(services, address(entry)), now):
        return "suppressed"
    language = str(entry.facts["language"])
    lines = _lines(services, item, change, language)
    if order.mail in _LISTS and not lines:
        return "suppressed"
    if gathered(services, address(entry), handed_kind(order.mail), item):
        return "suppressed"
    if case and (kept := kept_back(services, case, item, address(entry))):
        return kept
    content = MailContent(
        process="",
        mail=order.mail,
        language=language,
        to=address(entry),
        case_id=case.id if case else "",
        link=_link(services, order, change, entry),
        deadline=_deadline(order, case),
        sender=services.rules.sender,
        sent_at=now,
        dedupe=f"{item.case}.{item.number}",
        origin=f"{DESK}-{person_key(services, address(entry))}-{order.mail}",
        lines=lines,
        urgent=_urgent(order, case),
        asks=True,
    )
    services.post.send(message(content))
    return "sent"


def _urgent(order: MailOrder, case: Case | None) -> bool:
    """Whether the case that a mail is about, or all that it lists, are urgent."""
    if order.mail in LISTING:
        return kind_of(order) == LATE_URGENT
    return case is not None and is_urgent(pinned(case.process, case.version), case)


def _deadline(order: MailOrder, case: Case | None) -> date | None:
    """The day by which the law wants something done in the case that a mail is about."""
    if case is None or not order.mail.startswith(DUE_BY_LAW):
        return None
    return deadline(pinned(case.process, case.version), case)


def _to(
    services: Services, order: MailOrder, change: DirectoryChange | None
) -> DirectoryEntry | None:
    """Whom an order is for, if they are to read it still: somebody in office, or whoever had the
    entry before or after."""
    if order.party.startswith(EARLIER):
        earlier = services.directory.change(order.party.removeprefix(EARLIER))
        return earlier.before if earlier else None
    if order.party in ("before", "after"):
        known = {"before": change.before, "after": change.after} if change else {}
        return known.get(order.party)
    if order.mail == CHANGED:
        return keeper_then(services, order.party, order.state)
    entry = services.directory.entry("coordinators", order.party)
    if entry is None or entry.retired or (order.mail in _TO_KEEPERS and not keeps(entry)):
        return None
    return entry


def _link(
    services: Services, order: MailOrder, change: DirectoryChange | None, entry: DirectoryEntry
) -> str:
    if order.mail == ADDRESS_OLD and change:
        earlier = services.directory.change(order.party.removeprefix(EARLIER))
        return mint_restoring(services, earlier or change)
    key = person_key(services, address(entry))
    if order.party.startswith("before") or entry.retired or known(services, key) is None:
        return f"{services.rules.base_url}/"
    return mint(services, DESK, MailOrder("desk_link", key, DESK, "", 0), address(entry))


def _lines(
    services: Services, item: OutboxItem, change: DirectoryChange | None, language: str
) -> tuple[str, ...]:
    order = item.order
    if order.mail in LISTING:
        return late_lines(gathered_cases(services, item), language, by_law=kind_of(order) == BY_LAW)
    if order.mail in (CHANGED, CHANGED_BEFORE):
        changes = services.directory.changes(order.state)
        by = changes[0].stamp.by if changes else ""
        source, _, key = by.partition("/")
        maker = services.directory.entry(source, key) if key else None
        made = maker_lines(maker, language, imported=by == IMPORT)
        return (*change_lines(changes, language), *made)
    if order.mail == NOT_ARRIVED:
        return lost_lines(services, order, language)
    if change:
        return change_lines((change,), language)
    ids = order.state.split(_BETWEEN)[:MAX_AT_ONCE]
    if order.mail in (ON, VACANT):
        return case_lines(still_concerned(services, order.mail, order.party, ids), language)
    cases = services.cases.several(ids)
    if order.mail in OF_CASE:
        found = [overdue_lines(pinned(c.process, c.version), c, language) for c in cases.values()]
        return found[0] if found else ()
    if order.mail == UNHELD:
        offices = Offices(services)
        gone = [(c, offices.gone(pinned(c.process, c.version), c)) for c in cases.values()]
        return unheld_lines(gone, language)
    return ()
