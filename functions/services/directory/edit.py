"""One entry of the directory, changed on the desk or by the person it tells of.

What may be said is what an import may say: the same reading of fields, the same rules of the
whole. What is added here is only what a page needs: two editors at once, and a clear question
before somebody closes their own door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from functions import lists
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    DirectoryError,
    EntriesByList,
    keeps,
)
from functions.kernel.directory_changes import DirectoryChange, address
from functions.kernel.errors import Conflict, Newer, Problem, Refused, Unavailable
from functions.kernel.fields import Field, Written
from functions.kernel.mailboxes import same_address, same_mailbox
from functions.kernel.several_values import written
from functions.services.container import Services
from functions.services.directory.consistency import whole_problems
from functions.services.directory.entries import new_key, read_entry
from functions.services.directory.fields import typed_from
from functions.services.directory.rows import ImportCell, ImportRow
from functions.services.directory.sent_forms import (
    drawn_before,
    fingerprint,
    remembered,
    saved_by,
)
from functions.services.directory.undoing import undoable

SURE = "_sure"  # the tick of somebody who takes the desk from themselves
_TRIES = 5
_LINE = 1  # a form has no lines, and a problem of an import has one


class EntryChanged(Conflict):
    """Somebody else saved the entry while it was being edited; ``present`` is what they said."""

    def __init__(self, present: DirectoryEntry) -> None:
        super().__init__()
        self.present = present


class AlreadySaved(Conflict):
    """The same form was saved before, and the entry has changed since; it is ``present``."""

    def __init__(self, present: DirectoryEntry) -> None:
        super().__init__()
        self.present = present


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """What somebody wants an entry to say.

    ``key`` is "" for a new one; ``seen`` is the ``origin`` of the form that their page showed;
    ``asked`` are the fields that page had: the others stay. ``by`` as in ``ChangeStamp``.
    """

    source: str
    key: str
    typed: Mapping[str, str]
    seen: str
    asked: tuple[Field, ...]
    by: str


@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """The whole directory at one revision, retired entries too."""

    revision: int
    lists: EntriesByList = field(default_factory=dict)

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


def require_known(present: DirectoryEntry | None) -> None:
    """``Newer`` for an entry that this release would change without knowing all that it says."""
    if present and present.newer:
        raise Newer


def save(services: Services, edit: EntryEdit) -> DirectoryEntry:
    """Make the entry say it, and return it.

    ``DirectoryError``: something is wrong with it, and nothing was saved. ``Newer``: a newer
    release saved it. ``EntryChanged``: somebody else was faster. The same form sent twice is saved
    once: it returns the entry that says
    so, or raises ``AlreadySaved`` if it says otherwise by now.
    """
    for _ in range(_TRIES):
        now = snapshot(services)
        present = now.entry(edit.source, edit.key) if edit.key else None
        require_known(present)
        row, entry, problems = _read(edit, present, now)
        if not problems and (same := _same(entry, present, now)):
            return same
        there = _undisturbed(edit, present, entry, now)
        entry = replace(entry, forms=remembered(there or entry, edit.seen, edit.typed))
        open_changes = undoable(services)
        problems += whole_problems([(row, entry)], now.entries, open_changes)
        if problems := problems or _unsure(edit, entry, present):
            raise DirectoryError(problems)
        stamp = ChangeStamp(services.clock.now(), edit.by)
        try:
            own = by_person(edit.by, present, now, open_changes)
            shown = lists.shown_otherwise(present, entry)
            change = DirectoryChange(present, entry, stamp, by_person=own, shown=shown)
            services.directory.replace(
                entry, stamp, now.revision, change if change.kinds or change.moves else None
            )
        except Conflict:
            continue  # something of the directory has changed: is it still right?
        return replace(entry, changed=stamp)
    raise Unavailable("directory")


def _undisturbed(
    edit: EntryEdit,
    present: DirectoryEntry | None,
    entry: DirectoryEntry,
    now: DirectorySnapshot,
) -> DirectoryEntry | None:
    """What is stored where the entry goes, if it is as the form was drawn from; the form was not
    done before. ``AlreadySaved`` or ``EntryChanged`` otherwise."""
    entries = now.lists.get(edit.source, {})
    saved, alike = saved_by([present] if present else entries.values(), edit.seen, edit.typed)
    if saved and alike:
        raise AlreadySaved(saved)
    there = present or entries.get(entry.key)
    changed = saved if present is None else None
    if present and fingerprint(present) != edit.seen:
        changed = present
    if present is None and there and drawn_before(edit.seen, there):
        changed = there
    if changed:
        raise EntryChanged(changed)
    return there


def _read(
    edit: EntryEdit, present: DirectoryEntry | None, now: DirectorySnapshot
) -> tuple[ImportRow, DirectoryEntry, list[Problem]]:
    """The entry as typed, and everything wrong with it by itself."""
    known = lists.named(edit.source)
    values = typed_from(present) if present else {}
    for each in edit.asked:
        values[each.name] = _as_before(written(each, edit.typed), values.get(each.name))
    if known.key not in values:
        name = "".join(str(values.get(name, "")) for name in known.named[:1])
        values[known.key] = new_key(edit.source, name, now.lists.get(edit.source, {}))
    row = ImportRow(_LINE, edit.source, {n: ImportCell(_LINE, v) for n, v in values.items() if v})
    problems: list[Problem] = []
    entry = read_entry(row, problems)
    return row, entry, problems


def _as_before(now: Written, before: Written | None) -> Written:
    """What was written now, several values in the order that they had before: the first of a unit's
    coordinators may be the one who is asked first, and boxes have no order of their own."""
    if not isinstance(now, tuple) or not isinstance(before, tuple):
        return now
    return (*(v for v in before if v in now), *(v for v in now if v not in before))


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
    unchanged = same_address(str(entry.facts["email"]), str(present.facts["email"]))
    return "" if unchanged else "moving"


def by_person(
    by: str,
    present: DirectoryEntry | None,
    now: DirectorySnapshot,
    open_changes: Iterable[DirectoryChange],
) -> bool:
    """Whether an entry and the one ``by`` whom it is changed are one person's: of one mailbox, now
    or while the maker's earlier address can still be taken back."""
    source, _, key = by.partition("/")
    maker = now.lists.get(source, {}).get(key)
    if present is None or maker is None or not address(present):
        return False
    made = [c.before for c in open_changes if (c.after.source, c.after.key) == (source, key)]
    known = [address(entry) for entry in (maker, *made) if entry]
    return any(same_mailbox(each, address(present)) for each in known)


def _unsure(
    edit: EntryEdit, entry: DirectoryEntry, present: DirectoryEntry | None
) -> list[Problem]:
    """Nobody should lose their own desk by a slip of the hand."""
    left = parting(edit.by, present, entry)
    return [Problem(SURE, left)] if left and edit.typed.get(SURE) != "yes" else []
