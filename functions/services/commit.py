"""Stores decisions: seals each event onto the history of its case and writes all in one
transaction."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.errors import Conflict
from functions.kernel.history import SealedEvent, SealKeys, digest, seal
from functions.kernel.timers import due_at
from functions.services.container import Services
from functions.services.integrity import hold, hold_latest
from functions.services.ports import CaseRecord, CaseStore, Write

_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A decision on a case that was read as ``record``, or that is new."""

    definition: Definition
    decision: Decision
    record: CaseRecord | None = None


def sealed(decision: Decision, previous: str, keys: SealKeys) -> tuple[SealedEvent, str]:
    """The history entry of a decision and the salt of what was said in it."""
    salt = secrets.token_hex(16)
    answers = digest(decision.answers, salt)
    return seal(keys, decision.case.id, decision.event, answers, previous), salt


def create(cases: CaseStore, definition: Definition, decision: Decision, quota: str) -> bool:
    """Store a new case; False if it exists already."""
    return cases.create(_move(cases, PendingWrite(definition, decision)), quota)


def commit(services: Services, *changes: PendingWrite) -> None:
    """Store decisions together, all or none; ``Conflict`` if one of the cases has moved, ``Broken``
    if the history of one is not as it was written, or it was put back to an earlier one."""
    moves = [_move(services.cases, change) for change in changes]
    for record in (change.record for change in changes if change.record):
        hold_latest(services, record)
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


def _move(cases: CaseStore, change: PendingWrite) -> Write:
    if change.record:
        hold(change.record)
    previous = change.record.last_seal if change.record else ""
    entry, salt = sealed(change.decision, previous, cases.keys)
    due = due_at(change.definition, change.decision.case)
    return Write(change.decision, entry, salt, due)
