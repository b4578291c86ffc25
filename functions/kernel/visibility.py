"""Filters a case by role and state: an answer that is not declared visible is left out."""

from functions.kernel.case import Case, Party
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.fields import Value

PARTY = "party."


def sees(definition: Definition, thing: str, role: str, state: str) -> bool:
    """Whether ``role`` sees a field, or ``party.<role>``, while the case is in ``state``."""
    visibility = definition.visibility.get(thing, {})
    return role in visibility and (visibility[role] == ALWAYS or state in visibility[role])


def visible(definition: Definition, case: Case, role: str) -> dict[str, Value]:
    """The answers of a case that ``role`` may see now, in the definition's order."""
    return {
        name: case.answers[name]
        for name in definition.fields()
        if name in case.answers and sees(definition, name, role, case.state)
    }


def sees_name(definition: Definition, case: Case, reader: Party, other: Party) -> bool:
    """Whether ``reader`` sees the name of ``other`` now.

    Who has left a case is named only to those who saw them all along: an applicant who
    meets the supervisor in the end does not learn who declined before.
    """
    if reader.id == other.id:
        return True
    if not reader.present or not sees(definition, PARTY + other.role, reader.role, case.state):
        return False
    return other.present or definition.visibility[PARTY + other.role][reader.role] == ALWAYS


def visible_parties(definition: Definition, case: Case, reader: Party) -> tuple[Party, ...]:
    """The people in a case whose names ``reader`` may see now."""
    return tuple(p for p in case.parties if p.present and sees_name(definition, case, reader, p))
