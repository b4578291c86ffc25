"""Lengths of time: working days over weekends, months over their ends, and by an answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.kernel.case import Case
from functions.kernel.check import check
from functions.kernel.definition import Definition
from functions.kernel.durations import ByAnswer, Calendar, day_begins, day_ends, last_day
from functions.kernel.errors import WrongDefinition
from functions.kernel.states import CLOCK, State, Timer
from functions.kernel.timers import deadline, due_at, erased_on
from functions.lists import known
from functions.processes import current
from infra.site.diagram import span

LISTS = known()

TWO_DAYS, MONTH = Calendar(working=2), Calendar(months=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begun", "length", "last"),
    [
        ("2026-08-03", TWO_DAYS, "2026-08-05"),  # Monday
        ("2026-08-06", TWO_DAYS, "2026-08-10"),  # Thursday: over a weekend
        ("2026-08-07", TWO_DAYS, "2026-08-11"),
        ("2026-08-08", TWO_DAYS, "2026-08-11"),  # Saturday counts for nothing
        ("2026-08-09", TWO_DAYS, "2026-08-11"),
        ("2026-12-23", TWO_DAYS, "2026-12-29"),  # over Christmas Eve and two days more
        ("2027-03-25", TWO_DAYS, "2027-03-31"),  # over Easter
        ("2026-01-31", MONTH, "2026-02-28"),
        ("2026-12-31", MONTH, "2027-01-31"),
        ("2028-02-29", Calendar(months=12), "2029-02-28"),
        ("2026-03-03", MONTH, "2026-04-03"),  # Good Friday: to move it is the timers's
        ("2026-08-07", timedelta(days=14), "2026-08-21"),
    ],
)
def test_last_day(begun: str, length: Calendar | timedelta, last: str) -> None:
    assert last_day(date.fromisoformat(begun), length, {}) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        ("2026-08-03", "2026-08-02T21:00", "2026-08-03T21:00"),
        ("2026-03-29", "2026-03-28T22:00", "2026-03-29T21:00"),  # 23 hours
        ("2026-10-25", "2026-10-24T21:00", "2026-10-25T22:00"),  # 25 hours
    ],
)
def test_days_begin_and_end_in_finland(day: str, begin: str, end: str) -> None:
    assert (day_begins(date.fromisoformat(day)), day_ends(date.fromisoformat(day))) == (
        at(begin),
        at(end),
    )


def changed(**state: object) -> Definition:
    """Supervision with its state ``coordinating`` changed."""
    definition = current("supervision")
    states = tuple(
        replace(s, **state) if s.name == "coordinating" else s for s in definition.states
    )
    return replace(definition, states=states)


def case(state: str, **answers: str) -> Case:
    now = at("2026-08-07T09:00")
    return Case("c", "supervision", 1, "individual", "fi", state, now, now, answers)


def test_deadline_depends_on_an_answer() -> None:
    by = ByAnswer("mode", {"online": timedelta(days=14), "hybrid": MONTH}, TWO_DAYS)
    timers = (Timer(TWO_DAYS, mail="remind_offer"), Timer(MONTH, escalates=True))
    definition = check(changed(deadline=by, timers=timers), LISTS)
    told = [
        deadline(definition, case("coordinating", **answers))
        for answers in ({}, {"mode": "on_site"}, {"mode": "online"}, {"mode": "hybrid"})
    ]
    days = ("2026-08-11", "2026-08-11", "2026-08-21", "2026-09-07")
    assert told == [date.fromisoformat(day) for day in days]
    assert due_at(definition, case("coordinating")) == at("2026-08-12T05:00")


def test_length_that_is_no_number_of_days() -> None:
    with pytest.raises(WrongDefinition, match="not in whole days"):
        check(changed(deadline=timedelta(hours=36)), LISTS)


@pytest.mark.parametrize(
    "by",
    [
        ByAnswer("shoe_size", {}, MONTH),
        ByAnswer("mode", {"by_boat": MONTH}, MONTH),
        ByAnswer("reason_and_goals", {"x": MONTH}, MONTH),
    ],
)
def test_deadline_by_an_unknown_choice(by: ByAnswer) -> None:
    with pytest.raises(WrongDefinition, match="depends on an unknown choice"):
        check(changed(deadline=by), LISTS)


def test_timers_that_goes_back_in_time_on_some_day() -> None:
    timers = (Timer(timedelta(days=3), mail="remind_offer"), Timer(TWO_DAYS, mail="remind_offer"))
    with pytest.raises(WrongDefinition, match="go back in time"):
        check(changed(timers=timers), LISTS)


def closing() -> Definition:
    """Supervision whose rejected applications wait a year for nobody, and are then erased."""
    definition = current("supervision")
    resting = State("rejected", CLOCK, timers=(Timer(Calendar(months=12), action="purge"),))
    rows = [t for t in definition.transitions if t.source != "rejected"]
    purge = next(t for t in rows if t.action == "purge")
    return replace(
        definition,
        states=tuple(resting if s.name == "rejected" else s for s in definition.states),
        mails=tuple(
            replace(m, purpose="status") if m.name == "rejected" else m
            for m in definition.mails
            if m.name != "remind_rejected"
        ),
        transitions=(*rows, replace(purge, source="rejected")),
    )


def test_turn_of_the_clock_is_over() -> None:
    definition = check(closing(), LISTS)
    over = {s.name for s in definition.states if definition.is_over(s.name)}
    ended = {t.source for t in definition.transitions if t.action == "erase"}
    assert over == {"rejected"} | ended | {s.name for s in definition.states if s.end}
    assert erased_on(definition, case("rejected")) == date(2027, 8, 7)  # a Saturday
    assert erased_on(definition, case("submitted")) is None
    assert erased_on(definition, case("withdrawn")) == date(2027, 8, 7)
    assert erased_on(definition, case("erased")) is None


def test_turn_of_a_clock_that_does_nothing() -> None:
    definition = closing()
    states = tuple(replace(s, timers=()) if s.name == "rejected" else s for s in definition.states)
    with pytest.raises(WrongDefinition, match="waits for a clock that does nothing"):
        check(replace(definition, states=states), LISTS)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (TWO_DAYS, "aikaa 2 työpäivää"),
        (Calendar(working=1), "aikaa 1 työpäivä"),
        (MONTH, "aikaa 1 kuukausi"),
        (Calendar(months=12), "aikaa 12 kuukautta"),
        (timedelta(days=14), "aikaa 14 päivää"),
    ],
)
def test_span_in_words(length: Calendar | timedelta, words: str) -> None:
    assert span("fi", "within", length).replace("\N{NO-BREAK SPACE}", " ") == words
