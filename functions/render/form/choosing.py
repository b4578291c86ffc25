"""A long list to choose one from: ranked, filtered and sorted by what was typed beside it.

Nothing here needs a script: the list is part of its form, and the button ``_filter`` sends the
whole form to be shown again. The names of these inputs begin with ``_``, as no field's does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from functions.kernel.fields import Answers, Field
from functions.kernel.people import Listing
from functions.kernel.ranking import Facet, Judgement, Ranking, RankingColumn
from functions.render.form.facets import (
    FacetOption,
    Picker,
    Typed,
    chosen_of,
    passes,
    pickers,
    values_of,
)
from functions.render.text.texts import capital
from functions.render.text.words import Words

PAGE = 25  # entries shown at first, and how many more at a time
MAX_SHOWN = 100  # entries on one page, however often more are asked for


@dataclass(frozen=True, slots=True)
class CellView:
    """The cell of one column of an entry. ``figure`` says ``lines`` in figures alone."""

    name: str
    label: str
    lines: tuple[str, ...]
    figure: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ChooserRow:
    """One entry. ``all_facts`` is everything it has told of itself, ``details`` what is shown when
    it is pointed at; ``outside``: shown only because it has been chosen."""

    value: str
    label: str
    chosen: bool
    outside: bool
    why: str
    warnings: tuple[str, ...]
    badge: str
    cells: tuple[CellView, ...]
    details: tuple[tuple[str, str], ...]
    all_facts: tuple[tuple[str, str], ...]

    @property
    def cut(self) -> bool:
        """Whether a text was cut off at the end of its cell."""
        return any(cell.cut for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Chooser:
    """The list ready to draw: ``shown`` of the ``found`` that the filters let through, of
    ``total``. ``more`` is the next window to ask for, 0 when there is none; it will begin with the
    entry ``following``."""

    field: str
    explained: str
    pickers: tuple[Picker, ...]
    filtered: bool
    opened: bool
    columns: tuple[CellView, ...]
    rows: tuple[ChooserRow, ...]
    shown: int
    found: int
    total: int
    window: int
    more: int
    following: str
    limit: int = MAX_SHOWN

    @property
    def first(self) -> str:
        """The element that leads into the list."""
        return f"f-{self.field}-{self.rows[0].value}" if self.rows else f"list-{self.field}"


def chooser(
    words: Words,
    field: Field,
    ranking: Ranking,
    typed: Typed,
    answers: Answers,
    before: Mapping[str, str] = MappingProxyType({}),
) -> Chooser:
    """The list of a field, best first, with whatever filters and order were asked for. Who was
    chosen ``before`` in the same case comes last, with a note."""
    everybody = words.directory.listings(field.source)
    values = values_of(words, ranking.facets, everybody)
    picked = {} if typed.get("_filter") == "all" else chosen_of(values, typed, "_")
    judged = {x.key: ranking.judge(answers, x) for x in everybody}
    found = [x for x in everybody if passes(ranking.facets, picked, x)]
    found.sort(key=lambda x: (x.key in before, judged[x.key].order))  # stable: else by name
    _sort(ranking, values, typed.get("_sort", ""), found, everybody)
    window = _window(typed)
    shown = found[:window]
    chosen = typed.get(field.name, "")
    outside = [x for x in everybody if x.key == chosen and x not in shown]
    drawn = pickers(words, ranking.facets, values, picked, "_")
    return Chooser(
        field=field.name,
        explained=words.text("facts.explained"),
        pickers=(*drawn, _sorts(words, ranking, typed)),
        filtered=bool(picked),
        opened=bool(picked) or bool(typed.get("_sort")) or len(everybody) > PAGE,
        columns=tuple(_heading(words, cell) for cell in ranking.columns),
        rows=tuple(
            _row(words, field, ranking, x, judged[x.key], chosen, outside, before.get(x.key, ""))
            for x in (*outside, *shown)
        ),
        shown=len(shown),
        found=len(found),
        total=len(everybody),
        window=window,
        more=min(window + PAGE, MAX_SHOWN) if len(shown) < len(found) and window < MAX_SHOWN else 0,
        following="".join(x.key for x in found[window : window + 1]),
    )


def cut(text: str, limit: int) -> tuple[str, bool]:
    """A text on one line, ended at a word so that it has ``limit`` characters, and whether it
    had to be; 0 is no limit."""
    line = " ".join(text.split())
    if not limit or len(line) <= limit:
        return line, False
    head = line[: limit + 1].rpartition(" ")[0] or line[:limit]
    return f"{head.rstrip(' ,;:.–-')} …", True


def _sort(
    ranking: Ranking,
    values: Mapping[str, Mapping[str, str]],
    by: str,
    found: list[Listing],
    everybody: Sequence[Listing],
) -> None:
    """Put ``found`` into another order than the suggested one, which stays among equals."""
    if by == "name":
        positions = {x.key: position for position, x in enumerate(everybody)}
        found.sort(key=lambda x: positions[x.key])
    for facet in ranking.facets:
        if facet.name == by:
            found.sort(key=facet.order or (lambda x, f=facet: _position(f, values[f.name], x)))


def _position(facet: Facet, values: Mapping[str, str], listing: Listing) -> int:
    """Where the first value of an entry stands among all; those without any come last."""
    order = list(values)
    first = [value.casefold() for value in facet.of(listing)][:1]
    return order.index(first[0]) if first and first[0] in values else len(order)


def _window(typed: Typed) -> int:
    """How many to show at most: as many as a button asked for, else as many as there were."""
    asked = typed.get("_filter", typed.get("_shown", ""))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 3 else PAGE
    return max(PAGE, min(number, MAX_SHOWN))


def _sorts(words: Words, ranking: Ranking, typed: Typed) -> Picker:
    names = {f.name: words.text(f"facts.facets.{f.name}") for f in ranking.facets}
    names = {"name": words.page("choosing.by_name"), **names}
    chosen = typed.get("_sort", "")
    choices = [FacetOption(name, label, name == chosen) for name, label in names.items()]
    suggested = FacetOption("", words.page("choosing.suggested"), chosen not in names)
    return Picker("_sort", words.page("choosing.sort"), (suggested, *choices))


def _heading(words: Words, cell: RankingColumn) -> CellView:
    return CellView(cell.name, words.text(f"facts.cells.{cell.name}"), ())


def _row(
    words: Words,
    field: Field,
    ranking: Ranking,
    listing: Listing,
    judged: Judgement,
    chosen: str,
    outside: Sequence[Listing],
    before: str,
) -> ChooserRow:
    why = ", ".join(words.remark(remark) for remark in judged.why)
    return ChooserRow(
        value=listing.key,
        label=listing.name(words.language),
        chosen=listing.key == chosen,
        outside=listing in outside,
        why=f"{capital(why)}." if why else "",
        warnings=(*filter(None, [before]), *(words.remark(remark) for remark in judged.warnings)),
        badge=words.remark(judged.badge) if judged.badge else "",
        cells=tuple(_cell(words, cell, listing) for cell in ranking.columns),
        details=tuple(words.facts(ranking.details, listing)),
        all_facts=tuple(words.facts(field.shows, listing)),
    )


def _cell(words: Words, cell: RankingColumn, listing: Listing) -> CellView:
    values = [cut(words.fact(name, listing), cell.cut) for name in cell.facts]
    return CellView(
        cell.name,
        words.text(f"facts.cells.{cell.name}"),
        tuple(line for line, _ in values if line),
        words.fact(cell.figure, listing) if cell.figure else "",
        any(was_cut for _, was_cut in values),
    )
