"""Undoes a change of an address, by the link that was mailed to the earlier address."""

from dataclasses import dataclass, replace
from datetime import datetime

from functions.kernel.directory import ChangeStamp, DirectoryEntry
from functions.kernel.directory_changes import (
    KEPT,
    RESTORED,
    DirectoryChange,
    address,
    has_right,
    undone,
)
from functions.kernel.errors import Conflict, Refused, Unavailable
from functions.kernel.mailboxes import same_address
from functions.services.access.links import RESTORE, is_holders, token_hash
from functions.services.commit import retried
from functions.services.container import Services
from functions.services.directory.consistency import shared_addresses
from functions.services.directory.edit import require_known, snapshot
from functions.services.directory.rows import ImportRow

_TRIES = 5
_LINE = 1


class TakenMeanwhile(Exception):
    """The address belongs to another entry by now: those who keep the directory must decide."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """What a link takes back, and ``until`` when. ``over``: it is too late; ``done``: the address
    is back; ``ended``: somebody whose address was changed earlier has theirs back; ``retired``: the
    entry is out of office, whoever's address it has."""

    change: DirectoryChange
    before: DirectoryEntry
    until: datetime
    over: bool
    done: bool
    ended: bool
    retired: bool


def open_restoring(services: Services, token: str) -> Restoring:
    """What this token takes back; ``Refused`` for all that was never such a link."""
    grant = services.grants.find(token_hash(token))
    change = services.directory.change(grant.state) if grant and grant.purpose == RESTORE else None
    if grant is None or change is None or change.before is None:
        raise Refused
    if not is_holders(services, grant, address(change.before)):
        raise Refused
    now = services.directory.entry(change.after.source, change.after.key)
    if now is None:
        raise Refused
    back = same_address(address(now), address(change.before))
    over = services.clock.now() >= grant.expires_at
    ended = not back and _ended(services, change)
    until = grant.expires_at
    return Restoring(change, change.before, until, over, back, ended, now.retired)


def restore(services: Services, restoring: Restoring) -> None:
    """Give the entry its earlier address, whatever else it says by now; both are told.

    All later changes of the address are undone with it, and their links end.
    ``TakenMeanwhile`` if another entry has the address; ``Refused`` if it is too late, or
    somebody whose address was changed earlier has theirs back.
    """
    if restoring.over:
        raise Refused
    try:
        retried(_TRIES, lambda: _restore(services, restoring))
    except Conflict as error:
        raise Unavailable("directory") from error


def _restore(services: Services, restoring: Restoring) -> None:
    """One try of it; ``Conflict`` if something of the directory has changed meanwhile."""
    before, now = restoring.before, snapshot(services)
    present = now.entry(before.source, before.key)
    require_known(present)
    if same_address(address(present), address(before)):
        return
    if _ended(services, restoring.change):
        raise Refused
    facts = {**present.facts, "email": address(before)}
    entry = replace(present, facts=facts)
    others = [e for e in now.entries if (e.source, e.key) != (entry.source, entry.key)]
    if any(shared_addresses([(ImportRow(_LINE, entry.source, {}), entry)], others)):
        raise TakenMeanwhile
    stamp = ChangeStamp(services.clock.now(), RESTORED)
    change = DirectoryChange(present, entry, stamp, restoring.change.id)
    services.directory.replace(entry, stamp, now.revision, change)


def _ended(services: Services, change: DirectoryChange) -> bool:
    """Whether a change can no longer be undone, for somebody else's right is older."""
    changes = services.directory.changes_since(services.clock.now() - KEPT)
    return change.id in undone(changes) or not has_right(changes, change)
