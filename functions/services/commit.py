"""Stores decisions: seals each event onto the history of its case and writes all in one
transaction."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from functions.kernel.case import Decision
from functions.kernel.definition import Definition
from functions.kernel.errors import Conflict, KapulaError
from functions.kernel.history import SealedEvent, SealKeys, digest, seal
from functions.kernel.summary import HistorySummary, erased, extended
from functions.kernel.timers import ERASING, STATE, moments
from functions.services.container import Services
from functions.services.erasing import erase_rest
from functions.services.integrity import require_latest, require_sound
from functions.services.ports import CaseRecord, CaseStore, RateLimit, Write

if TYPE_CHECKING:  # the public forms open cases, and have no other effects
    from functions.kernel.effects import Effect

_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A decision on a case that was read as ``record``, or that is new."""

    definition: Definition
    decision: Decision
    record: CaseRecord | None = None


def bound(effects: "Iterable[Effect]", records: Iterable[CaseRecord]) -> tuple[PendingWrite, ...]:
    """The effects of an act, each with the record from which its case was read, if it was."""
    read = {record.case.id: record for record in records}
    return tuple(
        PendingWrite(each.definition, each.decision, read.get(each.decision.case.id))
        for each in effects
    )


def sealed(decision: Decision, previous: str, keys: SealKeys) -> tuple[SealedEvent, str]:
    """The history entry of a decision and the salt of what was said in it."""
    salt = secrets.token_hex(16)
    answers = digest(decision.answers, salt)
    return seal(keys, decision.case.id, decision.event, answers, previous), salt


def create(
    cases: CaseStore,
    definition: Definition,
    decision: Decision,
    quota: str,
    rate_limits: Sequence[RateLimit] = (),
) -> bool:
    """Store a new case; False if it exists already; ``SinceErased`` if it did. See
    ``CaseStore.create``."""
    return cases.create(_move(cases, PendingWrite(definition, decision)), quota, rate_limits)


def commit(services: Services, *changes: PendingWrite) -> None:
    """Store decisions together, all or none; ``Conflict`` if one of the cases has moved, ``Broken``
    if the history of one is not as it was written, or it was put back to an earlier one. What was
    said in the history of one that was erased is removed next."""
    for record in (change.record for change in changes if change.record):
        require_sound(services, record)
    moves = [_move(services.cases, change) for change in changes]
    for record in (change.record for change in changes if change.record):
        require_latest(services, record)
    services.cases.commit(*moves)
    for case in (change.decision.case for change in changes if change.decision.erases):
        with suppress(KapulaError):  # it is empty already: the clock does the rest
            erase_rest(services, case.id)


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
    decision, previous = change.decision, change.record.last_seal if change.record else ""
    entry, salt = sealed(decision, previous, cases.keys)
    before = change.record.summary if change.record else HistorySummary()
    summary = (
        erased(decision.event)
        if decision.erases
        else extended(before, change.definition, decision.event, decision.answers)
    )
    has_break = bool(change.record and change.record.has_break)
    return Write(decision, entry, salt, _timers(change), summary, has_break)


def _timers(change: PendingWrite) -> dict[str, datetime | None]:
    """When the timer of the state comes, and the others that the decision moves, and which ones
    there are no more. Another that stays as it is keeps the tries that it has had."""
    decision, timers = change.decision, moments(change.definition, change.decision.case)
    if decision.erases:
        timers[ERASING] = decision.event.at
    had = moments(change.definition, change.record.case) if change.record else {}
    moved = {name: at for name, at in timers.items() if name == STATE or had.get(name) != at}
    return {**{name: None for name in had if name not in timers}, **moved}
