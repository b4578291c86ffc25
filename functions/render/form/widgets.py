"""Fields ready to draw: each with its label, its answer and its error."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from functions.kernel import LANGUAGES, clean
from functions.kernel.definition import Action
from functions.kernel.errors import Problem
from functions.kernel.fields import Answers, Field
from functions.kernel.parse import choosable
from functions.kernel.people import Listing
from functions.kernel.people_field import CELLS, PASTED, are_people, drawn
from functions.render.text import money
from functions.render.text.terms import Terms, terms_of
from functions.render.text.words import Words

if TYPE_CHECKING:
    from functions.render.form.choosing import Chooser

MOST_RADIOS = 8
LEAST_ROWS, MORE_ROWS = 4, 5
TYPES = {"email": "email", "phone": "tel", "text": "text"}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NOTHING: Answers = MappingProxyType({})
MODES = {"number": "numeric", "money": "decimal", "email": "email", "phone": "tel"}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool
    hint: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Widget:
    """One field ready to draw. ``shape`` is input, textarea, radios, select, tick, ticks, people or
    chooser.

    A list of people has a row of widgets for each, and its ``value`` is what to paste into;
    ``pasted`` stands there again if it was too much. A chooser is a long list with much to tell of
    each entry, in the order of its ranking. ``preset``: an answer stands there at first, so that
    there is none to choose for no answer.
    """

    name: str
    shape: str
    label: str
    hint: str
    error: str
    value: str
    required: bool
    options: tuple[Option, ...] = ()
    type: str = "text"
    mode: str = ""
    limit: int = 0
    width: int = 0
    autocomplete: str = ""
    page: str = ""
    terms: Terms | None = None
    rows: tuple[tuple["Widget", ...], ...] = ()
    chooser: "Chooser | None" = None
    pasted: str = ""
    preset: bool = False

    @property
    def id(self) -> str:
        """The element the label points to and the error summary links to."""
        if self.rows:
            return self.rows[0][0].id
        if self.chooser:
            return self.chooser.first
        first = self.shape in ("radios", "ticks") and self.options
        return f"f-{self.name}-{self.options[0].value}" if first else f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class SummaryError:
    """A line of the error summary."""

    target: str
    message: str


def widgets(
    words: Words,
    fields: Iterable[Field],
    typed: Mapping[str, str],
    problems: Iterable[Problem],
    answers: Answers = NOTHING,
    *,
    more: bool = False,
    before: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> list[Widget]:
    """The fields as widgets, in order; ``more``: with more empty rows in lists of people.

    ``answers`` of the case rank what can be chosen; ``before`` are notes on what was chosen
    before, by field and entry.
    """
    wrong = {p.field: words.problem(p) for p in problems}
    return [
        _people(words, f, typed, wrong, more=more)
        if f.kind == "people"
        else _choosing(words, f, typed, wrong, answers, before.get(f.name, {}))
        for f in fields
    ]


def summary(drawn: Iterable[Widget], others: Iterable[SummaryError] = ()) -> list[SummaryError]:
    """The error summary: what is not at a field first, then each field's problem."""
    every = (each for w in drawn for each in (w, *(cell for row in w.rows for cell in row)))
    return [*others, *(SummaryError(w.id, f"{w.label}: {w.error}") for w in every if w.error)]


def action_options(words: Words, actions: Iterable[Action], chosen: str) -> tuple[Option, ...]:
    """The decisions a page offers, each with its consequence in words."""
    return tuple(
        Option(
            a.name,
            words.text(f"actions.{a.name}.label"),
            a.name == chosen,
            words.text(f"actions.{a.name}.consequence"),
        )
        for a in actions
    )


def inputs_from(field: Field, value: object, language: str = "", name: str = "") -> dict[str, str]:
    """An answer as it would be typed, by input, to fill a form with it; none where there is no
    answer. ``language`` is that of listed people who have none of their own; ``name`` that of
    the field to fill, where another's answer is carried over."""
    name = name or field.name
    if value is None or value == "":
        return {}
    if field.kind == "people":
        listed = value if are_people(value) and isinstance(value, list) else []
        cells = [{**row, "language": row.get("language") or language} for row in listed]
        return {f"{name}-{n}-{c}": row[c] for n, row in enumerate(cells, 1) for c in CELLS}
    return {name: typed_from(field, value)}


def typed_from(field: Field, value: object) -> str:
    """An answer to one input as it would be typed."""
    if field.kind in ("yesno", "tick"):
        return "yes" if value else "no"
    if field.kind == "money" and isinstance(value, int):
        return money.typed(value)
    if field.kind == "email":
        return clean.writable(str(value))
    return str(value)


