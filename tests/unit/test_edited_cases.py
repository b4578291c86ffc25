"""A case whose row was edited to what no definition knows: a warning and an alarm, never a crash,
and nobody else's case is held up. And rows beside the cases that were removed or edited: told within
seconds, and at night."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from functions.entry.clock import app as clock
from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.claims import claims
from functions.kernel.timers import STATE
from functions.processes import pinned
from functions.render.mail.mail import reference
from functions.render.text.texts import page_text
from functions.services.integrity import check_sample, is_due_in_time
from functions.services.ports import BROKEN
from functions.services.timers import CaseTimer
from tests.fakes import World
from tests.unit.test_duties import Office

EDITS = ({"form": "crisis"}, {"state": "x"}, {"process": "x"}, {"version": 99})


def record(case_id: str) -> dict[str, object]:
    keys = {"case": {"S": case_id}, "part": {"S": "case"}}
    return {"dynamodb": {"Keys": keys, "SequenceNumber": case_id}}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: next(iter(edit)))
def test_edited_case_is_told_and_holds_up_nobody(
    edit: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id, other = world.case_at("confirm"), world.case_at("confirm")
    token = world.token(case_id, "manager")
    folder = world.cases.folders[case_id]
    folder.case = replace(folder.case, **edit)
    pages = party.create_app(world.services).test_client()
    for language in LANGUAGES:
        got = pages.get(f"/api/t/{token}?lang={language}")
        assert got.status_code == 409
        assert page_text(language, "errors.broken.title") in got.text
    assert pages.post(f"/api/t/{token}", data={"action": "endorse"}).status_code == 409
    errors = {r.getMessage() for r in caplog.records if r.levelname == "ERROR"}
    assert errors == {f"history broken: {case_id}"}  # what the alarm looks for
    answer = indexer.handle(world.services, {"Records": [record(case_id), record(other)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": case_id}]}
    world.clock.forward(days=30)
    assert clock.handle(world.services, {})["acted"] > 0


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: next(iter(edit)))
def test_desk_shows_the_others_beside_an_edited_case(
    edit: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id, other = (world.case_at("confirm", "endorse") for _ in range(2))
    world.index()
    email = world.case(other).holders("coordinator")[0].email
    token = world.desk(email)
    folder = world.cases.folders[case_id]
    folder.case = replace(folder.case, **edit)
    pages = desk.create_app(world.services).test_client()
    for where, told in (("", True), ("/merge", False), ("?find=1&q=aino", True)):
        got = pages.get(f"/api/d/{token}{where}")
        assert got.status_code == 200, where
        assert (reference(other) in got.text, reference(case_id) in got.text) == (True, told)
    assert {r.getMessage() for r in caplog.records} == {f"history broken: {case_id}"}
    assert pages.get(f"/api/d/{token}/people/{case_id}").status_code == 409


def test_alarm_looks_for_what_is_logged_of_an_edited_case() -> None:
    text = Path("infra/aws/alarms.yml").read_text(encoding="utf-8")
    assert f'$.message = "{BROKEN.partition(":")[0]}*"' in text


def move(world: World, case_id: str, due: timedelta | None) -> None:
    """Move the timer of a case in the store, past the product."""
    timers = world.cases.folders[case_id].timers
    del timers[STATE]
    if due:
        timers[STATE] = CaseTimer(case_id, STATE, world.clock.now() + due)


@pytest.mark.parametrize("due", [timedelta(days=30_000), None], ids=["later", "none"])
def test_moment_that_was_moved_in_the_store_raises_the_alarm(
    due: timedelta | None, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id = world.case_at("confirm")
    assert check_sample(world.services) == 0
    assert caplog.messages == []
    move(world, case_id, due)
    while check_sample(world.services) == 0:  # by chance
        pass
    assert set(caplog.messages) == {f"history broken: {case_id}"}


@pytest.mark.parametrize("tries", [1, 8, "parked"])
def test_timer_that_was_moved_back_is_in_time(
    tries: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.clock.forward(days=30)
    timers, now = world.services.timers, world.clock.now()
    (timer,) = timers.due(now)
    leased = timers.lease(replace(timer, attempts=tries - 1 if isinstance(tries, int) else 7), now)
    assert leased
    if tries == "parked":
        timers.park(leased, now)
    record = world.cases.case(case_id)
    assert record
    assert is_due_in_time(world.services, record)
    assert check_sample(world.services) == 0
    assert caplog.messages == []


def test_night_finds_a_case_whose_erasing_was_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    case_id = world.case_at()
    world.do(case_id, "disown")
    assert check_sample(world.services) == 0
    world.cases.folders[case_id].unerased = 1
    assert check_sample(world.services) == 1
    assert caplog.messages == [f"history broken: {case_id}"]


def told_of(event: str, case_id: str, part: str) -> dict[str, object]:
    keys = {"case": {"S": case_id}, "part": {"S": part}}
    return {"eventName": event, "dynamodb": {"Keys": keys, "SequenceNumber": part}}


@pytest.mark.parametrize(
    ("event", "case_id", "part", "told"),
    [
        ("REMOVE", "claim#vouchers#2026-1", "claim", True),
        ("MODIFY", "claim#vouchers#2026-1", "claim", True),
        ("INSERT", "claim#vouchers#2026-1", "claim", False),
        ("REMOVE", "queue#quote#day", "queue", True),
        ("MODIFY", "queue#quote#day", "queue", False),
        ("REMOVE", "nowhere", "act#00001", True),
        ("MODIFY", "nowhere", "act#00001", False),  # what was said is erased
        ("REMOVE", "nowhere", "outbox#00001#0", True),
        ("REMOVE", "nowhere", "case", True),
    ],
)
def test_stream_of_what_the_product_never_does_raises_the_alarm(
    event: str, case_id: str, part: str, *, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    handed = {"Records": [told_of(event, case_id, part)]}
    assert indexer.handle(world.services, handed) == {"batchItemFailures": []}
    assert set(caplog.messages) == ({f"history broken: {case_id}"} if told else set())


@pytest.mark.parametrize("edit", ["gone", "another's"])
def test_night_finds_a_number_that_is_nobodys_or_anothers(
    edit: str, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office()
    office.take(office.invoice, "invoice")
    office.index()
    case = office.case(office.invoice)
    (claim,) = claims(pinned(case.process, case.version).fields().values(), case.answers)
    assert check_sample(office.services) == 0, caplog.messages
    if edit == "gone":
        del office.cases.claimed_by[claim.name, claim.value]
    else:
        office.cases.claimed_by[claim.name, claim.value] = ("another", claim.field)
    assert check_sample(office.services) == 1
    assert caplog.messages == [f"history broken: {office.invoice}"]


def test_stream_tells_of_a_case_that_no_clock_comes_to(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    case_id = world.case_at("confirm")
    written = {"Records": [told_of("MODIFY", case_id, "case")]}
    indexer.handle(world.services, written)
    assert caplog.messages == []
    move(world, case_id, None)
    indexer.handle(world.services, written)
    assert caplog.messages == [f"history broken: {case_id}"]
