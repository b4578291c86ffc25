"""Whoever was told of a thing hears when it is undone."""

import pytest

from functions.kernel.case import Decision
from functions.kernel.definition import Definition, Transition
from functions.kernel.states import BY_ITSELF, CLOCK
from functions.processes import NAMES, current
from tests.fakes import World
from tests.paths import Walk, walks


def unheard(definition: Definition, walk: Walk) -> list[str]:
    """Who was mailed when the case came where it was, and not when somebody else undid that.

    Undone is a turn that another ended, and a case that goes back on its route or is over
    before its end. What time ends, the mail of the turn has said before; who recorded what the
    turn's holder did ended no turn of theirs. A row with calls or links tells of it through
    those cases, and one that forgets tells nobody.
    """
    if len(walk.decisions) < 2:
        return []
    here, step = walk.decisions[-1], walk.decisions[-1].event
    row = _row(definition, walk)
    before = walk.decisions[-2].case
    state = definition.state(before.state)
    ended = step.role != CLOCK and definition.turn(before) not in (step.role, *BY_ITSELF)
    recorded = state.recorded_by == step.role and not _is_over_early(definition, walk)
    undone = _goes_back(definition, walk) or _is_over_early(definition, walk)
    if (
        not row
        or row.erases
        or row.signals
        or row.linked_actions
        or row.source == row.target
        or recorded
    ):
        return []
    if not undone and not ended:
        return []
    told = _told(walk.decisions[:-1], before.state)
    if not undone:
        told &= {p.id for p in before.holders(definition.turn(before))}
    heard = {o.party for o in here.mail_orders} | {step.party} | set(before.votes)
    roles = {p.id: p.role for p in before.parties}
    return sorted({roles[p] for p in told - heard if roles[p] != step.role})


def _row(definition: Definition, walk: Walk) -> Transition | None:
    step, form = walk.decisions[-1].event, walk.case.form
    rows = (
        t
        for t in definition.transitions
        if (t.action, t.source, t.target) == (step.action, step.source, step.target)
        and (not t.forms or form in t.forms)
    )
    return next(rows, None)


def _told(decisions: tuple[Decision, ...], state: str) -> set[str]:
    """Who was mailed when the case entered a state last, and is in it still."""
    entering = [d for d in decisions if d.case.state == state and d.event.source != state]
    last = entering[-1] if entering else decisions[0]
    present = {p.id for p in decisions[-1].case.parties if p.present}
    return {o.party for o in last.mail_orders} & present


def _goes_back(definition: Definition, walk: Walk) -> bool:
    route, step = definition.form(walk.case.form).route, walk.decisions[-1].event
    return {step.source, step.target} <= {*route} and route.index(step.target) < route.index(
        step.source
    )


def _is_over_early(definition: Definition, walk: Walk) -> bool:
    step, last = walk.decisions[-1].event, definition.form(walk.case.form).route[-1]
    before = definition.is_over(step.source)
    return definition.is_over(step.target) and step.target != last and not before


@pytest.mark.parametrize("name", NAMES)
def test_who_was_told_hears_that_it_is_undone(name: str) -> None:
    definition = current(name)
    wrong = {
        f"{walk.case.form}: {step.action} in {step.source}: {', '.join(roles)}"
        for walk in walks(definition, World().directory)
        if (roles := unheard(definition, walk)) and (step := walk.decisions[-1].event)
    }
    assert sorted(wrong) == []


def left_unheard(definition: Definition, walk: Walk) -> list[str]:
    """Who had been mailed and lost their place by the last act, and was not mailed of that. Who
    did it, or voted themself out, knows; a linked case tells those whom it takes out."""
    row = _row(definition, walk) if walk.decisions[1:] else None
    if not row or row.erases or row.leaves or row.linked_actions or row.signals:
        return []
    here, before = walk.decisions[-1], walk.decisions[-2].case
    told = {o.party for d in walk.decisions[:-1] for o in d.mail_orders}
    there = {p.email for p in here.case.parties if p.present}
    gone = [p for p in before.parties if p.present and p.email not in there]
    heard = {o.party for o in here.mail_orders} | {here.event.party} | set(before.votes)
    return sorted({p.role for p in gone if p.id in told - heard})


@pytest.mark.parametrize("name", NAMES)
def test_who_loses_their_place_hears_of_it(name: str) -> None:
    definition = current(name)
    wrong = {
        f"{walk.case.form}: {step.action} in {step.source}: {', '.join(roles)}"
        for walk in walks(definition, World().directory)
        if (roles := left_unheard(definition, walk)) and (step := walk.decisions[-1].event)
    }
    assert sorted(wrong) == []
