"""Timers that outlast their state: several of one case at once, at a moment and after a length, each
of them once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from functions import processes
from functions.adapters.rows import case_from_plain, case_to_plain
from functions.entry.clock.app import handle
from functions.kernel.definition import Definition
from functions.kernel.durations import Calendar, OnDate, day_begins, day_ends, day_of, morning
from functions.kernel.states import LastingTimer
from functions.kernel.timers import STATE, due_lasting, lasting_due, moments
from functions.services.case import timers
from tests.fakes import World, day_after

NOON = datetime(2026, 8, 3, 9, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
QUIET = LastingTimer("quiet", ("coordinating",), 10 * DAY, mail="stuck", lasts=("offered",))
LIMIT = LastingTimer("limit", ("coordinating",), 4 * DAY, action="expire", lasts=("offered",))
BEFORE = LastingTimer("before", ("running",), OnDate("first_session", -1), mail="stuck")


@pytest.fixture
def world() -> World:
    return World(NOON)


@pytest.fixture
def with_timers(monkeypatch: pytest.MonkeyPatch):
    """Has the supervision of this test some timers more."""
    versions = processes.versions

    def use(*timers: LastingTimer) -> Definition:
        (*_, last) = versions("supervision")
        changed = replace(last, timers=timers)
        monkeypatch.setattr(
            processes,
            "versions",
            lambda name: (changed,) if name == "supervision" else versions(name),
        )
        return changed

    return use


def at(world: World, case_id: str) -> dict[str, datetime]:
    return {t.name: t.due_at for t in world.services.timers.of(case_id)}


def history(world: World, case_id: str) -> list[str]:
    return [t.sealed.event.action for t in world.cases.folders[case_id].told]


def mails(world: World, case_id: str) -> list[str]:
    """The mails of a case, each once, however many read it."""
    kept = {
        (number.partition("#")[0], k.order.mail): k.order.mail
        for (case, number), k in world.cases.outbox.items()
        if case == case_id
    }
    return [*kept.values()]


def run_at(world: World, moment: datetime) -> None:
    world.clock.time = moment
    handle(world.services, {})


def test_each_is_a_row_and_goes_on_in_the_next_state(world: World, with_timers) -> None:
    with_timers(QUIET, LIMIT)
    case_id = world.case_at("confirm")
    assert [*at(world, case_id)] == [STATE]
    world.do(case_id, "endorse")
    begun = day_of(world.clock.now())
    quiet = morning(begun + 10 * DAY)
    assert at(world, case_id).keys() == {STATE, "quiet"}, "no action that is not possible"
    assert at(world, case_id)["quiet"] == quiet
    world.clock.forward(days=1)
    world.do(case_id, "offer")
    assert at(world, case_id)["quiet"] == quiet
    assert at(world, case_id)["limit"] == day_ends(begun + 4 * DAY)
    assert at(world, case_id) == moments(processes.current("supervision"), world.case(case_id))
    world.do(case_id, "accept")
    assert [*at(world, case_id)] == [STATE], "where they do not run they are gone"
    assert world.case(case_id).started == {}


def test_mail_goes_once_and_the_state_goes_on(world: World, with_timers) -> None:
    with_timers(QUIET)
    case_id = world.case_at("confirm", "endorse")
    quiet = at(world, case_id)["quiet"]
    world.cases.folders[case_id].timers.pop(STATE)
    before = world.case(case_id)
    run_at(world, quiet - timedelta(seconds=1))
    assert mails(world, case_id).count("stuck") == 0
    run_at(world, quiet)
    after = world.case(case_id)
    assert mails(world, case_id)[-1] == "stuck"
    assert (after.state, after.next_timer, after.entered_at) == (
        before.state,
        before.next_timer,
        before.entered_at,
    )
    assert history(world, case_id)[-1] == "remind"
    for _ in range(3):
        run_at(world, world.clock.now() + DAY)
    assert mails(world, case_id).count("stuck") == 1
    assert "quiet" not in at(world, case_id)
    world.do(case_id, "offer")
    assert "quiet" not in at(world, case_id), "it goes on, and has come"
    world.clock.forward(minutes=1)
    world.do(case_id, "decline")
    assert at(world, case_id)["quiet"] == morning(day_of(world.clock.now()) + 10 * DAY), "anew"


def test_action_is_taken_at_its_moment_and_once(world: World, with_timers) -> None:
    with_timers(LIMIT)
    case_id = world.case_at("confirm", "endorse")
    begun = day_of(world.clock.now())
    world.clock.forward(days=1)
    world.do(case_id, "offer")
    run_at(world, day_ends(begun + 4 * DAY) - timedelta(seconds=1))
    assert world.case(case_id).state == "offered"
    run_at(world, day_ends(begun + 4 * DAY))
    assert history(world, case_id)[-1] == "expire"
    assert world.case(case_id).state == "coordinating"
    assert "limit" not in at(world, case_id), "it began anew, and has nothing to do here"
    assert world.case(case_id).started.keys() == {"limit"}


def test_action_that_stays_where_its_timer_runs_is_not_taken_again(
    world: World, with_timers
) -> None:
    with_timers(replace(LIMIT, starts=("offered",), lasts=("coordinating",)))
    case_id = world.case_at("confirm", "endorse", "offer")
    run_at(world, at(world, case_id)["limit"])
    assert world.case(case_id).state == "coordinating"
    assert world.case(case_id).started == {}


def test_one_at_a_moment_moves_with_the_answer(world: World, with_timers) -> None:
    with_timers(BEFORE)
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    first = date.fromisoformat(str(world.case(case_id).answers["first_session"]))
    assert at(world, case_id)["before"] == morning(first - DAY)
    world.do(case_id, "redate", "status", first_session=str(first + 2 * DAY))
    assert at(world, case_id)["before"] == morning(first + DAY)
    run_at(world, morning(first + DAY))
    assert mails(world, case_id).count("stuck") == 1
    assert "before" not in at(world, case_id)


def test_lengths_and_moments(with_timers, world: World) -> None:
    """Days in Finland; where people are waited for, lengths end on a working day; a named day is
    that day."""
    definition = with_timers(QUIET)
    case = world.case(world.case_at("confirm", "endorse"))
    assert definition.state(case.state).turn == "coordinator"
    friday = date(2026, 8, 7)
    started = replace(case, started={"t": NOON.isoformat()})
    named = replace(started, answers={**case.answers, "day": "2026-08-08"})  # a Saturday
    begun = replace(started, answers={**case.answers, "day": "2026-08-03"})

    def due(case, after, **what):
        found = LastingTimer("t", ("coordinating",), after, **what)
        return lasting_due(definition, case, found)

    assert due(started, 4 * DAY, mail="stuck") == morning(friday)
    assert due(started, 5 * DAY, mail="stuck") == morning(date(2026, 8, 10))
    assert due(started, Calendar(months=1), mail="stuck") == morning(date(2026, 9, 3))
    assert due(named, OnDate("day"), mail="stuck") == morning(date(2026, 8, 8))
    assert due(named, OnDate("day", -2), mail="stuck") == morning(date(2026, 8, 6))
    assert due(started, OnDate("day"), mail="stuck") is None
    assert due(begun, OnDate("day"), mail="stuck") is None, "it had begun"
    offered = replace(named, state="offered")
    assert due(offered, 4 * DAY, action="expire") == day_ends(friday)
    assert due(offered, OnDate("day"), action="expire") == day_begins(date(2026, 8, 8))
    assert due(named, OnDate("day"), action="expire") is None, "not possible there"
    assert due(replace(named, started={}), 4 * DAY, mail="stuck") is None


def test_one_that_fails_leaves_the_others_of_its_case(
    world: World, with_timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_timers(QUIET, replace(QUIET, name="second", after=11 * DAY))
    case_id = world.case_at("confirm", "endorse")
    world.cases.folders[case_id].timers.pop(STATE)
    first, second = at(world, case_id)["quiet"], at(world, case_id)["second"]

    def failing(*asked: object) -> object:
        if asked[2] == "quiet":
            raise ValueError
        return due_lasting(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "due_lasting", failing)
    run_at(world, first)
    run_at(world, second)
    assert mails(world, case_id).count("stuck") == 1
    kept = {t.name: t.attempts for t in world.services.timers.of(case_id)}
    assert "second" not in kept
    assert kept["quiet"] == 2, "the other has not begun its tries anew"


def test_case_keeps_when_its_timers_started(world: World, with_timers) -> None:
    with_timers(QUIET)
    case = world.case(world.case_at("confirm", "endorse"))
    assert case.started == {"quiet": world.clock.now().isoformat()}
    assert case_from_plain(case_to_plain(case)) == case
    for wrong in ({"quiet": "x"}, {"quiet": "2026-08-03"}, {"quiet": 1}, ["quiet"]):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            case_from_plain({**case_to_plain(case), "started": wrong})


def test_mail_of_one_is_overtaken_where_it_does_not_run(world: World, with_timers) -> None:
    with_timers(QUIET)
    for act, told in (("offer", True), ("withdraw", False)):
        case_id = world.case_at("confirm", "endorse")
        world.cases.folders[case_id].timers.pop(STATE)
        run_at(world, at(world, case_id)["quiet"])
        order = next(k for k, kept in world.cases.outbox.items() if kept.order.mail == "stuck")
        world.clock.forward(hours=2)
        if act == "offer":
            world.do(case_id, act)
        else:
            world.do(case_id, act, "status")
        world.deliver_all()
        assert (world.cases.outbox[order].status == "sent") is told, day_after(0)
        world.cases.outbox.clear()
