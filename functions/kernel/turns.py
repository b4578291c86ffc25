"""Since when a case is in somebody's hands, and which timers that outlast its states go on."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.durations import ByAnswer, OnDate, day_begins, day_of
from functions.kernel.states import BY_ITSELF


def turned(definition: Definition, before: Case, after: Case, now: datetime) -> Case:
    """``after``, with since when it is in the same hands: as ``before``, if neither the state
    nor whose turn it is has changed; from the day on which the state begins, if that was
    corrected. Whoever is put in a place that has the turn has the whole time for it."""
    entered = (before.state, before.entered_at) != (after.state, after.entered_at)
    same = before.state == after.state and definition.turn(before) == definition.turn(after)
    if before.state == after.state and _has_new_holder(definition, before, after):
        same, after = False, after if _set_day(definition, after) else after.timed_anew(now)
    began = definition.begun(after)
    if same and began != definition.begun(before) and after.entered_at == before.entered_at:
        same, now = False, after.entered_at
    waits = began > day_of(now) and not definition.is_vacant(after)
    later = day_begins(began) if waits else now
    after = after.since_moment(before.since if same else later)
    return timed(definition, after, now, entered=entered) if definition.timers else after


def timed(definition: Definition, case: Case, now: datetime, *, entered: bool) -> Case:
    """A case with its lasting timers that go on, and those that start because it has ``entered``
    its state."""
    here = [t for t in definition.timers if case.state in t.states and t.of(case)]
    started = {t.name: case.started[t.name] for t in here if t.name in case.started}
    if entered:
        started |= {t.name: now.isoformat() for t in here if case.state in t.starts}
    return replace(case, started=started)


def _has_new_holder(definition: Definition, before: Case, after: Case) -> bool:
    """Whether the turn is somebody else's because a place has been given to another, is vacant
    or is so no more. One of several who share a turn takes it as it is, unless each answers for
    themself; who has a new address is the same person."""
    role = definition.turn(after)
    if not role or role in BY_ITSELF:
        return False
    same_role = definition.turn(before) == role
    if not same_role and definition.is_vacant(before) == definition.is_vacant(after):
        return False
    here = [p for p in after.holders(role) if not p.vacant]
    earlier = [p for p in before.holders(role) if not p.vacant and same_role]
    known = {p.id for p in earlier}
    if definition.role(role).source:
        known |= {p.ref for p in earlier if p.ref}
    new = [p for p in here if known.isdisjoint((p.id, p.ref))]
    votes = any(a.votes and definition.rows(a.name, after.state) for a in definition.actions)
    return bool(new) and (votes or len(new) == len(here))


def _set_day(definition: Definition, case: Case) -> bool:
    """Whether the time of a state is not its holder's: it waits for time or a linked case, or
    its last day is set by law or was agreed."""
    state = definition.state(case.state)
    limits = (state.deadline, state.hurry.deadline if state.hurry else None)
    set_by = (
        isinstance(x, OnDate)
        or (isinstance(x, ByAnswer) and str(case.answers.get(x.field)) in x.by_law)
        for x in limits
    )
    return state.turn in BY_ITSELF or any(set_by)
