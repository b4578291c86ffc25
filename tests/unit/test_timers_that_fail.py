"""Timers that fail: tried again after growing delays, parked with an alarm, resumed by an operator;
and whatever happens in between."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from functions.entry.clock import app as clock
from functions.entry.clock.app import handle
from functions.kernel.errors import Unavailable
from functions.kernel.timers import ERASING, STATE
from functions.services import erasing
from functions.services.case import timers
from functions.services.case.timers import MAX_TRIES, PARKED, resume_parked, run_timer
from functions.services.ports import UNTIL_UPDATED
from functions.services.timers import CaseTimer
from tests.fakes import MemoryCases, World

NOON = datetime(2026, 8, 3, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The process ends here."""


class Failing(MemoryCases):
    """Cases of which some cannot be written, each for its own reason."""

    failing: dict[str, BaseException]
    tried: list[tuple[datetime, str]]
    now: Callable[[], datetime]

    def commit(self, *moves: object) -> None:
        case_id = moves[0].decision.case.id  # type: ignore[attr-defined]
        self.tried.append((self.now(), case_id))
        if error := self.failing.get(case_id):
            raise error
        super().commit(*moves)  # type: ignore[arg-type]


def fail(world: World, error: BaseException, *cases: str) -> None:
    world.cases.__class__ = Failing
    world.cases.failing = dict.fromkeys(cases, error)  # type: ignore[attr-defined]
    world.cases.tried = []  # type: ignore[attr-defined]
    world.cases.now = world.clock.now  # type: ignore[attr-defined]


@pytest.fixture
def world() -> World:
    return World(NOON)


def opened(world: World, number: int) -> list[str]:
    found = []
    for _ in range(number):
        world.cases.quotas.clear()
        found.append(world.case_at("confirm"))
    world.cases.outbox.clear()
    return found


def history(world: World, case_id: str) -> list[str]:
    return [t.sealed.event.action for t in world.cases.folders[case_id].told]


def tick(world: World, times: int = 1) -> None:
    """So many rounds of the clock, five minutes from one to the next."""
    for _ in range(times):
        handle(world.services, {})
        world.clock.forward(minutes=5)


@pytest.mark.parametrize("error", [ValueError(), Unavailable("ValidationException")])
def test_healthy_one_behind_fifty_that_fail_is_served_in_the_first_round(
    world: World, error: Exception
) -> None:
    failing = opened(world, 50)
    world.clock.forward(hours=1)
    (healthy,) = opened(world, 1)
    fail(world, error, *failing)
    world.clock.forward(days=8)
    assert handle(world.services, {})["acted"] == 1
    assert history(world, healthy)[-1] == "remind"
    assert {case for _, case in world.cases.tried} == {*failing, healthy}  # type: ignore[attr-defined]


