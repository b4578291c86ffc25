"""Which mails a step of a case can have ordered: what stands in an outbox and no step ordered was
put there by somebody else."""

from functions.kernel.case import Case, Event, Party
from functions.kernel.definition import Definition
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.handover import HAND_OVER, RESUMED
from functions.kernel.missed_mail import SEND_AGAIN
from functions.kernel.states import TURN
from functions.kernel.timers import REMIND
from functions.kernel.urgency import paces


def can_have_ordered(
    definition: Definition, case: Case, event: Event, mail: str, party: Party
) -> bool:
    """Whether a step of this case can have ordered this mail for this party."""
    known = {each.name for each in definition.all_mails}
    if mail not in known or mail not in _mails_of(definition, case, event):
        return False
    spec = definition.mail(mail)
    return spec.to in ("", TURN) or party.role in (spec.to, *spec.also)


def _mails_of(definition: Definition, case: Case, event: Event) -> set[str]:
    """The mails of a step's kind: of its form, its transitions, its timers, or its own."""
    if event.action == OPEN:
        return set(definition.form(case.form).mails)
    if event.action in (SEND_AGAIN, RESUMED):
        return {mail.name for mail in definition.all_mails}
    if event.action == HAND_OVER:
        return {definition.handover_mail.name, *(r.successor_mail for r in definition.roles)}
    if event.action == BOUNCE:
        return {definition.bounced_mail.name}
    if event.action == REMIND:
        states = paces((definition.state(event.source),))
        vacant = {definition.vacant_mail.name} if definition.vacant_mail else set()
        return {timer.mail for state in states for timer in state.timers} | vacant
    rows = (t for t in definition.transitions if t.action == event.action)
    return {name for row in rows if row.source == event.source for name in row.mails}
