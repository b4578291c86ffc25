"""Fields made ready to draw: each with its words, its answer and its problem."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions.kernel.definition import Action
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.kernel.people import Listing
from functions.render.words import Words

MOST_RADIOS = 8
TYPES = {"email": "email", "phone": "tel", "text": "text"}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MODES = {"number": "numeric", "email": "email", "phone": "tel"}


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
    """One field as it is drawn. ``shape`` is input, textarea, radios, select, tick or ticks."""

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

    @property
    def id(self) -> str:
        """The element the label points to and the error summary links to."""
        first = self.shape in ("radios", "ticks") and self.options
        return f"f-{self.name}-{self.options[0].value}" if first else f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the error summary."""

    target: str
    message: str


def widgets(
    words: Words, fields: Iterable[Field], typed: Mapping[str, str], problems: Iterable[Problem]
) -> list[Widget]:
    """The fields as widgets, in order."""
    wrong = {p.field: words.problem(p) for p in problems}
    return [_widget(words, f, typed.get(f.name, ""), wrong.get(f.name, "")) for f in fields]


def summary(drawn: Iterable[Widget], others: Iterable[Wrong] = ()) -> list[Wrong]:
    """The error summary: what is not at a field first, then each field's problem."""
    return [*others, *(Wrong(w.id, f"{w.label}: {w.error}") for w in drawn if w.error)]


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


def typed_from(field: Field, value: object) -> str:
    """An answer as it would be typed, to fill a form with it."""
    if value is None or value == "":
        return ""
    if field.kind in ("yesno", "tick"):
        return "yes" if value else "no"
    return str(value)


def _widget(words: Words, field: Field, typed: str, error: str) -> Widget:
    options = _options(words, field, typed)
    return Widget(
        name=field.name,
        shape=_shape(field, options),
        label=words.label(field),
        hint=words.maybe(f"fields.{field.name}.hint"),
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
    )


def _type(field: Field, typed: str) -> str:
    """The input's type. A date picker shows nothing of a date that is no ISO date, so what
    was typed otherwise goes back into a plain field."""
    if field.kind == "date":
        return "date" if not typed or ISO_DATE.fullmatch(typed) else "text"
    return TYPES.get(field.kind, "text")


def _shape(field: Field, options: tuple[Option, ...]) -> str:
    if field.kind == "tick":
        return "tick"
    if field.kind == "longtext":
        return "textarea"
    if not field.chosen:
        return "input"
    few = field.required and len(options) <= MOST_RADIOS and not field.source
    return "radios" if few or field.shows or field.kind == "yesno" else "select"


def _options(words: Words, field: Field, typed: str) -> tuple[Option, ...]:
    if field.kind == "yesno":
        return tuple(Option(v, words.yes_no(field, v == "yes"), v == typed) for v in ("yes", "no"))
    if field.source:
        listings = words.directory.listings(field.source)
        return tuple(_listed(words, field, x, typed) for x in listings)
    return tuple(
        Option(
            value,
            words.choice(field, value),
            value == typed,
            words.maybe(f"fields.{field.name}.hints.{value}"),
        )
        for value in field.choices
    )


def _listed(words: Words, field: Field, listing: Listing, typed: str) -> Option:
    facts = tuple(words.facts(field, listing))
    return Option(listing.key, listing.name(words.language), listing.key == typed, "", facts)
