"""Bounced mail: the mailbox gets no more mail, and the owner of the case sees it. Of mails of desks
and of the directory, those who keep it are told."""

import logging
from collections.abc import Callable

from functions.kernel.case import Case, Decision, MailOrder, Party
from functions.kernel.definition import Definition
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import bounce
from functions.kernel.mailboxes import same_address
from functions.kernel.missed_mail import missed
from functions.processes import pinned
from functions.services import commit
from functions.services.access.links import DESK
from functions.services.access.people import person_key
from functions.services.access.quotas import of_address
from functions.services.commit import PendingWrite
from functions.services.container import Services

_log = logging.getLogger("kapula.bounced")
_TRIES = 4
OF_CASE = "case"  # a mail of a case, of which nothing else is told
NOT_ARRIVED = "not_arrived"  # the order to tell who keeps the directory, and its mail


def returned(services: Services, mail_id: str, address: str) -> bool:
    """Take note of a mail that came back from ``address``; ``mail_id`` is what it carried: the
    case, the party and the mail, or a desk and its person.

    False, and nothing is done, if no such mail can have been sent: the mail names no
    party and no desk of ours, or one with another address.
    """
    case_id, party_id, mail = _parts(mail_id)
    until = services.clock.now() + services.rules.suppression
    if case_id == DESK and party_id == person_key(services, address):
        services.limits.suppress(of_address(services, address), until)
        _tell(services, party_id, mail)
        return True
    party = _party(services, case_id, party_id, address)
    if party is None:
        return False
    services.limits.suppress(of_address(services, party.email), until)
    note_bounce(services, case_id, party_id)
    _tell_of_last(services, case_id, party)
    return True


def given_up(services: Services, mail_id: str, address: str) -> bool:
    """Take note of a mail that did not arrive for now, so that it can be sent again; mail to the
    address goes on. False as above. What is of no case nobody can send again: who keeps the
    directory is told of it."""
    case_id, party_id, mail = _parts(mail_id)
    if case_id == DESK and party_id == person_key(services, address):
        _tell(services, party_id, mail)
        return True
    party = _party(services, case_id, party_id, address)
    if party is None:
        return False
    now = services.clock.now()
    _note(services, case_id, lambda own, case: missed(own, case, party_id, mail, now))
    _tell_of_last(services, case_id, party)
    return True


def _tell_of_last(services: Services, case_id: str, party: Party) -> None:
    """Order that those who keep the directory are told, if it was the mail of the only one who
    looks after a case: nobody else would read on the case that it did not arrive."""
    record = services.cases.load(case_id)
    role = pinned(record.case.process, record.case.version).owner if record else ""
    if record and party.role == role:
        others = (p for p in record.case.holders(role) if p.reachable)
        if all(same_address(p.email, party.email) for p in others):
            _tell(services, person_key(services, party.email), OF_CASE)


def _tell(services: Services, person: str, mail: str) -> None:
    """Order that those who keep the directory are told, once a day of each kind of mail to a
    person; not of a mail that says so itself."""
    if mail == NOT_ARRIVED:
        _log.error("a mail to who keeps the directory, on one that did not arrive, did not arrive")
        return
    now = services.clock.now()
    order = MailOrder(NOT_ARRIVED, "", DIRECTORY, f"{person}-{mail}", 0)
    number = f"{NOT_ARRIVED}#{mail}#{services.today()}"
    services.cases.post_once(f"{DIRECTORY}#{person}", number, order, now)


def note_bounce(services: Services, case_id: str, party_id: str) -> None:
    """Mark a party of a case as not reachable, once."""
    now = services.clock.now()
    _note(services, case_id, lambda own, case: bounce(own, case, party_id, now))


def _parts(mail_id: str) -> tuple[str, str, str]:
    first, second, third = [*mail_id.split("-", 2), "", ""][:3]
    return first, second, third


def _party(services: Services, case_id: str, party_id: str, address: str) -> Party | None:
    """The party that a mail was sent to at this address, or None if there is none."""
    record = services.cases.load(case_id)
    party = record.case.party(party_id) if record else None
    if party is None or not same_address(party.email, address):
        _log.warning("a bounce of a mail that was never sent was refused")
        return None
    return party


def _note(
    services: Services, case_id: str, noting: Callable[[Definition, Case], Decision | None]
) -> None:
    """Write what is to be noted on a case, if anything is."""

    def once() -> None:
        record = services.cases.load(case_id)
        if record is None:
            return
        definition = pinned(record.case.process, record.case.version)
        decision = noting(definition, record.case)
        if decision:
            commit.commit(services, PendingWrite(definition, decision, record))

    commit.retried(_TRIES, once)
