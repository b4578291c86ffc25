"""The directory file: read, checked as a whole against what is stored, then saved or refused."""

from collections.abc import Iterable
from typing import Literal

from functions.kernel import LANGUAGES, clean
from functions.kernel.directory import (
    SOURCES,
    DirectoryError,
    DirectoryFile,
    Entry,
    Fact,
    Problem,
    Register,
)
from functions.services.directory_columns import (
    COLUMNS,
    CellError,
    Column,
    read_many,
    read_one,
    shown,
)
from functions.services.directory_rows import Row, csv_rows, yaml_rows
from functions.services.directory_whole import whole_problems

FileKind = Literal["yaml", "csv"]
LARGEST = 1_000_000  # bytes


def import_directory(raw: bytes, kind: FileKind, register: Register) -> DirectoryFile:
    """Save a file's entries and return them. ``DirectoryError``: then nothing was saved."""
    stored = [entry for source in SOURCES for entry in register.entries(source)]
    file = read_directory(decode(raw), kind, stored)
    register.save(file)
    return file


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    if len(raw) > LARGEST:
        message = f"is larger than {LARGEST:,} bytes; import it in parts"
        raise DirectoryError([Problem(1, "file", message)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "is not in UTF-8; save it again with the encoding UTF-8"
        line = raw.count(b"\n", 0, error.start) + 1
        raise DirectoryError([Problem(line, "file", message)]) from error


def read_directory(text: str, kind: FileKind, stored: Iterable[Entry] = ()) -> DirectoryFile:
    """The entries of a YAML or CSV file, or ``DirectoryError`` with every problem by line.

    ``stored`` is what the directory has already: a unit may name a coordinator of it, and
    what stays of it must still be right when the file's entries have replaced theirs.
    """
    if len(text.encode(errors="replace")) > LARGEST:
        message = f"is larger than {LARGEST:,} bytes; import it in parts"
        raise DirectoryError([Problem(1, "file", message)])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_unseen(text)
    problems: list[Problem] = []
    rows = (csv_rows if kind == "csv" else yaml_rows)(text, problems)
    written = [(row, _entry(row, problems)) for row in rows]
    if not written and not problems:
        problems.append(Problem(1, "file", "has no entries"))
    problems += whole_problems(written, stored)
    if problems:
        raise DirectoryError(problems)
    return DirectoryFile(tuple(entry for _, entry in written))


def _refuse_unseen(text: str) -> None:
    """Characters no editor shows are a damaged file, and would upset the readers below."""
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if clean.has_controls(line, lines=True):
            message = "has a control character, which cannot be seen; type this line again"
            problems.append(Problem(number, "file", message))
        elif "\ufffd" in line:
            message = "has letters that were lost (�); save the original again as UTF-8"
            problems.append(Problem(number, "file", message))
    if problems:
        raise DirectoryError(problems)


def _entry(row: Row, problems: list[Problem]) -> Entry:
    """The entry of a row, as far as it is right, so that the rest can be checked too."""
    columns = COLUMNS[row.source]
    names = {c.name for c in columns}
    for name, cell in row.cells.items():
        if name not in names:
            field = name if name.isidentifier() else shown(name)
            problems.append(Problem(cell.line, field, f"{row.source} have no such field"))
    facts: dict[str, Fact] = {}
    for spec in columns:
        try:
            value = _value(row, spec)
        except CellError as error:
            problems.append(Problem(row.line_of(spec.name), spec.name, str(error)))
        else:
            if value is not None:
                facts[spec.name] = value
    key = str(facts.pop(columns[0].name, ""))
    retired = bool(facts.pop("retired", False))
    return Entry(row.source, key, _names(row.source, key, facts), facts, retired)


def _value(row: Row, spec: Column) -> Fact | None:
    cell = row.cells.get(spec.name)
    if cell is None:
        if spec.required:
            raise CellError("is missing")
        return None
    if cell.value is None:
        return None
    if isinstance(cell.value, tuple):
        if spec.many:
            return read_many(spec, cell.value)
        raise CellError("must be one text, not a list")
    if spec.many:
        raise CellError("must be a list, such as [first, second]")
    return read_one(spec, cell.value)


def _names(source: str, key: str, facts: dict[str, Fact]) -> dict[str, str]:
    """What the entry is called in each language. People and domains have one name in all."""
    if source == "units":
        return {language: str(facts.pop(f"name_{language}", "")) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, str(facts.pop("name", key)))
