"""Logs tell where an error happened, never what was typed."""

import logging

import pytest

from functions.entry.clock import app as clock
from functions.entry.mailer import app as mailer
from functions.entry.web import make_app
from tests.fakes import World

CANARY = "typed words of Aino"


def _break(*_: object, **__: object) -> None:
    raise ValueError(CANARY)


def test_crash_page_logs_the_place_and_not_the_message(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app("test", World().services)
    app.add_url_rule("/crash/<secret>", "crash", _break)
    answer = app.test_client().get("/crash/token-in-the-path?lang=sv")
    assert (answer.status_code, CANARY in answer.text) == (500, False)
    assert "Något gick fel" in answer.text
    assert "ValueError" in caplog.text
    assert "in _break" in caplog.text
    assert CANARY not in caplog.text
    assert "token-in-the-path" not in caplog.text


def test_mailer_and_clock_log_the_place_and_not_the_message(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    case_id = world.case_at()
    monkeypatch.setattr(mailer, "deliver", _break)
    monkeypatch.setattr(clock, "deliver", _break)
    (_, number), *_ = world.pending()
    keys = {"case": {"S": case_id}, "part": {"S": f"outbox#{number}"}}
    record = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": "7"}}
    with caplog.at_level(logging.INFO):
        answer = mailer.handle(world.services, {"Records": [record]})
        world.clock.forward(minutes=5)
        assert clock.handle(world.services, {})["acted"] == 0
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert [r.getMessage().splitlines()[0] for r in caplog.records] == [
        "mail not sent: ValueError",
        "left for later: ValueError",
    ]
    assert CANARY not in caplog.text
