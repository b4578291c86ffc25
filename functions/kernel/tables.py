"""Tables: cases as rows for a spreadsheet, such as what is to be invoiced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from functions.kernel.case import Case
from functions.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class Table:
    """Cases of ``form`` for those who hold ``role`` in them, one file for each of ``states``.

    Columns are the answers ``fields``, as far as the role sees them, and sums that ``worked_out``
    computes, named by ``sums`` and the texts ``tables.<name>.<sum>``.
    """

    name: str
    role: str
    form: str
    states: tuple[str, ...]
    fields: tuple[str, ...]
    sums: tuple[str, ...] = ()
    worked_out: Callable[[Case], Mapping[str, Cents]] | None = field(default=None, compare=False)
