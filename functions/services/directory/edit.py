"""One entry of the directory, changed on the desk or by the person it tells of.

What may be said is what an import may say: the same reading of fields, the same rules of the
whole. What is added here is only what a page needs: two editors at once, and a clear question
before somebody closes their own door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from functions import lists
from functions.kernel.digests import canonical, sha256
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    DirectoryError,
    DirectoryProblem,
    EntryField,
    keeps,
)
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.errors import Conflict, Refused, Unavailable
from functions.kernel.mailboxes import same_address
from functions.services.container import Services
from functions.services.directory.consistency import whole_problems
from functions.services.directory.entries import new_key, read_entry
from functions.services.directory.fields import cells, typed_from
from functions.services.directory.rows import ImportCell, ImportRow
from functions.services.directory.undoing import undoable

SURE = "_sure"  # the tick of somebody who takes the desk from themselves
_TRIES = 5
_LINE = 1  # a form has no lines, and a problem of an import has one

Lists = Mapping[str, Mapping[str, DirectoryEntry]]


class EntryChanged(Conflict):
    """Somebody else saved the entry while it was being edited; ``present`` is what they said."""

    def __init__(self, present: DirectoryEntry) -> None:
        super().__init__()
        self.present = present


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """What somebody wants an entry to say.

    ``key`` is "" for a new one; ``seen`` is the fingerprint of the entry as their page showed
    it; ``asked`` are the fields that page had: the others stay. ``by`` as in ``ChangeStamp``.
    """

    source: str
    key: str
    typed: Mapping[str, str]
    seen: str
    asked: tuple[EntryField, ...]
    by: str


@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """The whole directory at one revision, retired entries too."""

    revision: int
    lists: Lists = field(default_factory=dict)

    def entry(self, source: str, key: str) -> DirectoryEntry:
        """One entry; ``Refused`` if there is none."""
        found = self.lists.get(source, {}).get(key)
        if found is None:
            raise Refused
        return found

    @property
    def entries(self) -> list[DirectoryEntry]:
        """All of them."""
        return [e for entries in self.lists.values() for e in entries.values()]


def snapshot(services: Services) -> DirectorySnapshot:
    """The directory as it is stored now. The revision is read first: it can only be too old."""
    revision = services.directory.revision()
    stored = ((s, services.directory.entries(s)) for s in lists.saving_order())
    return DirectorySnapshot(revision, {s: {e.key: e for e in found} for s, found in stored})


def fingerprint(entry: DirectoryEntry | None) -> str:
    """What an entry says, as a form carries it to tell whether it has changed since."""
    if entry is None:
        return ""
    plain = [dict(entry.names), dict(entry.facts), entry.retired]
    return sha256(canonical(plain))[:32]


def save(services: Services, edit: EntryEdit) -> DirectoryEntry:
    """Make the entry say it, and return it.

    ``DirectoryError``: something is wrong with it, and nothing was saved. ``EntryChanged``:
    somebody else was faster. The same form sent twice is saved once.
    """
    for _ in range(_TRIES):
        now = snapshot(services)
        present = now.entry(edit.source, edit.key) if edit.key else None
        row, entry, problems = _read(edit, present, now)
        if not problems and (same := _same(entry, present, now)):
            return same
        if present and fingerprint(present) != edit.seen:
            raise EntryChanged(present)
        problems += whole_problems([(row, entry)], now.entries, undoable(services))
        if problems := problems or _unsure(edit, entry, present):
            raise DirectoryError(problems)
        stamp = ChangeStamp(services.clock.now(), edit.by)
        try:
            change = DirectoryChange(present, entry, stamp)
            services.directory.replace(
                entry, stamp, now.revision, change if change.kinds or change.moves else None
            )
        except Conflict:
            continue  # something of the directory has changed: is it still right?
        return replace(entry, changed=stamp)
    raise Unavailable("directory")


def _read(
    edit: EntryEdit, present: DirectoryEntry | None, now: DirectorySnapshot
) -> tuple[ImportRow, DirectoryEntry, list[DirectoryProblem]]:
    """The entry as typed, and everything wrong with it by itself."""
    known = lists.named(edit.source)
    shown = {a.name for a in edit.asked}
    stored = typed_from(present) if present else {}
    kept = {n: ImportCell(_LINE, v) for n, v in stored.items() if n not in shown}
    typed = {n: ImportCell(_LINE, v) for n, v in cells(edit.asked, edit.typed, present).items()}
    values = {**kept, **typed}
    if known.key not in {*kept, *shown}:
        names = " ".join(str(values[n].value) for n in known.named[:1] if n in values)
        key = new_key(edit.source, names, now.lists.get(edit.source, {}))
        values[known.key] = ImportCell(_LINE, key)
    row = ImportRow(_LINE, edit.source, values)
    problems: list[DirectoryProblem] = []
    entry = read_entry(row, problems)
    return row, entry, problems


def _same(
    entry: DirectoryEntry, present: DirectoryEntry | None, now: DirectorySnapshot
) -> DirectoryEntry | None:
    """The stored entry that says all this already: a form sent twice, or nothing changed."""
    if present:
        return present if entry == present else None
    alike = (e for e in now.lists[entry.source].values() if replace(e, key=entry.key) == entry)
    return next(alike, None)


def parting(by: str, present: DirectoryEntry | None, entry: DirectoryEntry) -> str:
    """``leaving`` or ``moving`` if a keeper closes the directory to themself, else ""."""
    if present is None or by != f"coordinators/{entry.key}" or entry.source != "coordinators":
        return ""
    if not keeps(entry) and keeps(present):
        return "leaving"
    stays = same_address(str(entry.facts["email"]), str(present.facts["email"]))
    return "" if stays else "moving"


def _unsure(
    edit: EntryEdit, entry: DirectoryEntry, present: DirectoryEntry | None
) -> list[DirectoryProblem]:
    """Nobody should lose their own desk by a slip of the hand."""
    left = parting(edit.by, present, entry)
    return [DirectoryProblem(_LINE, SURE, left)] if left and edit.typed.get(SURE) != "yes" else []