def _widget(words: Words, field: Field, typed: str, error: str, answers: Answers) -> Widget:
    preset = next((d[1:] for d in field.defaults if d.startswith("=")), "")
    typed = typed or preset
    options = _options(words, field, typed, answers)
    return Widget(
        name=field.name,
        shape=_shape(field, options),
        label=words.question(field),
        hint=words.hint(field),
        error=error,
        value=typed,
        required=field.required,
        options=options,
        type=_type(field, typed),
        mode=MODES.get(field.kind, ""),
        limit=field.limit,
        width=field.width,
        autocomplete=field.autocomplete,
        page=field.page,
        terms=terms_of(words.definition, words.language) if field.page == "terms" else None,
        preset=bool(preset),
    )


def _choosing(
    words: Words,
    field: Field,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    answers: Answers,
    before: Mapping[str, str],
) -> Widget:
    """A field by itself, with the list to choose from where there is one to rank."""
    widget = _widget(words, field, typed.get(field.name, ""), wrong.get(field.name, ""), answers)
    if not field.ranked:
        return widget
    from functions.render.form.choosing import chooser  # most forms have no such list

    return replace(widget, chooser=chooser(words, field, field.ranked, typed, answers, before))


def _people(
    words: Words, field: Field, typed: Mapping[str, str], wrong: Mapping[str, str], *, more: bool
) -> Widget:
    """Everybody named so far in a row of their own, those pasted too, and empty rows."""
    people, pasted = drawn(field, typed)
    count = max(len(people) + 1, LEAST_ROWS) + (MORE_ROWS if more else 0)
    count = max(len(people), min(count, field.highest or count))
    empty = [dict.fromkeys(CELLS, "")] * (count - len(people))
    return Widget(
        name=field.name,
        shape="people",
        label=words.question(field),
        hint=words.hint(field),
        error=wrong.get(field.name, ""),
        value=f"{field.name}-{PASTED}",
        pasted=pasted,
        required=field.required,
        rows=tuple(
            _row(words, f"{field.name}-{n}", person, wrong)
            for n, person in enumerate([*people, *empty], 1)
        ),
    )


def _row(
    words: Words, name: str, person: Mapping[str, str], wrong: Mapping[str, str]
) -> tuple[Widget, ...]:
    spoken = person["language"] or words.language
    number = name.rpartition("-")[2]
    return tuple(
        Widget(
            name=f"{name}-{cell}",
            shape="select" if cell == "language" else "input",
            label=f"{words.page(f'people.{cell}')} ({words.page('people.whose', n=number)})",
            hint="",
            error=wrong.get(f"{name}-{cell}", ""),
            value=person[cell],
            required=False,
            options=_spoken(words, spoken) if cell == "language" else (),
            type="email" if cell == "email" else "text",
            mode="email" if cell == "email" else "",
        )
        for cell in CELLS
    )


def _spoken(words: Words, spoken: str) -> tuple[Option, ...]:
    """The languages to choose from; one that we do not write stays until another is chosen."""
    known = tuple(Option(x, words.page(f"people.{x}"), x == spoken) for x in LANGUAGES)
    return known if spoken in LANGUAGES else (*known, Option(spoken, spoken, chosen=True))


def _type(field: Field, typed: str) -> str:
    """The input's type. A date picker shows nothing of a date that is no ISO date, so what
    was typed otherwise goes back into a plain field."""
    if field.kind == "date":
        return "date" if not typed or ISO_DATE.fullmatch(typed) else "text"
    return TYPES.get(field.kind, "text")


def _shape(field: Field, options: tuple[Option, ...]) -> str:
    if field.ranked:
        return "chooser"
    if field.kind == "tick":
        return "tick"
    if field.kind == "longtext":
        return "textarea"
    if not field.chosen:
        return "input"
    few = field.required and len(options) <= MOST_RADIOS and not field.source
    return "radios" if few or field.shows or field.kind == "yesno" else "select"


def _options(words: Words, field: Field, typed: str, answers: Answers) -> tuple[Option, ...]:
    if field.ranked:
        return ()
    if field.kind == "yesno":
        return tuple(Option(v, words.yes_no(field, v == "yes"), v == typed) for v in ("yes", "no"))
    if field.source:
        listings = words.directory.listings(field.source)
        return tuple(_listed(words, field, x, typed) for x in listings)
    named = [(words.choice(field, value), value) for value in field.choices]
    if field.countries:
        named.sort(key=lambda each: unicodedata.normalize("NFKD", each[0].casefold()))
    listed = choosable(answers, field.lines_of) if field.lines_of else ()
    own = (Option(x, x, x == typed) for x in listed)
    return (
        *own,
        *(
            Option(value, label, value == typed, words.maybe(f"fields.{field.name}.hints.{value}"))
            for label, value in named
        ),
    )


def _listed(words: Words, field: Field, listing: Listing, typed: str) -> Option:
    facts = tuple(f"{label}: {value}" for label, value in words.facts(field.shows, listing))
    return Option(listing.key, listing.name(words.language), listing.key == typed, "", facts)
