"""From a decision to what is stored: the entry sealed onto the history."""

import secrets

from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.history import Entry, digest, seal
from functions.kernel.ladder import due_at
from functions.services.ports import CaseStore, File


def sealed(decision: Decision, previous: str) -> tuple[Entry, str]:
    """The history entry of a decision and the salt of what was said in it."""
    salt = secrets.token_hex(16)
    return seal(decision.step, digest(decision.said, salt), previous), salt


def create(cases: CaseStore, definition: Definition, decision: Decision, quota: str) -> bool:
    """Store a new case; False if it exists already."""
    entry, salt = sealed(decision, "")
    return cases.create(decision, entry, salt, due_at(definition, decision.case), quota)


def commit(cases: CaseStore, definition: Definition, decision: Decision, file: File) -> None:
    """Store a decision on a case that was read as ``file``; ``Conflict`` if it has moved."""
    entry, salt = sealed(decision, file.last_seal)
    cases.commit(decision, entry, salt, due_at(definition, decision.case))
