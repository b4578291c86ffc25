"""Rows that a newer release saved, of each kind: they are told of as such, never written to, and break
nothing else."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from functions.adapters.rows import shard
from functions.entry.clock import app as clock
from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import reference
from functions.kernel.errors import Newer
from functions.kernel.nested import ERASE
from functions.kernel.release import RELEASE
from functions.kernel.states import OWN_EVENTS
from functions.kernel.timers import ERASING, STATE
from functions.render.case.people import _OWN_WORDS
from functions.render.text.texts import page_text
from functions.services.integrity import check_sample
from functions.services.ports import NEWER
from tests.stored_world import StoredWorld
from tests.unit.test_duties import Office
from tests.unit.test_edited_cases import record
from tests.workbooks import sheet_of

NAMED = " (9.1.0)"
Plant = Callable[[StoredWorld, str], None]


def head(change: Callable[[dict[str, Any]], object]) -> Plant:
    def planted(body: dict[str, Any]) -> None:
        body["release"] = "9.1.0"
        change(body)

    return lambda world, case_id: world.head(case_id, planted)


def summary(change: Callable[[Any], object]) -> Plant:
    return lambda world, case_id: world.head(case_id, dict, summary=change)


def step(change: Callable[[dict[str, Any]], object]) -> Plant:
    return lambda world, case_id: world.last_step(case_id, change)


def attribute(part: str) -> Plant:
    return lambda world, case_id: world.extend(
        "cases", {"case": case_id, "part": part}, mood={"S": "calm"}
    )


HEADS: dict[str, Plant] = {
    "field": head(lambda b: b.update(mood="calm")),
    "field of a party": head(lambda b: b["parties"][0].update(mood="calm")),
    "state": head(lambda b: b.update(state="resting")),
    "form": head(lambda b: b.update(form="walk")),
    "process": head(lambda b: b.update(process="coaching")),
    "version": head(lambda b: b.update(version=99)),
    "role": head(lambda b: b["parties"][-1].update(role="mentor")),
    "timer": head(lambda b: b.update(started={"nap": b["entered_at"]})),
    "type": head(lambda b: b.update(votes={"p1": "perhaps"})),
    "attribute": attribute("case"),
}
STEPS: dict[str, Plant] = {
    "summary": summary(lambda s: s.append([])),
    "event of the summary": summary(lambda s: s[0][-1].append("calm")),
    "action in the summary": summary(lambda s: s[0][-1].__setitem__(2, "nap")),
    "field of a step": step(lambda b: b["event"].update(mood="calm")),
    "part of a step": step(lambda b: b.update(mood="calm")),
    "action of a step": step(lambda b: b["event"].update(action="nap")),
    "role of a step": step(lambda b: b["event"].update(role="mentor")),
    "attribute of a step": attribute("act#00002"),
}
CASES = HEADS | STEPS
EACH = pytest.mark.parametrize("kind", CASES)


@pytest.fixture
def world(stored_world: StoredWorld) -> StoredWorld:
    return stored_world


@pytest.fixture
def beside(world: StoredWorld) -> tuple[StoredWorld, str, str]:
    """Two cases that wait for their coordinator."""
    found = (world, *(world.case_at("confirm", "endorse") for _ in range(2)))
    world.index()
    return found


def rows_of(world: StoredWorld, case_id: str) -> list[dict[str, Any]]:
    """The head and the history of a case."""
    own = (i for i in world.items("cases") if i["case"]["S"] == case_id)
    return [i for i in own if not i["part"]["S"].startswith("outbox#")]


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


def said(language: str, key: str, named: str = NAMED) -> str:
    return page_text(language, key, named=named)


@EACH
def test_case_is_told_of_and_nothing_is_written(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    token = world.token(case_id, "coordinator")
    CASES[kind](world, case_id)
    before = rows_of(world, case_id)
    pages = party.create_app(world.services).test_client()
    named = NAMED if kind in HEADS and kind != "attribute" else ""
    for language in LANGUAGES:
        got = pages.get(f"/api/t/{token}?lang={language}")
        assert got.status_code == 409
        assert said(language, "errors.newer.lead", named) in got.text
    typed = {"action": "ask", "question": "What I typed & sent", "_lang": "en"}
    got = pages.post(f"/api/t/{token}", data=typed)
    assert got.status_code == 409
    assert 'value="What I typed &amp; sent"' in got.text
    assert rows_of(world, case_id) == before
    assert alarms(caplog) == []
    assert f"{NEWER % case_id}" in caplog.messages


@pytest.mark.parametrize(
    ("kind", "query"),
    [*((kind, "?") for kind in HEADS), ("field", "?list=todo&"), ("state", "?find=1&q=aino&")],
)
def test_desk_of_who_looks_after_it_says_so_beside_the_others(
    kind: str, query: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, other = beside
    HEADS[kind](world, case_id)
    pages = desk.create_app(world.services).test_client()
    named = NAMED if kind != "attribute" else ""
    for language in LANGUAGES:
        got = pages.get(f"/api/d/{world.desk('anna@example.org')}{query}lang={language}")
        assert got.status_code == 200
        assert reference(case_id) in got.text
        assert reference(other) in got.text
        assert said(language, "newer.row_lead", named) in got.text
        assert page_text(language, "broken.row_lead") not in got.text
    got = pages.get(f"/api/d/{world.desk('matti@example.org')}?lang=en")
    assert (got.status_code, reference(case_id) in got.text) == (200, False)
    assert alarms(caplog) == []


@pytest.mark.parametrize("kind", STEPS)
def test_desk_shows_a_case_whose_history_says_more(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    STEPS[kind](world, case_id)
    got = (
        desk.create_app(world.services)
        .test_client()
        .get(f"/api/d/{world.desk('anna@example.org')}?lang=en")
    )
    assert (got.status_code, reference(case_id) in got.text) == (200, True)
    assert alarms(caplog) == []


@EACH
def test_index_keeps_what_it_has_and_leaves_the_case_to_the_newer_release(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, other = beside
    world.do(case_id, "ask", "status")
    was = rows_of(world, case_id)
    CASES[kind](world, case_id) if kind != "attribute of a step" else attribute("act#00003")(
        world, case_id
    )
    items = [i for i in world.items("desks") if i["desk"]["S"] != "left"]
    got = indexer.handle(world.services, {"Records": [record(case_id), record(other)]})
    assert got == {"batchItemFailures": []}
    assert [i for i in world.items("desks") if i["desk"]["S"] != "left"] == items
    assert world.services.desks.left() == [case_id]
    assert indexer.handle(world.services, {"left": True}) == {"batchItemFailures": []}
    assert world.services.desks.left() == [case_id]  # it still cannot be read
    for row in was:
        world.put("cases", row)
    indexer.handle(world.services, {"left": True})
    assert world.services.desks.left() == []
    assert [i for i in world.items("desks") if i["desk"]["S"] != "left"] != items
    assert alarms(caplog) == []


@EACH
def test_timers_are_put_off_without_being_parked_and_hold_up_nobody(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, other = beside
    was = rows_of(world, case_id)
    CASES[kind](world, case_id)
    before = rows_of(world, case_id)
    world.clock.forward(days=30)
    for _ in range(12):
        clock.handle(world.services, {"check_histories": True})
        world.clock.forward(hours=1)
    assert rows_of(world, case_id) == before
    assert [*world.services.timers.parked()] == []
    (timer,) = (t for t in world.services.timers.of(case_id) if t.name == STATE)
    assert timer.attempts == 0
    assert alarms(caplog) == []
    assert world.services.cases.case(other).case.revision > 2  # type: ignore[union-attr]
    for row in was:
        world.put("cases", row)
    world.clock.forward(hours=1)
    clock.handle(world.services, {})
    assert world.case(case_id).revision > 2


def test_night_finds_nothing_wrong_with_it(
    beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    HEADS["field"](world, case_id)
    assert check_sample(world.services) == 0
    assert alarms(caplog) == []


def test_erasing_waits_for_the_release_that_knows_what_there_is(
    world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at()
    world.do(case_id, "disown")
    due = {"N": "2"}  # another number than was erased before
    world.extend("cases", {"case": case_id, "part": "case"}, unerased=due)
    now = {"S": world.clock.now().isoformat(timespec="microseconds")}
    waits = {"S": f"due#{shard(case_id)}"}
    timer = {"case": {"S": case_id}, "name": {"S": ERASING}, "due_shard": waits, "due_at": now}
    world.put("timers", timer)
    was = world.item("cases", case=case_id, part="case")
    HEADS["field"](world, case_id)
    for _ in range(12):
        clock.handle(world.services, {})
        world.clock.forward(hours=1)
    assert world.item("cases", case=case_id, part="case")["unerased"] == due
    assert world.item("timers", case=case_id)["due_shard"]["S"].startswith("due#")
    assert alarms(caplog) == []
    world.put("cases", was)
    clock.handle(world.services, {})
    assert "unerased" not in world.item("cases", case=case_id, part="case")
    assert [i for i in world.items("timers") if i["case"]["S"] == case_id] == []


def test_timer_that_this_release_does_not_have_stays(
    beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    due = world.item("timers", case=case_id)
    due["due_at"] = {"S": world.clock.now().isoformat(timespec="microseconds")}
    world.put("timers", {**due, "name": {"S": "nap"}, "mood": {"S": "calm"}})
    for _ in range(12):
        clock.handle(world.services, {})
        world.clock.forward(hours=1)
    kept = world.item("timers", case=case_id, name="nap")
    assert kept["mood"] == {"S": "calm"}
    assert (kept["due_shard"], "attempts" in kept) == (due["due_shard"], False)
    assert alarms(caplog) == []


def test_timer_that_cannot_be_read_holds_up_no_other(
    beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, other = beside
    due = world.item("timers", case=case_id)
    world.put("timers", {**due, "name": {"S": "nap"}, "due_at": {"S": "0001"}})
    world.clock.forward(days=30)
    assert clock.handle(world.services, {})["acted"] > 0
    assert world.case(other).revision > 2
    assert {*alarms(caplog)} == {f"history broken: stored-timers#{case_id}#nap"}


ORDERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "field": lambda b: b.update(mood="calm"),
    "mail": lambda b: b.update(mail="nap"),
    "purpose": lambda b: b.update(purpose="nap"),
}


@pytest.mark.parametrize("kind", [*ORDERS, "attribute"])
def test_mail_waits_for_the_release_that_ordered_it(
    kind: str, world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at()
    was = world.item("cases", case=case_id, part="outbox#00000#0")
    if kind == "attribute":
        world.extend("cases", {"case": case_id, "part": "outbox#00000#0"}, mood={"S": "calm"})
    else:
        world.order(case_id, ORDERS[kind])
    for _ in range(12):
        clock.handle(world.services, {})
        world.clock.forward(hours=1)
    assert (world.post.sent, alarms(caplog)) == ([], [])
    kept = world.item("cases", case=case_id, part="outbox#00000#0")
    assert kept["status"] == {"S": "pending"}
    world.put("cases", was | {"due_at": kept["due_at"]})
    world.clock.forward(hours=1)
    clock.handle(world.services, {})
    assert len(world.post.sent) == 1


def test_mail_that_somebody_wrote_past_the_product_is_no_newer_one(
    world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at()
    item = world.item("cases", case=case_id, part="outbox#00000#0")
    body = {**json.loads(item["body"]["S"]), "mood": "calm"}
    world.put("cases", item | {"body": {"S": json.dumps(body)}})
    world.clock.forward(hours=1)
    clock.handle(world.services, {})
    assert alarms(caplog) == ["mail parked: unreadable nobody ordered it"]


LINKS = ("field", "purpose", "attribute")


def plant_link(world: StoredWorld, kind: str) -> None:
    for item in world.items("grants"):
        if "made_at" in item:
            continue
        body = json.loads(item["body"]["S"])
        more = {"field": {"mood": "calm"}, "purpose": {"purpose": "nap"}}.get(kind, {})
        item["body"] = {"S": json.dumps(body | more)}
        world.put("grants", item | ({"mood": {"S": "calm"}} if kind == "attribute" else {}))


@pytest.mark.parametrize("kind", LINKS)
def test_link_says_so(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    token = world.token(case_id, "coordinator")
    other = world.desk("anna@example.org")
    plant_link(world, kind)
    for create_app, path in ((party.create_app, f"t/{token}"), (desk.create_app, f"d/{other}")):
        got = create_app(world.services).test_client().get(f"/api/{path}?lang=en")
        assert got.status_code == 409
        assert said("en", "errors.newer.lead", "") in got.text
    assert alarms(caplog) == []


def entry_with(change: Callable[[dict[str, Any]], object]) -> Callable[[StoredWorld], None]:
    def plant(world: StoredWorld) -> None:
        item = world.item("directory", list="coordinators", key="anna")
        body = json.loads(item["entry"]["S"])
        change(body)
        world.put("directory", item | {"entry": {"S": json.dumps(body)}})

    return plant


ENTRIES: dict[str, Callable[[StoredWorld], None]] = {
    "field": entry_with(lambda b: b.update(mood="calm")),
    "fact": entry_with(lambda b: b["facts"].update(mood="calm")),
    "duty": entry_with(lambda b: b["facts"]["duties"].append("napping")),
    "language": entry_with(lambda b: b["facts"].update(language="se")),
    "attribute": lambda world: world.extend(
        "directory", {"list": "coordinators", "key": "anna"}, mood={"S": "calm"}
    ),
}


@pytest.mark.parametrize("kind", ENTRIES)
def test_entry_of_the_directory_is_read_and_not_changed(
    kind: str, beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    ENTRIES[kind](world)
    world.services.directory.read_anew()
    before = world.items("directory")
    pages = desk.create_app(world.services).test_client()
    own = world.desk("anna@example.org")
    assert reference(case_id) in pages.get(f"/api/d/{own}?lang=en").text
    path = f"/api/d/{own}/directory/coordinators/anna"
    assert pages.get(f"{path}?lang=en").status_code == 200
    typed = {"name": "Anna Renamed", "email": "anna@example.org", "language": "fi", "_lang": "en"}
    got = pages.post(path, data=typed)
    assert got.status_code == 409
    assert said("en", "errors.newer.lead", "") in got.text
    assert 'value="Anna Renamed"' in got.text
    assert world.items("directory") == before
    assert alarms(caplog) == []


def test_import_does_not_replace_a_newer_entry(beside: tuple[StoredWorld, str, str]) -> None:
    from datetime import UTC, datetime

    from functions.kernel.directory import DirectoryError
    from functions.services.directory.importing import import_directory

    world, *_ = beside
    ENTRIES["fact"](world)
    before = world.items("directory")
    text = "coordinators:\n- {key: anna, name: A, email: anna@example.org, language: fi, duties: [units]}\n"
    with pytest.raises(DirectoryError, match="saved by a newer release"):
        import_directory(text.encode(), "yaml", world.services.directory, datetime.now(UTC))
    assert world.items("directory") == before


def test_item_of_a_desk_is_read_as_far_as_it_is_known(
    beside: tuple[StoredWorld, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = beside
    for item in world.items("desks"):
        if "person" in item:
            person = json.loads(item["person"]["S"])
            item["person"] = {"S": json.dumps({**person, "mood": "calm"})}
        if "fingerprints" in item:
            prints = [[*each, "calm"] for each in json.loads(item["fingerprints"]["S"])]
            item["fingerprints"] = {"S": json.dumps(prints)}
        world.put("desks", {**item, "mood": {"S": "calm"}})
    got = (
        desk.create_app(world.services)
        .test_client()
        .get(f"/api/d/{world.desk('aino@example.net')}?lang=en")
    )
    assert reference(case_id) in got.text
    answer = indexer.handle(world.services, {"Records": [record(case_id)]})
    assert answer == {"batchItemFailures": []}
    assert alarms(caplog) == []


def test_waitlist_is_not_written_to(world: StoredWorld) -> None:
    body = {"S": json.dumps({"occupying": {}, "waiting": {}, "mood": "calm"})}
    keys = {"case": {"S": "waitlist#k"}, "part": {"S": "waitlist"}}
    world.put("cases", {**keys, "body": body, "revision": {"N": "1"}})
    with pytest.raises(Newer):
        world.services.cases.waitlist("k")


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_and_a_linked_case_say_so(language: str) -> None:
    office = Office()
    office.take(office.invoice, "invoice")
    office.index()
    linked = office.token(office.order, "coordinator", "status")
    office.cases.folders[office.invoice].newer = "9.1.0"
    table = f"{office.path('fiona')}/tables/quote/invoices/invoiced.xlsx?lang={language}"
    told = "\n".join(sheet_of(office.client().get(table).get_data()).texts(1))
    assert said(language, "newer.row") in told
    assert reference(office.invoice) in told
    shown = party.create_app(office.services).test_client().get(f"/api/t/{linked}?lang={language}")
    assert shown.status_code == 200


def test_no_release_is_named_that_is_this_one(world: StoredWorld) -> None:
    case_id = world.case_at()
    world.head(case_id, lambda b: b.update(mood="calm"))
    body = json.loads(world.item("cases", case=case_id, part="case")["body"]["S"])
    assert body["release"] == RELEASE
    with pytest.raises(Newer) as error:
        world.services.cases.case(case_id)
    assert error.value.values == {"named": ""}


def test_events_that_no_process_defines_are_those_that_have_words() -> None:
    """But what erases a subcase, of which nothing is shown then."""
    assert {*_OWN_WORDS} == OWN_EVENTS - {ERASE}
