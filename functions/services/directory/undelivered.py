"""Mails to people of the directory that did not arrive: those who keep it are told of them.

Who orders it knows no directory, only the key of the person and which mail it was.
"""

import logging

from functions import lists
from functions.kernel.case import MailOrder
from functions.kernel.directory import DirectoryEntry, keeps
from functions.kernel.directory_changes import address
from functions.kernel.duties import DIRECTORY
from functions.render.mail.lines import lost_line
from functions.services.access.people import person_key
from functions.services.container import Services
from functions.services.directory.undoing import undoable

_log = logging.getLogger("kapula.directory")


def notify_keepers(services: Services, order: MailOrder) -> str:
    """Post it to each who keeps the directory but the person themself; ``suppressed`` if whoever it
    was is not, and was not lately, in the directory."""
    person, _, _ = order.state.partition("-")
    if _whose(services, person) is None:
        return "suppressed"
    keepers = [
        keeper
        for keeper in filter(keeps, services.directory.entries("coordinators"))
        if person_key(services, address(keeper)) != person
    ]
    if not keepers:
        _log.error("nobody else keeps the directory who could be told of a mail that was lost")
    for keeper in keepers:
        notice = MailOrder(order.mail, keeper.key, DIRECTORY, order.state, 0)
        number = f"{order.mail}#{keeper.key}#{order.state}#{services.today()}"
        services.cases.post_once(f"{DIRECTORY}#{person}", number, notice, services.clock.now())
    return "sent"


def lost_lines(services: Services, order: MailOrder, language: str) -> tuple[str, ...]:
    """What was not read, and by whom."""
    person, _, mail = order.state.partition("-")
    entry = _whose(services, person)
    return (lost_line(entry, mail, language),) if entry else ()


def _whose(services: Services, person: str) -> DirectoryEntry | None:
    """The entry whose address it is, or was until a change that can still be undone."""
    present = [e for source in lists.people() for e in services.directory.entries(source)]
    earlier = [change.before for change in undoable(services) if change.before]
    found = (e for e in (*present, *earlier) if person_key(services, address(e)) == person)
    return next(found, None)
