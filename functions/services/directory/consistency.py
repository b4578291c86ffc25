"""What must hold of the directory as a whole: the file's entries over those already stored."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from functions import lists
from functions.kernel.directory import DirectoryEntry, DirectoryProblem
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.directory_messages import Values
from functions.kernel.duties import DIRECTORY, TOPICS, UNITS, declared
from functions.kernel.mailboxes import mailbox
from functions.services.directory.rows import ImportRow

_Id = tuple[str, str]  # list and key
_Written = Sequence[tuple[ImportRow, DirectoryEntry]]


def whole_problems(
    written: _Written, stored: Iterable[DirectoryEntry], undoable: Iterable[DirectoryChange] = ()
) -> list[DirectoryProblem]:
    """What is wrong between entries, none of which need be wrong by itself.

    The address that somebody can take back by undoing one of the ``undoable`` changes is nobody
    else's.
    """
    new = {_id(entry): (row, entry) for row, entry in written}
    staying = [entry for entry in stored if _id(entry) not in new]
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
        *_held_addresses(written, undoable),
    ]


def _id(entry: DirectoryEntry) -> _Id:
    return entry.source, entry.key


def _duplicates(written: _Written) -> Iterator[DirectoryProblem]:
    first: dict[_Id, int] = {}
    for row, entry in written:
        name = lists.named(entry.source).key
        if _id(entry) in first:
            known: Values = {"value": entry.key, "line": first[_id(entry)]}
            yield DirectoryProblem(row.line_of(name), name, "already", known)
        elif entry.key:
            first[_id(entry)] = row.line


def _unknown(written: _Written, known: Container[_Id]) -> Iterator[DirectoryProblem]:
    """Entries of other lists that are named and not there; of coordinators ``_units`` says more."""
    for row, entry in written:
        for field in lists.named(entry.source).fields:
            if field.source and field.source != "coordinators":
                value = entry.facts.get(field.name, ())
                for key in value if isinstance(value, tuple) else (value,):
                    if (field.source, key) not in known:
                        wrong: Values = {"value": str(key), "list": field.source}
                        line = row.line_of(field.name)
                        yield DirectoryProblem(line, field.name, "unknown_entry", wrong)


def _has(entry: DirectoryEntry, duty: str) -> bool:
    """Whether a coordinator in office has a duty; an entry without any has another problem."""
    return not entry.retired and duty in (declared(entry.facts) or (duty,))


def _units(
    written: _Written, coordinating: Mapping[str, bool], in_office: Container[str]
) -> Iterator[DirectoryProblem]:
    """A retired unit is checked too: it may have open cases, and they need somebody."""
    for row, unit in written:
        line = row.line_of("coordinators")
        unknown = [key for key in unit.coordinators if key not in coordinating]
        other = [k for k in unit.coordinators if k in in_office and not coordinating.get(k)]
        for key in unknown:
            yield DirectoryProblem(
                line, "coordinators", "unknown_coordinator", {"coordinator": key}
            )
        for key in other:
            yield DirectoryProblem(line, "coordinators", "not_coordinating", {"coordinator": key})
        if unit.coordinators and not (unknown or other) and not _kept(unit, coordinating):
            yield DirectoryProblem(line, "coordinators", "all_retired")


def _bereaved(
    staying: Iterable[DirectoryEntry],
    new: Mapping[_Id, tuple[ImportRow, DirectoryEntry]],
    in_office: Mapping[str, bool],
) -> Iterator[DirectoryProblem]:
    """Units already stored that would lose their last coordinator by this file."""
    for unit in staying:
        if unit.source == "units" and not _kept(unit, in_office):
            for key in unit.coordinators:
                if ("coordinators", key) in new:
                    row, entry = new["coordinators", key]
                    field = "retired" if entry.retired else "duties"
                    left: Values = {"unit": unit.key}
                    yield DirectoryProblem(row.line_of(field), field, "no_coordinator_left", left)


def _unkept(written: _Written, people: Sequence[DirectoryEntry]) -> Iterator[DirectoryProblem]:
    """As soon as there are coordinators, somebody in office keeps the directory."""
    if people and not any(_has(e, DIRECTORY) for e in people):
        rows = [(row, entry) for row, entry in written if entry.source == "coordinators"]
        for row, entry in rows[:1]:
            field = "retired" if entry.retired else "duties"
            yield DirectoryProblem(row.line_of(field), field, "no_keeper_left")


def _silent(written: _Written) -> Iterator[DirectoryProblem]:
    """Topics of somebody who does not answer any."""
    for row, entry in written:
        if entry.facts.get("topics") and TOPICS not in (declared(entry.facts) or (TOPICS,)):
            yield DirectoryProblem(row.line_of("topics"), "topics", "not_answering")


def _kept(unit: DirectoryEntry, coordinating: Mapping[str, bool]) -> bool:
    return any(coordinating.get(key) for key in unit.coordinators)


def shared_addresses(
    written: _Written, staying: Iterable[DirectoryEntry]
) -> Iterator[DirectoryProblem]:
    """Two people of one list at one address are one person, and would be mailed twice."""
    owners = {_mailbox(e): e.key for e in staying if e.facts.get("email") and not e.retired}
    for row, entry in written:
        if entry.facts.get("email") and not entry.retired:
            owner = owners.setdefault(_mailbox(entry), entry.key)
            if owner != entry.key:
                yield DirectoryProblem(
                    row.line_of("email"), "email", "address_taken", {"owner": owner}
                )


def _held_addresses(
    written: _Written, undoable: Iterable[DirectoryChange]
) -> Iterator[DirectoryProblem]:
    """Addresses of which somebody else can still undo that they were changed."""
    held: dict[_Id, set[str]] = {}
    for change in undoable:
        if change.before and change.before.facts.get("email"):
            held.setdefault(_mailbox(change.before), set()).add(change.after.key)
    for row, entry in written:
        if entry.facts.get("email") and not entry.retired:
            for owner in sorted(held.get(_mailbox(entry), set()) - {entry.key})[:1]:
                yield DirectoryProblem(
                    row.line_of("email"), "email", "address_held", {"owner": owner}
                )


def _mailbox(entry: DirectoryEntry) -> _Id:
    return entry.source, mailbox(str(entry.facts["email"]))
