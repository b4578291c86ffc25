"""Buttons that send a link: pressed twice they send one, beside others they are not refused, and a
case that cannot be read beside this one is told of."""

from collections.abc import Callable

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.render.desk.people import WHOM
from functions.render.page.new_link import HERE, TO
from functions.render.text.texts import page_text
from functions.services.case.timers import run_due_timer
from functions.services.mail.bounces import given_up
from tests.fakes import World, interrupt
from tests.orders import ACCEPTED, Quotes
from tests.unit.test_linked_apart import NEW


def started() -> tuple[World, str]:
    world = World()
    case_id = world.case_at("confirm")
    world.deliver_all()
    world.index()
    return world, case_id


def missed(world: World, case_id: str) -> None:
    manager = world.case(case_id).holders("manager")[0]
    assert given_up(world.services, f"{case_id}-{manager.id}-endorse", manager.email)


def presses_fresh(world: World, case_id: str) -> Callable[[], int]:
    client = party.create_app(world.services).test_client()
    token = world.token(case_id, "manager", "status")
    return lambda: client.post(f"/api/t/{token}/fresh", data={TO: HERE}).status_code


def presses_again(world: World, case_id: str) -> Callable[[], int]:
    client = desk.create_app(world.services).test_client()
    path = f"/api/d/{world.desk('anna@example.org')}/people/{case_id}/link"
    manager = world.case(case_id).holders("manager")[0]
    return lambda: client.post(path, data={WHOM: manager.id}).status_code


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("presses", [presses_fresh, presses_again])
def test_two_presses_are_one_mail_and_two_orders_are_two(
    presses: Callable[[World, str], Callable[[], int]], lost: bool
) -> None:
    world, case_id = started()
    if lost:
        missed(world, case_id)
    press = presses(world, case_id)
    world.clock.time = world.clock.time.replace(second=20)
    codes = [press()]
    world.clock.forward(seconds=1)
    codes.append(press())
    assert all(code in (200, 303) for code in codes)
    assert len(world.deliver_all()) == 1
    world.clock.forward(minutes=1)
    press()
    assert len(world.deliver_all()) == 1


def test_mail_is_sent_again_beside_a_reminder_of_the_same_moment() -> None:
    world, case_id = started()
    missed(world, case_id)
    world.wait(case_id)
    press = presses_again(world, case_id)
    interrupt(world, lambda: run_due_timer(world.services, case_id))
    assert press() == 303
    assert world.case(case_id).holders("manager")[0].missed == ""


def test_replacing_somebody_beside_a_case_that_cannot_be_read_is_told() -> None:
    world = Quotes()
    case_id = world.request(*ACCEPTED)
    world.index()
    linked = world.order_of(case_id).id
    client = desk.create_app(world.services).test_client()
    path = f"/api/d/{world.desk('anna@example.org')}/people/{case_id}"
    contact = world.case(case_id).holders("contact")[0]
    world.cases.folders[linked].edit(state="closed")
    got = client.post(f"{path}/{contact.id}", data={**NEW, "_lang": "en"})
    assert got.status_code == 409
    assert page_text("en", "problems.broken") in got.text
    assert contact.name in got.text
    assert world.case(case_id).holders("contact") == (contact,)
