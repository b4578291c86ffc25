"""All effects of one act: the decision on its own case, those on linked cases that it moves, new
cases that it opens, waiting cases that it admits to free units of a capacity, and those on the
subcases of all of these, or on the case that a subcase is a part of.

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
from functions.kernel.nested import (
    keeping,
    recorded,
    reported_action,
    reported_answers,
    taken_along,
)
from functions.kernel.people import Directory
from functions.kernel.spawn import spawned
from functions.kernel.states import LINK
from functions.kernel.subcases import name_and_number

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
    change a waitlist. ``current`` gives the definition of a process for new cases. ``subcases`` has
    the open subcases that may move with a case, by its id. Of a subcase, ``parent`` is the case
    that it is a part of, with what it reaches there."""

    current: Callable[[str], Definition]
    moved: LinkedCases = ()
    apart: LinkedCases = ()
    shared: SharedCapacity | None = field(default=None)
    subcases: Mapping[str, LinkedCases] = field(default_factory=dict)
    parent: "tuple[Definition, ReachableCases] | None" = None


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
    effects = (Effect(definition, own), *moved, *opened, *admitted)
    found = [each for effect in effects for each in _with_subcases(effect, now, directory, reach)]
    return (*found, *_in_parent(definition, case, own, now, directory, reach))


def _with_subcases(
    effect: Effect, now: datetime, directory: Directory, reach: ReachableCases
) -> Sequence[Effect]:
    """An effect on a case, and those on its open subcases."""
    subcases = reach.subcases.get(effect.decision.case.id, ())
    if not subcases:
        return (effect,)
    decision, taken = taken_along(effect.definition, effect.decision, subcases, now, directory)
    return (replace(effect, decision=decision), *(Effect(*each) for each in taken))


def _in_parent(
    definition: Definition,
    before: Case,
    own: Decision,
    now: datetime,
    directory: Directory,
    reach: ReachableCases,
) -> Sequence[Effect]:
    """What a decision on a subcase does to the case that it is a part of."""
    if before.parent is None or reach.parent is None:
        return ()
    outer, reached = reach.parent
    moved = [(definition, before, own.case)]
    return effects_in_case(outer, before.parent, own, moved, now, directory, reached)


def effects_in_case(
    definition: Definition,
    case: Case,
    subcase: Decision,
    moved: Sequence[tuple[Definition, Case | None, Case]],
    now: datetime,
    directory: Directory,
    reach: ReachableCases,
) -> Sequence[Effect]:
    """What a step in a subcase does to its case, with all that follows there: it keeps where the
    subcases that ``moved`` are, and takes the action that it is told by that step."""
    name, _ = name_and_number(subcase.case.id)
    action = reported_action(definition, case, name, subcase.event.action)
    kept = keeping(definition, case, moved)
    if not action:
        decision = recorded(case, kept, subcase)
        return (Effect(definition, decision),) if decision else ()
    actor, answers = (
        Actor(LINK, case=subcase.case.id),
        reported_answers(definition, case, action, subcase.case),
    )
    return effects_of(definition, kept, actor, action, answers, now, directory, reach)


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
