"""Cases as a table for a spreadsheet, and the links by which a desk offers it."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.duties import duty_of
from functions.kernel.fields import Field, Value
from functions.kernel.spans import day_of
from functions.kernel.tables import Table
from functions.kernel.visibility import visible
from functions.processes import NAMES, current
from functions.render.mail import reference
from functions.render.table import Cell, csv_bytes, euros
from functions.render.texts import process_text
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class TableLink:
    """A file that can be had: what is in it, and where it is."""

    title: str
    path: str


def table_links(duties: Container[str], path: str, language: str) -> tuple[TableLink, ...]:
    """The tables of those who have these duties; ``path`` is their desk's."""
    return tuple(
        TableLink(f"{title}: {_state(d, state, language)}", f"{address}/{state}.csv?{query}")
        for d, table in _tables()
        if duty_of(d.role(table.role)) in duties
        for title in [process_text(d.name, language, f"tables.{table.name}.title")]
        for address in [f"{path}/tables/{d.name}/{table.name}"]
        for query in [urlencode({"lang": language})]
        for state in table.states
    )


def table_csv(words: Words, table: Table, cases: Iterable[Case]) -> bytes:
    """The file: a row for each case, with nothing that the table's role may not see."""
    fields = [words.definition.fields()[name] for name in table.fields]
    header = [
        words.page("tables.reference"),
        words.page("tables.state"),
        words.page("tables.since"),
    ]
    header += [words.label(f) for f in fields]
    header += [words.text(f"tables.{table.name}.{name}") for name in table.sums]
    rows = (_row(words, table, fields, case) for case in cases)
    return csv_bytes(header, rows, words.language)


def _row(words: Words, table: Table, fields: Iterable[Field], case: Case) -> list[Cell]:
    seen = visible(words.definition, case, table.role)
    row: list[Cell] = [
        reference(case.id),
        words.text(f"states.{case.state}.name"),
        day_of(case.entered_at),
    ]
    row += [_cell(words, f, seen[f.name]) if f.name in seen else None for f in fields]
    sums = table.worked_out(case) if table.worked_out else {}
    return [*row, *(euros(sums[name]) for name in table.sums)]


def _cell(words: Words, field: Field, value: Value) -> Cell:
    if field.kind == "money" and isinstance(value, int):
        return euros(value)
    if field.kind == "number" and isinstance(value, int):
        return value
    if field.kind == "date":
        return date.fromisoformat(str(value))
    return words.value(field, value)


def _tables() -> Iterator[tuple[Definition, Table]]:
    return ((d, table) for d in map(current, NAMES) for table in d.tables)


def _state(definition: Definition, state: str, language: str) -> str:
    return process_text(definition.name, language, f"states.{state}.name")
