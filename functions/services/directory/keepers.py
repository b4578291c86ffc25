"""Who hears of the changes of the directory: those who keep it, and those who did so lately."""

from collections.abc import Iterator
from datetime import UTC, datetime

from functions.kernel.directory import DirectoryEntry, keeps
from functions.kernel.directory_changes import MOMENT, UNDO, DirectoryChange, address, undone
from functions.kernel.mailboxes import plain
from functions.services.container import Services

CHANGED, CHANGED_BEFORE = "directory_changed", "directory_changed_before"
EARLIER = "before:"  # and the id of a change: whoever had the entry before that one


def hearers(services: Services, change: DirectoryChange) -> Iterator[tuple[str, str]]:
    """The mails that tell of a change, each with whom it is to.

    Whoever keeps the directory now, and each address at which somebody kept it in the last week:
    so nobody is put out, or has their entry taken over, and hears of nothing that is done next.
    Whose own entry it was has mails of their own.
    """
    present = [e for e in services.directory.entries("coordinators") if keeps(e)]
    yield from ((CHANGED, keeper.key) for keeper in present)
    addressed = {plain(address(keeper)) for keeper in present}
    for each in _ended(services):
        email = plain(address(each.before)) if each.before else ""
        if email not in addressed and each.id != change.id:
            addressed.add(email)
            yield CHANGED_BEFORE, EARLIER + each.id


def keeper_then(services: Services, key: str, batch: str) -> DirectoryEntry | None:
    """Who kept the directory by an entry when something was changed in it: they hear of it, though
    their entry was changed, too, before the mail leaves. None if nobody did."""
    since = datetime.strptime(batch, MOMENT).replace(tzinfo=UTC)
    later = (
        change.before
        for change in services.directory.changes_since(since)
        if change.after.source == "coordinators" and change.after.key == key
        if change.batch > batch and change.before and not change.undoes
    )
    entry = next(later, None) or services.directory.entry("coordinators", key)
    return entry if entry and keeps(entry) else None


def _ended(services: Services) -> Iterator[DirectoryChange]:
    """The changes of the last week of entries that kept the directory before, earliest first; not
    those of an address that its person took back from somebody."""
    known = services.directory.changes_since(services.clock.now() - UNDO)
    over = undone(known)
    for change in sorted(known, key=lambda each: each.id):
        if change.before and keeps(change.before) and not (change.undoes or change.id in over):
            yield change
