"""A decision with all its effects: linked cases are decided together, new ones opened, and waiting
ones admitted."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Actor, Decision
from functions.kernel.definition import Definition
from functions.kernel.engine import transition
from functions.kernel.fields import Answers
from functions.kernel.linking import decide_together, moves_linked
from functions.kernel.spawn import spawned
from functions.processes import current, pinned
from functions.services.case.capacity import capacity_of, waitlist_of, with_admissions
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.ports import CaseRecord


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
    Roles are kept apart in the cases ``linked`` to it, too.

    All that happens by one act happens at one moment."""
    now = services.clock.now()
    others: list[tuple[Definition, CaseRecord]] = []
    if moves_linked(definition, record.case, action):
        found = (services.cases.load(case_id) for case_id in record.case.linked)
        others = [(pinned(f.case.process, f.case.version), f) for f in found if f]
    capacity, case, allowed = capacity_of(definition), record.case, definition
    waitlist = waitlist_of(services, definition, capacity, case, action) if capacity else None
    if capacity and waitlist and not capacity.fits(waitlist, case.id, case.answers):
        allowed = definition.when_full()
    decisions = decide_together(
        allowed,
        record.case,
        [(own, other.case) for own, other in others],
        actor,
        action,
        answers,
        now,
        services.directory,
        linked,
    )
    decisions, opened = _opening(services, allowed, record, action, decisions, now)
    if capacity and waitlist:
        first, called = with_admissions(services, capacity, waitlist, case, decisions[0])
        decisions, opened = (first, *decisions[1:]), [*opened, *called]
    read = {f.case.id: (own, f) for own, f in [(definition, record), *others]}
    return (*(PendingWrite(read[d.case.id][0], d, read[d.case.id][1]) for d in decisions), *opened)


def _opening(
    services: Services,
    definition: Definition,
    record: CaseRecord,
    action: str,
    decisions: tuple[Decision, ...],
    now: datetime,
) -> tuple[tuple[Decision, ...], list[PendingWrite]]:
    """The decisions with the case linked to those that begin by it, and these."""
    row = transition(definition, record.case, action)
    moved, changes = decisions[0].case, []
    for spawns in row.spawns if row else ():
        there = current(spawns.process)
        begun = spawned(there, spawns, (definition, moved), now, services.directory)
        if begun:
            changes.append(PendingWrite(there, begun))
    ids = tuple(change.decision.case.id for change in changes)
    first = replace(decisions[0], case=replace(moved, linked=(*moved.linked, *ids)))
    return (first, *decisions[1:]), changes
