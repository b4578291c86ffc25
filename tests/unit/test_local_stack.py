"""The local stack as a whole, with the real functions on the real local AWS."""

import json
import logging
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters.rows import shard, stamp
from infra.local import replay
from infra.local.stack import Stack


@pytest.fixture(autouse=True)
def _environment_put_back(monkeypatch):
    """A stack sets dummy credentials; other tests bring their own."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    ):
        monkeypatch.setenv(name, "")


def fetch(url, data=None):
    """Status and body, whatever the status."""
    try:
        with urllib.request.urlopen(url, data) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_stack_starts_moves_its_clock_and_keeps_it(tmp_path, caplog):
    caplog.set_level(logging.INFO, "kapula")
    with Stack(tmp_path, site=None) as stack:
        assert stack.mailbox() == []
        assert stack.settle() == 0
        stack.advance(days=7, hours=1)
        assert fetch(f"{stack.url}/_mailbox/messages.json") == (200, b"[]\n")
        assert fetch(f"{stack.url}/api/t/t0ken")[0] in (404, 410)
        status, page = fetch(f"{stack.url}/api/forms/nothing", b"x" * 10_000_000)
        assert (status // 100, b"Traceback" in page) == (4, False)
    with Stack(tmp_path, site=None) as stack:
        ahead = stack.clock.now() - datetime.now(UTC)
        assert abs(ahead - timedelta(days=7, hours=1)) < timedelta(seconds=10)
    assert "t0ken" not in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_two_stacks_live_side_by_side(tmp_path):
    with Stack(tmp_path / "a", site=None) as one, Stack(tmp_path / "b", site=None) as two:
        one.advance(days=1)
        assert one.url != two.url
        assert one.aws_endpoint != two.aws_endpoint
        assert two.clock.now() < one.clock.now() - timedelta(hours=23)
        assert json.loads(fetch(f"{two.url}/_mailbox/messages.json")[1]) == []


def test_what_was_parked_is_tried_again_by_the_stack_that_runs_and_by_the_next(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    told = [
        "Parked mails that the clock tries anew: 0.",
        "Parked timers that the clock tries anew: 1.",
    ]
    with Stack(tmp_path, site=None) as stack:
        timers = stack.services.timers
        row = timers.row(
            "nowhere",
            "state",
            due_shard=f"parked#{shard('nowhere')}",
            due_at=stamp(stack.clock.now()),
        )
        row.save()
        assert replay.main(["nobody"]) == 0
        assert (
            capsys.readouterr()
            .out.splitlines()[-1]
            .endswith("of nobody that the clock tries anew: 0.")
        )
        assert replay.main([]) == 0
        assert capsys.readouterr().out.splitlines() == told
        assert list(timers.parked()) == []
        row.save()
    assert replay.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == told[-1]
