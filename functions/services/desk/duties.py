"""The table of duties, whole: with the lists of the directory, and what processes add to it."""

from collections.abc import Iterable, Mapping

from functions import lists
from functions.kernel.definition import Definition
from functions.kernel.duties import ENTRY_RIGHTS, RIGHTS
from functions.kernel.tables import Table
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.services.case.merge import merger

Rights = Mapping[str, Mapping[str, tuple[str, ...]]]


def rights() -> Rights:
    """Page → action → duties: ``RIGHTS``, a row for each list and for the page on which its people
    keep their own entry, for merging and for each table."""
    kept = {each.name: ENTRY_RIGHTS for each in lists.known()}
    own = {
        each.own_page: dict.fromkeys(("look", "edit"), (each.duty,))
        for each in lists.known()
        if each.own_page
    }
    merging = [duty_of(way.definition.role(way.action.role)) for way in map(merger, NAMES) if way]
    known = ((d, table) for d in map(current, NAMES) for table in d.tables)
    tables = {table_page(d, t): {"look": (duty_of(d.role(t.role)),)} for d, t in known}
    desk = {"desk": {"look": lists.duties()}}
    merge = {"merge": {"look": tuple(merging), "propose": tuple(merging)}}
    return {**desk, **RIGHTS, **kept, **own, **merge, **tables}


def table_page(definition: Definition, table: Table) -> str:
    """The name of a table's page among the rights, such as ``tables.quote.invoices``."""
    return f"tables.{definition.name}.{table.name}"


def permits(duties: Iterable[str], page: str, action: str = "look") -> bool:
    """Whether one of these duties permits an action of a page, those of processes too."""
    return not set(rights()[page][action]).isdisjoint(duties)
