"""Fields ready to draw: each with its label, its answer and its error."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from functions.kernel import LANGUAGES, clean, several_values
from functions.kernel.definition import Action
from functions.kernel.errors import Problem
from functions.kernel.fields import Answers, Field
from functions.kernel.parse import choosable
from functions.kernel.people_field import CELLS, PASTED, are_people, drawn
from functions.render.text import money, numbers
from functions.render.text.terms import Terms
from functions.render.text.words import FieldWords, Words

if TYPE_CHECKING:
    from functions.render.form.choosing import Chooser

MAX_RADIOS = 8
LEAST_ROWS, MORE_ROWS = 4, 5
WIDTHS = {"number": 4, "halves": 4}
TYPES = {"email": "email", "phone": "tel", "text": "text", "weburl": "url"}
# The type of a picker, and what it can show.
PICKERS = {
    "date": ("date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    "datetime": ("datetime-local", re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")),
}
NOTHING: Answers = MappingProxyType({})
MODES = {
    "number": "numeric",
    "halves": "decimal",
    "money": "decimal",
    "email": "email",
    "phone": "tel",
    "weburl": "url",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool
    hint: str = ""
    facts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The value as a part of the ids of its elements, which hold no spaces."""
        return "".join(c if c.isalnum() or c in "._-@" else f"_{ord(c):x}_" for c in self.value)


