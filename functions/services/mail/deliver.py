"""Delivers the outbox: leases a mail, addresses it by the case as it is now, sends it and stores
the result."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.durations import day_of
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import KapulaError
from functions.kernel.handover import in_role
from functions.kernel.mail_origin import can_have_ordered
from functions.kernel.timers import deadline
from functions.kernel.urgency import asks, helped, is_urgent, paces
from functions.processes import pinned
from functions.render.mail.mail import MailContent, message, names_day
from functions.services.access.links import DESK, mint
from functions.services.access.offices import Offices
from functions.services.access.quotas import code_of, of_address
from functions.services.container import Services
from functions.services.integrity import hold
from functions.services.mail.bounces import note_bounce
from functions.services.mail.contents import answers_told, cases_named
from functions.services.mail.desk_mails import send_desk_mail
from functions.services.mail.directory_mails import SETTLED, follow_case, send_directory_mail
from functions.services.mail.pacing import (
    WAIT,
    gathered,
    handed_kind,
    must_wait,
    new_kind,
    repeated,
)
from functions.services.ports import CaseRecord, OutboxItem, SendFailed

_log = logging.getLogger("kapula.deliver")
MOST_ATTEMPTS = 8
_LATE = timedelta(hours=1)  # what waited that long may have been overtaken
_EVENT_DIGITS = 5  # of the number of an event, with which the number of its mails begins
_WAITS = {"held": WAIT, "soon": SETTLED}


def deliver(services: Services, case_id: str, number: str) -> str:
    """Send one mail of the outbox. Returns what became of it.

    ``sent``; ``suppressed`` (its turn was over); ``held`` (it leaves tomorrow); ``soon`` (in some
    minutes); ``parked`` (cannot be sent, needs a person); ``later`` (a failure that may pass);
    ``taken`` (somebody else has it, or it is done). Never raises for one bad mail, so that it does
    not stop the others.
    """
    item = services.cases.lease(case_id, number, services.clock.now())
    if item is None:
        return "taken"
    if item.attempts > MOST_ATTEMPTS:  # it killed its sender each time
        _log.error("mail parked: %s killed its sender", item.order.mail)
        services.cases.settle(item, "parked", services.clock.now())
        return "parked"
    try:
        outcome = _send(services, item)
    except (SendFailed, KapulaError) as error:
        permanent = isinstance(error, SendFailed) and error.permanent
        if not permanent and item.attempts < MOST_ATTEMPTS:
            _log.warning("mail put off: %s %s", item.order.mail, type(error).__name__)
            services.cases.release(item, services.clock.now())
            return "later"
        _log.error("mail parked: %s %s", item.order.mail, error)
        outcome = "parked"
    if outcome in _WAITS:
        services.cases.postpone(item, services.clock.now() + _WAITS[outcome])
    else:
        services.cases.settle(item, outcome, services.clock.now())
    return outcome


def resume_parked(services: Services) -> int:
    """Have every parked mail tried anew by the clock's next round; how many there were."""
    now = services.clock.now()
    return sum(services.cases.unpark(*mail, now) for mail in services.cases.parked())


def _send(services: Services, item: OutboxItem) -> str:
    if item.order.purpose == DESK:
        return send_desk_mail(services, item)
    if item.order.purpose == DIRECTORY:
        return send_directory_mail(services, item)
    record = services.cases.load(item.case)
    if record:
        hold(record, item.order.round)
    party = record.case.party(item.order.party) if record else None
    if record is None or party is None or not party.reachable:
        return "suppressed"
    case = record.case
    definition = pinned(case.process, case.version)
    _hold_to_order(definition, record, party, item)
    if _stale(services, definition, record, party, item):
        _send_to_new_address(services, record, item)
        return "suppressed"
    if services.limits.suppressed(of_address(services, party.email), services.clock.now()):
        note_bounce(services, case.id, party.id)
        return "suppressed"
    if not Offices(services).has_right(definition, case, party):
        follow_case(services, record)  # whoever has the place by now is told of it
        if moved := services.cases.load(item.case):
            _send_to_new_address(services, moved, item)
        return "suppressed"
    if kept := _kept_back(services, definition, record, party, item):
        return kept
    services.post.send(message(_content(services, definition, record, party, item)))
    return "sent"


