"""The table of duties with what the processes add to it: who merges, who has which table."""

from collections.abc import Iterable, Mapping

from functions.kernel.definition import Definition
from functions.kernel.duties import RIGHTS, duty_of
from functions.kernel.tables import Table
from functions.processes import NAMES, current
from functions.services.case.merge import merger

Rights = Mapping[str, Mapping[str, tuple[str, ...]]]


def rights() -> Rights:
    """Page → action → duties, whole: ``RIGHTS`` and a row for merging and for each table."""
    merging = [duty_of(way.definition.role(way.action.role)) for way in map(merger, NAMES) if way]
    known = ((d, table) for d in map(current, NAMES) for table in d.tables)
    tables = {table_page(d, t): {"look": (duty_of(d.role(t.role)),)} for d, t in known}
    return {**RIGHTS, "merge": {"look": tuple(merging), "propose": tuple(merging)}, **tables}


def table_page(definition: Definition, table: Table) -> str:
    """The name of a table's page among the rights, such as ``tables.quote.invoices``."""
    return f"tables.{definition.name}.{table.name}"


def permits(duties: Iterable[str], page: str, action: str = "look") -> bool:
    """Whether one of these duties permits an action of a page, those of processes too."""
    return not set(rights()[page][action]).isdisjoint(duties)
