"""From decisions to what is stored: each entry sealed onto its case's history."""

import secrets
from dataclasses import dataclass

from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.history import Entry, digest, seal
from functions.kernel.ladder import due_at
from functions.services.ports import CaseStore, File, Move
from functions.services.sealing import hold


@dataclass(frozen=True, slots=True)
class Change:
    """A decision on a case that was read as ``file``, or that is new."""

    definition: Definition
    decision: Decision
    file: File | None = None


def sealed(decision: Decision, previous: str) -> tuple[Entry, str]:
    """The history entry of a decision and the salt of what was said in it."""
    salt = secrets.token_hex(16)
    return seal(decision.step, digest(decision.said, salt), previous), salt


def create(cases: CaseStore, definition: Definition, decision: Decision, quota: str) -> bool:
    """Store a new case; False if it exists already."""
    return cases.create(_move(Change(definition, decision)), quota)


def commit(cases: CaseStore, *changes: Change) -> None:
    """Store decisions together, all or none; ``Conflict`` if one of the cases has moved, ``Broken``
    if the history of one is not as it was written."""
    cases.commit(*map(_move, changes))


def _move(change: Change) -> Move:
    if change.file:
        hold(change.file)
    entry, salt = sealed(change.decision, change.file.last_seal if change.file else "")
    due = due_at(change.definition, change.decision.case)
    return Move(change.decision, entry, salt, due)
