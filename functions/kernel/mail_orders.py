"""Who is mailed by what happens in a case."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from functions.kernel.case import Case, MailOrder, Party
from functions.kernel.definition import Definition, Mail
from functions.kernel.mailboxes import mailbox

ONE_PRESS = timedelta(seconds=10)  # within which a link that is asked for twice is asked for once
_STEP_DIGITS = 5  # of the number of a step, with which the number of its mails begins


def orders(
    definition: Definition, case: Case, mails: Sequence[str], before: Case | None = None
) -> tuple[MailOrder, ...]:
    """These mails to everybody they are for who can be reached, for the present turn; those for
    newcomers to nobody who was in the case ``before``, those for leavers to who was in it then and
    is in it no more."""
    ordered = (definition.mail(name) for name in mails)
    return tuple(
        MailOrder(mail.name, party.id, mail.purpose, case.state, case.round)
        for mail in ordered
        for role in definition.readers(mail, case)
        for party in _addressed(mail, role, case, before)
        if party.reachable
    )


def link_order(definition: Definition, case: Case, party: Party, mail: str = "") -> MailOrder:
    """A mail to one party with a link to what they can do now: to their task if it is their turn,
    else to the case. Without ``mail`` it is the one for a link that was asked for."""
    turn = definition.turn(case) == party.role
    name = mail or definition.new_link_mail.name
    return MailOrder(name, party.id, "task" if turn else "status", case.state, case.round)


def step_of(number: str) -> int | None:
    """The number of the step of its case that ordered the mail of this number in an outbox; None
    for what no step did, such as a link that was asked for."""
    first, _, _ = number.partition("#")
    return int(first) if len(first) == _STEP_DIGITS and first.isdigit() else None


def asked_number(order: MailOrder, now: datetime) -> str:
    """The number in an outbox of a link that is asked for: one for each press of a button."""
    pressed = now - timedelta(seconds=now.timestamp() % ONE_PRESS.total_seconds())
    return f"{pressed.isoformat(timespec='microseconds')}#{order.party}"


def _addressed(mail: Mail, role: str, case: Case, before: Case | None) -> Sequence[Party]:
    earlier, now = before.holders(role) if before else (), case.holders(role)
    if mail.leavers:
        here = {mailbox(p.email) for p in case.parties if p.present}
        return [p for p in earlier if mailbox(p.email) not in here]
    known = {p.id for p in before.parties} if before and mail.newcomers else ()
    return [p for p in now if p.id not in known]
