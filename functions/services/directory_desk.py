"""One entry of the directory, changed on the desk or by the supervisor it tells of.

What may be said is what an import may say: the same reading of fields, the same rules of the
whole. What is added here is only what a page needs: two editors at once, and a clear question
before somebody closes their own door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from functions.kernel.digests import canonical, sha256
from functions.kernel.directory import SOURCES, Asked, DirectoryError, Entry, Mark, Problem, keeps
from functions.kernel.directory_changes import Change
from functions.kernel.errors import Conflict, Refused, Unavailable
from functions.kernel.mailboxes import same_address
from functions.services.directory_asked import cells, typed_from
from functions.services.directory_columns import COLUMNS
from functions.services.directory_entries import read_entry
from functions.services.directory_keys import new_key
from functions.services.directory_rows import Cell, Row
from functions.services.directory_undoing import undoable
from functions.services.directory_whole import whole_problems
from functions.services.wiring import Services

SURE = "_sure"  # the tick of somebody who takes the desk from themselves
_TRIES = 5
_LINE = 1  # a form has no lines, and a problem of an import has one

Lists = Mapping[str, Mapping[str, Entry]]


class Changed(Conflict):
    """Somebody else saved the entry while it was being edited; ``present`` is what they said."""

    def __init__(self, present: Entry) -> None:
        super().__init__()
        self.present = present


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants an entry to say.

    ``key`` is "" for a new one; ``seen`` is the fingerprint of the entry as their page showed
    it; ``asked`` are the fields that page had: the others stay. ``by`` as in ``Mark``.
    """

    source: str
    key: str
    typed: Mapping[str, str]
    seen: str
    asked: tuple[Asked, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Known:
    """The whole directory at one revision, retired entries too."""

    revision: int
    lists: Lists = field(default_factory=dict)

    def entry(self, source: str, key: str) -> Entry:
        """One entry; ``Refused`` if there is none."""
        found = self.lists.get(source, {}).get(key)
        if found is None:
            raise Refused
        return found

    @property
    def entries(self) -> list[Entry]:
        """All of them."""
        return [e for entries in self.lists.values() for e in entries.values()]


def known(services: Services) -> Known:
    """The directory as it is stored now. The revision is read first: it can only be too old."""
    revision = services.directory.revision()
    lists = {s: {e.key: e for e in services.directory.entries(s)} for s in SOURCES}
    return Known(revision, lists)


def fingerprint(entry: Entry | None) -> str:
    """What an entry says, as a form carries it to tell whether it has changed since."""
    if entry is None:
        return ""
    plain = [dict(entry.names), dict(entry.facts), entry.retired]
    return sha256(canonical(plain))[:32]


def save(services: Services, wish: Wish) -> Entry:
    """Make the entry say it, and return it.

    ``DirectoryError``: something is wrong with it, and nothing was saved. ``Changed``:
    somebody else was faster. The same form sent twice is saved once.
    """
    for _ in range(_TRIES):
        now = known(services)
        present = now.entry(wish.source, wish.key) if wish.key else None
        row, entry, problems = _read(wish, present, now)
        if not problems and (same := _same(entry, present, now)):
            return same
        if present and fingerprint(present) != wish.seen:
            raise Changed(present)
        problems += whole_problems([(row, entry)], now.entries, undoable(services))
        if problems := problems or _unsure(wish, entry, present):
            raise DirectoryError(problems)
        mark = Mark(services.clock.now(), wish.by)
        try:
            change = Change(present, entry, mark)
            services.directory.replace(
                entry, mark, now.revision, change if change.kinds or change.moves else None
            )
        except Conflict:
            continue  # something of the directory has changed: is it still right?
        return replace(entry, changed=mark)
    raise Unavailable("directory")


def _read(wish: Wish, present: Entry | None, now: Known) -> tuple[Row, Entry, list[Problem]]:
    """The entry as typed, and everything wrong with it by itself."""
    columns = COLUMNS[wish.source]
    shown = {a.name for a in wish.asked}
    stored = typed_from(present) if present else {}
    kept = {n: Cell(_LINE, v) for n, v in stored.items() if n not in shown}
    typed = {n: Cell(_LINE, v) for n, v in cells(wish.asked, wish.typed, present).items()}
    told = {**kept, **typed}
    if columns[0].name not in {*kept, *shown}:
        names = " ".join(str(told[n].value) for n in ("name", "name_fi") if n in told)
        key = new_key(wish.source, names, now.lists.get(wish.source, {}))
        told[columns[0].name] = Cell(_LINE, key)
    row = Row(_LINE, wish.source, told)
    problems: list[Problem] = []
    entry = read_entry(row, problems)
    return row, entry, problems


def _same(entry: Entry, present: Entry | None, now: Known) -> Entry | None:
    """The stored entry that says all this already: a form sent twice, or nothing changed."""
    if present:
        return present if entry == present else None
    alike = (e for e in now.lists[entry.source].values() if replace(e, key=entry.key) == entry)
    return next(alike, None)


def parting(by: str, present: Entry | None, entry: Entry) -> str:
    """``leaving`` or ``moving`` if a keeper closes the directory to themself, else ""."""
    if present is None or by != f"coordinators/{entry.key}" or entry.source != "coordinators":
        return ""
    if not keeps(entry) and keeps(present):
        return "leaving"
    stays = same_address(str(entry.facts["email"]), str(present.facts["email"]))
    return "" if stays else "moving"


def _unsure(wish: Wish, entry: Entry, present: Entry | None) -> list[Problem]:
    """Nobody should lose their own desk by a slip of the hand."""
    left = parting(wish.by, present, entry)
    return [Problem(_LINE, SURE, left)] if left and wish.typed.get(SURE) != "yes" else []
