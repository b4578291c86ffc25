"""Delivers the outbox: leases a mail, addresses it by the case as it is now, sends it and stores
the result."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args

from functions.kernel.case import Case, MailOrder, Party, is_of
from functions.kernel.definition import Definition, Purpose
from functions.kernel.durations import day_of
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import KapulaError, Newer
from functions.kernel.handover import in_role
from functions.kernel.mail_orders import step_of
from functions.kernel.timers import deadline
from functions.kernel.urgency import asks, helped, is_urgent, paces
from functions.processes import pinned
from functions.render.mail.mail import MailContent, message, names_day
from functions.render.text.texts import is_own_mail
from functions.services.access.links import DESK, mint
from functions.services.access.offices import Offices
from functions.services.access.quotas import code_of, of_address
from functions.services.container import Services
from functions.services.history import with_event
from functions.services.integrity import require_sound
from functions.services.logs import log_error
from functions.services.mail.bounces import record_bounce
from functions.services.mail.contents import cases_named, shown_answers
from functions.services.mail.desk_mails import send_desk_mail
from functions.services.mail.directory_mails import (
    DONE,
    SETTLED,
    follow_case,
    follows_change,
    send_directory_mail,
)
from functions.services.mail.invitations import calendar_files, has_turned
from functions.services.mail.pacing import (
    WAIT,
    gathered,
    handed_kind,
    must_wait,
    new_kind,
    repeated,
)
from functions.services.mail.slots import MailSlots, give_ordered_back, holder_of
from functions.services.ports import NEWER, UNTIL_UPDATED, CaseRecord, OutboxItem, SendFailed

_log = logging.getLogger("kapula.deliver")
MAX_ATTEMPTS = 8
_LATE = timedelta(hours=1)  # what waited that long may have been overtaken
_WAITS = {"held": WAIT, "soon": SETTLED, "newer": UNTIL_UPDATED}
_OWN = {DESK: send_desk_mail, DIRECTORY: send_directory_mail}  # orders that are of no case


def deliver(services: Services, case_id: str, number: str) -> str:
    """Send one mail of the outbox. Returns what became of it.

    ``sent``; ``suppressed`` (its turn was over); ``held`` (it leaves tomorrow); ``soon`` (in some
    minutes); ``newer`` (once the release has been updated); ``parked`` (cannot be sent, needs a
    person); ``later`` (a failure that may pass); ``taken`` (somebody else has it, or it is done).
    Never raises for one bad mail, so that it does not stop the others.
    """
    item = services.cases.lease(case_id, number, services.clock.now())
    if item is None:
        return "taken"
    slots = MailSlots(services.limits, holder_of(item))
    outcome = _outcome(replace(services, limits=slots), item)
    if outcome in ("later", "newer", "parked"):
        slots.give_all_back(services.clock.now())
    if outcome in ("parked", "suppressed"):
        give_ordered_back(services, item)
    if outcome == "later":
        services.cases.release(item, services.clock.now())
    elif outcome in _WAITS:
        services.cases.postpone(item, services.clock.now() + _WAITS[outcome])
    else:
        services.cases.settle(item, outcome, services.clock.now())
    return outcome


def _outcome(services: Services, item: OutboxItem) -> str:
    """What becomes of a leased mail. Whatever it fails by, it is tried again some times, then
    parked, which is an alarm."""
    mail = item.order.mail
    if item.newer:
        _log.warning(NEWER, f"mail {item.number} of {item.case}")
        return "newer"
    if item.attempts > MAX_ATTEMPTS:  # it killed its sender each time
        _log.error("mail parked: %s killed its sender", mail)
        return "parked"
    try:
        return _send(services, item)
    except Newer:
        return "newer"
    except SendFailed as error:
        permanent, reason = error.permanent, str(error)
    except KapulaError as error:
        permanent, reason = False, type(error).__name__
    except Exception as error:  # noqa: BLE001  # a fault of ours, and the next mail is another's
        log_error(_log, "mail failed", error)
        permanent, reason = False, type(error).__name__
    if permanent or item.attempts >= MAX_ATTEMPTS:
        _log.error("mail parked: %s %s", mail, reason)
        return "parked"
    _log.warning("mail put off: %s %s", mail, reason)
    return "later"


def resume_parked(services: Services, case_id: str = "") -> int:
    """Have every parked mail tried anew by the clock's next round, or those of one case, named by
    its id or its reference; how many there were."""
    now = services.clock.now()
    parked = [mail for mail in services.cases.parked() if is_of(mail[0], case_id)]
    return sum(services.cases.unpark(*mail, now) for mail in parked)


def _send(services: Services, item: OutboxItem) -> str:
    if not (item.sound or follows_change(item)):
        raise SendFailed("nobody ordered it", permanent=True)
    if own := _OWN.get(item.order.purpose):
        _require_known(item, item.order.mail in DONE or is_own_mail(item.order.mail))
        return own(services, item)
    _require_known(item, item.order.purpose in get_args(Purpose))
    record = services.cases.case(item.case)
    if record:
        require_sound(services, record, item.order.round)
    party = record.case.party(item.order.party) if record else None
    if record is None or party is None or not party.reachable:
        return "suppressed"
    case = record.case
    definition = pinned(case.process, case.version)
    _require_known(item, any(mail.name == item.order.mail for mail in definition.all_mails))
    step = step_of(item.number)
    record = with_event(services, record, -1 if step is None else step)
    _require_history(record, item)
    if _stale(services, definition, record, party, item):
        _send_to_new_address(services, record, item)
        return "suppressed"
    if services.limits.suppressed(of_address(services, party.email), services.clock.now()):
        record_bounce(services, case.id, party.id)
        return "suppressed"
    if not Offices(services).has_right(definition, case, party):
        whole = services.cases.case(case.parent.id) if case.parent else record
        follow_case(services, whole or record)  # whoever has the place by now is told of it
        if moved := services.cases.case(item.case):
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
    until = _day(definition, case, item.order)
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
        answers=shown_answers(services, definition, case, party, item.order.mail),
        names=cases_named(services, definition, case, party),
        code=code_of(services, party.email, services.today()) if unproven else "",
        urgent=is_urgent(definition, case),
        asks=asks(definition, case, item.order.mail, item.order.purpose),
        helps=helped(definition, case, party),
        late=_is_late(services, record, item, until),
        calendar=calendar_files(services, definition, record, party, item.order.mail),
    )


def _day(definition: Definition, case: Case, order: MailOrder) -> date | None:
    """The last day that a mail may name. Who is given a place without the turn is told none, as it
    is another's."""
    others = order.mail == definition.handover_mail.name and order.purpose != "task"
    return None if others or case.state != order.state else deadline(definition, case)


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
    mail, from_directory = item.order.mail, bool(definition.role(party.role).source)
    if not from_directory or mail == definition.new_link_mail.name:
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
        or has_turned(definition, record, item)
        or _left_since(party, item)
        or (over and _never_notified(services, record, party, item))
        or _superseded(services, record, party, item)
        or _overtaken(services, definition, record, item)
    )


