"""Time passes: each timer run once, in order, and never over somebody's act."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.entry.clock.app import handle
from functions.services.case.timers import run_due_timer
from tests.fakes import World, interrupt

NOON = datetime(2026, 8, 3, 9, tzinfo=UTC)  # of a Monday: a clock that ticks once a day ticks then


@pytest.fixture
def world() -> World:
    return World(NOON)


def history(world: World, case_id: str) -> list[str]:
    return [t.sealed.event.action for t in world.cases.folders[case_id].told]


def test_pass_time_before_and_at_the_second(world: World) -> None:
    case_id = world.case_at("confirm")
    due = world.cases.folders[case_id].due_at
    assert due is not None
    for off, run in ((-1, False), (0, True), (1, False)):
        world.clock.time = due + timedelta(seconds=off)
        assert run_due_timer(world.services, case_id) is run
    assert history(world, case_id) == ["open", "confirm", "remind"]


def test_pass_time_unknown_case(world: World) -> None:
    assert run_due_timer(world.services, "nowhere") is False


def days(world: World, number: int) -> Iterator[int]:
    """What a clock that ticks once a day has done, day by day."""
    for _ in range(number):
        world.clock.forward(days=1)
        before = sum(len(f.told) for f in world.cases.folders.values())
        handle(world.services, {})
        yield sum(len(f.told) for f in world.cases.folders.values()) - before


def test_clock_climbs_each_timer_once(world: World) -> None:
    case_id = world.case_at("confirm")
    world.deliver_all()
    steps = list(days(world, 60))
    assert [n + 1 for n, step in enumerate(steps) if step] == [8, 15, 22]
    assert sum(steps) == 3
    assert [m["To"] for m in world.post.sent[2:]] == [
        "matti@example.org",
        "matti@example.org",
        "anna@example.org",
        "sten@example.org",
    ]
    assert history(world, case_id) == ["open", "confirm", "remind", "remind", "remind"]


def test_clock_offer_expires_and_can_be_made_again(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    list(days(world, 8))
    assert world.case(case_id).state == "coordinating"
    assert history(world, case_id)[-2:] == ["remind", "expire"]
    assert {k: n for k, n in world.directory.counts.items() if n} == {}
    world.do(case_id, "offer")
    assert world.case(case_id).state == "offered"


def test_clock_unconfirmed_is_purged(world: World) -> None:
    case_id = world.case_at()
    list(days(world, 8))
    case = world.case(case_id)
    assert (case.state, case.answers, case.parties) == ("discarded", {}, ())
    assert "aino" not in repr(world.cases.folders).lower()


def test_clock_after_a_long_silence_sends_the_last_reminder_alone(world: World) -> None:
    case_id = world.case_at("confirm")
    world.deliver_all()
    world.clock.forward(days=365)
    for _ in range(5):
        handle(world.services, {})
        world.clock.forward(minutes=3)
    assert history(world, case_id) == ["open", "confirm", "lapse"]


def test_clock_after_a_long_silence_lets_an_offer_lapse_without_a_reminder(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    world.clock.forward(days=9)
    handle(world.services, {})
    assert history(world, case_id)[-2:] == ["offer", "expire"]


def test_clock_sends_what_the_stream_lost(world: World) -> None:
    world.case_at()
    assert handle(world.services, {}) == {"acted": 0, "overdue": 0.0, "parked": 0}
    world.clock.forward(minutes=2, seconds=30)
    assert handle(world.services, {}) == {"acted": 1, "overdue": 30.0, "parked": 0}
    assert handle(world.services, {}) == {"acted": 0, "overdue": 0.0, "parked": 0}
    assert [m["To"] for m in world.post.sent] == ["aino@example.net"]


def test_pass_time_overtaken_is_skipped(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    world.clock.forward(days=6)
    assert run_due_timer(world.services, case_id)  # the reminder
    world.clock.forward(days=3)
    interrupt(world, lambda: world.do(case_id, "accept"))
    assert run_due_timer(world.services, case_id) is False
    assert world.case(case_id).state == "active"
    assert history(world, case_id)[-2:] == ["remind", "accept"]


def test_clock_one_bad_case_does_not_stop_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = world.case_at("confirm"), world.case_at("confirm")
    folder = world.cases.folders[bad]
    folder.case = replace(folder.case, version=99)
    world.cases.outbox.clear()
    world.clock.forward(days=8)
    assert handle(world.services, {})["acted"] == 1
    assert (history(world, bad)[-1], history(world, good)[-1]) == ("confirm", "remind")
    first = [record.getMessage().splitlines()[0] for record in caplog.records]
    assert first == [f"history broken: {bad}", "left for later: Broken"]


def test_many_cases_that_fail_hold_up_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """More of them than are read at once, all due before a whole one, which is served in the first
    round."""
    bad = []
    for _ in range(60):
        world.cases.quotas.clear()
        bad.append(world.case_at("confirm"))
    world.clock.forward(hours=1)
    world.cases.quotas.clear()
    good = world.case_at("confirm")
    world.cases.outbox.clear()
    as_written = world.cases.folders[bad[0]].told[-1]
    for case_id in bad:
        folder = world.cases.folders[case_id]
        folder.told[-1] = replace(folder.told[-1], answers={"title": "Another"})
    world.clock.forward(days=8)
    handle(world.services, {})
    assert history(world, good)[-1] == "remind"
    assert all(f"history broken: {case_id}" in caplog.text for case_id in bad)
    world.cases.folders[bad[0]].told[-1] = as_written  # it was put back
    world.clock.forward(minutes=5)
    handle(world.services, {})
    assert history(world, bad[0])[-1] == "remind"
    assert history(world, bad[1])[-1] == "confirm"
