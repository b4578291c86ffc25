"""Timers that wait for a time of day: before and after an answer, as clocks change, checked and
told in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from functions.kernel.case import Case
from functions.kernel.check import check
from functions.kernel.definition import Definition
from functions.kernel.durations import HELSINKI, SAME_TIME, Length, OnDate
from functions.kernel.errors import WrongDefinition
from functions.kernel.states import LastingTimer, State, Timer
from functions.kernel.timers import deadline, due_at, due_timer, is_late, lasting_due
from functions.lists import known
from tests.fakes import World
from tests.paths import opened
from tests.sixth.themeday.definition import VERSION_1 as DAYS

EIGHT = time(8)
CASE = opened(DAYS, "enrol", World().directory).case


def local(moment: datetime | None) -> str:
    assert moment is not None
    assert moment.tzinfo is UTC
    return moment.astimezone(HELSINKI).isoformat(timespec="minutes")


def at(length: OnDate, start: str) -> str:
    return local(length.moment({"start": start}))


@pytest.mark.parametrize(
    ("start", "length", "moment"),
    [
        ("2026-10-07T09:00", OnDate("start", -2, EIGHT), "2026-10-05T08:00+03:00"),
        ("2026-10-07T09:00", OnDate("start", 1, EIGHT), "2026-10-08T08:00+03:00"),
        ("2026-10-07T09:00", OnDate("start", 0, SAME_TIME), "2026-10-07T09:00+03:00"),
        ("2026-03-29T10:00", OnDate("start", -1, EIGHT), "2026-03-28T08:00+02:00"),
        ("2026-03-28T10:00", OnDate("start", 1, EIGHT), "2026-03-29T08:00+03:00"),
        ("2026-03-28T10:00", OnDate("start", 1, SAME_TIME), "2026-03-29T10:00+03:00"),
        ("2026-03-28T03:30", OnDate("start", 1, SAME_TIME), "2026-03-29T04:30+03:00"),
        ("2026-10-24T10:00", OnDate("start", 1, EIGHT), "2026-10-25T08:00+02:00"),
        ("2026-10-25T10:00", OnDate("start", -1, EIGHT), "2026-10-24T08:00+03:00"),
        ("2026-10-25T03:30", OnDate("start", 0, SAME_TIME), "2026-10-25T03:30+03:00"),
        ("2026-10-25T03:30", OnDate("start", 1, SAME_TIME), "2026-10-26T03:30+02:00"),
        ("2026-12-31T10:00", OnDate("start", 1, EIGHT), "2027-01-01T08:00+02:00"),
    ],
)
def test_clocks_that_change_on_the_way_change_nothing(
    start: str, length: OnDate, moment: str
) -> None:
    assert at(length, start) == moment


def test_every_day_of_a_year_has_its_morning() -> None:
    day = date(2026, 1, 1)
    for n in range(366):
        start = f"{day + timedelta(days=n)}T23:30"
        before, after = (at(OnDate("start", days, EIGHT), start) for days in (-2, 1))
        assert before[:16] == f"{day + timedelta(days=n - 2)}T08:00"
        assert after[:16] == f"{day + timedelta(days=n + 1)}T08:00"


def waiting(
    *timers: Timer, start: str = "2026-10-10T09:00", entered: str
) -> tuple[Definition, Case]:
    """A case in a state with these timers; 10 October 2026 is a Saturday."""
    states = (State("placed", "contact", OnDate("start"), timers), *DAYS.states[2:])
    case = replace(
        CASE,
        state="placed",
        answers={"start": start},
        entered_at=datetime.fromisoformat(entered).replace(tzinfo=HELSINKI).astimezone(UTC),
    )
    return replace(DAYS, states=states), case


def test_timers_of_a_state_come_at_their_times_also_on_a_day_that_is_no_working_day() -> None:
    timers = (
        Timer(OnDate("start", -2, EIGHT), mail="remind"),
        Timer(OnDate("start", 0, SAME_TIME), action="end"),
        Timer(OnDate("start", 1, EIGHT), mail="thanks"),
        Timer(OnDate("start", 2, EIGHT), escalates=True),
    )
    definition, case = waiting(*timers, entered="2026-10-01T12:00")
    due = []
    for n in range(6):
        due.append(local(due_at(definition, replace(case, next_timer=n))))
    assert due == [
        "2026-10-08T08:00+03:00",
        "2026-10-10T09:00+03:00",
        "2026-10-11T08:00+03:00",
        "2026-10-12T08:00+03:00",
        "2026-11-09T08:00+02:00",
        "2026-12-07T08:00+02:00",
    ]
    moment = datetime(2026, 10, 8, 8, tzinfo=HELSINKI)
    assert due_timer(definition, case, moment - timedelta(seconds=1)) is None
    assert due_timer(definition, case, moment) == timers[0]


@pytest.mark.parametrize(
    ("entered", "mailed"),
    [("2026-10-08T07:59", True), ("2026-10-08T08:00", False), ("2026-10-09T12:00", False)],
)
def test_reminder_of_a_time_that_has_come_is_not_sent(entered: str, mailed: bool) -> None:
    remind, end = (
        Timer(OnDate("start", -2, EIGHT), mail="remind"),
        Timer(OnDate("start", 0, SAME_TIME), action="end"),
    )
    definition, case = waiting(remind, end, entered=entered)
    assert local(due_at(definition, case)) == (
        "2026-10-08T08:00+03:00" if mailed else "2026-10-10T09:00+03:00"
    )


@pytest.mark.parametrize(
    ("started", "due"), [("2026-10-11T07:59", True), ("2026-10-11T08:00", False)]
)
def test_timer_that_outlasts_its_state_comes_at_its_time(started: str, due: bool) -> None:
    timer = LastingTimer("thanks", ("placed",), OnDate("start", 1, EIGHT), mail="thanks")
    definition, case = waiting(entered="2026-10-01T12:00")
    definition = replace(definition, timers=(timer,))
    begun = datetime.fromisoformat(started).replace(tzinfo=HELSINKI)
    found = lasting_due(definition, replace(case, started={"thanks": begun.isoformat()}), timer)
    assert (found and local(found)) == ("2026-10-11T08:00+03:00" if due else None)


def test_action_whose_time_has_been_is_taken_at_once() -> None:
    end = Timer(OnDate("start", 0, SAME_TIME), action="end")
    definition, case = waiting(end, entered="2026-10-10T12:00")
    assert due_timer(definition, case, case.entered_at) == end


def test_deadline_lasts_to_the_end_of_its_day() -> None:
    definition, case = waiting(entered="2026-10-01T12:00")
    assert deadline(definition, case) == date(2026, 10, 10)
    assert not is_late(definition, case, datetime(2026, 10, 10, 23, 59, tzinfo=HELSINKI))
    assert is_late(definition, case, datetime(2026, 10, 11, tzinfo=HELSINKI))


def faults(*timers: Timer, limit: Length | None = None) -> Iterator[str]:
    placed = replace(
        DAYS.state("placed"),
        deadline=limit,
        timers=(*timers, Timer(OnDate("start", 3), action="end")),
    )
    definition = replace(
        DAYS, states=tuple(placed if s.name == "placed" else s for s in DAYS.states)
    )
    try:
        check(definition, known())
    except WrongDefinition as wrong:
        yield from str(wrong).splitlines()


def test_what_a_definition_cannot_mean_is_found() -> None:
    def remind(length: OnDate) -> Timer:
        return Timer(length, mail="remind")

    good = (
        remind(OnDate("start", -2, EIGHT)),
        remind(OnDate("start", -2, time(12))),
        remind(OnDate("start", 1)),
    )
    assert [*faults(*good)] == []
    for wrong, fault in (
        (
            (remind(OnDate("start", -2, time(3, 30))),),
            "waits for a time that clocks leave out or have twice",
        ),
        (
            (remind(OnDate("start", -2, time(8, tzinfo=UTC))),),
            "waits for a time that clocks leave out or have twice",
        ),
        ((remind(OnDate("hours", -2, EIGHT)),), "waits for a day that is no date"),
        (good[::-1], "its timers go back in time"),
        ((good[1], good[0]), "its timers go back in time"),
    ):
        assert any(fault in each for each in faults(*wrong)), fault
    late = [*faults(remind(OnDate("start", -1)), limit=OnDate("start", 0, EIGHT))]
    assert any("a deadline lasts to the end of its day" in each for each in late)
