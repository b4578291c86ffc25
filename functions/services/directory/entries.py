"""From a row as typed, in a file or on the desk, to an entry with everything wrong in it."""

import re
import unicodedata
from collections.abc import Container

from functions import lists
from functions.kernel.directory import DirectoryEntry, DirectoryProblem, Fact
from functions.kernel.directory_lists import ListField
from functions.kernel.directory_messages import quoted
from functions.services.directory.rows import ImportRow
from functions.services.directory.values import CellError, read_many, read_one

RESERVED = frozenset({"new"})  # keys that would be pages of their own


def read_entry(row: ImportRow, problems: list[DirectoryProblem]) -> DirectoryEntry:
    """The entry of a row, as far as it is right, so that the rest can be checked too."""
    known = lists.named(row.source)
    for name, cell in row.cells.items():
        if not known.find(name):
            field = name if name.isidentifier() else quoted(name)
            problems.append(
                DirectoryProblem(cell.line, field, "no_such_field", {"list": row.source})
            )
    facts: dict[str, Fact] = {}
    for spec in known.fields:
        try:
            value = _value(row, spec)
        except CellError as error:
            line = row.line_of(spec.name)
            problems.append(DirectoryProblem(line, spec.name, error.code, error.values))
        else:
            if value is not None:
                facts[spec.name] = value
    key = str(facts.pop(known.key, ""))
    if key in RESERVED:
        line = row.line_of(known.key)
        problems.append(DirectoryProblem(line, known.key, "reserved_key", {"value": key}))
    retired = bool(facts.pop("retired", False))
    names = known.names(key, facts)
    told = {name: value for name, value in facts.items() if name not in known.named}
    return DirectoryEntry(row.source, key, names, told, retired)


def _value(row: ImportRow, spec: ListField) -> Fact | None:
    cell = row.cells.get(spec.name)
    if cell is None:
        if spec.required:
            raise CellError("missing")
        return None
    if cell.value is None:
        return None
    if isinstance(cell.value, tuple):
        if spec.many:
            return read_many(spec, cell.value)
        raise CellError("one_text")
    if spec.many:
        raise CellError("not_list")
    return read_one(spec, cell.value)


LONGEST = 40
# Letters that Unicode does not take apart into a letter of a-z and its mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def new_key(source: str, name: str, taken: Container[str]) -> str:
    """A key as ``KEY`` wants it: ``aakkoset``, ``aakkoset-2``, …

    A name without a single letter of ours gets the list's own: ``unit``, ``unit-2``, …
    """
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    slug = re.sub("[^a-z0-9]+", "-", re.sub("[\u0300-\u036f'’]", "", letters))
    base = slug[:LONGEST].strip("-") or lists.named(source).kind
    number, key = 1, base
    while key in taken or key in RESERVED:
        number += 1
        end = f"-{number}"
        key = base[: LONGEST - len(end)].rstrip("-") + end
    return key
