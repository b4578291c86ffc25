"""Mail that came back: nothing more to that mailbox, and the coordinator sees it on the case. Of
mails of desks and of the directory, those who keep it are told."""

import logging
from collections.abc import Callable

from functions.kernel.case import Case, Decision, Order, Party
from functions.kernel.definition import Definition
from functions.kernel.delivery import missed
from functions.kernel.desk import looks_after
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import bounce
from functions.kernel.mailboxes import same_address
from functions.processes import pinned
from functions.services import writing
from functions.services.links import DESK
from functions.services.persons import person_key
from functions.services.quotas import of_address
from functions.services.wiring import Services
from functions.services.writing import Change

_log = logging.getLogger("kapula.bounced")
_TRIES = 4
OF_CASE = "case"  # a mail of a case, of which nothing else is told
NOT_ARRIVED = "not_arrived"  # the order to tell who keeps the directory, and its mail


def returned(services: Services, letter: str, address: str) -> bool:
    """Take note of a mail that came back from ``address``; ``letter`` is what it carried: the case,
    the party and the mail, or a desk and its person.

    False, and nothing is done, if no such mail can have been sent: the letter names no
    party and no desk of ours, or one with another address.
    """
    case_id, party_id, mail = _parts(letter)
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


def given_up(services: Services, letter: str, address: str) -> bool:
    """Take note of a mail that did not arrive for now, so that it can be sent again; mail to the
    address goes on. False as above. What is of no case nobody can send again: who keeps the
    directory is told of it."""
    case_id, party_id, mail = _parts(letter)
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
    file = services.cases.load(case_id)
    role = looks_after(pinned(file.case.process, file.case.version)) if file else ""
    if file and party.role == role:
        others = (p for p in file.case.holders(role) if p.reachable)
        if all(same_address(p.email, party.email) for p in others):
            _tell(services, person_key(services, party.email), OF_CASE)


def _tell(services: Services, person: str, mail: str) -> None:
    """Order that those who keep the directory are told, once a day of each kind of mail to a
    person; not of a mail that says so itself."""
    if mail == NOT_ARRIVED:
        _log.error("a mail to who keeps the directory, on one that did not arrive, did not arrive")
        return
    now = services.clock.now()
    order = Order(NOT_ARRIVED, "", DIRECTORY, f"{person}-{mail}", 0)
    number = f"{NOT_ARRIVED}#{mail}#{services.today()}"
    services.cases.post_once(f"{DIRECTORY}#{person}", number, order, now)


def note_bounce(services: Services, case_id: str, party_id: str) -> None:
    """Mark a party of a case as not reachable, once."""
    now = services.clock.now()
    _note(services, case_id, lambda own, case: bounce(own, case, party_id, now))


def _parts(letter: str) -> tuple[str, str, str]:
    first, second, third = [*letter.split("-", 2), "", ""][:3]
    return first, second, third


def _party(services: Services, case_id: str, party_id: str, address: str) -> Party | None:
    """The party that a mail was sent to at this address, or None if there is none."""
    file = services.cases.load(case_id)
    party = file.case.party(party_id) if file else None
    if party is None or not same_address(party.email, address):
        _log.warning("a bounce of a mail that was never sent was refused")
        return None
    return party


def _note(
    services: Services, case_id: str, noting: Callable[[Definition, Case], Decision | None]
) -> None:
    """Write what is to be noted on a case, if anything is."""

    def once() -> None:
        file = services.cases.load(case_id)
        if file is None:
            return
        definition = pinned(file.case.process, file.case.version)
        decision = noting(definition, file.case)
        if decision:
            writing.commit(services, Change(definition, decision, file))

    writing.retried(_TRIES, once)
