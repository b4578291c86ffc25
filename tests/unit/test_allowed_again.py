"""Mail to an address that bounced leaves again once an operator has lifted it."""

from typing import Any

import pytest

from functions.services.access.quotas import of_address
from functions.services.case.handover import replace_person
from functions.services.mail.bounces import returned
from functions.services.mail.orders import ask_desk
from infra.deploy import aws, operate
from infra.deploy.settings import SettingsError
from tests.fakes import World

MATTI = "matti@example.org"


class Gone(Exception):
    """What SES answers for an address that it has not left out."""


class Clients:
    """AWS as the command asks it."""

    exceptions = type("Exceptions", (), {"NotFoundException": Gone})

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def get_parameter(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"Name": "/kapula/test/secret", "WithDecryption": True}
        return {"Parameter": {"Value": "secret"}}

    def delete_suppressed_destination(self, EmailAddress: str) -> None:  # noqa: N803
        self.deleted.append(EmailAddress)
        raise Gone


def test_address_that_bounced_gets_mail_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world, clients = World(), Clients()
    case_id = world.case_at("confirm")
    world.deliver_all()
    world.index()
    manager = world.case(case_id).holders("manager")[0]
    assert returned(world.services, f"{case_id}-{manager.id}-endorse", MATTI)
    ask_desk(world.services, {"email": MATTI})
    assert MATTI not in [m["To"] for m in world.deliver_all()]
    monkeypatch.setattr(aws, "client", lambda _: clients)
    monkeypatch.setattr(operate, "services_of", lambda _: world.services)
    with pytest.raises(SettingsError):
        operate.allow_mail("test")
    operate.allow_mail("test", MATTI)
    assert clients.deleted == [MATTI]
    assert not world.limits.suppressed(of_address(world.services, MATTI), world.clock.now())
    world.clock.forward(minutes=10)
    ask_desk(world.services, {"email": MATTI})
    assert [m["To"] for m in world.deliver_all()] == [MATTI]
    same = {"new_name": "Matti", "new_email": MATTI, "new_language": "fi"}
    replace_person(world.services, "anna@example.org", case_id, manager.id, same)
    assert MATTI in [m["To"] for m in world.deliver_all()]
    (party,) = world.case(case_id).holders("manager")
    assert (party.reachable, party.email) == (True, MATTI)
