"""Rows that were edited to values of another kind: each is found by its kind, raises the alarm, and
holds up nothing else."""

import json

import pytest

from functions.entry.clock import app as clock
from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.services.container import Services
from functions.services.integrity import check_sample
from functions.services.mail.deliver import deliver
from functions.services.ports import CaseRecord
from tests.stored_world import StoredWorld


@pytest.fixture
def world(stored_world: StoredWorld) -> StoredWorld:
    return stored_world


def alarms(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {r.getMessage() for r in caplog.records if r.levelname == "ERROR"}


@pytest.mark.parametrize("answers", ["5", '"x"', '[1, {"a": null}]'])
@pytest.mark.parametrize("part", ["act#00000", "act#00001"])
def test_history_whose_answers_are_none(
    world: StoredWorld, part: str, answers: str, caplog: pytest.LogCaptureFixture
) -> None:
    case_id, other = world.case_at("confirm"), world.case_at("confirm")
    token = world.token(case_id, "manager")
    world.extend("cases", {"case": case_id, "part": part}, answers={"S": answers})
    pages = party.create_app(world.services).test_client()
    assert pages.get(f"/api/t/{token}").status_code in (200, 409)
    assert pages.post(f"/api/t/{token}", data={"action": "endorse"}).status_code in (409, 422)
    assert check_sample(world.services) == 1
    assert alarms(caplog) == {f"history broken: {case_id}"}
    clock.handle(world.services, {"check_histories": True})
    assert world.case(other).state == "submitted"


@pytest.mark.parametrize("seal", [5, None, ["x"]])
def test_history_whose_seal_is_no_text(
    world: StoredWorld, seal: object, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    body = json.loads(world.item("cases", case=case_id, part="act#00001")["body"]["S"])
    changed = {"S": json.dumps({**body, "seal": seal})}
    world.extend("cases", {"case": case_id, "part": "act#00001"}, body=changed)
    assert check_sample(world.services) == 1
    pages = party.create_app(world.services).test_client()
    assert pages.get(f"/api/t/{token}").status_code in (200, 409)
    assert alarms(caplog) == {f"history broken: {case_id}"}


def test_check_that_fails_at_one_case_goes_on_to_the_next(
    world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id, other = world.case_at("confirm"), world.case_at("confirm")
    asked = list[str]()

    def fails(_: Services, record: CaseRecord) -> bool:
        asked.append(record.case.id)
        if record.case.id == case_id:
            raise RuntimeError
        return True

    assert check_sample(world.services, fails) == 1
    assert {*asked} == {case_id, other}
    assert f"history broken: {case_id}" in alarms(caplog)


@pytest.mark.parametrize("odd", [{"body": {"S": "{"}}, {"seal": {"N": "1"}}])
def test_order_that_cannot_be_read_is_parked(world: StoredWorld, odd: dict[str, object]) -> None:
    case_id = world.case_at("confirm")
    world.clock.forward(hours=1)
    waiting = world.services.cases.unsent(world.clock.now())
    (number, *_) = [number for case, number in waiting if case == case_id]
    world.extend("cases", {"case": case_id, "part": f"outbox#{number}"}, **odd)
    assert deliver(world.services, case_id, number) == "parked"
    assert world.item("cases", case=case_id, part=f"outbox#{number}")["status"] == {"S": "parked"}


def test_unit_whose_coordinators_are_numbers_is_left_out(
    world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    keys = {"list": "units", "key": "north"}
    entry = json.loads(world.item("directory", **keys)["entry"]["S"])
    entry["facts"]["coordinators"] = [5]
    world.extend("directory", keys, entry={"S": json.dumps(entry)})
    pages = desk.create_app(world.services).test_client()
    got = pages.get(f"/api/d/{world.desk('anna@example.org')}/directory?lang=en")
    assert got.status_code == 200
    assert any("north" in each for each in alarms(caplog))
