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
from functions.kernel.errors import Broken, Conflict, KapulaError
from functions.kernel.history import SealedEvent, SealKeys, digest, seal
from functions.kernel.nested import ERASE, erase_subcase
from functions.kernel.summary import HistorySummary, erased, extended
from functions.kernel.timers import ERASING, STATE, moments
from functions.processes import pinned
from functions.services.container import Services
from functions.services.erasing import erase_rest
from functions.services.integrity import require_latest, require_sound
from functions.services.ports import MAX_AT_ONCE, CaseRecord, CaseStore, RateLimit, Write

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
    ids = {change.decision.case.id for change in changes}
    moves = [_move(services.cases, change, ids) for change in changes]
    for record in (change.record for change in changes if change.record):
        require_latest(services, record)
    services.cases.commit(*moves)
    for case in (change.decision.case for change in changes if change.decision.erases):
        with suppress(KapulaError):  # it is empty already: the clock does the rest
            erase_case(services, case.id)


def erase_case(services: Services, case_id: str) -> bool:
    """Remove what is left of a case that a decision has erased, of its subcases first; whether this
    was the last of it. Interrupted, it goes on where it was when it is run again. ``Broken`` if a
    subcase cannot be read."""
    record = services.cases.case(case_id)
    kept = record.case.subcases if record and record.unerased else {}
    ids = [i for name, those in kept.items() for i in those.all_ids(case_id, name)]
    for start in range(0, len(ids), MAX_AT_ONCE):
        part = ids[start : start + MAX_AT_ONCE]
        found = services.cases.records(part)
        for each in part:
            if each not in found:
                raise Broken
            _erase_subcase(services, found[each])
    return erase_rest(services, case_id)


def _erase_subcase(services: Services, record: CaseRecord) -> None:
    case, last = record.case, record.summary.last[-1]
    if last.action != ERASE:
        decision = erase_subcase(case, services.clock.now())
        change = PendingWrite(pinned(case.process, case.version), decision, record)
        services.cases.commit(_move(services.cases, change))
    if last.action != ERASE or record.unerased:
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


def _move(cases: CaseStore, change: PendingWrite, ids: Iterable[str] = ()) -> Write:
    """What is written of a decision, beside decisions on the cases of these ``ids``."""
    decision, previous = change.decision, change.record.last_seal if change.record else ""
    entry, salt = sealed(decision, previous, cases.keys)
    before = change.record.summary if change.record else HistorySummary()
    summary = (
        erased(decision.event)
        if decision.erases
        else extended(before, change.definition, decision.event, decision.answers)
    )
    has_break = bool(change.record and change.record.has_break)
    rechecked = tuple(i for i in _of_others_now(change) if i not in ids)
    return Write(decision, entry, salt, _timers(change), summary, has_break, rechecked)


def _of_others_now(change: PendingWrite) -> tuple[str, ...]:
    """The open subcases of a case whose people are others by a decision: who is waited for in them
    may have gone."""
    before, after = change.record, change.decision.case
    if before is None or not after.open_subcases:
        return ()
    had, has = ([(p.id, p.present, p.vacant) for p in c.parties] for c in (before.case, after))
    return after.open_subcases if had != has else ()


def _timers(change: PendingWrite) -> dict[str, datetime | None]:
    """When the timer of the state comes, and the others that the decision moves, and which ones
    there are no more. Another that stays as it is keeps the tries that it has had."""
    decision, timers = change.decision, moments(change.definition, change.decision.case)
    if decision.erases:  # nothing else comes any more
        timers = {ERASING: decision.event.at}
    had = moments(change.definition, change.record.case) if change.record else {}
    moved = {name: at for name, at in timers.items() if name == STATE or had.get(name) != at}
    return {**{name: None for name in had if name not in timers}, **moved}
