"""The directory file: read, checked as a whole against what is stored, then saved or refused."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Literal

from functions import lists
from functions.kernel import clean
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    DirectoryError,
    DirectoryFile,
    DirectoryStore,
    file_problem,
    keeps,
)
from functions.kernel.directory_changes import IMPORT, KEPT, DirectoryChange, can_be_undone
from functions.kernel.errors import Conflict, Problem
from functions.services.directory.consistency import whole_problems
from functions.services.directory.entries import read_entry
from functions.services.directory.rows import ImportRow, csv_rows, yaml_rows

FileKind = Literal["yaml", "csv"]
LARGEST = 1_000_000  # bytes
_TRIES = 5


def import_directory(
    raw: bytes, kind: FileKind, register: DirectoryStore, now: datetime
) -> DirectoryFile:
    """Save a file's entries and return them. ``DirectoryError``: then nothing was saved.

    What an entry says already is not saved again: forms that are open on it stay right.

    Those who kept the directory before are told of what matters; at the first import nobody.
    """
    for _ in range(_TRIES):
        with suppress(Conflict):
            return _imported(raw, kind, register, now)
    busy = "was not imported, or not all of it: somebody changes the directory; import it again"
    raise DirectoryError([file_problem(1, "file", busy)])


def _imported(raw: bytes, kind: FileKind, register: DirectoryStore, now: datetime) -> DirectoryFile:
    """The entries of a file, checked against the directory as it is and saved while it is so;
    ``Conflict`` if somebody changed it meanwhile."""
    revision = register.revision()  # first: it can only be too old
    stored = [entry for source in lists.saving_order() for entry in register.entries(source)]
    undoable = can_be_undone(register.changes_since(now - KEPT), now)
    file, stamp = read_directory(decode(raw), kind, stored, undoable), ChangeStamp(now, IMPORT)
    before = {(e.source, e.key): e for e in stored}
    pairs = [(before.get((e.source, e.key)), e) for e in file.entries]
    changes = [
        DirectoryChange(was, e, stamp, shown=lists.shown_otherwise(was, e)) for was, e in pairs
    ]
    notified = [c for c in changes if c.kinds or c.moves] if any(map(keeps, stored)) else []
    new = tuple(e for e in file.entries if before.get((e.source, e.key)) != e)
    register.save(DirectoryFile(new), stamp, notified, revision)
    return file


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    if len(raw) > LARGEST:
        raise _too_large()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong = file_problem(line, "file", "is not in UTF-8; save it again with the encoding UTF-8")
        raise DirectoryError([wrong]) from error


def read_directory(
    text: str,
    kind: FileKind,
    stored: Collection[DirectoryEntry] = (),
    undoable: Iterable[DirectoryChange] = (),
) -> DirectoryFile:
    """The entries of a YAML or CSV file, or ``DirectoryError`` with every problem by line.

    ``stored`` is what the directory has already: a unit may name a coordinator of it, and
    what stays of it must still be right when the file's entries have replaced theirs. What is
    ``undoable`` keeps its earlier address for its person.
    """
    if len(text.encode(errors="replace")) > LARGEST:
        raise _too_large()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_unseen(text)
    problems: list[Problem] = []
    rows = (csv_rows if kind == "csv" else yaml_rows)(text, problems)
    written = [(row, read_entry(row, problems)) for row in rows]
    if not written and not problems:
        problems.append(file_problem(1, "file", "has no entries"))
    problems += _newer_problems(written, stored)
    problems += whole_problems(written, stored, undoable)
    if problems:
        raise DirectoryError(problems)
    return DirectoryFile(tuple(entry for _, entry in written))


def _newer_problems(
    written: Iterable[tuple[ImportRow, DirectoryEntry]], stored: Iterable[DirectoryEntry]
) -> Iterator[Problem]:
    """What a newer release has saved this one does not replace: it would lose what it knows not."""
    newer = {(entry.source, entry.key) for entry in stored if entry.newer}
    what = "was saved by a newer release of the service; deploy that one, then import"
    for row, entry in written:
        if (entry.source, entry.key) in newer:
            yield file_problem(row.line, "key", what)


def _too_large() -> DirectoryError:
    wrong = f"is larger than {LARGEST:,} bytes; import it in parts"
    return DirectoryError([file_problem(1, "file", wrong)])


def _refuse_unseen(text: str) -> None:
    """Characters no editor shows are a damaged file, and would upset the readers below."""
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if clean.has_controls(line, lines=True):
            wrong = "has a control character, which cannot be seen; type this line again"
            problems.append(file_problem(number, "file", wrong))
        elif "\ufffd" in line:
            wrong = "has letters that were lost (�); save the original again as UTF-8"
            problems.append(file_problem(number, "file", wrong))
    if problems:
        raise DirectoryError(problems)
