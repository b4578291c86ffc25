"""What must hold of the directory as a whole: the file's entries over those already stored."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from functions import lists
from functions.kernel.clean import quoted
from functions.kernel.directory import DirectoryEntry, file_problem
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.duties import DIRECTORY, TOPIC_FACT, TOPICS, UNIT_LIST, UNITS, declared
from functions.kernel.errors import Problem
from functions.kernel.mailboxes import mailbox
from functions.services.directory.rows import ImportRow

_Id = tuple[str, str]  # list and key
_Written = Sequence[tuple[ImportRow, DirectoryEntry]]


def whole_problems(
    written: _Written, stored: Iterable[DirectoryEntry], undoable: Iterable[DirectoryChange] = ()
) -> list[Problem]:
    """What is wrong between entries, none of which need be wrong by itself.

    The address that somebody can take back by undoing one of the ``undoable`` changes is nobody
    else's.
    """
    new, before = {_id(entry): (row, entry) for row, entry in written}, list(stored)
    staying = [entry for entry in before if _id(entry) not in new]
    everything = [*staying, *(entry for _, entry in written)]
    people = [e for e in everything if e.source == "coordinators"]
    coordinating = {e.key: _has(e, UNITS) for e in people}
    return [
        *_duplicates(written),
        *_unknown(written, {_id(entry) for entry in everything}),
        *_units(written, coordinating, {e.key for e in people if not e.retired}),
        *_bereaved(staying, new, coordinating),
        *_unkept(written, people),
        *_silent(written),
        *shared_addresses(written, staying),
        *_taken_addresses(written, undoable),
        *_left_addresses(written, before, everything),
    ]


def _id(entry: DirectoryEntry) -> _Id:
    return entry.source, entry.key


def _duplicates(written: _Written) -> Iterator[Problem]:
    first: dict[_Id, int] = {}
    for row, entry in written:
        name = lists.named(entry.source).key
        if _id(entry) in first:
            wrong = f"{quoted(entry.key)} is there already, on line {first[_id(entry)]}"
            yield file_problem(row.line_of(name), name, wrong)
        elif entry.key:
            first[_id(entry)] = row.line


def _unknown(written: _Written, known: Container[_Id]) -> Iterator[Problem]:
    """Entries of other lists that are named and not there."""
    for row, entry in written:
        for field in (f for f in lists.named(entry.source).fields if f.source):
            value = entry.facts.get(field.name, ())
            for key in value if isinstance(value, tuple) else (value,):
                if (field.source, key) not in known:
                    yield row.problem(field.name, "unknown_entry", value=str(key))


def _has(entry: DirectoryEntry, duty: str) -> bool:
    """Whether a coordinator in office has a duty; an entry without any has another problem."""
    return not entry.retired and duty in (declared(entry.facts) or (duty,))


def _units(
    written: _Written, coordinating: Mapping[str, bool], in_office: Container[str]
) -> Iterator[Problem]:
    """A retired unit is checked too: it may have open cases, and they need somebody."""
    for row, unit in written:
        other = [k for k in unit.coordinators if k in in_office and not coordinating.get(k)]
        for key in other:
            yield row.problem("coordinators", "not_coordinating", coordinator=key)
        known = not other and all(key in coordinating for key in unit.coordinators)
        if unit.coordinators and known and not _kept(unit, coordinating):
            yield row.problem("coordinators", "all_retired")


def _bereaved(
    staying: Iterable[DirectoryEntry],
    new: Mapping[_Id, tuple[ImportRow, DirectoryEntry]],
    in_office: Mapping[str, bool],
) -> Iterator[Problem]:
    """Units already stored that would lose their last coordinator by this file."""
    for unit in staying:
        if unit.source == UNIT_LIST and not _kept(unit, in_office):
            for key in unit.coordinators:
                if ("coordinators", key) in new:
                    row, entry = new["coordinators", key]
                    field = "retired" if entry.retired else "duties"
                    yield row.problem(field, "no_coordinator_left", unit=unit.key)


def _unkept(written: _Written, people: Sequence[DirectoryEntry]) -> Iterator[Problem]:
    """As soon as there are coordinators, somebody in office keeps the directory."""
    if people and not any(_has(e, DIRECTORY) for e in people):
        rows = [(row, entry) for row, entry in written if entry.source == "coordinators"]
        for row, entry in rows[:1]:
            field = "retired" if entry.retired else "duties"
            yield row.problem(field, "no_keeper_left")


def _silent(written: _Written) -> Iterator[Problem]:
    """Topics of somebody who does not answer any."""
    for row, entry in written:
        if entry.facts.get(TOPIC_FACT) and TOPICS not in (declared(entry.facts) or (TOPICS,)):
            yield row.problem(TOPIC_FACT, "not_answering")


def _kept(unit: DirectoryEntry, coordinating: Mapping[str, bool]) -> bool:
    return any(coordinating.get(key) for key in unit.coordinators)


def shared_addresses(written: _Written, staying: Iterable[DirectoryEntry]) -> Iterator[Problem]:
    """Two people of one list at one address are one person, and would be mailed twice."""
    owners = {_mailbox(e): e.key for e in staying if e.facts.get("email") and not e.retired}
    for row, entry in written:
        if entry.facts.get("email") and not entry.retired:
            owner = owners.setdefault(_mailbox(entry), entry.key)
            if owner != entry.key:
                yield row.problem("email", "address_taken", owner=owner)


def _taken_addresses(written: _Written, undoable: Iterable[DirectoryChange]) -> Iterator[Problem]:
    """Addresses of which somebody else can still undo that they were changed."""
    taken: dict[_Id, set[str]] = {}
    for change in undoable:
        if change.before and change.before.facts.get("email"):
            taken.setdefault(_mailbox(change.before), set()).add(change.after.key)
    for row, entry in written:
        if entry.facts.get("email") and not entry.retired:
            for owner in sorted(taken.get(_mailbox(entry), set()) - {entry.key})[:1]:
                yield row.problem("email", "address_reserved", owner=owner)


def _mailbox(entry: DirectoryEntry) -> _Id:
    return entry.source, mailbox(str(entry.facts["email"]))


def _left_addresses(
    written: _Written, before: Iterable[DirectoryEntry], everything: Iterable[DirectoryEntry]
) -> Iterator[Problem]:
    """Addresses that somebody leaves though another has them already: they could not be taken
    back."""
    earlier = {_id(entry): entry for entry in before if entry.facts.get("email")}
    owners = {_mailbox(e): e.key for e in everything if e.facts.get("email") and not e.retired}
    for row, entry in written:
        was = earlier.get(_id(entry))
        if was and not (entry.facts.get("email") and _mailbox(was) == _mailbox(entry)):
            owner = owners.get(_mailbox(was), entry.key)
            if owner != entry.key:
                yield row.problem("email", "address_left", owner=owner)
