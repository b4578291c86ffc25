"""What was chosen and typed in a form that came too late, for who sent it to keep."""

from collections.abc import Iterator, Mapping
from datetime import date

from functions.kernel.case import Case
from functions.kernel.errors import Invalid
from functions.kernel.fields import MAX_LENGTH, Field
from functions.kernel.parse import read
from functions.render.case.people import SummaryRow
from functions.render.text.words import Words


def unrecorded_rows(
    words: Words, case: Case, role: str, typed: Mapping[str, str], today: date
) -> tuple[SummaryRow, ...]:
    """The action that a ``role`` chose, what was answered for it, and all else that was written."""
    definition = words.definition
    chosen = next(
        (a for a in definition.actions if (a.name, a.role) == (typed.get("action"), role)), None
    )
    asked = definition.asked(chosen, case.form) if chosen else ()
    written = (f for f in definition.fields().values() if f.kind in MAX_LENGTH and f not in asked)
    choice = words.maybe(f"actions.{chosen.name}.label") if chosen else ""
    first = [SummaryRow(words.page("unrecorded.chosen"), choice)] if choice else []
    return (*first, *_rows(words, case, (*asked, *written), typed, today))


def _rows(
    words: Words, case: Case, fields: tuple[Field, ...], typed: Mapping[str, str], today: date
) -> Iterator[SummaryRow]:
    for field in fields:
        values = [v for name, v in typed.items() if field.owns(name) and v.strip()]
        if not values or field.kind == "tick":
            continue
        try:
            answer = read((field,), (), typed, words.directory, today, case.answers)[field.name]
        except Invalid:
            if not (field.choices or field.source):  # then it is a code, and nobody's words
                yield SummaryRow(words.question(field), ", ".join(values))
        else:
            yield SummaryRow(words.question(field), words.value(field, answer))
