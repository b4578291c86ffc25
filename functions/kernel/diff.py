"""What a correction changed, so that who reads it again need not search for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.fields import Answers, Value
from functions.kernel.history import SealedEvent


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer before and after; None where there was or is none."""

    field: str
    before: Value | None
    after: Value | None


def latest_changes(
    definition: Definition, case: Case, fillings: Sequence[tuple[SealedEvent, Answers | None]]
) -> tuple[AnswerChange, ...]:
    """What the correction that led into the present state changed; empty if none did. ``fillings``
    are the last two times that the form was filled in."""
    filled = [(entry.event, answers) for entry, answers in fillings if answers is not None]
    if len(filled) < 2 or filled[-1][0].at != case.entered_at:
        return ()
    before, after = (_spoken(case, answers) for _, answers in filled[-2:])
    fields = (f.name for f in definition.form(case.form).fields if not f.immutable)
    return tuple(
        AnswerChange(name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    )


def _spoken(case: Case, answers: Answers) -> dict[str, Value]:
    """Answers in which each of the listed people has a language: the case's, or their own."""
    return {
        name: [{**row, "language": row.get("language") or case.language} for row in value]
        if isinstance(value, list)
        else value
        for name, value in answers.items()
    }
