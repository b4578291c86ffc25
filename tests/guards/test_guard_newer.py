"""Every route of every web function, and every function without routes, beside rows of each kind that
a newer release saved: none of them fails, whoever asks. A new route is asked here by itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from functions.entry.clock import app as clock
from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.mailer import app as mailer
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.errors import Newer
from tests.document_fixtures import papered
from tests.guards.test_guard_routes import VALUES, documents_app
from tests.stored_world import Change, StoredWorld

__all__ = ["papered"]  # links open a process that has documents

APPS = (public.create_app, party.create_app, desk.create_app, documents_app)
MORE = {"mood": "calm"}
Plant = Callable[[StoredWorld, str], object]


def bodies(table: str, attribute: str, change: Change) -> Plant:
    """Change an attribute in all rows of a table that have it."""

    def plant(world: StoredWorld, _: str) -> None:
        for item in world.items(table):
            if attribute in item:
                body = json.loads(item[attribute]["S"])
                if isinstance(body, dict) and body:
                    change(body)
                    world.put(table, item | {attribute: {"S": json.dumps(body)}})

    return plant


def attributes(table: str) -> Plant:
    """An attribute more in all rows of a table."""

    def plant(world: StoredWorld, _: str) -> None:
        for item in world.items(table):
            world.put(table, item | {"mood": {"S": "calm"}})

    return plant


def more(body: dict[str, Any]) -> None:
    body.update(MORE)


PLANTED: dict[str, Plant] = {
    "field of a case": lambda w, i: w.head(i, more),
    "state of a case": lambda w, i: w.head(i, lambda b: b.update(state="resting")),
    "version of a case": lambda w, i: w.head(i, lambda b: b.update(version=99)),
    "field of the summary": lambda w, i: w.head(i, dict, summary=lambda s: s.append([])),
    "field of a step": lambda w, i: w.last_step(i, lambda b: b["event"].update(MORE)),
    "action of a step": lambda w, i: w.last_step(i, lambda b: b["event"].update(action="nap")),
    "field of a mail": lambda w, i: w.order(i, more),
    "field of a link": bodies("grants", "body", more),
    "purpose of a link": bodies("grants", "body", lambda b: b.update(purpose="nap")),
    "field of an entry": bodies("directory", "entry", more),
    "fact of an entry": bodies("directory", "entry", lambda b: b["facts"].update(MORE)),
    "person of an item": bodies("desks", "person", more),
    **{f"attribute in {t}": attributes(t) for t in ("cases", "grants", "desks", "directory")},
    "attribute in timers": attributes("timers"),
    "attribute in quotas": attributes("quotas"),
}
EACH = pytest.mark.parametrize("kind", PLANTED)
pytestmark = pytest.mark.usefixtures("papered")


@pytest.fixture
def world(stored_world: StoredWorld) -> StoredWorld:
    return stored_world


def values(world: StoredWorld, create_app: Callable[..., Flask], case_id: str) -> dict[str, str]:
    """What the addresses of a function are made of: a link of the manager, or the desk of who looks
    after the case."""
    case = world.case(case_id)
    own = case.holders("manager")[0]
    token = world.token(case_id, "manager")
    if create_app is desk.create_app:
        token = world.desk("anna@example.org")
    return {**VALUES, "token": token, "case_id": case_id, "party_id": own.id}


def path(rule: Rule, known: dict[str, str]) -> str:
    built = rule.build({name: known[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def failing(app: Flask, known: dict[str, str]) -> list[str]:
    """Routes that answer with 5xx, whatever is asked of them."""
    client, wrong = app.test_client(), []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            data = {"action": "endorse", "_lang": "en", "party": known["party_id"]}
            got = client.open(path(rule, known), method=method, data=data)
            if got.status_code >= 500:
                wrong.append(f"{method} {rule.rule}: {got.status_code}")
    return wrong


@EACH
def test_no_route_fails_beside_it(
    kind: str, world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id, other = world.case_at("confirm"), world.case_at("confirm")
    world.index()
    apps = [(create, values(world, create, i)) for create in APPS for i in (case_id, other)]
    manager = world.case(case_id).holders("manager")[0]
    by_desk = f"{world.desk(manager.email)}.{case_id}.{manager.id}.2"
    apps.append((party.create_app, {**VALUES, "token": by_desk, "party_id": manager.id}))
    PLANTED[kind](world, case_id)
    world.services.directory.read_anew()
    wrong = [found for create, known in apps for found in failing(create(world.services), known)]
    assert wrong == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@EACH
def test_no_function_fails_beside_it(
    kind: str, world: StoredWorld, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = world.case_at("confirm")
    world.index()
    rows = [i for i in world.items("cases") if i["case"]["S"] == case_id]
    keys = [{name: row[name] for name in ("case", "part")} for row in rows]
    records = [
        {"eventName": "INSERT", "dynamodb": {"Keys": k, "SequenceNumber": str(n)}}
        for n, k in enumerate(keys)
    ]
    PLANTED[kind](world, case_id)
    world.services.directory.read_anew()
    for handle in (indexer.handle, mailer.handle):
        assert handle(world.services, {"Records": records}) == {"batchItemFailures": []}
    for event in ({}, {"digest": True}, {"check_histories": True}):
        world.clock.forward(days=8)
        clock.handle(world.services, event)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_every_table_is_planted_in(world: StoredWorld, services_tables: set[str]) -> None:
    world.case_at("confirm")
    world.index()
    assert services_tables == {f"stored-{k.split()[-1]}" for k in PLANTED if " in " in k}


@pytest.fixture
def services_tables(world: StoredWorld) -> set[str]:
    return {*world._client.list_tables()["TableNames"]}


def test_error_is_no_failure_of_the_service() -> None:
    assert 400 <= Newer.status < 500


def test_a_route_that_fails_is_found() -> None:
    app = Flask("failing", static_folder=None)

    @app.post("/api/t/<token>/nap")
    def nap(token: str) -> str:
        raise Newer(token)

    wrong = failing(app, {"token": "x", "party_id": "p1"})
    assert wrong == ["POST /api/t/<token>/nap: 500"]
