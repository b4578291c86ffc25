"""Decides linked cases together: the decision on one case and its effects on the others."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import LinkedCases, kept_by, linked_cases_of
from functions.kernel.case import Actor, Case, Decision
from functions.kernel.consequences import Signal, people_by_role
from functions.kernel.definition import Definition
from functions.kernel.engine import decide, transition
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers
from functions.kernel.people import Directory
from functions.kernel.states import LINK


def moves_linked(definition: Definition, case: Case, action: str) -> bool:
    """Whether ``action`` may move the cases linked to this one, so that they must be read."""
    rows = definition.rows(action, case.state)
    return bool(case.linked) and any(t.linked_actions or t.signals for t in rows)


def decide_together(
    definition: Definition,
    case: Case,
    others: LinkedCases,
    actor: Actor,
    action: str,
    asked_answers: Answers,
    now: datetime,
    directory: Directory,
    linked: LinkedCases = (),
) -> tuple[Decision, ...]:
    """The decision on a case, as ``engine.decide``, and what it does to ``others``.

    Votes count only for those whose own case is still there: an application that was
    withdrawn meanwhile cannot be merged, whatever its sender said. Roles are kept apart in the
    cases ``linked`` to it, too.
    """
    case = _standing(definition, case, others, action)
    row = transition(definition, case, action)
    first = decide(
        definition, case, actor, action, asked_answers, now, directory, linked_cases=linked
    )
    staying, leaving = row.linked_actions.names if row and row.linked_actions else ("", "")
    signals = row.signals if row else ()
    return (
        first,
        *(
            _signalled((definition, first.case), own, other, signal, now, directory)
            for own, other in others
            for signal in (Signal(staying if other.id in first.case.linked else leaving), *signals)
            if transition(own, other, signal.action)
            and (case.id in other.linked or own.action(signal.action).led)
        ),
    )


def decide_joining(
    definition: Definition,
    case: Case,
    actor: Actor,
    action: str,
    into: str,
    now: datetime,
    directory: Directory,
) -> Decision:
    """The decision that takes a case out of its own way because it is joined with others ``into``
    the case of this id: from then on it is linked to that one alone."""
    decision = decide(definition, case, actor, action, {}, now, directory)
    return replace(decision, case=replace(decision.case, linked=(into,)))


def _signalled(
    by: tuple[Definition, Case],
    own: Definition,
    other: Case,
    signal: Signal,
    now: datetime,
    directory: Directory,
) -> Decision:
    """What ``signal`` does to ``other``; of what its case (``by``) passes on it takes what it asks.
    ``Refused`` if it would give a role to somebody whom another role keeps from it."""
    case = by[1]
    asked = {f.name for f in own.action(signal.action).fields}
    passed_answers = signal.answers(case) if signal.answers else {}
    asked_answers = {name: value for name, value in passed_answers.items() if name in asked}
    people = people_by_role(signal.roles, case)
    linked = linked_cases_of(other, (by,))
    passed = ((role, p.email) for role, coming in people.items() for p in coming)
    if any(kept_by(own, other, role, email, linked) for role, email in passed):
        raise Refused
    return decide(
        own, other, Actor(LINK, case=case.id), signal.action, asked_answers, now, directory, people
    )


def _standing(definition: Definition, case: Case, others: LinkedCases, action: str) -> Case:
    rows = definition.rows(action, case.state)
    staying = {
        t.linked_actions.staying for t in rows if t.linked_actions and t.removes_unless_agreed
    }
    if not staying:
        return case
    there = {
        other.id
        for own, other in others
        if case.id in other.linked and any(transition(own, other, name) for name in staying)
    }
    brought_by = {p.id: p.ref for p in case.parties}
    return replace(case, votes={k: v for k, v in case.votes.items() if brought_by[k] in there})
