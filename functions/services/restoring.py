"""Somebody takes their own address back, by the link that went to it when it was changed."""

from dataclasses import dataclass, replace

from functions.kernel.directory import Entry, Mark
from functions.kernel.directory_changes import RESTORED, Change, address
from functions.kernel.errors import Conflict, Refused, Unavailable
from functions.kernel.mailboxes import same_address
from functions.services.directory_desk import known
from functions.services.directory_rows import Row
from functions.services.directory_whole import whole_problems
from functions.services.links import RESTORE, token_hash
from functions.services.wiring import Services

_TRIES = 5
_LINE = 1


class TakenMeanwhile(Exception):
    """The address belongs to another entry by now: those who keep the directory must decide."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """What a link takes back. ``over``: it is too late; ``done``: the address is back."""

    change: Change
    before: Entry
    over: bool
    done: bool


def open_restoring(services: Services, token: str) -> Restoring:
    """What this token takes back; ``Refused`` for all that was never such a link."""
    grant = services.grants.find(token_hash(token))
    change = services.directory.change(grant.state) if grant and grant.purpose == RESTORE else None
    if grant is None or change is None or change.before is None:
        raise Refused
    now = services.directory.entry(change.after.source, change.after.key)
    back = now is not None and same_address(address(now), address(change.before))
    return Restoring(change, change.before, services.clock.now() >= grant.expires_at, back)


def restore(services: Services, restoring: Restoring) -> None:
    """Give the entry its earlier address, whatever else it says by now; both are told.

    ``TakenMeanwhile`` if another entry has the address; ``Refused`` if it is too late.
    """
    if restoring.over:
        raise Refused
    before = restoring.before
    for _ in range(_TRIES):
        now = known(services)
        present = now.entry(before.source, before.key)
        if same_address(address(present), address(before)):
            return
        facts = {**present.facts, "email": address(before)}
        entry = replace(present, facts=facts)
        if whole_problems([(Row(_LINE, entry.source, {}), entry)], now.entries):
            raise TakenMeanwhile
        mark = Mark(services.clock.now(), RESTORED)
        try:
            change = Change(present, entry, mark)
            services.directory.replace(entry, mark, now.revision, change)
        except Conflict:
            continue
        return
    raise Unavailable("directory")