@dataclass(frozen=True, slots=True)
class Widget:
    """One field ready to draw. ``shape`` is input, textarea, radios, select, tick, ticks, people or
    chooser.

    A list of people has a row of widgets for each, and its ``value`` is what to paste into;
    ``pasted`` stands there again if it was too much. A chooser is a long list with much to tell of
    each entry, in the order of its ranking. ``preset``: an answer stands there at first, so that
    there is none to choose for no answer. ``follows``: where nothing is chosen, the answer follows
    from others, as its hint says.
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
    follows: bool = False

    @property
    def id(self) -> str:
        """The element the label points to and the error summary links to."""
        if self.rows:
            return self.rows[0][0].id
        if self.chooser:
            return self.chooser.first
        first = self.shape in ("radios", "ticks") and self.options
        return f"f-{self.name}-{self.options[0].id}" if first else f"f-{self.name}"

    @property
    def as_text(self) -> str:
        """What stands in it, in words: the names of what is chosen, or what was typed."""
        if self.options:
            return ", ".join(option.label for option in self.options if option.chosen)
        return self.value.replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class SummaryError:
    """A line of the error summary."""

    target: str
    message: str


def widgets(
    words: FieldWords,
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
    wrong: dict[str, str] = {}
    for problem in problems:
        given = wrong.get(problem.field, "")
        wrong[problem.field] = f"{given} {words.problem(problem)}".strip()
    drawn: list[Widget] = []
    for field in fields:
        if field.kind == "people":
            drawn.append(_people(words, field, typed, wrong, more=more))
        else:
            drawn.append(_choosing(words, field, typed, wrong, answers, before.get(field.name, {})))
        if field.others:
            drawn.append(_others(words, field, typed))
    return drawn


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
    if isinstance(value, tuple):
        return several_values.inputs(replace(field, name=name), value)
    if field.kind == "people":
        rows = value if are_people(value) and isinstance(value, list) else []
        cells = [{**row, "language": row.get("language") or language} for row in rows]
        return {f"{name}-{n}-{c}": row[c] for n, row in enumerate(cells, 1) for c in CELLS}
    return {name: typed_from(field, value)}


def typed_from(field: Field, value: object) -> str:
    """An answer to one input as it would be typed."""
    if field.kind in ("yesno", "tick"):
        return "yes" if value else "no"
    if field.kind == "money" and isinstance(value, int):
        return money.typed(value)
    if field.kind == "halves" and isinstance(value, int):
        return numbers.typed(value)
    if field.kind == "email":
        return clean.writable(str(value))
    return str(value)


def _widget(
    words: FieldWords, field: Field, inputs: Mapping[str, str], error: str, answers: Answers
) -> Widget:
    preset = field.preset
    typed = inputs.get(field.name, "") or preset
    chosen = several_values.ticked(field, inputs) if field.ticked else [typed]
    options = _options(words, field, chosen, answers)
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
        limit=0 if field.many else field.limit,
        width=field.width or WIDTHS.get(field.kind, 0),
        autocomplete=field.autocomplete,
        page=field.page,
        terms=words.terms() if field.page == "terms" else None,
        preset=bool(preset),
        follows=bool(field.defaults),
    )


def _others(words: FieldWords, field: Field, typed: Mapping[str, str]) -> Widget:
    """Where what is no choice is written, below the boxes of the choices."""
    name = f"{field.name}.{several_values.OTHER}"
    label = words.text(f"fields.{field.name}.other")
    hint = words.maybe(f"fields.{field.name}.other_hint")
    return Widget(name, "input", label, hint, "", typed.get(name, ""), required=False)


def _choosing(
    words: FieldWords,
    field: Field,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    answers: Answers,
    before: Mapping[str, str],
) -> Widget:
    """A field by itself, with the list to choose from where there is one to rank."""
    widget = _widget(words, field, typed, wrong.get(field.name, ""), answers)
    if not field.ranked or not isinstance(words, Words):
        return widget
    from functions.render.form.choosing import chooser  # most forms have no such list

    return replace(widget, chooser=chooser(words, field, field.ranked, typed, answers, before))


def _people(
    words: FieldWords,
    field: Field,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    more: bool,
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
    words: FieldWords, name: str, person: Mapping[str, str], wrong: Mapping[str, str]
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


def _spoken(words: FieldWords, spoken: str) -> tuple[Option, ...]:
    """The languages to choose from; one that we do not write stays until another is chosen."""
    known = tuple(Option(x, words.page(f"people.{x}"), x == spoken) for x in LANGUAGES)
    return known if spoken in LANGUAGES else (*known, Option(spoken, spoken, chosen=True))


def _type(field: Field, typed: str) -> str:
    """The input's type. A picker shows nothing of a date or a time that is not in ISO form, so
    what was typed otherwise goes back into a plain field."""
    if field.kind in PICKERS:
        picker, shown = PICKERS[field.kind]
        return picker if not typed or shown.fullmatch(typed) else "text"
    return TYPES.get(field.kind, "text")


def _shape(field: Field, options: tuple[Option, ...]) -> str:
    if field.ranked:
        return "chooser"
    if field.ticked:
        return "ticks"
    if field.kind == "tick":
        return "tick"
    if field.kind == "longtext" or field.many:
        return "textarea"
    if not field.chosen:
        return "input"
    few = field.required and len(options) <= MAX_RADIOS and not field.source
    return "radios" if few or field.shows or field.kind == "yesno" else "select"


def _options(
    words: FieldWords, field: Field, chosen: Sequence[str], answers: Answers
) -> tuple[Option, ...]:
    """What can be chosen, and what was though it can be no more."""
    if field.ranked:
        return ()
    if field.kind == "yesno":
        offered = field.choices or ("yes", "no")
        return tuple(Option(v, words.yes_no(field, v == "yes"), v in chosen) for v in offered)
    if field.source and not field.choices:
        rows = words.listings(field)
        return tuple(Option(key, name, key in chosen, "", facts) for key, name, facts in rows)
    gone = [value for value in chosen if field.ticked and value not in field.choices]
    lines = choosable(answers, field.lines_of) if field.lines_of else []
    named = [(words.choice(field, value), value) for value in field.choices]
    named += [(words.removed_choice(field, value), value) for value in gone if value not in lines]
    if field.countries or field.source:
        named.sort(key=lambda each: unicodedata.normalize("NFKD", each[0].casefold()))
    return (
        *(Option(x, x, x in chosen) for x in lines),
        *(
            Option(value, label, value in chosen, words.maybe(f"fields.{field.name}.hints.{value}"))
            for label, value in named
        ),
    )
