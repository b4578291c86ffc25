"""Every deadline ends when the day that is told ends in Finland, whenever it began."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from functions.kernel.case import Case, MailOrder
from functions.kernel.definition import Definition
from functions.kernel.durations import HELSINKI, OnDate, day_ends, day_of, is_working, last_day
from functions.kernel.states import BY_ITSELF, State, Timer
from functions.kernel.timers import deadline, due_at, due_timer, is_late, next_timer
from functions.processes import NAMES, current
from functions.render.text import dates
from functions.render.text.texts import mail_text
from functions.services.access.links import mint, open_link
from functions.services.case.timers import run_due_timer
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, World
from tests.moments import MOMENTS
from tests.paths import walks

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
PEOPLE = MemoryDirectory(*DIRECTORY)
AHEAD = timedelta(days=40)  # of every day that is typed


@cache
def waiting(name: str) -> tuple[Case, ...]:
    """A case in each state of a process, by each of its ways there."""
    definition = current(name)
    found = {walk.taken: walk.case for walk in walks(definition, PEOPLE)}
    return tuple(found.values())


def begun(definition: Definition, case: Case, moment: datetime) -> Case:
    """The case as if it had come where it is at a moment; typed days lie ahead of it."""
    typed = [f.name for f in definition.fields().values() if f.kind == "date"]
    ahead = (day_of(moment) + AHEAD).isoformat()
    answers = {k: ahead if k in typed else v for k, v in case.answers.items()}
    return replace(case, entered_at=moment.astimezone(UTC), answers=answers, votes={})


def timers_of(definition: Definition, case: Case) -> list[tuple[Timer, Case]]:
    """Each timer of the state, with the case as it waits for it."""
    state = definition.state(case.state)
    cases = [replace(case, next_timer=n) for n in range(len(state.timers))]
    found = [(next_timer(definition, each), each) for each in cases]
    return [(timer, each) for timer, each in found if timer]


def lapse(state: State, timer: Timer) -> bool:
    """Whether a timer ends the time that people have been told."""
    if state.turn in BY_ITSELF:
        return False
    if isinstance(state.deadline, OnDate):
        return isinstance(timer.after, OnDate) and timer.after.field == state.deadline.field
    return timer.after == state.deadline


def every(name: str, moment: datetime) -> list[tuple[Definition, Case]]:
    definition = current(name)
    return [(definition, begun(definition, case, moment)) for case in waiting(name)]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_what_lapses_does_so_when_its_day_is_over(name: str, moment: datetime) -> None:
    timers = 0
    for definition, case in every(name, moment):
        told = deadline(definition, case)
        for timer, each in timers_of(definition, case):
            due = due_at(definition, each)
            assert due is not None
            local = due.astimezone(HELSINKI)
            assert local.time() == (time() if timer.action else time(8))
            assert due > case.entered_at
            assert due_timer(definition, each, due - SECOND) is None
            assert due_timer(definition, each, due) is not None
            if timer.action and told and lapse(definition.state(case.state), timer):
                assert due == day_ends(told)
                assert not is_late(definition, case, due - SECOND)
                timers += 1
            if is_late(definition, case, due):
                assert told is not None
                assert due >= day_ends(told)
    assert timers


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_to_act_by_a_holiday(name: str, moment: datetime) -> None:
    for definition, case in every(name, moment):
        state, told = definition.state(case.state), deadline(definition, case)
        if told is None:
            continue
        assert not is_late(definition, case, day_ends(told) - SECOND)
        assert is_late(definition, case, day_ends(told))
        if isinstance(state.deadline, OnDate):  # as somebody has said it
            assert told == day_of(moment) + AHEAD + DAY * state.deadline.days
        elif state.turn not in BY_ITSELF:
            assert state.deadline is not None
            plain = last_day(day_of(moment), state.deadline, case.answers)
            assert is_working(told)
            assert plain is not None
            assert plain <= told
            assert not any(is_working(plain + DAY * n) for n in range((told - plain).days))


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_timers_rise(name: str, moment: datetime) -> None:
    for definition, case in every(name, moment):
        due = [due_at(definition, each) for _, each in timers_of(definition, case)]
        assert due == sorted(due)  # type: ignore[type-var]


BY = {"fi": "viimeistään {deadline", "sv": "senast {deadline", "en": "by {deadline"}


@pytest.mark.parametrize("name", NAMES)
def test_mail_after_the_deadline_asks_nobody_to_act_by_it(name: str) -> None:
    late = set()
    for definition, case in every(name, MOMENTS[0]):
        for timer, each in timers_of(definition, case):
            due = due_at(definition, each)
            if timer.mail and due and is_late(definition, each, due):
                late.add(timer.mail)
    assert late or name == "themeday"
    for mail in sorted(late):
        for language, words in BY.items():
            text = mail_text(name, mail, language)
            assert words not in f"{text.subject} {text.ask} {text.silence}", (mail, language)


def mailed(world: World, to: str) -> str:
    """The last mail to somebody of those that wait."""
    return next(x for x in world.deliver_all()[::-1] if x["To"] == to).as_string()


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_offer_stands_to_the_end_of_the_day_that_its_mail_names(moment: datetime) -> None:
    world = World(moment)
    case_id = world.case_at("confirm", "endorse", "offer")
    told = deadline(current("supervision"), world.case(case_id))
    assert told is not None
    assert dates.day(told, "fi") in mailed(world, "testi@example.org")
    token = world.token(case_id, "supervisor")
    world.clock.time = day_ends(told) - SECOND
    run_due_timer(world.services, case_id)  # the reminder
    assert not run_due_timer(world.services, case_id)
    assert open_link(world.services, token).standing == "open"
    world.clock.time = day_ends(told)
    assert run_due_timer(world.services, case_id)
    assert world.case(case_id).state == "coordinating"
    assert open_link(world.services, token).standing == "left"


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("days", [1, 14, 15, 90])
def test_link_lives_through_the_day_that_its_mail_names(moment: datetime, days: int) -> None:
    world = World(moment)
    case_id = world.case_at("confirm")
    told = day_of(world.clock.now()) + DAY * days
    case = world.case(case_id)
    party = case.holders("manager")[0]
    order = MailOrder("any", party.id, "task", case.state, case.round)
    token = mint(world.services, case_id, order, party.email, told).rpartition("/")[2]
    world.clock.time = day_ends(told) - SECOND
    assert open_link(world.services, token).standing == "open"
    world.clock.time = day_ends(max(told, day_of(moment) + 14 * DAY))
    assert open_link(world.services, token).standing == "expired"


def test_working_days_leave_out_holidays() -> None:
    assert not is_working(date(2026, 12, 24))
    assert not is_working(date(2026, 6, 19))
    assert is_working(date(2026, 12, 23))


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_mail_that_a_day_has_passed_leaves_on_a_working_day(name: str, moment: datetime) -> None:
    """Also where the day was agreed, whatever its weekday."""
    for definition, case in every(name, moment):
        for days in range(7):
            typed = {f.name for f in definition.fields().values() if f.kind == "date"}
            later = {
                k: (date.fromisoformat(str(v)) + timedelta(days=days)).isoformat()
                for k, v in case.answers.items()
                if k in typed and v
            }
            moved = replace(case, answers={**case.answers, **later})
            last, turn = deadline(definition, moved), definition.turn(moved)
            for timer, each in timers_of(definition, moved):
                due = due_at(definition, each)
                if last is None or turn in BY_ITSELF or timer.action or due is None:
                    continue
                assert day_of(due) <= last or is_working(day_of(due)), (case.state, timer)
