"""Mails out of the outbox: sent once, kept back when pointless, never lost, never a poison."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from functions.kernel.errors import Unavailable
from functions.services.access.links import ask_fresh, open_link
from functions.services.case.timers import run_due_timer
from functions.services.mail.deliver import MAX_ATTEMPTS, deliver, resume_parked
from functions.services.ports import OutboxItem, SendFailed
from tests.fakes import LEASE, MemoryCases, World, token_in


@pytest.fixture
def world() -> World:
    return World()


def one(world: World, mail: str) -> tuple[str, str]:
    """The key of the latest pending mail of this name."""
    return [k for k in world.pending() if world.cases.outbox[k].order.mail == mail][-1]


def status(world: World, key: tuple[str, str]) -> str:
    return world.cases.outbox[key].status


def test_deliver_sends_to_the_party_with_a_working_link(world: World) -> None:
    case_id = world.case_at("confirm")
    key = one(world, "endorse")
    assert deliver(world.services, *key) == "sent"
    (mail,) = world.post.sent
    opened = open_link(world.services, token_in(mail))
    assert (mail["To"], opened.party.role, opened.standing) == (
        "matti@example.org",
        "manager",
        "open",
    )
    assert (opened.case.id, opened.purpose) == (case_id, "task")
    assert status(world, key) == "sent"


def test_deliver_again_is_taken(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    told = [deliver(world.services, *key) for _ in range(3)]
    assert (told, len(world.post.sent)) == (["sent", "taken", "taken"], 1)


@pytest.mark.parametrize("key", [("nowhere", "00000#0"), ("", "")])
def test_deliver_unknown_mail(world: World, key: tuple[str, str]) -> None:
    assert deliver(world.services, *key) == "taken"
    assert world.post.sent == []


def test_deliver_task_of_a_turn_that_is_over_is_suppressed(world: World) -> None:
    case_id = world.case_at("confirm")
    key = one(world, "endorse")
    receipt = one(world, "receipt")
    world.do(case_id, "endorse")
    grants = len(world.grants.grants)
    assert deliver(world.services, *key) == "suppressed"
    assert (status(world, key), len(world.grants.grants)) == ("suppressed", grants)
    assert deliver(world.services, *receipt) == "sent"
    assert [m["To"] for m in world.post.sent] == ["aino@example.net"]


def test_deliver_task_of_an_earlier_round_is_suppressed(world: World) -> None:
    case_id = world.case_at("confirm")
    key = one(world, "endorse")
    world.do(case_id, "return")
    world.do(case_id, "correct")
    assert deliver(world.services, *key) == "suppressed"
    assert deliver(world.services, *one(world, "endorse_again")) == "sent"


def test_deliver_to_a_forgotten_case_is_suppressed(world: World) -> None:
    case_id = world.case_at()
    key = one(world, "confirm")
    world.do(case_id, "disown")
    assert deliver(world.services, *key) == "suppressed"
    assert world.post.sent == []


def test_deliver_reminder_before_it_was_overtaken(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    world.wait(case_id)
    assert run_due_timer(world.services, case_id)
    assert deliver(world.services, *one(world, "remind_answer")) == "sent"


def test_deliver_in_the_language_and_to_the_address_of_now(world: World) -> None:
    case_id = world.case_at("confirm")
    key = one(world, "receipt")
    folder = world.cases.folders[case_id]
    folder.case = folder.case.speaking("p1", "sv")
    deliver(world.services, *key)
    assert world.post.sent[0]["Content-Language"] == "sv"


def test_deliver_failure_that_may_pass(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.post.failures = [SendFailed("Throttled", permanent=False), Unavailable()]
    assert deliver(world.services, *key) == "later"
    assert (status(world, key), deliver(world.services, *key)) == ("pending", "taken")
    world.clock.forward(seconds=30)
    assert world.cases.unsent(world.clock.now())[0] == key
    assert deliver(world.services, *key) == "later"
    world.clock.forward(seconds=60)
    assert deliver(world.services, *key) == "sent"
    assert len(world.post.sent) == 1


def test_deliver_permanent_failure_is_parked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.post.failures = [SendFailed("MessageRejected", permanent=True)]
    assert deliver(world.services, *key) == "parked"
    world.clock.forward(days=1)
    assert (status(world, key), deliver(world.services, *key)) == ("parked", "taken")
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("ERROR", "mail parked: endorse MessageRejected")
    ]


def test_deliver_too_many_attempts_is_parked(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.post.failures = [SendFailed("Throttled", permanent=False)] * 20
    told = []
    for _ in range(MAX_ATTEMPTS + 1):
        told.append(deliver(world.services, *key))
        world.clock.forward(minutes=9)
    assert told == ["later"] * (MAX_ATTEMPTS - 1) + ["parked", "taken"]


class Crash(BaseException):
    """The process is gone: nothing after it runs."""


def test_deliver_that_kills_its_sender_each_time_is_parked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.post.failures = [Crash()] * 20  # type: ignore[list-item]
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Crash):
            deliver(world.services, *key)
        world.clock.time += LEASE
    assert deliver(world.services, *key) == "parked"
    assert (len(world.post.failures), status(world, key)) == (20 - MAX_ATTEMPTS, "parked")
    told = [(r.levelname, r.getMessage()) for r in caplog.records]  # the alarm looks for this
    assert told == [("ERROR", "mail parked: endorse killed its sender")]


def test_resume_parked_sends_them_and_no_others_again(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.post.failures = [SendFailed("MessageRejected", permanent=True)]
    deliver(world.services, *key)
    world.clock.forward(hours=1)
    others = {k: v.status for k, v in world.cases.outbox.items() if k != key}
    assert resume_parked(world.services) == 1
    assert resume_parked(world.services) == 0
    assert key in world.cases.unsent(world.clock.now())
    assert deliver(world.services, *key) == "sent"
    assert {k: v.status for k, v in world.cases.outbox.items() if k != key} == others


def test_deliver_lease_keeps_a_second_sender_away(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    second: list[str] = []
    first_send = world.post.send

    def meanwhile(message: EmailMessage) -> None:
        second.append(deliver(world.services, *key))
        first_send(message)

    world.post.send = meanwhile  # type: ignore[method-assign]
    assert deliver(world.services, *key) == "sent"
    assert (second, len(world.post.sent)) == (["taken"], 1)


class Crashing(MemoryCases):
    """Cases whose next settling never happens, since the process is gone."""

    crashes = 1

    def settle(self, letter: OutboxItem, outcome: str, now: datetime) -> None:
        if self.crashes:
            self.crashes -= 1
            raise Crash
        super().settle(letter, outcome, now)


def test_deliver_crash_after_sending_is_at_most_one_duplicate(world: World) -> None:
    world.case_at("confirm")
    key = one(world, "endorse")
    world.cases.__class__ = Crashing
    with pytest.raises(Crash):
        deliver(world.services, *key)
    assert deliver(world.services, *key) == "taken"
    world.clock.time += LEASE - timedelta(seconds=1)
    assert deliver(world.services, *key) == "taken"
    world.clock.forward(seconds=1)
    assert [deliver(world.services, *key) for _ in range(3)] == ["sent", "taken", "taken"]
    first, again = world.post.sent
    assert first["Message-ID"] == again["Message-ID"]
    assert token_in(first) != token_in(again)
    for mail in (first, again):
        assert open_link(world.services, token_in(mail)).standing == "open"


def test_deliver_message_ids_differ(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    for role in ("applicant", "supervisor"):
        ask_fresh(world.services, world.token(case_id, role, "status"))
    world.case_at("confirm")
    mails = world.deliver_all()
    assert len({m["Message-ID"] for m in mails}) == len(mails) == 12
    assert all(re.fullmatch(r"<[0-9A-Za-z.-]+@example\.org>", m["Message-ID"]) for m in mails)


def test_deliver_raw_tokens_are_nowhere_in_the_stores(world: World) -> None:
    tokens = []
    case_id = world.case_at()
    for action in ("confirm", "return", "correct", "endorse", "offer", "accept"):
        tokens += [token_in(m) for m in world.deliver_all()]
        world.do(case_id, action)
    tokens += [token_in(m) for m in world.deliver_all()]
    kept = repr(world.stored())
    assert len(tokens) == len(set(tokens)) > 10
    assert [t for t in tokens if t in kept] == []


def test_deliver_nothing_typed_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.case_at("confirm")
    caplog.set_level("DEBUG")
    world.post.failures = [SendFailed("MessageRejected", permanent=True)]
    world.deliver_all()
    for secret in ("matti", "aino", "Matti", "/api/t/"):
        assert secret not in caplog.text


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("end", ["take_back", "withdraw"])
def test_who_was_never_told_of_an_offer_is_not_told_that_it_is_over(sent: bool, end: str) -> None:
    """The offer waited in the queue, or went into one mail that tells of many."""
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    world.do(case_id, "offer")
    told = world.case(case_id).holders("supervisor")[0].email
    if sent:
        assert told in [m["To"] for m in world.deliver_all()]
    world.do(case_id, end, "status")
    assert (told in [m["To"] for m in world.deliver_all()]) is sent
