"""One door for everything: who gets a request, and what is logged of it."""

import logging

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from infra.local.front import Front


def app(name, *rules):
    made = Flask(name)
    for rule in rules:
        made.add_url_rule(rule, rule, lambda **_: f"answer of {name}", methods=["GET", "POST"])
    return made


@pytest.fixture
def changes():
    return []


@pytest.fixture
def client(changes):
    front = Front(
        public=app("public", "/api/forms/<name>", "/api/my/<token>", "/api/supervisors"),
        party=app("party", "/api/t/<token>"),
        documents=app("documents", "/api/t/<token>/documents/<name>"),
        desk=app("desk", "/api/desk", "/api/d/<token>"),
        mailbox=app("mailbox", "/_mailbox/"),
        site=Response("answer of site"),
        changed=lambda: changes.append(1),
    )
    return Client(front)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/api/forms/apply", "public"),
        ("/api/supervisors", "public"),
        ("/api/my/t0ken", "public"),
        ("/api/t/t0ken", "party"),
        ("/api/t/t0ken/documents/quote.pdf", "documents"),
        ("/api/desk", "desk"),
        ("/api/d/t0ken", "desk"),
        ("/_mailbox/", "mailbox"),
        ("/en/", "site"),
        ("/apis", "site"),
    ],
)
def test_path_decides_who_answers(client, path, owner):
    assert client.get(path).text == f"answer of {owner}"


def test_mailbox_without_slash_redirects(client):
    assert client.get("/_mailbox").location == "/_mailbox/"


def test_only_a_request_that_may_write_wakes_the_pump(client, changes):
    client.get("/api/t/t0ken")
    client.post("/en/")
    assert changes == []
    client.post("/api/t/t0ken")
    assert changes == [1]


@pytest.mark.parametrize("path", ["/api/t/t0ken", "/api/x/t0ken", "/api/my/t0ken", "/t/t0ken"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_log_names_the_route_and_no_token(caplog, path, method):
    caplog.set_level(logging.INFO)
    missing = Response("", 404)
    party = app("party", "/api/t/<token>")
    public = app("public", "/api/my/<token>")
    others = (app("documents"), app("desk"), app("mailbox"))
    front = Front(public, party, *others, missing, changed=lambda: None)
    Client(front).open(f"{path}?q=t0ken", method=method)
    assert method in caplog.text
    assert "t0ken" not in caplog.text


def test_crash_is_answered_and_logged_without_the_token(caplog):
    party = app("party", "/api/t/<token>")
    party.register_error_handler(Exception, lambda error: 1 / 0)
    party.add_url_rule("/api/u/<token>", "u", lambda token: 1 / 0)
    others = (app("documents"), app("desk"), app("mailbox"))
    front = Front(app("public"), party, *others, Response(""), changed=lambda: None)
    assert Client(front).get("/api/u/t0ken").status_code == 500
    ours = [record for record in caplog.records if record.name == "kapula.local.access"]
    assert [record.getMessage() for record in ours][:1] == ["GET /api/u/<token> failed"]
    assert not any("t0ken" in record.getMessage() for record in ours)
