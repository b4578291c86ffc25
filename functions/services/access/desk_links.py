"""Links of desks: mailed, opened once by their person's own choice, closed by them or by time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from functions.kernel.errors import DeskOver, Invalid, Problem, Refused
from functions.services.access.links import (
    DESK,
    DeskStanding,
    desk_of,
    desk_standing,
    is_holders,
    open_link,
    sealed_for,
    token_hash,
)
from functions.services.access.people import known
from functions.services.access.quotas import (
    KINDS,
    of_desk,
    of_desks,
    of_directory_mails,
    of_gathered,
    of_others_unanswered,
    of_unanswered,
    of_unopened_desk,
)
from functions.services.container import Services
from functions.services.ports import Grant

DEVICE = "device"  # the input: on whose device the desk is opened
OWN, SHARED = "own", "shared"


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk that a link opens: its person's key, name, email address and language on record.

    ``entries`` are their entries in the directory: list → key, such as ``coordinators`` → ``anna``;
    ``duties`` what these let them do (``kernel/duties.py``). A link whose ``standing`` is not
    ``open`` shows nothing of it.
    """

    person: str
    name: str
    email: str
    language: str
    entries: Mapping[str, str]
    expires_at: datetime
    standing: DeskStanding
    duties: frozenset[str] = frozenset()

    @property
    def coordinator(self) -> str:
        """Their key among the coordinators, or ""."""
        return self.entries.get("coordinators", "")


def open_desk(services: Services, token: str) -> Desk:
    """Whose desk this token is for, and how the link stands; ``Refused`` if it is nobody's."""
    return _found(services, token)[0]


def live_desk(services: Services, token: str) -> Desk:
    """The desk of a token that shows it now; ``DeskOver`` if it does not."""
    desk = open_desk(services, token)
    if desk.standing != "open":
        raise DeskOver(desk.language, desk.standing, desk.email)
    return desk


def readers_language(services: Services, token: str) -> str:
    """The language on record of who holds the link of a case: its party's, or, where it was opened
    from a desk, that of the desk's person. Errors as by ``open_link`` and ``open_desk``."""
    desk = desk_of(token)
    return open_desk(services, desk).language if desk else open_link(services, token).party.language


def open_for(services: Services, token: str, device: str) -> None:
    """Open a desk's link on a device of one's ``own`` or on a ``shared`` one: for 12 hours or one.

    Links to the same desk that were made earlier stop working, and the mailbox has all its
    places for mails again: somebody has shown that they read it. Opening twice changes nothing.
    ``Invalid`` at ``device`` unless it was chosen; ``DeskOver`` if the link no longer opens.
    """
    desk, grant = _found(services, token)
    if desk.standing == "open":
        return
    if desk.standing != "unopened":
        raise DeskOver(desk.language, desk.standing, desk.email)
    rules = services.rules
    lives = {OWN: rules.desk_link, SHARED: rules.desk_shared}
    if device not in lives:
        raise Invalid((Problem(DEVICE, "device"),))
    until = services.clock.now() + lives[device]
    opened = sealed_for(services, replace(grant, expires_at=until, opened=True), desk.email)
    if not services.grants.open_desk(opened):
        raise DeskOver(desk.language, open_desk(services, token).standing, desk.email)
    for name in (of_desk, of_desks, of_unopened_desk, of_unanswered, of_others_unanswered):
        services.limits.free(name(services, desk.email))
    for kind in KINDS:
        for quota in (of_directory_mails, of_gathered):
            services.limits.free(quota(services, kind, desk.email))


def close_desk(services: Services, token: str) -> Desk:
    """Sign out: end this link. Returns the desk it was for."""
    desk, grant = _found(services, token)
    if desk.standing == "open":
        services.grants.put(sealed_for(services, replace(grant, closed=True), desk.email))
    return desk


def _found(services: Services, token: str) -> tuple[Desk, Grant]:
    grant = services.grants.find(token_hash(token))
    found = known(services, grant.party) if grant and grant.purpose == DESK else None
    if grant is None or found is None or not is_holders(services, grant, found.person.email):
        raise Refused
    who, standing = found.person, desk_standing(services, grant)
    desk = Desk(
        grant.party,
        who.name,
        who.email,
        who.language,
        found.entries,
        grant.expires_at,
        standing,
        found.duties,
    )
    return desk, grant
