"""Mails that others had sent to somebody who has not answered yet: some a day, then one for all."""

from datetime import timedelta

from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.urgency import is_urgent, pace
from functions.services.access.people import is_own_spelling, person_key
from functions.services.access.quotas import (
    HANDED,
    NEW,
    URGENT,
    URGENT_REPEATED,
    of_directory_mails,
    of_gathered,
    of_others_unanswered,
    of_repeated,
    of_unanswered,
)
from functions.services.container import Services
from functions.services.mail.orders import order_gathered, order_waiting
from functions.services.ports import CaseRecord, OutboxItem

MAX_A_DAY = 3
WAIT = timedelta(hours=24)
# What somebody of the directory is told of by so many mails in a day, and which one tells of the
# rest: cases that were handed to them, and new ones from people who are no part of the staff.
_GATHERED = {
    HANDED: (3, "handed_many"),
    NEW: (5, "several_new"),
    URGENT: (5, "several_urgent"),
    URGENT_REPEATED: (5, "several_urgent"),
}
_HANDED = ("handed", "handed_on", "vacant")  # mails that say that cases are somebody's now


def must_wait(
    services: Services, definition: Definition, case: Case, party: Party, item: OutboxItem
) -> bool:
    """Whether a mail is to leave a day later, as its address has been sent three today.

    Then the person is told by one mail of the day that more waits on their desk. It is so for
    people whom somebody named in a form, until they act or open their desk; never for a link
    that was asked for. Spellings of a mailbox that strangers may have thought up share the three,
    and as many mails that more waits, each of which opens the desk of its own address.
    """
    if not named(definition, case, party) or item.order.mail == definition.new_link_mail.name:
        return False
    now, person = services.clock.now(), person_key(services, party.email)
    own = is_own_spelling(services, person, party.email)
    name = (of_unanswered if own else of_others_unanswered)(services, party.email)
    if services.limits.hold(name, f"{item.case}.{item.number}", MAX_A_DAY, WAIT, now):
        return False
    if services.limits.hold(f"waiting#{name}", person, MAX_A_DAY, WAIT, now):
        order_waiting(services, person, now)
    return True


def answered(services: Services, definition: Definition, record: CaseRecord, party: Party) -> None:
    """Note that somebody has acted: what is sent to them next need not wait, nor be gathered."""
    if named(definition, record.case, party):
        for own in (of_unanswered, of_others_unanswered):
            services.limits.free(own(services, party.email))
    kind = new_kind(definition, record, party)
    for each in (URGENT, URGENT_REPEATED) if kind == URGENT else (kind,) if kind else ():
        for name in (of_directory_mails, of_gathered):
            services.limits.free(name(services, each, party.email))


def named(definition: Definition, case: Case, party: Party) -> bool:
    """Whether somebody is in a case because another named them in a form that is anybody's. A case
    that is opened by what is done to others (an invoice, a merger) has nobody of a stranger's."""
    form = definition.form(case.form)
    return form.public and not definition.role(party.role).source and party.role != form.opener


def handed_kind(mail: str) -> str:
    """The kind of a mail that says that cases are somebody's now; "" for any other mail."""
    return HANDED if mail in _HANDED else ""


def new_kind(definition: Definition, record: CaseRecord, party: Party, mail: str = "") -> str:
    """Which kind of new case one is to somebody of the directory; "" if it is not new: somebody of
    the directory has acted in it, or it was not opened by a form that is anybody's. Urgent ones
    have places of their own, so that others take none from them, and so has a ``mail`` that
    reminds of one."""
    case, staff = record.case, {role.name for role in definition.roles if role.source}
    if party.role not in staff or not definition.form(case.form).public:
        return ""
    if any(event.role in staff for event in record.summary.last):
        return ""
    if not is_urgent(definition, case):
        return NEW
    reminds = any(timer.mail == mail for timer in pace(definition, case).timers)
    return URGENT_REPEATED if mail and reminds else URGENT


def gathered(services: Services, email: str, kind: str, item: OutboxItem) -> bool:
    """Whether somebody of the directory is told by one mail for all, in place of this one, what
    waits on their desk: their mailbox has been sent the day's mails of this ``kind``, since they
    opened their desk last (or, if the cases were new, acted in one)."""
    if not kind:
        return False
    now, name = services.clock.now(), of_directory_mails(services, kind, email)
    number, (limit, mail) = f"{item.case}.{item.number}", _GATHERED[kind]
    if services.limits.hold(name, number, limit, WAIT, now):
        return False
    if services.limits.hold(of_gathered(services, kind, email), number, 1, WAIT, now):
        order_gathered(services, mail, person_key(services, email), number, now)
    return True


def repeated(services: Services, definition: Definition, item: OutboxItem) -> str:
    """What becomes of a report of an act that left its case in its state and can be done again and
    again; "" if it leaves now.

    A party gets three a day of each kind from one case. The fourth is ``held`` until the next day,
    and tells what holds then; all further ones are ``suppressed``, as that one tells of them.
    """
    if item.order.purpose == "task" or not _keeps_state(definition, item):
        return ""
    now, number = services.clock.now(), f"{item.case}.{item.number}"
    name = of_repeated(services, item.case, item.order.party, item.order.mail)
    if services.limits.hold(name, number, MAX_A_DAY, WAIT, now):
        return ""
    return "held" if services.limits.hold(f"waiting#{name}", number, 1, WAIT, now) else "suppressed"


def _keeps_state(definition: Definition, item: OutboxItem) -> bool:
    state, mail = item.order.state, item.order.mail
    return any(t.source == t.target == state and mail in t.mails for t in definition.transitions)
