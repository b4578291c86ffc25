"""No state ends in silence while it is somebody's turn, and no deadline of the law passes without
a word."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.directory import is_picked
from functions.kernel.durations import ByAnswer, day_of, is_working
from functions.kernel.states import BY_ITSELF, State
from functions.kernel.timers import deadline, due_at, due_timer, remind
from functions.processes import NAMES, current
from tests.fakes import START, World
from tests.paths import walks

DAY = timedelta(days=1)
RUNGS = 30
LONGEST = 40 * DAY  # between two escalations, with the holidays on which they move


@cache
def reached(name: str) -> tuple[Case, ...]:
    """A case in each state of a process, by each of its ways there; also once with each role of
    the directory in it vacant that can be."""
    definition = current(name)
    found = [walk.case for walk in walks(definition, World().directory)]
    listed = {r.name for r in definition.roles if is_picked(r)}
    for case in tuple(found):
        for role in listed & {p.role for p in case.parties if p.present}:
            parties = (replace(p, vacant=p.vacant or p.role == role) for p in case.parties)
            found.append(replace(case, parties=tuple(parties)))
    return (*found, *(urgent for case in found if (urgent := made_urgent(definition, case))))


def made_urgent(definition: Definition, case: Case) -> Case | None:
    """The same case with a choice that makes it urgent, if there is one."""
    choices = ((f.name, c) for f in definition.fields().values() for c in f.choices)
    tried = (replace(case, answers={**case.answers, name: c}) for name, c in choices)
    return next((c for c in tried if definition.urgent and definition.urgent.holds(c)), None)


def silent(definition: Definition, case: Case) -> bool:
    """Whether time comes to nothing in a case in which nobody acts: no action is taken, and it is
    not told to somebody else again and again."""
    told = []
    for _ in range(RUNGS):
        at = due_at(definition, case)
        timer = due_timer(definition, case, at) if at else None
        if at is None or timer is None:
            return True
        if timer.action:
            return False
        told += [at] if timer.escalates else []
        case = remind(definition, case, timer, at).case
    return len(told) < RUNGS / 2 or any(b - a > LONGEST for a, b in pairwise(told[-10:]))


@pytest.mark.parametrize("name", NAMES)
def test_no_silence_while_it_is_somebodys_turn(name: str) -> None:
    definition = current(name)
    waiting = [c for c in reached(name) if definition.turn(c) not in ("", *BY_ITSELF)]
    assert waiting
    found = {
        (case.form, case.state, tuple(p.role for p in case.parties if p.vacant))
        for case in waiting
        if silent(definition, case)
    }
    assert found == set()


LAWS = [
    (name, state, choice)
    for name in NAMES
    for state in current(name).states
    if isinstance(state.deadline, ByAnswer)
    for choice in state.deadline.by_law
]


@pytest.mark.parametrize(("name", "state", "choice"), LAWS)
def test_law_is_told_of_before_its_deadline(name: str, state: State, choice: str) -> None:
    """On whatever day it begins, and while there are two working days left to act on it."""
    definition, limit = current(name), state.deadline
    assert isinstance(limit, ByAnswer)
    found = next(c for c in reached(name) if c.state == state.name)
    for day in range(2 * 366):
        begun = START + day * DAY
        case = replace(found, entered_at=begun, answers={**found.answers, limit.field: choice})
        last = deadline(definition, case)
        assert last is not None
        told = {"mail": 0, "warns": 0, "escalates": 0}
        while not told["escalates"]:
            at = due_at(definition, case)
            timer = due_timer(definition, case, at) if at else None
            assert at is not None
            assert timer is not None
            left = (last - day_of(at)).days
            working = sum(is_working(last - n * DAY) for n in range(left))
            if timer.escalates:
                assert 0 < -left <= 7, (begun, last, at)
            else:
                assert working >= 2, (begun, last, at)
            for kind in told:
                told[kind] += bool(getattr(timer, kind))
            case = remind(definition, case, timer, at).case
        assert told["mail"] >= 2
        assert told["warns"]


def test_there_are_deadlines_of_the_law() -> None:
    assert {(name, choice) for name, _, choice in LAWS} == {
        ("contact", "accessibility"),
        ("contact", "data_subject"),
    }
