"""Who is mailed by what happens in a case."""

from collections.abc import Sequence

from functions.kernel.case import Case, MailOrder, Party
from functions.kernel.definition import Definition, Mail
from functions.kernel.mailboxes import mailbox


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


def _addressed(mail: Mail, role: str, case: Case, before: Case | None) -> Sequence[Party]:
    earlier, now = before.holders(role) if before else (), case.holders(role)
    if mail.leavers:
        here = {mailbox(p.email) for p in case.parties if p.present}
        return [p for p in earlier if mailbox(p.email) not in here]
    known = {p.id for p in before.parties} if before and mail.newcomers else ()
    return [p for p in now if p.id not in known]
