"""What an organisation keeps in its directory, and what of an entry the processes can read."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from functions.kernel.duties import DIRECTORY, TOPIC_FACT, TOPICS, UNIT_LIST, UNITS, declared
from functions.kernel.errors import Problem
from functions.kernel.people import Directory, Listing, Person
from functions.kernel.roles import Role

if TYPE_CHECKING:  # a change is of entries
    from functions.kernel.directory_changes import DirectoryChange

Fact = str | int | bool | tuple[str, ...]

# Sources by which people of the coordinators are found: a list that names them, or one of their
# facts. Every other source is itself the list in which its people stand.
THROUGH = {UNIT_LIST: "coordinators", TOPIC_FACT: "coordinators", "duties": "coordinators"}

COUNTERS = ("ongoing", "queued")  # what cases can count of the entries of a list

EMPLOYER = "unit.employer"  # a fact that fills an answer, and that has a name in each language

# Å, ä and ö are letters of their own after z in Finnish, and ü is sorted as y.
_LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})


@dataclass(frozen=True, slots=True)
class ChangeStamp:
    """Who changed an entry and when. ``by`` is ``<list>/<key>``, such as
    ``coordinators/anna``, or ``import``; ``at`` is aware."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One entry as the organisation wrote it. What it did not tell is absent from ``facts``.

    ``key`` is what cases refer to; for ``domains`` it is the domain in IDNA form.
    A ``retired`` entry is kept, for the cases that name it, and offered no more.
    ``changed`` is how it came to be so, and ``forms`` what it was done by: neither is a part of
    what it says. A ``newer`` one says more, in a way that only a newer release knows: it is read as
    far as it is known, and not changed.
    """

    source: str
    key: str
    names: Mapping[str, str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    retired: bool = False
    changed: ChangeStamp | None = field(default=None, compare=False)
    forms: tuple[str, ...] = field(default=(), compare=False)
    newer: bool = field(default=False, compare=False)

    @property
    def coordinators(self) -> tuple[str, ...]:
        """The keys of a unit's coordinators; none for anything else."""
        keys = self.facts.get("coordinators", ())
        return keys if isinstance(keys, tuple) else ()


EntriesByList = Mapping[str, Mapping[str, DirectoryEntry]]  # by list and key


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """A checked file of entries, in the order written."""

    entries: tuple[DirectoryEntry, ...]

    def of(self, source: str) -> tuple[DirectoryEntry, ...]:
        """The entries of one list."""
        return tuple(e for e in self.entries if e.source == source)