def _never_notified(services: Services, record: CaseRecord, party: Party, item: OutboxItem) -> bool:
    """Whether none of the earlier mails about a case has left for a party who did nothing in it
    either: as they never heard of it, they do not hear that it is over for them."""
    if record.summary.acted(party.id):
        return False
    mails = services.cases.mails_to(item.case, party.id)
    earlier = [mail.outcome for number, mail in mails.items() if number != item.number]
    return bool(earlier) and "sent" not in earlier


def _require_known(item: OutboxItem, known: bool) -> None:
    """``Newer`` unless a mail is ``known``: releases keep what earlier ones could order."""
    if not known:
        _log.warning(NEWER, f"mail {item.order.mail} of {item.case}")
        raise Newer


def _require_history(record: CaseRecord, item: OutboxItem) -> None:
    """``SendFailed`` if the step that ordered a mail is not in the history any more: the case was
    put back in the store."""
    step = step_of(item.number)
    if step is not None and record.event(step) is None:
        raise SendFailed("its step is gone", permanent=True)


def _ordered_at(record: CaseRecord, item: OutboxItem) -> datetime | None:
    """When an event ordered a mail; None for a link that was asked for."""
    step = step_of(item.number)
    event = None if step is None else record.event(step)
    return event.at if event else None


def _left_since(party: Party, item: OutboxItem) -> bool:
    """Whether somebody has left the case after a mail to them was ordered, such as one who was
    replaced: it asks nothing of them any more and is none of theirs to read."""
    by, asks_them = step_of(item.number), item.order.purpose == "task"
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
    order, by, case = item.order, step_of(item.number), record.case
    passing = {mail.name for mail in definition.all_mails if mail.passing}
    if order.mail not in passing or by is None or not _has_waited(services, record, item):
        return False
    others = services.cases.mails_to(item.case, order.party).values()
    later = [m for m in others if (step := step_of(m.number)) is not None and step > by]
    if case.state == order.state:
        return any(m.order.mail in passing and m.order.state == order.state for m in later)
    now = (case.state, case.round)
    return any(m.order.purpose == "status" or (m.order.state, m.order.round) == now for m in later)


def _current(definition: Definition, record: CaseRecord, party: Party, item: OutboxItem) -> bool:
    """Whether a mail still says what holds.

    A task's mail does while it is still that task's turn; a reminder, and a mail that names a
    day, while the case is in the state that it was ordered in; that of a timer that outlasts its
    state while the case is where that timer runs. Others report what has been.
    """
    case, order = record.case, item.order
    vacant = definition.vacant_mail
    if vacant and order.mail == vacant.name and not definition.is_vacant(case):
        return False
    if order.purpose == "task":
        return (case.state, case.round) == (order.state, order.round)
    if case.state == order.state:
        return True
    lasting = [timer for timer in definition.timers if timer.mail == order.mail]
    if lasting:
        return any(case.state in timer.states for timer in lasting)
    there = paces((definition.state(order.state),))
    reminds = any(timer.mail == order.mail for state in there for timer in state.timers)
    return not reminds and not names_day(case.process, order.mail, party.language)
