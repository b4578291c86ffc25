"""Mail that came back: marked on the case, told to the coordinator, never sent again."""

import json
from typing import Any

import pytest

from functions.entry import bounces
from functions.kernel.case import Party
from tests.fakes import World


@pytest.fixture
def world() -> World:
    return World()


def _manager(world: World, case_id: str) -> Party:
    return world.case(case_id).holders("manager")[0]


def _event(letter: str, address: str, **changed: Any) -> dict[str, Any]:
    """What SNS hands over for a hard bounce (SES event publishing)."""
    feedback = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": address}],
        },
        "mail": {"tags": {"letter": [letter]}},
        **changed,
    }
    return {"Records": [{"Sns": {"Message": json.dumps(feedback)}}]}


def test_hard_bounce_is_marked_and_told_to_the_coordinators_once(world: World) -> None:
    case_id = world.case_at("confirm")
    world.deliver_all()
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email)
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert _manager(world, case_id).reachable is False
    told = [(m["To"], m["Subject"]) for m in world.deliver_all()]
    assert sorted(to for to, _ in told) == ["anna@example.org", "sten@example.org"]
    assert [t.entry.step.action for t in world.cases.load(case_id).history].count("bounce") == 1


def test_nothing_more_is_sent_to_a_mailbox_that_bounced(world: World) -> None:
    first = world.case_at("confirm")
    world.deliver_all()
    manager = _manager(world, first)
    bounces.handle(world.services, _event(f"{first}-{manager.id}", manager.email))
    world.deliver_all()
    world.clock.forward(minutes=11)
    second = world.case_at("confirm")
    assert manager.email not in [m["To"] for m in world.deliver_all()]
    assert _manager(world, second).reachable is False


def test_complaint_counts_as_a_bounce(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(
        f"{case_id}-{manager.id}",
        manager.email,
        eventType="Complaint",
        complaint={"complainedRecipients": [{"emailAddress": manager.email.upper()}]},
    )
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert _manager(world, case_id).reachable is False


@pytest.mark.parametrize(
    "changed",
    [
        {"bounce": {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "x@y.fi"}]}},
        {"eventType": "Delivery"},
        {"eventType": None},
        {"mail": {"tags": {}}},
        {"mail": {"tags": {"letter": ["nosuchcase-p1"]}}},
    ],
)
def test_other_and_forged_feedback_changes_nothing(world: World, changed: dict[str, Any]) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email, **changed)
    before = world.stored()
    assert bounces.handle(world.services, event) == {"noted": 0}
    assert world.stored() == before


def test_feedback_about_another_address_than_the_partys_is_refused(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", "somebody.else@example.org")
    assert bounces.handle(world.services, event) == {"noted": 0}
    assert _manager(world, case_id).reachable is True
    assert world.limits.until == {}


def test_unreadable_feedback_does_not_stop_the_rest(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email)
    event["Records"].insert(0, {"Sns": {"Message": "not json"}})
    assert bounces.handle(world.services, event) == {"noted": 1}
