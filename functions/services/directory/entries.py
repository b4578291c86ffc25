"""From a row as typed, in a file or on the desk, to an entry with everything wrong in it."""

import re
import unicodedata
from collections.abc import Container

from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryEntry, DirectoryProblem, Fact
from functions.kernel.directory_messages import quoted
from functions.services.directory.columns import COLUMNS, CellError, Column, read_many, read_one
from functions.services.directory.rows import ImportRow

RESERVED = frozenset({"new"})  # keys that would be pages of their own


def read_entry(row: ImportRow, problems: list[DirectoryProblem]) -> DirectoryEntry:
    """The entry of a row, as far as it is right, so that the rest can be checked too."""
    columns = COLUMNS[row.source]
    names = {c.name for c in columns}
    for name, cell in row.cells.items():
        if name not in names:
            field = name if name.isidentifier() else quoted(name)
            problems.append(
                DirectoryProblem(cell.line, field, "no_such_field", {"list": row.source})
            )
    facts: dict[str, Fact] = {}
    for spec in columns:
        try:
            value = _value(row, spec)
        except CellError as error:
            line = row.line_of(spec.name)
            problems.append(DirectoryProblem(line, spec.name, error.code, error.values))
        else:
            if value is not None:
                facts[spec.name] = value
    key = str(facts.pop(columns[0].name, ""))
    if key in RESERVED:
        line = row.line_of(columns[0].name)
        problems.append(DirectoryProblem(line, columns[0].name, "reserved_key", {"value": key}))
    retired = bool(facts.pop("retired", False))
    return DirectoryEntry(row.source, key, _names(row.source, key, facts), facts, retired)


def _value(row: ImportRow, spec: Column) -> Fact | None:
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


def _names(source: str, key: str, facts: dict[str, Fact]) -> dict[str, str]:
    """What the entry is called in each language. People and domains have one name in all."""
    if source == "units":
        return {language: str(facts.pop(f"name_{language}", "")) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, str(facts.pop("name", key)))


LONGEST = 40
# Letters that Unicode does not take apart into a letter of a-z and its mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def new_key(source: str, name: str, taken: Container[str]) -> str:
    """A key as ``columns`` wants it: ``aakkoset``, ``aakkoset-2``, …

    A name without a single letter of ours gets the list's own: ``unit``, ``unit-2``, …
    """
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    slug = re.sub("[^a-z0-9]+", "-", re.sub("[\u0300-\u036f'’]", "", letters))
    base = slug[:LONGEST].strip("-") or source.removesuffix("s")
    number, key = 1, base
    while key in taken or key in RESERVED:
        number += 1
        end = f"-{number}"
        key = base[: LONGEST - len(end)].rstrip("-") + end
    return key
