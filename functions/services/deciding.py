"""A decision with all that it moves: linked cases are decided together, new ones opened, those
who wait for a place called."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import Beside
from functions.kernel.case import Actor, Decision
from functions.kernel.definition import Definition
from functions.kernel.engine import transition
from functions.kernel.fields import Answers
from functions.kernel.linking import decide_together, moves_linked
from functions.kernel.opening import opened_by
from functions.processes import current, pinned
from functions.services.places import passed_on, queue_of, room_of
from functions.services.ports import File
from functions.services.wiring import Services
from functions.services.writing import Change


def decided(
    services: Services,
    definition: Definition,
    file: File,
    actor: Actor,
    action: str,
    said: Answers,
    linked: Beside = (),
) -> tuple[Change, ...]:
    """The changes that an action makes, to be committed together; ``Refused`` as the engine.
    Roles are kept apart in the cases ``linked`` to it, too.

    All that happens by one act happens at one moment."""
    now = services.clock.now()
    others: list[tuple[Definition, File]] = []
    if moves_linked(definition, file.case, action):
        found = (services.cases.load(case_id) for case_id in file.case.linked)
        others = [(pinned(f.case.process, f.case.version), f) for f in found if f]
    room, case, allowed = room_of(definition), file.case, definition
    queue = queue_of(services, definition, room, case, action) if room else None
    if room and queue and not room.fits(queue, case.id, case.answers):
        allowed = definition.crowded()
    decisions = decide_together(
        allowed,
        file.case,
        [(own, other.case) for own, other in others],
        actor,
        action,
        said,
        now,
        services.directory,
        linked,
    )
    decisions, opened = _opening(services, allowed, file, action, decisions, now)
    if room and queue:
        first, called = passed_on(services, room, queue, case, decisions[0])
        decisions, opened = (first, *decisions[1:]), [*opened, *called]
    read = {f.case.id: (own, f) for own, f in [(definition, file), *others]}
    return (*(Change(read[d.case.id][0], d, read[d.case.id][1]) for d in decisions), *opened)


def _opening(
    services: Services,
    definition: Definition,
    file: File,
    action: str,
    decisions: tuple[Decision, ...],
    now: datetime,
) -> tuple[tuple[Decision, ...], list[Change]]:
    """The decisions with the case linked to those that begin by it, and these."""
    row = transition(definition, file.case, action)
    moved, changes = decisions[0].case, []
    for opens in row.opens if row else ():
        there = current(opens.process)
        begun = opened_by(there, opens, (definition, moved), now, services.directory)
        if begun:
            changes.append(Change(there, begun))
    ids = tuple(change.decision.case.id for change in changes)
    first = replace(decisions[0], case=replace(moved, linked=(*moved.linked, *ids)))
    return (first, *decisions[1:]), changes
