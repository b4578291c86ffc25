"""Reads what an act can reach and decides it with all its effects."""

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Actor, Case
from functions.kernel.definition import Definition
from functions.kernel.effects import ReachableCases, SharedCapacity, effects_of
from functions.kernel.fields import Answers
from functions.kernel.linking import moves_linked
from functions.processes import current, pinned
from functions.services.commit import PendingWrite, bound
from functions.services.container import Services
from functions.services.ports import CaseRecord

if TYPE_CHECKING:  # few processes have one
    from functions.kernel.capacity import Capacity

MAX_ADMITTED = 10  # cases at once: a transaction has room for so many


def decided(
    services: Services,
    definition: Definition,
    record: CaseRecord,
    actor: Actor,
    action: str,
    answers: Answers,
    linked: LinkedCases = (),
) -> tuple[PendingWrite, ...]:
    """The changes that an action makes, to be committed together; ``Refused`` as the engine.
    Roles are kept apart in the cases ``linked`` to it, too."""
    case, now = record.case, services.clock.now()
    moved = case.linked if moves_linked(definition, case, action) else ()
    others = _read(services, moved)
    shared, waiting = _shared(services, definition, case, action)
    reach = ReachableCases(current, [*map(_defined, others)], linked, shared)
    effects = effects_of(definition, case, actor, action, answers, now, services.directory, reach)
    return bound(effects, (record, *others, *waiting))


def _shared(
    services: Services, definition: Definition, case: Case, action: str
) -> tuple[SharedCapacity | None, list[CaseRecord]]:
    """The capacity that the case shares, if ``action`` may change its waitlist, and the cases that
    could be admitted if this one left."""
    capacity = _capacity_of(definition)
    rows = definition.rows(action, case.state) if capacity else ()
    if not capacity or not any(
        capacity.counts(row.source) or capacity.counts(row.target) for row in rows
    ):
        return None, []
    waitlist = services.cases.waitlist(f"{definition.name}#{case.answers[capacity.by]}")
    without = capacity.moved(waitlist, case.id, "", 0)
    first = capacity.next_in(without, str(case.answers[capacity.by]))[:MAX_ADMITTED]
    waiting = _read(services, first)
    known = {record.case.id: _defined(record) for record in waiting}
    return SharedCapacity(capacity, waitlist, known), waiting


def _capacity_of(definition: Definition) -> "Capacity | None":
    """The capacity that a definition declares, with the limits of its newest version."""
    capacity = definition.capacity
    newest = current(definition.name).capacity if capacity else None
    if not (capacity and newest):
        return capacity
    return replace(capacity, limits={**capacity.limits, **newest.limits})


def _read(services: Services, case_ids: tuple[str, ...]) -> list[CaseRecord]:
    return [record for record in map(services.cases.case, case_ids) if record]


def _defined(record: CaseRecord) -> tuple[Definition, Case]:
    return pinned(record.case.process, record.case.version), record.case