def _content(
    services: Services, definition: Definition, record: CaseRecord, party: Party, item: OutboxItem
) -> MailContent:
    case = record.case
    until = deadline(definition, case) if case.state == item.order.state else None
    unproven = definition.unproven(case)
    return MailContent(
        process=case.process,
        mail=item.order.mail,
        language=party.language,
        to=party.email,
        case_id=case.id,
        link=mint(services, case.id, item.order, party.email, until),
        deadline=until,
        sender=services.rules.sender,
        sent_at=services.clock.now(),
        dedupe=f"{item.case}.{item.number}",
        origin=f"{case.id}-{party.id}-{item.order.mail}",
        told=answers_told(services, definition, case, party, item.order.mail),
        names=cases_named(services, definition, case, party),
        code=code_of(services, party.email, services.today()) if unproven else "",
        urgent=is_urgent(definition, case),
        asks=asks(definition, case, item.order.mail, item.order.purpose),
        helps=helped(definition, case, party),
        late=_is_late(services, record, item, until),
    )


def _is_late(services: Services, record: CaseRecord, item: OutboxItem, until: date | None) -> bool:
    """Whether a mail that asks its reader for something by a day leaves after it, though it was
    ordered in time."""
    ordered = _ordered_at(record, item)
    if item.order.purpose != "task" or ordered is None or until is None:
        return False
    return day_of(ordered) <= until < services.today()


def _kept_back(
    services: Services, definition: Definition, record: CaseRecord, party: Party, item: OutboxItem
) -> str:
    """What becomes of a mail of which its mailbox has been sent enough today; "" if it leaves."""
    if must_wait(services, definition, record.case, party, item):
        return "held"
    mail, listed = item.order.mail, bool(definition.role(party.role).source)
    if not listed or mail == definition.new_link_mail.name:
        return repeated(services, definition, item)
    kind = handed_kind(mail) or new_kind(definition, record, party, mail)
    at_once = gathered(services, party.email, kind, item)
    return "suppressed" if at_once else repeated(services, definition, item)


def _stale(
    services: Services, definition: Definition, record: CaseRecord, party: Party, item: OutboxItem
) -> bool:
    """Whether a mail says what no longer holds, or what its reader is not to hear any more."""
    over = definition.is_over(record.case.state) or not party.present
    return (
        not _current(definition, record, party, item)
        or _left_since(party, item)
        or (over and _never_told(services, record, party, item))
        or _superseded(services, record, party, item)
        or _overtaken(services, definition, record, item)
    )


def _never_told(services: Services, record: CaseRecord, party: Party, item: OutboxItem) -> bool:
    """Whether none of the earlier mails about a case has left for a party who did nothing in it
    either: as they never heard of it, they do not hear that it is over for them."""
    if any(entry.sealed.event.party == party.id for entry in record.history):
        return False
    mails = services.cases.mails_to(item.case, party.id)
    earlier = [mail.outcome for number, mail in mails.items() if number != item.number]
    return bool(earlier) and "sent" not in earlier


def _ordered_by(item: OutboxItem) -> int | None:
    """The number of the event that ordered a mail; None for a link that was asked for."""
    number, _, _ = item.number.partition("#")
    return int(number) if len(number) == _EVENT_DIGITS and number.isdigit() else None


def _hold_to_order(
    definition: Definition, record: CaseRecord, party: Party, item: OutboxItem
) -> None:
    """``SendFailed`` unless a step of the history ordered a mail, or it is a link that was asked
    for: somebody else wrote it into the outbox."""
    by, mail = _ordered_by(item), item.order.mail
    events = (entry.sealed.event for entry in record.history)
    event = next((each for each in events if each.number == by), None)
    asked_for = by is None and mail == definition.new_link_mail.name
    ordered = event and can_have_ordered(definition, record.case, event, mail, party)
    if not (asked_for or ordered):
        raise SendFailed(f"no step ordered {mail}", permanent=True)


