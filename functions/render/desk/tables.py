"""Cases as a table for a spreadsheet, and the links by which a desk offers it."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from functions.kernel.case import Case, reference
from functions.kernel.definition import Definition
from functions.kernel.durations import day_of
from functions.kernel.errors import Broken
from functions.kernel.fields import Field, Value
from functions.kernel.tables import Table
from functions.kernel.visibility import visible
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.render.desk.spreadsheet import Cell, csv_bytes, euros, halves, xlsx_bytes
from functions.render.text.texts import process_text
from functions.render.text.words import Words, why_unread

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@dataclass(frozen=True, slots=True)
class TableLink:
    """A file that can be had: what is in it, and where it is as each of the ``KINDS``."""

    title: str
    paths: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file: its name in the reader's language, its media type and its bytes."""

    name: str
    type: str
    content: bytes


def table_links(duties: Container[str], path: str, language: str) -> tuple[TableLink, ...]:
    """The tables of those who have these duties; ``path`` is their desk's."""
    query = urlencode({"lang": language})
    return tuple(
        TableLink(
            f"{_title(d, table, language)}: {_state(d, state, language)}",
            tuple(
                (kind, f"{path}/tables/{d.name}/{table.name}/{state}.{kind}?{query}")
                for kind in KINDS
            ),
        )
        for d, table in _tables()
        if duty_of(d.role(table.role)) in duties
        for state in table.states
    )


def table_file(
    words: Words,
    table: Table,
    state: str,
    cases: Iterable[Case | tuple[str, Broken]],
    kind: str,
    made: date,
) -> TableFile:
    """The file: a row for each case, with nothing that the table's role may not see. Of a case
    that cannot be read, the row says only why: ``cases`` have its id and that."""
    fields = [words.definition.fields()[name] for name in table.fields]
    header = [
        words.page("tables.reference"),
        words.page("tables.state"),
        words.page("tables.since"),
    ]
    header += [words.label(f) for f in fields]
    header += [words.text(f"tables.{table.name}.{name}") for name in table.sums]
    header.append(words.page("tables.sound"))
    rows = (
        [*_row(words, table, fields, case), ""]
        if isinstance(case, Case)
        else _unread_row(words, len(header), *case)
        for case in cases
    )
    title = _title(words.definition, table, words.language)
    stage = _state(words.definition, state, words.language)
    if kind == "xlsx":
        content = xlsx_bytes(stage, header, rows, made)
    else:
        content = csv_bytes(header, rows, words.language)
    plain = re.sub(r"\W+", "-", f"{title} {stage} {made.isoformat()}".casefold()).strip("-")
    return TableFile(f"{plain}.{kind}", KINDS[kind], content)


def _unread_row(words: Words, width: int, case_id: str, why: Broken) -> list[Cell]:
    return [reference(case_id), *[None] * (width - 2), why_unread(words.language, why, "row")]


def _row(words: Words, table: Table, fields: Iterable[Field], case: Case) -> list[Cell]:
    seen = visible(words.definition, case, table.role)
    row: list[Cell] = [
        reference(case.id),
        words.text(f"states.{case.state}.name"),
        day_of(case.since),
    ]
    row += [_cell(words, f, seen[f.name]) if f.name in seen else None for f in fields]
    sums = table.worked_out(case) if table.worked_out else {}
    return [*row, *(euros(sums[name]) for name in table.sums)]


def _cell(words: Words, field: Field, value: Value) -> Cell:
    if field.kind == "money" and isinstance(value, int):
        return euros(value)
    if field.kind == "number" and isinstance(value, int):
        return value
    if field.kind == "halves" and isinstance(value, int):
        return halves(value)
    if field.kind == "date":
        return date.fromisoformat(str(value))
    if field.kind == "datetime":
        return datetime.fromisoformat(str(value))
    return words.value(field, value)


def _tables() -> Iterator[tuple[Definition, Table]]:
    return ((d, table) for d in map(current, NAMES) for table in d.tables)


def _title(definition: Definition, table: Table, language: str) -> str:
    return process_text(definition.name, language, f"tables.{table.name}.title")


def _state(definition: Definition, state: str, language: str) -> str:
    return process_text(definition.name, language, f"states.{state}.name")
