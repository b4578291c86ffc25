"""What time does: at the second a timer is due, in order, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.kernel.case import Event, MailOrder
from functions.kernel.durations import day_begins, day_of, working_from
from functions.kernel.timers import REMIND, deadline, due_at, next_timer
from functions.processes import NAMES, current
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY
from tests.paths import Walk, climb, opened, step, walks

PEOPLE = MemoryDirectory(*DIRECTORY)
SUPERVISION = current("supervision")
NOON = datetime(2026, 8, 3, 9, tzinfo=UTC)  # of a Monday
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def walked(*actions: str) -> Walk:
    walk = opened(SUPERVISION, "individual", PEOPLE)
    for name in actions:
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


def run(*actions: str, after: timedelta) -> list[tuple[str, str, int]]:
    """What is run in one state by ``after``: action, state and the next timer."""
    case = replace(walked(*actions).case, entered_at=NOON)
    now, done = case.entered_at + after, []
    while decision := climb(SUPERVISION, case, now, PEOPLE):
        case = decision.case
        done.append((decision.event.action, case.state, case.next_timer))
    return done


@pytest.mark.parametrize("name", NAMES)
def test_run_at_the_exact_second(name: str) -> None:
    definition = current(name)
    timers = 0
    for walk in walks(definition, PEOPLE):
        for number, timer in enumerate(definition.state(walk.case.state).timers):
            case = replace(walk.case, next_timer=number, votes={})
            if next_timer(definition, case) is not timer:  # a mail for a day that had begun
                continue
            due = due_at(definition, case)
            assert due is not None
            assert climb(definition, case, due - SECOND, PEOPLE) is None
            for now in (due, due + SECOND):
                decision = climb(definition, case, now, PEOPLE)
                assert decision is not None
                assert decision.event.at == now
                assert decision.event.action == (timer.action or REMIND)
            timers += 1
    assert timers


def test_run_reminder_whole() -> None:
    case = walked("confirm").case
    now = due_at(SUPERVISION, case)
    assert now is not None
    decision = climb(SUPERVISION, case, now, PEOPLE)
    assert decision is not None
    assert decision.case == replace(case, next_timer=1, revision=2)
    assert decision.event == Event(2, now, REMIND, "clock", "", "submitted", "submitted")
    assert decision.answers == {"mail": "remind_endorse"}
    assert decision.mail_orders == (MailOrder("remind_endorse", "p2", "task", "submitted", 2),)
    assert (decision.counter_changes, decision.erases) == ((), False)


def test_run_reminds_every_holder() -> None:
    case = walked("confirm", "endorse").case
    decision = climb(SUPERVISION, case, case.entered_at + 13 * DAY, PEOPLE)
    assert decision is not None
    assert [o.party for o in decision.mail_orders] == ["p3", "p4"]


@pytest.mark.parametrize(
    ("actions", "after", "expected"),
    [
        ((), 8 * DAY, [("purge", "discarded", 0)]),
        ((), 7 * DAY, []),  # its last day is not over
        (("confirm",), 14 * DAY, [("remind", "submitted", 1)]),
        (("confirm",), 15 * DAY, [("remind", "submitted", 2)]),  # the first was missed
        (("confirm",), 365 * DAY, [("lapse", "lapsed", 0)]),
        (("confirm", "endorse", "offer"), 6 * DAY, [("remind", "offered", 1)]),
        (("confirm", "endorse", "offer"), 8 * DAY, [("expire", "coordinating", 0)]),
        (("confirm", "reject"), 365 * DAY, [("lapse", "lapsed", 0)]),
        (("confirm", "endorse", "ask"), 365 * DAY, [("unanswered", "coordinating", 0)]),
        (("confirm", "endorse", "offer", "accept"), 365 * DAY, [("remind", "active", 4)]),
    ],
)
def test_run_timers_in_order(
    actions: tuple[str, ...], after: timedelta, expected: list[tuple[str, str, int]]
) -> None:
    assert run(*actions, after=after) == expected


def test_all_mails_of_one_moment_are_sent_after_an_outage() -> None:
    """The client and the supervisor are reminded of the same start."""
    quote = current("quote")
    found = [w.case for w in walks(quote, PEOPLE) if w.case.state == "scheduled"]
    case = replace(found[0], entered_at=datetime(2027, 1, 1, tzinfo=UTC))
    starts = date.fromisoformat(str(case.answers["start_date"]))
    late = day_begins(starts - timedelta(days=1)) + timedelta(hours=12)
    mails = []
    while (decision := climb(quote, case, late, PEOPLE)) and decision.event.action == REMIND:
        case = decision.case
        mails.append(decision.answers["mail"])
    assert mails == ["remind_start", "remind_supervisor"]


def test_run_expiry_is_the_clocks_own_act() -> None:
    case = replace(walked("confirm", "endorse", "offer").case, next_timer=1)
    now = case.entered_at + 14 * DAY
    decision = climb(SUPERVISION, case, now, PEOPLE)
    assert decision is not None
    assert decision.event == Event(4, now, "expire", "clock", "", "offered", "coordinating")
    assert decision.answers == {}
    told = ["expired", "expired", "offer_expired", "search_on"]
    assert [o.mail for o in decision.mail_orders] == told


def test_next_timer_none_left() -> None:
    case = replace(walked("confirm", "endorse", "offer").case, next_timer=2)
    assert (next_timer(SUPERVISION, case), due_at(SUPERVISION, case)) == (None, None)
    never = datetime.max.replace(tzinfo=case.entered_at.tzinfo)
    assert climb(SUPERVISION, case, never, PEOPLE) is None


def test_the_last_escalation_comes_again_every_four_weeks() -> None:
    case = walked("confirm", "endorse").case
    last = SUPERVISION.state("coordinating").timers[-1]
    found = [next_timer(SUPERVISION, replace(case, next_timer=6 + number)) for number in range(3)]
    assert found == [replace(last, repetition=number) for number in (1, 2, 3)]
    due = [due_at(SUPERVISION, replace(case, next_timer=5 + number)) for number in range(4)]
    days = [at.date() - working_from(day_of(case.entered_at) + 63 * DAY) for at in due if at]
    assert [abs(day - (1 + 28 * n) * DAY) <= 5 * DAY for n, day in enumerate(days)] == [True] * 4


@pytest.mark.parametrize(
    ("actions", "within"),
    [((), 7 * DAY), (("confirm", "return"), 14 * DAY), (("confirm", "reject"), 30 * DAY)],
)
def test_deadline(actions: tuple[str, ...], within: timedelta | None) -> None:
    case = walked(*actions).case
    expected = None if within is None else working_from(day_of(case.entered_at) + within)
    assert deadline(SUPERVISION, case) == expected
