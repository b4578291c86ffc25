"""What a correction changed, so that who reads it again need not search for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers, Value
from functions.kernel.history import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One answer before and after; None where there was or is none."""

    field: str
    before: Value | None
    after: Value | None


def latest_changes(
    definition: Definition, case: Case, told: Sequence[tuple[Entry, Answers | None]]
) -> tuple[Change, ...]:
    """What the correction that led into the present state changed; empty if none did."""
    correcting = {a.name for a in definition.actions if a.corrects}
    filled = [
        (entry.step, said)
        for entry, said in told
        if said is not None and entry.step.action in (OPEN, *correcting)
    ]
    if len(filled) < 2 or filled[-1][0].at != case.entered_at:
        return ()
    before, after = (_spoken(case, said) for _, said in filled[-2:])
    fields = (f.name for f in definition.form(case.form).fields if not f.fixed)
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    )


def _spoken(case: Case, said: Answers) -> dict[str, Value]:
    """Answers in which each of the listed people has a language: the case's, or their own."""
    return {
        name: [{**row, "language": row.get("language") or case.language} for row in value]
        if isinstance(value, list)
        else value
        for name, value in said.items()
    }
