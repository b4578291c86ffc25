"""From decisions to what is stored: each entry sealed onto its case's history."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.errors import Conflict
from functions.kernel.history import Entry, Keys, digest, seal
from functions.kernel.ladder import due_at
from functions.services.ports import CaseStore, File, Move
from functions.services.sealing import hold, hold_latest
from functions.services.wiring import Services

_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Change:
    """A decision on a case that was read as ``file``, or that is new."""

    definition: Definition
    decision: Decision
    file: File | None = None


def sealed(decision: Decision, previous: str, keys: Keys) -> tuple[Entry, str]:
    """The history entry of a decision and the salt of what was said in it."""
    salt = secrets.token_hex(16)
    said = digest(decision.said, salt)
    return seal(keys, decision.case.id, decision.step, said, previous), salt


def create(cases: CaseStore, definition: Definition, decision: Decision, quota: str) -> bool:
    """Store a new case; False if it exists already."""
    return cases.create(_move(cases, Change(definition, decision)), quota)


def commit(services: Services, *changes: Change) -> None:
    """Store decisions together, all or none; ``Conflict`` if one of the cases has moved, ``Broken``
    if the history of one is not as it was written, or it was put back to an earlier one."""
    moves = [_move(services.cases, change) for change in changes]
    for file in (change.file for change in changes if change.file):
        hold_latest(services, file)
    services.cases.commit(*moves)


def retried(tries: int, once: Callable[[], _Done]) -> _Done:
    """What ``once`` returns. It reads and writes, and does both again when ``Conflict`` says that
    somebody else wrote meanwhile; ``Conflict`` if that is so each time."""
    for _ in range(tries):
        try:
            return once()
        except Conflict:
            continue
    raise Conflict


def _move(cases: CaseStore, change: Change) -> Move:
    if change.file:
        hold(change.file)
    previous = change.file.last_seal if change.file else ""
    entry, salt = sealed(change.decision, previous, cases.keys)
    due = due_at(change.definition, change.decision.case)
    return Move(change.decision, entry, salt, due)
