"""From a row as typed, in a file or on the desk, to an entry with everything wrong in it."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import replace

from functions import lists
from functions.kernel.clean import quoted
from functions.kernel.directory import DirectoryEntry, Fact, file_problem
from functions.kernel.directory_lists import NEW
from functions.kernel.errors import Problem
from functions.kernel.fields import Field, Value
from functions.kernel.parse import answer
from functions.services.directory.fields import with_choices
from functions.services.directory.rows import ImportRow

_YES_NO = {"true": "yes", "false": "no"}  # as files also have them


def read_entry(row: ImportRow, problems: list[Problem]) -> DirectoryEntry:
    """The entry of a row, as far as it is right, so that the rest can be checked too."""
    known = lists.named(row.source)
    for name, cell in row.cells.items():
        if not known.find(name):
            field = name if name.isidentifier() else quoted(name)
            problems.append(file_problem(cell.line, field, f"{row.source} have no such field"))
    facts: dict[str, Fact] = {}
    for each in known.fields:
        value = _value(row, each)
        if isinstance(value, Problem):
            problems.append(value)
        elif value is not None and not isinstance(value, list):
            facts[each.name] = value
    key = str(facts.pop(known.key, ""))
    retired = bool(facts.pop("retired", False))
    names = known.names(key, facts)
    others = {name: value for name, value in facts.items() if name not in known.named}
    return DirectoryEntry(row.source, key, names, others, retired)


def _value(row: ImportRow, field: Field) -> Value | Problem | None:
    cell = row.cells.get(field.name)
    written = cell.value if cell else () if field.many else ""
    if written is None:
        return None
    if cell and isinstance(written, tuple) != field.many:
        kind = "a list, such as [first, second]" if field.many else "one text, not a list"
        return file_problem(cell.line, field.name, f"must be {kind}")
    if field.kind == "yesno" and isinstance(written, str):
        written = _YES_NO.get(written.lower(), written.lower())
    found = answer(with_choices(field), written, default=field.preset)
    if not isinstance(found, Problem):
        return found
    raw = {"value": written} if cell and isinstance(written, str) else {}
    return replace(found, line=row.line_of(field.name), values={**raw, **found.values})


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
    while key in taken or key == NEW:
        number += 1
        end = f"-{number}"
        key = base[: LONGEST - len(end)].rstrip("-") + end
    return key