class DirectoryError(Exception):
    """Entries that cannot be saved, with all their problems by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.line))
        found = ((p, p.values.get("message", p.code)) for p in self.problems)
        super().__init__("\n".join(f"line {p.line}: {p.field}: {what}" for p, what in found))


def file_problem(line: int, field: str, message: str) -> Problem:
    """What is wrong with how a file is written, in a sentence for operators about the field."""
    return Problem(field, "file", values={"message": message}, line=line)


class DirectoryStore(Directory, Protocol):
    """A directory that can be kept up to date too."""

    def entries(self, source: str) -> Sequence[DirectoryEntry]:
        """Everything stored in a list as it was saved, retired entries too, by key."""
        ...

    def save(
        self,
        file: DirectoryFile,
        stamp: ChangeStamp | None = None,
        changes: "Sequence[DirectoryChange]" = (),
        since: int | None = None,
    ) -> int:
        """Add or replace the file's entries and return how many they were.

        What the file does not mention stays; the counts of ``ongoing`` and ``queued`` stay.
        The ``changes`` that are to be told of are written with their entries. ``Conflict`` if
        somebody changes the directory meanwhile, or it is not at revision ``since``: of a long
        file a part may have been saved then.
        """
        ...

    def entry(self, source: str, key: str) -> DirectoryEntry | None:
        """One entry as it is stored at this moment, retired or not; None if there is none."""
        ...

    def read_anew(self) -> None:
        """Believe nothing that was read before."""
        ...

    def revision(self) -> int:
        """A number that grows with every change of any entry; 0 if nothing was ever saved."""
        ...

    def replace(
        self,
        entry: DirectoryEntry,
        stamp: ChangeStamp,
        since: int,
        change: "DirectoryChange | None" = None,
    ) -> None:
        """Add or replace one entry, if the directory is still at revision ``since``; else
        ``Conflict``.

        So a check of the whole directory still holds when the entry is written. Counts are kept, as
        in ``save``. A ``change`` that people are mailed about is written with it, and so is the
        order of those mails.
        """
        ...

    def change(self, change_id: str) -> "DirectoryChange | None":
        """What was done by a change that is still remembered."""
        ...

    def changes(self, batch: str) -> "Sequence[DirectoryChange]":
        """All changes of one batch, by list and key."""
        ...

    def changes_since(self, moment: datetime) -> "Sequence[DirectoryChange]":
        """All changes from a moment on that are remembered, earliest first."""
        ...


def keeps(entry: DirectoryEntry) -> bool:
    """Whether an entry is of somebody who keeps the directory now."""
    own = entry.source == "coordinators" and DIRECTORY in declared(entry.facts)
    return own and not entry.retired


def people_of(source: str) -> str:
    """The list in which the people behind a source stand."""
    return THROUGH.get(source, source)


def is_picked(role: Role) -> bool:
    """Whether people hold a role because they were picked themselves from a list."""
    return bool(role.source) and people_of(role.source) == role.source


def listing(entry: DirectoryEntry, counts: Mapping[str, int] | None = None) -> Listing:
    """The entry as processes see it; its ``counts`` include what the organisation counts
    elsewhere (a fact such as ``ongoing_elsewhere``)."""
    facts: dict[str, object] = dict(entry.facts)
    for counter, count in (counts or {}).items():
        elsewhere = entry.facts.get(f"{counter}_elsewhere", 0)
        facts[counter] = count + (elsewhere if isinstance(elsewhere, int) else 0)
    if entry.retired:
        facts["retired"] = True
    return Listing(entry.key, dict(entry.names), facts)


def person(listing: Listing) -> Person:
    """The person of a listing, to be handed a case."""
    facts = listing.facts
    return Person(listing.name("fi"), str(facts["email"]), str(facts["language"]), listing.key)


def who_answer(source: str, key: str, everybody: Iterable[Listing]) -> tuple[Person, ...]:
    """Those in office who have ``key`` among their fact ``source``, ``topics`` or ``duties``.

    A topic that nobody names goes to everybody who answers topics; what is then still
    nobody's goes to those who keep the directory, so that nothing waits for nobody.
    """
    offered = [x for x in everybody if is_offered(x)]
    pairs = ((x, x.facts.get(source)) for x in offered)
    named = [x for x, keys in pairs if isinstance(keys, tuple) and key in keys]
    if source == TOPIC_FACT:
        answering = [x for x in offered if TOPICS in declared(x.facts)]
        named = [x for x in named if x in answering] or answering
    return tuple(person(x) for x in named or offered if named or DIRECTORY in declared(x.facts))


def who_coordinate(unit: Listing, everybody: Mapping[str, Listing]) -> tuple[Person, ...]:
    """The coordinators of a unit who are in office and still coordinate units, as written."""
    keys = unit.facts.get("coordinators", ())
    found = (everybody.get(k) for k in keys) if isinstance(keys, tuple) else ()
    return tuple(person(x) for x in found if x and is_offered(x) and UNITS in declared(x.facts))


def is_offered(listing: Listing) -> bool:
    """Whether the entry is in use: cases may be handed to it."""
    return "retired" not in listing.facts


def by_finnish_name(listing: Listing) -> tuple[str, str]:
    """Sort key: the Finnish name as a Finnish reader looks for it, then the key."""
    return finnish(listing.name("fi")), listing.key


def finnish(text: str) -> str:
    """A text as it is sorted in Finnish: å, ä and ö last, other accents and case no matter."""
    decomposed = unicodedata.normalize("NFD", text.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
