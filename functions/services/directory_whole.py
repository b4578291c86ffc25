"""What must hold of the directory as a whole: the file's entries over those already stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from functions.kernel.directory import Entry, Problem
from functions.kernel.directory_messages import Values
from functions.kernel.mailboxes import mailbox
from functions.services.directory_columns import COLUMNS
from functions.services.directory_rows import Row

_Id = tuple[str, str]  # list and key
_Written = Sequence[tuple[Row, Entry]]


def whole_problems(written: _Written, stored: Iterable[Entry]) -> list[Problem]:
    """What is wrong between entries, none of which need be wrong by itself."""
    new = {_id(entry): row for row, entry in written}
    staying = [entry for entry in stored if _id(entry) not in new]
    everything = [*staying, *(entry for _, entry in written)]
    in_office = {e.key: not e.retired for e in everything if e.source == "coordinators"}
    return [
        *_duplicates(written),
        *_units(written, in_office),
        *_bereaved(staying, new, in_office),
        *_shared_addresses(written, staying),
    ]


def _id(entry: Entry) -> _Id:
    return entry.source, entry.key


def _duplicates(written: _Written) -> Iterator[Problem]:
    first: dict[_Id, int] = {}
    for row, entry in written:
        name = COLUMNS[entry.source][0].name
        if _id(entry) in first:
            known: Values = {"value": entry.key, "line": first[_id(entry)]}
            yield Problem(row.line_of(name), name, "already", known)
        elif entry.key:
            first[_id(entry)] = row.line


def _units(written: _Written, in_office: Mapping[str, bool]) -> Iterator[Problem]:
    """A retired unit is checked too: it may have open cases, and they need somebody."""
    for row, unit in written:
        line = row.line_of("coordinators")
        unknown = [key for key in unit.coordinators if key not in in_office]
        for key in unknown:
            yield Problem(line, "coordinators", "unknown_coordinator", {"coordinator": key})
        if unit.coordinators and not unknown and not _kept(unit, in_office):
            yield Problem(line, "coordinators", "all_retired")


def _bereaved(
    staying: Iterable[Entry], new: Mapping[_Id, Row], in_office: Mapping[str, bool]
) -> Iterator[Problem]:
    """Units already stored that would lose their last coordinator by this file."""
    for unit in staying:
        if unit.source == "units" and not _kept(unit, in_office):
            for key in unit.coordinators:
                if ("coordinators", key) in new:
                    line = new["coordinators", key].line_of("retired")
                    yield Problem(line, "retired", "no_coordinator_left", {"unit": unit.key})


def _kept(unit: Entry, in_office: Mapping[str, bool]) -> bool:
    return any(in_office.get(key) for key in unit.coordinators)


def _shared_addresses(written: _Written, staying: Iterable[Entry]) -> Iterator[Problem]:
    """Two people of one list at one address are one person, and would be mailed twice."""
    owners = {_mailbox(e): e.key for e in staying if e.facts.get("email") and not e.retired}
    for row, entry in written:
        if entry.facts.get("email") and not entry.retired:
            owner = owners.setdefault(_mailbox(entry), entry.key)
            if owner != entry.key:
                yield Problem(row.line_of("email"), "email", "address_taken", {"owner": owner})


def _mailbox(entry: Entry) -> _Id:
    return entry.source, mailbox(str(entry.facts["email"]))
