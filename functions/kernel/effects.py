"""All effects of one act: the decision on its own case, those on linked cases that it moves, new
cases that it opens, and waiting cases that it admits to free units of a capacity.

Pure: services read what an act can reach, and write the effects together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Actor, Case, Decision
from functions.kernel.definition import Definition
from functions.kernel.engine import decide, transition
from functions.kernel.fields import Answers
from functions.kernel.linking import decide_together
from functions.kernel.people import Directory
from functions.kernel.spawn import spawned
from functions.kernel.states import LINK

if TYPE_CHECKING:  # few processes have one
    from functions.kernel.capacity import Capacity, Waitlist


@dataclass(frozen=True, slots=True)
class Effect:
    """A decision on one case, and the definition of that case."""

    definition: Definition
    decision: Decision


@dataclass(frozen=True, slots=True)
class SharedCapacity:
    """The capacity that a case shares with others: the ``waitlist``, and of the ``waiting`` cases,
    by id, those that can be admitted at most."""

    capacity: "Capacity"
    waitlist: "Waitlist"
    waiting: Mapping[str, tuple[Definition, Case]]


@dataclass(frozen=True, slots=True)
class ReachableCases:
    """What an act can reach beside its own case. ``moved`` are linked cases that it may move;
    ``apart`` are those in which roles are kept apart, too; ``shared`` is None unless the act may
    change a waitlist. ``current`` gives the definition of a process for new cases."""

    current: Callable[[str], Definition]
    moved: LinkedCases = ()
    apart: LinkedCases = ()
    shared: SharedCapacity | None = field(default=None)


def effects_of(
    definition: Definition,
    case: Case,
    actor: Actor,
    action: str,
    answers: Answers,
    now: datetime,
    directory: Directory,
    reach: ReachableCases,
) -> tuple[Effect, ...]:
    """All that an action does, its own case first; ``Refused`` as ``engine.decide``.

    All of it happens at one moment, and is written whole or not at all."""
    shared, permitted = reach.shared, definition
    if shared and not shared.capacity.fits(shared.waitlist, case.id, case.answers):
        permitted = definition.when_full()
    own, *others = decide_together(
        permitted, case, reach.moved, actor, action, answers, now, directory, reach.apart
    )
    own, opened = _opened(permitted, case, action, own, now, directory, reach)
    admitted: Sequence[Effect] = ()
    if shared:
        own, admitted = _admitted(shared, case, own, now, directory)
    of = {other.id: there for there, other in reach.moved}
    moved = (Effect(of[decision.case.id], decision) for decision in others)
    return (Effect(definition, own), *moved, *opened, *admitted)


def _opened(
    definition: Definition,
    case: Case,
    action: str,
    own: Decision,
    now: datetime,
    directory: Directory,
    reach: ReachableCases,
) -> tuple[Decision, Sequence[Effect]]:
    """The decision, its case linked to the cases that it opens, and the decisions on these."""
    row = transition(definition, case, action)
    found: list[Effect] = []
    for spawn in row.spawns if row else ():
        there = reach.current(spawn.process)
        begun = spawned(there, spawn, (definition, own.case), now, directory)
        found += [Effect(there, begun)] if begun else []
    ids = (effect.decision.case.id for effect in found)
    return replace(own, case=replace(own.case, linked=(*own.case.linked, *ids))), found


def _admitted(
    shared: SharedCapacity, before: Case, own: Decision, now: datetime, directory: Directory
) -> tuple[Decision, Sequence[Effect]]:
    """The decision with the changed waitlist, and those that admit waiting cases to free units.

    The write fails if the waitlist, or one of the cases admitted, has moved meanwhile."""
    capacity, waitlist = shared.capacity, shared.waitlist
    units = capacity.units(before.answers)
    left = capacity.moved(waitlist, before.id, own.case.state, units)
    found: list[Effect] = []
    for case_id in tuple(left.waiting):
        there, case = shared.waiting.get(case_id, (None, before))
        if there is None or case_id == before.id or not capacity.fits(left, case_id, case.answers):
            break
        admits = (there.capacity or capacity).admits
        decision = decide(there, case, Actor(LINK), admits, {}, now, directory)
        found.append(Effect(there, decision))
        units = capacity.units(decision.case.answers)
        left = capacity.moved(left, case_id, decision.case.state, units)
    if left != waitlist:
        own = replace(own, waitlist=replace(left, revision=waitlist.revision + 1))
    return own, found
