"""Time ends nobody's turn while the mail that tells them of it has not left, or has just left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.entry.clock import app as clock
from functions.kernel.durations import day_of
from functions.kernel.timers import deadline
from functions.processes import current
from functions.services.mail.deliver import resume_parked
from functions.services.ports import SendFailed
from tests.fakes import MemoryPost, World


class Down(MemoryPost):
    """A mail service that takes nothing."""

    def send(self, message: object) -> None:
        raise SendFailed("down")


def pass_time(world: World, days: int) -> None:
    """Hour by hour, with the clock's round and the mailer's in each."""
    for _ in range(24 * days):
        world.clock.forward(hours=1)
        clock.handle(world.services, {})
        world.deliver_all()


@pytest.fixture
def down() -> World:
    """A world whose mail service takes nothing."""
    world = World()
    world.services = replace(world.services, post=Down())
    return world


def repaired(world: World) -> None:
    world.services = replace(world.services, post=world.post)
    resume_parked(world.services)


def test_application_is_not_discarded_before_it_could_be_confirmed(down: World) -> None:
    case_id = down.case_at()
    pass_time(down, 9)
    assert down.case(case_id).state == "unconfirmed"
    repaired(down)
    pass_time(down, 6)
    assert down.case(case_id).state == "unconfirmed"
    assert [m["Subject"] for m in down.post.sent if m["To"].startswith("aino@")]
    down.do(case_id, "confirm")
    assert down.case(case_id).state == "submitted"


def test_application_that_was_mailed_late_is_discarded_in_the_end(down: World) -> None:
    case_id = down.case_at()
    pass_time(down, 9)
    repaired(down)
    pass_time(down, 9)
    assert down.case(case_id).state == "discarded"


def test_offer_of_which_no_mail_left_does_not_lapse() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    world.services = replace(world.services, post=Down())
    world.do(case_id, "offer")
    pass_time(world, 12)
    assert world.case(case_id).state == "offered"
    repaired(world)
    before = len(world.post.sent)
    pass_time(world, 2)
    assert world.case(case_id).state == "offered"
    assert any("testi" in m["To"] for m in world.post.sent[before:])
    pass_time(world, 7)
    assert world.case(case_id).state == "coordinating"


def test_offer_whose_mail_left_in_time_lapses_on_its_day() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    world.deliver_all()
    day = deadline(current("supervision"), world.case(case_id))
    pass_time(world, 9)
    assert world.case(case_id).state == "coordinating"
    assert day
    assert day_of(world.case(case_id).since) == day + timedelta(days=1)


def test_timer_that_waits_for_a_mail_is_not_parked(down: World) -> None:
    case_id = down.case_at()
    pass_time(down, 12)
    assert [t.parked for t in down.services.timers.of(case_id)] == [False]
