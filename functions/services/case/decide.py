"""Reads what an act can reach and decides it with all its effects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Actor, Case
from functions.kernel.definition import Definition
from functions.kernel.effects import (
    Effect,
    ReachableCases,
    SharedCapacity,
    effects_in_case,
    effects_of,
)
from functions.kernel.engine import OPEN
from functions.kernel.errors import Broken, Conflict
from functions.kernel.fields import Answers
from functions.kernel.linking import moves_linked
from functions.kernel.nested import begin, reported_action, takes_along
from functions.kernel.subcases import name_and_number, root_of
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
    reach, records = _reached(services, definition, case, action, linked)
    effects = effects_of(definition, case, actor, action, answers, now, services.directory, reach)
    return bound(effects, (record, *records, *_parents(services, case, effects)))


def begun(
    services: Services,
    definition: Definition,
    record: CaseRecord,
    actor: Actor,
    name: str,
    form: str,
    answers: Answers,
    linked: LinkedCases = (),
) -> tuple[PendingWrite, ...]:
    """The changes that beginning a subcase makes, the first subcase first; ``Refused`` if nobody
    can begin one so."""
    case, now = record.case, services.clock.now()
    spec, there = definition.subprocess(name), current(f"{definition.name}.{name}")
    own = begin(definition, case, actor, spec, there, form, answers, now, linked)
    reported = reported_action(definition, case, name, OPEN)
    reach, records = _reached(services, definition, case, reported, linked)
    moved = [(there, None, each.case) for each in own]
    directory = services.directory
    others = effects_in_case(definition, case, own[0], moved, now, directory, reach)
    return bound([*(Effect(there, each) for each in own), *others], (record, *records))


def _reached(
    services: Services,
    definition: Definition,
    case: Case,
    action: str,
    linked: LinkedCases = (),
    acting: str = "",
) -> tuple[ReachableCases, list[CaseRecord]]:
    """What an action of a case can reach, and the records that it was read from; without the
    subcase that is ``acting``, of whose act the case is reported."""
    moved = case.linked if moves_linked(definition, case, action) else ()
    others = _read(services, moved)
    shared, waiting = _shared(services, definition, case, action)
    along = [i for i in takes_along(definition, case, action) if i != acting]
    along += [i for other in (*others, *waiting) for i in other.case.open_subcases]
    found = services.cases.records(along) if along else {}
    if len(found) < len(along):
        raise Broken  # one of them cannot be read
    subcases: dict[str, list[tuple[Definition, Case]]] = {}
    for each in found.values():
        subcases.setdefault(root_of(each.case.id), []).append(_defined(each))
    parent, in_parent = _parent(services, case, action)
    known = [*map(_defined, others)]
    reach = ReachableCases(current, known, linked, shared, subcases, parent)
    return reach, [*others, *waiting, *found.values(), *in_parent]


def _parent(
    services: Services, case: Case, action: str
) -> tuple[tuple[Definition, ReachableCases] | None, list[CaseRecord]]:
    """The definition of the case that a subcase is a part of, and what that can reach by the action
    that it is told."""
    if case.parent is None:
        return None, []
    outer = pinned(case.parent.process, case.parent.version)
    name, _ = name_and_number(case.id)
    reported = reported_action(outer, case.parent, name, action)
    reach, records = _reached(services, outer, case.parent, reported, acting=case.id)
    return (outer, reach), records


def _parents(services: Services, case: Case, effects: Sequence[Effect]) -> list[CaseRecord]:
    """The record of the case that a subcase is a part of, if it is written; ``Conflict`` if it has
    moved since the subcase was read."""
    parent = case.parent
    if parent is None or all(e.decision.case.id != parent.id for e in effects):
        return []
    record = services.cases.case(parent.id)
    if record is None or record.case.revision != parent.revision:
        raise Conflict
    return [record]


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