def _ordered_at(record: CaseRecord, item: OutboxItem) -> datetime | None:
    """When an event ordered a mail; None for a link that was asked for."""
    by = _ordered_by(item)
    events = (entry.sealed.event for entry in record.history)
    return next((event.at for event in events if event.number == by), None)


def _left_since(party: Party, item: OutboxItem) -> bool:
    """Whether somebody has left the case after a mail to them was ordered, such as one who was
    replaced: it asks nothing of them any more and is none of theirs to read."""
    by, asks_them = _ordered_by(item), item.order.purpose == "task"
    left_later = by is not None and by < party.left_at
    return not party.present and (asks_them or left_later)


def _send_to_new_address(services: Services, record: CaseRecord, item: OutboxItem) -> None:
    """Have a mail that waited while its reader's address was changed in the directory leave for
    the new one."""
    party = record.case.party(item.order.party)
    if party is None or party.present or not party.ref:
        return
    for same in (p for p in in_role(record.case, party) if p.ref == party.ref):
        order, now = replace(item.order, party=same.id), services.clock.now()
        services.cases.post_once(item.case, f"{item.number}#{same.id}", order, now)


def _superseded(services: Services, record: CaseRecord, party: Party, item: OutboxItem) -> bool:
    """Whether a mail that waited asks somebody for what they have been asked since, or have
    answered: of several that wait for an outage to end, only the first goes."""
    order, ordered = item.order, _ordered_at(record, item)
    if order.purpose != "task" or ordered is None or not _has_waited(services, record, item):
        return False
    turn = (order.purpose, order.state, order.round)
    others = services.cases.mails_to(item.case, party.id).values()
    sent = [
        mail.settled_at
        for mail in others
        if mail.outcome == "sent"
        and (mail.order.purpose, mail.order.state, mail.order.round) == turn
    ]
    return party.id in record.case.votes or any(at and at > ordered for at in sent)


def _has_waited(services: Services, record: CaseRecord, item: OutboxItem) -> bool:
    """Whether a mail that an event ordered has waited for so long that it may be overtaken."""
    ordered = _ordered_at(record, item)
    return ordered is not None and services.clock.now() - ordered >= _LATE


def _overtaken(
    services: Services, definition: Definition, record: CaseRecord, item: OutboxItem
) -> bool:
    """Whether a mail that waited says where the case was, and a later one to the same party says
    where it is: in another state, or, if it has come back to this one, how."""
    order, by, case = item.order, _ordered_by(item), record.case
    passing = {mail.name for mail in definition.all_mails if mail.passing}
    if order.mail not in passing or by is None or not _has_waited(services, record, item):
        return False
    others = services.cases.mails_to(item.case, order.party).values()
    later = [m for m in others if (number := _ordered_by(m)) is not None and number > by]
    if case.state == order.state:
        return any(m.order.mail in passing and m.order.state == order.state for m in later)
    now = (case.state, case.round)
    return any(m.order.purpose == "status" or (m.order.state, m.order.round) == now for m in later)


def _current(definition: Definition, record: CaseRecord, party: Party, item: OutboxItem) -> bool:
    """Whether a mail still says what holds.

    A task's mail does while it is still that task's turn; a reminder, and a mail that names a
    day, while the case is in the state that it was ordered in. Others report what has been.
    """
    case, order = record.case, item.order
    vacant = definition.vacant_mail
    if vacant and order.mail == vacant.name and not definition.is_vacant(case):
        return False
    if order.purpose == "task":
        return (case.state, case.round) == (order.state, order.round)
    if case.state == order.state:
        return True
    there = paces((definition.state(order.state),))
    reminds = any(timer.mail == order.mail for state in there for timer in state.timers)
    return not reminds and not names_day(case.process, order.mail, party.language)
