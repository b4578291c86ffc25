"""The rows of a table: the cases on a desk that belong to it."""

from collections.abc import Mapping, Sequence

from functions.kernel.definition import Definition
from functions.kernel.desk import TODO, Group, as_role, list_of
from functions.kernel.errors import Broken, Refused
from functions.kernel.states import CLOCK
from functions.kernel.tables import Table
from functions.processes import NAMES, current
from functions.services.access.desk_links import Desk
from functions.services.container import Services
from functions.services.desk.worklist import DeskCase, list_page

MAX_PAGES = 80  # of 25 rows; a file never takes longer than a request may


def table_named(process: str, name: str, state: str) -> tuple[Definition, Table]:
    """A process's table; ``Refused`` if it has none of this name, or not of this state."""
    definition = current(process) if process in NAMES else None
    tables = definition.tables if definition else ()
    table = next((t for t in tables if t.name == name and state in t.states), None)
    if definition is None or table is None:
        raise Refused
    return definition, table


def cases_in(
    services: Services, desk: Desk, definition: Definition, table: Table, state: str
) -> tuple[Sequence[DeskCase], Mapping[str, Broken]]:
    """The cases in ``state`` in which the desk's person holds the table's role, the first
    first, at most 2,000; and by id why others on the same lists cannot be read, whose state nobody
    knows."""
    rows: list[DeskCase] = []
    broken: dict[str, Broken] = {}
    role = as_role(definition.name, table.role)
    for prefix in _lists(definition, table, state):
        cursor = ""
        for _ in range(MAX_PAGES):
            page = list_page(services, desk.person, prefix, cursor)
            rows += [x for x in page.rows if _belongs(x, definition, table, state)]
            broken |= page.broken_as(role)
            cursor = page.next
            if not cursor:
                break
    return rows, broken


def _lists(definition: Definition, table: Table, state: str) -> Sequence[str]:
    """The lists of a desk in which cases in a state can lie for the table's role."""
    turn_roles = definition.state(state).turn_roles
    groups: list[Group] = ["closed"]
    if not definition.is_over(state):
        groups = ["running"] if CLOCK in turn_roles else ["returned", "waiting"]
    lists = [list_of(definition.name, table.role, group) for group in groups]
    return (
        [TODO]
        if turn_roles == (table.role,)
        else [TODO, *lists]
        if table.role in turn_roles
        else lists
    )


def _belongs(desk_case: DeskCase, definition: Definition, table: Table, state: str) -> bool:
    case = desk_case.case
    here = (case.process, case.form, case.state) == (definition.name, table.form, state)
    return here and desk_case.party.role == table.role
