"""Mail that came back: nothing more to that mailbox, and the coordinator sees it on the case."""

import logging

from functions.kernel.engine import bounce
from functions.kernel.errors import Conflict
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


def returned(services: Services, letter: str, address: str) -> bool:
    """Take note of a mail that came back from ``address``; ``letter`` is what it carried.

    False, and nothing is done, if no such mail can have been sent: the letter names no
    party and no desk of ours, or one with another address.
    """
    case_id, _, party_id = letter.partition("-")
    until = services.clock.now() + services.rules.suppression
    if case_id == DESK and party_id == person_key(services, address):
        services.limits.suppress(of_address(services, address), until)
        return True
    file = services.cases.load(case_id)
    party = file.case.party(party_id) if file else None
    if party is None or not same_address(party.email, address):
        _log.warning("a bounce of a mail that was never sent was refused")
        return False
    services.limits.suppress(of_address(services, party.email), until)
    note_bounce(services, case_id, party_id)
    return True


def note_bounce(services: Services, case_id: str, party_id: str) -> None:
    """Mark a party of a case as not reachable, once."""
    for _ in range(_TRIES):
        file = services.cases.load(case_id)
        if file is None:
            return
        definition = pinned(file.case.process, file.case.version)
        decision = bounce(definition, file.case, party_id, services.clock.now())
        if decision is None:
            return
        try:
            writing.commit(services.cases, Change(definition, decision, file))
        except Conflict:
            continue
        return
    raise Conflict
