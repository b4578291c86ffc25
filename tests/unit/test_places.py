"""A place of a limit belongs to a mail that left: an outage spends none."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from functions.kernel.errors import TooMany
from functions.services.access.links import ask_fresh
from functions.services.case import apply
from functions.services.mail.deliver import deliver, resume_parked
from functions.services.mail.orders import ask_desk
from functions.services.ports import SendFailed
from tests.fakes import World


def ask_for_desk(world: World) -> None:
    ask_desk(world.services, {"email": "anna@example.org"})


def send_form(world: World) -> None:
    apply.send(world.services, world.draft())


def ask_for_link(world: World) -> None:
    case_id = next(iter(world.cases.folders))
    ask_fresh(world.services, world.token(case_id, "manager", "status"))


def at_work(asks: Callable[[World], None]) -> World:
    world = World()
    if asks is ask_for_link:
        world.case_at("confirm")
        world.deliver_all()
        world.post.sent.clear()
    return world


ASKS = (ask_for_desk, send_form, ask_for_link)
asked = pytest.mark.parametrize("asks", ASKS, ids=lambda each: each.__name__)


def minutes(world: World, number: int) -> None:
    for _ in range(number):
        world.clock.forward(minutes=1)
        for key in world.cases.unsent(world.clock.now()):
            deliver(world.services, *key)


def outage(world: World) -> None:
    world.post.failures = [SendFailed("down", permanent=False) for _ in range(1000)]


def over(world: World) -> None:
    world.post.failures = []


def while_taken(world: World, asks: Callable[[World], None], times: int, every: int) -> None:
    """Ask so often, with so many minutes in between, or until it is refused."""
    for _ in range(times):
        try:
            asks(world)
        except TooMany:
            return
        minutes(world, every)


@asked
def test_mails_that_never_left_keep_nobody_from_another(asks: Callable[[World], None]) -> None:
    world = at_work(asks)
    outage(world)
    for _ in range(3):
        asks(world)
        minutes(world, 45)
    assert [kept.status for kept in world.cases.outbox.values()].count("parked") == 3
    over(world)
    asks(world)
    minutes(world, 5)
    assert len(world.post.sent) == 1


@asked
def test_mails_that_leave_late_are_three_a_day_however_long_the_outage(
    asks: Callable[[World], None],
) -> None:
    world = at_work(asks)
    outage(world)
    while_taken(world, asks, times=5, every=2)
    over(world)
    minutes(world, 60)
    assert 1 <= len(world.post.sent) <= 3
    sent = len(world.post.sent)
    while_taken(world, asks, times=8, every=10)
    assert len(world.post.sent) == 3 >= sent


@asked
def test_what_was_sent_keeps_its_place_when_another_gives_its_own_back(
    asks: Callable[[World], None],
) -> None:
    world = at_work(asks)
    for _ in range(2):
        asks(world)
        minutes(world, 10)
    outage(world)
    asks(world)
    minutes(world, 45)
    over(world)
    asks(world)
    minutes(world, 10)
    assert len(world.post.sent) == 3
    with suppress(TooMany):
        asks(world)
    minutes(world, 10)
    assert len(world.post.sent) == 3


def test_mail_that_was_parked_and_is_sent_after_all_leaves_once() -> None:
    world = World()
    outage(world)
    send_form(world)
    minutes(world, 45)
    over(world)
    assert resume_parked(world.services) == 1
    minutes(world, 10)
    assert len(world.post.sent) == 1
