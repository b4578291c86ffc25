"""Cases that are moved together: what one decides, the cases linked to it live through."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import Beside, beside, kept_by
from functions.kernel.case import Actor, Case, Decision
from functions.kernel.consequences import Call, seated
from functions.kernel.definition import LINK, Definition
from functions.kernel.engine import decide, transition
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers
from functions.kernel.people import Directory

Linked = Sequence[tuple[Definition, Case]]


def moves_linked(definition: Definition, case: Case, action: str) -> bool:
    """Whether ``action`` may move the cases linked to this one, so that they must be read."""
    rows = (t for t in definition.transitions if (t.action, t.source) == (action, case.state))
    return bool(case.linked) and any(t.links or t.calls for t in rows)


def decide_together(
    definition: Definition,
    case: Case,
    others: Linked,
    actor: Actor,
    action: str,
    said: Answers,
    now: datetime,
    directory: Directory,
    linked: Beside = (),
) -> tuple[Decision, ...]:
    """The decision on a case, as ``engine.decide``, and what it does to ``others``.

    Votes count only for those whose own case is still there: an application that was
    withdrawn meanwhile cannot be merged, whatever its sender said. Roles are kept apart in the
    cases ``linked`` to it, too.
    """
    case = _standing(definition, case, others, action)
    row = transition(definition, case, action)
    first = decide(definition, case, actor, action, said, now, directory, beside=linked)
    staying, leaving = row.links if row and row.links else ("", "")
    called = row.calls if row else ()
    return (
        first,
        *(
            _called((definition, first.case), own, other, call, now, directory)
            for own, other in others
            for call in (Call(staying if other.id in first.case.linked else leaving), *called)
            if transition(own, other, call.action)
            and (case.id in other.linked or own.action(call.action).led)
        ),
    )


def _called(
    by: tuple[Definition, Case],
    own: Definition,
    other: Case,
    call: Call,
    now: datetime,
    directory: Directory,
) -> Decision:
    """What ``call`` does to ``other``; of what the calling case (``by``) passes on it takes what it
    asks. ``Refused`` if it would seat somebody whom another role keeps from the place."""
    case = by[1]
    asked = {f.name for f in own.action(call.action).fields}
    told = call.says(case) if call.says else {}
    said = {name: value for name, value in told.items() if name in asked}
    people = seated(call.seats, case)
    linked = beside(other, (by,))
    placed = ((role, p.email) for role, coming in people.items() for p in coming)
    if any(kept_by(own, other, role, email, linked) for role, email in placed):
        raise Refused
    return decide(own, other, Actor(LINK, case=case.id), call.action, said, now, directory, people)


def _standing(definition: Definition, case: Case, others: Linked, action: str) -> Case:
    rows = (t for t in definition.transitions if (t.action, t.source) == (action, case.state))
    staying = {t.links[0] for t in rows if t.links and t.drops}
    if not staying:
        return case
    there = {
        other.id
        for own, other in others
        if case.id in other.linked and any(transition(own, other, name) for name in staying)
    }
    brought_by = {p.id: p.ref for p in case.parties}
    return replace(case, votes={k: v for k, v in case.votes.items() if brought_by[k] in there})