def test_one_that_fails_waits_longer_each_time_and_is_parked_at_last(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    (case_id,) = opened(world, 1)
    fail(world, ValueError("Aino"), case_id)
    world.clock.forward(days=8)
    tick(world, 500)
    tried = [at for at, _ in world.cases.tried]  # type: ignore[attr-defined]
    waited = [(b - a) / MINUTE for a, b in pairwise(tried)]
    assert waited == [5, 10, 20, 40, 80, 160, 320]
    assert len(tried) == MAX_TRIES
    errors = [r.getMessage() for r in caplog.records if r.name == "kapula.timers"]
    assert errors == [PARKED % (STATE, case_id, "failed by ValueError")]
    assert "Aino" not in "".join(errors)
    assert handle(world.services, {})["parked"] == 1
    assert history(world, case_id)[-1] == "confirm"


def test_parked_one_is_resumed_and_starts_over(world: World) -> None:
    (case_id,) = opened(world, 1)
    fail(world, ValueError(), case_id)
    world.clock.forward(days=8)
    tick(world, 200)
    assert resume_parked(world.services) == 1
    tick(world, 200)  # nothing was mended
    assert len(world.cases.tried) == 2 * MAX_TRIES  # type: ignore[attr-defined]
    world.cases.failing.clear()  # type: ignore[attr-defined]
    tick(world, 10)
    assert history(world, case_id)[-1] == "confirm"
    assert (resume_parked(world.services), resume_parked(world.services)) == (1, 0)
    assert handle(world.services, {})["parked"] == 0
    assert history(world, case_id)[-1] == "remind"


def test_resuming_one_case_leaves_the_others_parked(world: World) -> None:
    one, two = opened(world, 2)
    fail(world, ValueError(), one, two)
    world.clock.forward(days=8)
    tick(world, 200)
    assert resume_parked(world.services, "nowhere") == 0
    assert resume_parked(world.services, one) == 1
    assert [timer.case for timer in world.services.timers.parked()] == [two]
    assert resume_parked(world.services, one) == 0


def test_act_of_somebody_frees_what_is_parked(world: World) -> None:
    (case_id,) = opened(world, 1)
    fail(world, ValueError(), case_id)
    world.clock.forward(days=8)
    tick(world, 200)
    world.cases.failing.clear()  # type: ignore[attr-defined]
    world.do(case_id, "endorse")
    (timer,) = world.services.timers.of(case_id)
    assert (timer.parked, timer.attempts) == (False, 0)
    assert timer.due_at > world.clock.now()


def test_one_that_kills_the_clock_each_time_is_parked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = opened(world, 2)
    fail(world, Killed(), first)
    world.clock.forward(days=8)
    for _ in range(MAX_TRIES):
        with pytest.raises(Killed):
            handle(world.services, {})
        (timer, *_) = (t for t in world.services.timers.of(first))
        handle(world.services, {})
        assert history(world, second)[-1] == "remind", "in the next round"
        world.clock.time = timer.due_at
    handle(world.services, {})
    assert PARKED % (STATE, first, "killed the clock") in caplog.messages
    assert [t.case for t in world.services.timers.parked()] == [first]


def test_crash_after_it_was_done_does_it_once(world: World, monkeypatch) -> None:
    (case_id,) = opened(world, 1)
    world.clock.forward(days=8)
    run = timers.run_due_timer

    def killed_after(*asked: object) -> bool:
        run(*asked)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(timers, "run_due_timer", killed_after)
    with pytest.raises(Killed):
        handle(world.services, {})
    monkeypatch.undo()
    tick(world, 5)
    assert history(world, case_id).count("remind") == 1
    (timer,) = world.services.timers.of(case_id)
    assert (timer.attempts, timer.parked) == (0, False)


def test_two_clocks_at_once_do_it_once(world: World, monkeypatch) -> None:
    (case_id,) = opened(world, 1)
    world.clock.forward(days=8)
    (read,) = world.services.timers.due(world.clock.now())
    run = timers.run_due_timer
    other: list[bool] = []

    def both(*asked: object) -> bool:
        other.append(run_timer(world.services, read))
        other.append(bool(handle(world.services, {})["acted"]))
        return run(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "run_due_timer", both)
    assert run_timer(world.services, read)
    assert other == [False, False]
    assert history(world, case_id).count("remind") == 1


def test_timer_that_is_not_due_waits_for_its_own_moment(world: World) -> None:
    """Its row was moved in the store, or the day has become a holiday since."""
    (case_id,) = opened(world, 1)
    kept = world.cases.folders[case_id].timers
    right = kept[STATE]
    kept[STATE] = replace(right, due_at=world.clock.now())
    kept[ERASING] = CaseTimer(case_id, ERASING, world.clock.now())  # nothing is erased
    assert handle(world.services, {})["acted"] == 0
    assert kept == {STATE: right}


def test_timer_that_this_release_does_not_have_is_put_off(world: World) -> None:
    (case_id,) = opened(world, 1)
    folder = world.cases.folders[case_id]
    folder.timers["x"] = CaseTimer(case_id, "x", NOON, attempts=7)
    assert handle(world.services, {})["acted"] == 0
    later = world.clock.now() + UNTIL_UPDATED
    assert folder.timers["x"] == CaseTimer(case_id, "x", later)


def test_erasing_that_fails_is_parked_and_resumed(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    case_id = world.case_at()
    monkeypatch.setattr(MemoryCases, "erase_some", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.do(case_id, "disown")
    tick(world, 200)
    assert PARKED % (ERASING, case_id, "failed by ZeroDivisionError") in caplog.messages
    (timer,) = world.services.timers.of(case_id)
    assert (timer.name, timer.parked) == (ERASING, True)
    monkeypatch.undo()
    caplog.set_level(logging.INFO)
    assert resume_parked(world.services) == 1
    tick(world)
    assert erasing.ERASED % case_id in caplog.messages
    assert world.services.timers.of(case_id) == []


def test_round_ends_in_time_and_the_next_goes_on(world: World, monkeypatch) -> None:
    """What takes long takes the time of no mail, and what is left is first in the next round."""
    cases = opened(world, 5)
    world.clock.forward(days=8)
    run, done = timers.run_due_timer, []

    def slow(services: object, case_id: str, name: str) -> bool:
        world.clock.forward(seconds=20)
        done.append(case_id)
        return run(services, case_id, name)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "run_due_timer", slow)
    mails: list[object] = []
    monkeypatch.setattr(clock, "deliver", lambda _, *mail: mails.append(mail))
    world.cases.forge(cases[0], "x", next(iter(world.cases.outbox.values()), None), NOON)  # type: ignore[arg-type]
    handle(world.services, {})
    assert done == cases[:3]
    assert mails
    handle(world.services, {})
    assert done == cases
