"""Bounced mail: the mailbox gets no more mail, and the owner of the case sees it. Of mails of desks
and of the directory, those who keep it are told."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from functions.kernel.case import Case, Decision, MailOrder, Party
from functions.kernel.definition import Definition
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import bounce
from functions.kernel.mailboxes import same_address
from functions.kernel.missed_mail import CHANGES_NOBODY, RESEND, missed
from functions.processes import pinned
from functions.services import commit
from functions.services.access.links import DESK
from functions.services.access.people import person_key
from functions.services.access.quotas import of_address
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.mail.slots import give_ordered_back

_log = logging.getLogger("kapula.bounced")
_TRIES = 4
_SENDING = timedelta(minutes=1)  # between what SES says of when a mail was sent and what we say
OF_CASE = "case"  # a mail of a case, of which nothing else is told
NOT_ARRIVED = "not_arrived"  # the order to tell who keeps the directory, and its mail


def returned(services: Services, mail_id: str, address: str, *, arrived: bool = False) -> bool:
    """Take note of a mail that came back from ``address``; ``mail_id`` is what it carried: the
    case, the party and the mail, or a desk and its person. What a reader complains of has
    ``arrived``, else the mail gives the place back that it was ordered in.

    False, and nothing is done, if no such mail can have been sent: the mail names no
    party and no desk of ours, or one with another address.
    """
    case_id, party_id, mail = _parts(mail_id)
    until = services.clock.now() + services.rules.suppression
    if case_id == DESK and party_id == person_key(services, address):
        services.limits.suppress(of_address(services, address), until)
        _notify(services, party_id, mail)
        return True
    party = _party(services, case_id, party_id, address)
    if party is None:
        return False
    services.limits.suppress(of_address(services, party.email), until)
    if not arrived:
        for item in services.cases.mails_to(case_id, party_id).values():
            if item.outcome == "sent" and item.order.mail == mail:
                give_ordered_back(services, item)
    record_bounce(services, case_id, party_id)
    _notify_of_last(services, case_id, party)
    return True


def given_up(
    services: Services, mail_id: str, address: str, sent_at: datetime | None = None
) -> bool:
    """Take note of a mail that did not arrive for now, so that it can be sent again; mail to the
    address goes on. False as above. What is of no case nobody can send again: who keeps the
    directory is told of it. Nothing is noted if its reader has acted since it was ``sent_at``, or
    it has been ordered again: the notice is late, or a repetition."""
    case_id, party_id, mail = _parts(mail_id)
    if case_id == DESK and party_id == person_key(services, address):
        _notify(services, party_id, mail)
        return True
    party = _party(services, case_id, party_id, address)
    if party is None:
        return False
    if _settled_since(services, case_id, party_id, mail, sent_at):
        return True
    now = services.clock.now()
    _record(services, case_id, lambda own, case: missed(own, case, party_id, mail, now))
    _notify_of_last(services, case_id, party)
    return True


def _settled_since(
    services: Services, case_id: str, party_id: str, mail: str, sent_at: datetime | None
) -> bool:
    """Whether a party has acted since a mail was sent to them, or has been ordered one in its
    place. Without ``sent_at`` it is the latest of its kind that was sent."""
    record = services.cases.case(case_id)
    mails = services.cases.mails_to(case_id, party_id).values()
    same = [item for item in mails if item.order.mail == mail]
    sent = [item.settled_at for item in same if item.outcome == "sent" and item.settled_at]
    since = sent_at or max(sent, default=None)
    if record is None or since is None:
        return False
    later = [event for event in record.summary.last if event.at > since]
    acted = any(e.party == party_id and e.action not in CHANGES_NOBODY for e in later)
    resends = (
        order
        for event in later
        if event.action == RESEND
        for order in services.cases.ordered(case_id, event.number)
    )
    repeated = any(at > since + _SENDING for at in sent)
    return acted or repeated or any(order.party == party_id for order in resends)


def _notify_of_last(services: Services, case_id: str, party: Party) -> None:
    """Order that those who keep the directory are told, if it was the mail of the only one who
    looks after a case: nobody else would read on the case that it did not arrive."""
    record = services.cases.case(case_id)
    role = pinned(record.case.process, record.case.version).owner if record else ""
    if record and party.role == role:
        others = (p for p in record.case.holders(role) if p.reachable)
        if all(same_address(p.email, party.email) for p in others):
            _notify(services, person_key(services, party.email), OF_CASE)


def _notify(services: Services, person: str, mail: str) -> None:
    """Order that those who keep the directory are told, once a day of each kind of mail to a
    person; not of a mail that says so itself."""
    if mail == NOT_ARRIVED:
        _log.error("a mail to who keeps the directory, on one that did not arrive, did not arrive")
        return
    now = services.clock.now()
    order = MailOrder(NOT_ARRIVED, "", DIRECTORY, f"{person}-{mail}", 0)
    number = f"{NOT_ARRIVED}#{mail}#{services.today()}"
    services.cases.post_once(f"{DIRECTORY}#{person}", number, order, now)


def record_bounce(services: Services, case_id: str, party_id: str) -> None:
    """Mark a party of a case as not reachable, once."""
    now = services.clock.now()
    _record(services, case_id, lambda own, case: bounce(own, case, party_id, now))


def _parts(mail_id: str) -> tuple[str, str, str]:
    first, second, third = [*mail_id.split("-", 2), "", ""][:3]
    return first, second, third


def _party(services: Services, case_id: str, party_id: str, address: str) -> Party | None:
    """The party that a mail was sent to at this address, or None if there is none."""
    record = services.cases.case(case_id)
    party = record.case.party(party_id) if record else None
    if party is None or not same_address(party.email, address):
        _log.warning("a bounce of a mail that was never sent was refused")
        return None
    return party


def _record(
    services: Services, case_id: str, noting: Callable[[Definition, Case], Decision | None]
) -> None:
    """Write what is to be noted on a case, if anything is."""

    def once() -> None:
        record = services.cases.case(case_id)
        if record is None:
            return
        definition = pinned(record.case.process, record.case.version)
        decision = noting(definition, record.case)
        if decision:
            commit.commit(services, PendingWrite(definition, decision, record))

    commit.retried(_TRIES, once)
