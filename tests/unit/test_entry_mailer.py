"""The outbox's stream: only new mails are sent, and one that fails does not stop the others."""

from typing import Any

import pytest

from functions.entry.mailer.app import handle
from tests.fakes import World


@pytest.fixture
def world() -> World:
    return World()


def record(case_id: str, part: str, kind: str = "INSERT", number: str = "1") -> dict[str, Any]:
    """A record of the stream of the table of cases."""
    keys = {"case": {"S": case_id}, "part": {"S": part}}
    return {"eventName": kind, "dynamodb": {"Keys": keys, "SequenceNumber": number}}


def records(world: World) -> dict[str, Any]:
    return {
        "Records": [
            record(case, f"outbox#{number}", number=str(n))
            for n, (case, number) in enumerate(world.pending())
        ]
    }


def test_mailer_sends_new_mails(world: World) -> None:
    world.case_at("confirm")
    assert handle(world.services, records(world)) == {"batchItemFailures": []}
    assert [m["To"] for m in world.post.sent] == ["aino@example.net", "matti@example.org"]


def test_mailer_same_batch_again_sends_nothing(world: World) -> None:
    world.case_at("confirm")
    batch = records(world)
    for _ in range(3):
        handle(world.services, batch)
    handle(world.services, {"Records": batch["Records"][::-1]})
    assert len(world.post.sent) == 2


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("outbox#00000#0", "MODIFY"),
        ("outbox#00000#0", "REMOVE"),
        ("case", "INSERT"),
        ("act#00000", "INSERT"),
        ("", "INSERT"),
    ],
)
def test_mailer_other_records_are_ignored(world: World, part: str, kind: str) -> None:
    case_id = world.case_at()
    event = {"Records": [record(case_id, part, kind), {"eventName": "INSERT"}, {}]}
    assert handle(world.services, event) == {"batchItemFailures": []}
    assert (world.post.sent, len(world.pending())) == ([], 1)


def test_mailer_empty_event(world: World) -> None:
    assert handle(world.services, {}) == {"batchItemFailures": []}


def test_mailer_poison_does_not_stop_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        world.case_at()
    world.post.failures = [RuntimeError("boom")]
    assert handle(world.services, records(world)) == {"batchItemFailures": []}
    assert (len(world.post.sent), len(world.pending())) == (2, 1)  # the clock tries it again
    assert [r.getMessage().splitlines()[0] for r in caplog.records] == [
        "mail failed: RuntimeError",
        "mail put off: confirm RuntimeError",
    ]
