"""A ranked list to choose one entry from: the best first, each with the reasons.

A process gives a ``Ranking`` with a field; pages draw it without knowing its subject. All words are
texts of the process, under ``facts.``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.kernel.people import Listing

if TYPE_CHECKING:  # a field may have a ranking, and a case has fields
    from functions.kernel.case import Case
    from functions.kernel.fields import Answers


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence to be said of an entry: the text ``facts.<code>``, filled with ``values``.

    A value has the name ``facts.<key>_values.<value>`` where there is one.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well an entry suits a case. A smaller ``order`` is suggested earlier.

    ``why`` are the reasons for it, ``warnings`` what to think of before choosing it; neither
    forbids anything. ``badge`` is what sets the entry apart whatever the case.
    """

    order: tuple[int, ...]
    why: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    badge: Remark | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """Something to filter and sort by: the values of each entry, named like the fact ``named``.

    ``values`` are those that stand first and in this order; the rest follow by name.
    ``order`` sorts by something else than the values' names; smaller comes first.
    """

    name: str
    named: str
    of: Callable[[Listing], Sequence[str]]
    values: tuple[str, ...] = ()
    order: Callable[[Listing], int] | None = None


@dataclass(frozen=True, slots=True)
class RankingColumn:
    """A column of the list: its heading ``facts.cells.<name>`` and the facts in it.

    ``figure`` is a fact that says the same in figures alone. A ``cut`` text ends there, and
    the entry's whole story tells the rest.
    """

    name: str
    facts: tuple[str, ...]
    figure: str = ""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the entries of a field's list are told apart.

    ``details`` are facts shown when an entry is pointed at; ``codes`` all notes ``judge`` makes.
    ``derived`` is what ``judge`` knows of a case that its answers do not say.
    """

    judge: "Callable[[Answers, Listing], Judgement]"
    codes: tuple[str, ...]
    facets: tuple[Facet, ...]
    columns: tuple[RankingColumn, ...]
    details: tuple[str, ...] = ()
    derived: Callable[["Case"], Mapping[str, str]] = lambda _: {}
