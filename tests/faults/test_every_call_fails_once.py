"""Every AWS call of the straight journey fails once, in every way that makes a difference.

The journey is cut into its stages (form, confirm, endorse, offer, accept, and a reminder of
the clock). For each call of a stage the tables are put back to where it begins, the stage is
run with that call failing, people try again as people do, stream and sweeper run. Tables and
mails must then equal the faultless run's; so the stages that follow cannot differ either.

Every call fails. Transactions and mails fail in all six ways of ``faulty``. A read that is
lost after it was carried out is a read that failed, so a read fails by an error answer or by a
crash: one by the one, the next by the other. The other writes fail in two ways each, one
before and one after they are carried out; those that count (leases) also by an answer that
the SDK asks for again.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from functions.services.case.act import act
from tests.faults.faulty import CARRIED_OUT, WAYS
from tests.faults.journey import MANAGER, STAGES, Person, Stage, Start, begin, run_stage, walk_to
from tests.faults.pages import Page
from tests.faults.rig import Rig

READS = ("Query", "GetItem")
FOR_READS = ("error", "crash_before")
FOR_WRITES = (("error", "crash_after"), ("crash_before", "lost"))
GREAT = ("TransactWriteItems", "SendEmail")


def fails(number: int, operation: str, way: str) -> bool:
    """Whether this call is to fail in this way."""
    if operation in READS:
        return way == FOR_READS[number % 2]
    if operation in GREAT or (operation, way) == ("UpdateItem", "hiccup"):
        return True
    return way in FOR_WRITES[number % 2]


def _remind(rig: Rig, person: Person, token: str) -> Page:
    """A week passes in silence: the clock runs a timer, and one more mail is swept."""
    rig.clock.forward(days=8)
    rig.sweep()
    return Page(200, "")


REMIND = Stage("remind", "", _remind)


@dataclass(frozen=True)
class Faultless:
    """A stage as it goes when nothing goes wrong."""

    calls: list[tuple[str, ...]]
    title: str
    state: dict[str, Any]
    mails: Any


def _faultless(rig: Rig, stage: Stage, start: Start) -> Faultless:
    begin(rig, start)
    rig.tap.arm()
    person, page = run_stage(rig, stage, start)
    calls = list(rig.tap.calls)
    rig.settle()
    assert (page.status, person.troubles, person.conflicts) == (200, 0, 0)
    mails = rig.sent()
    assert bool(mails) == stage.mails
    assert set(mails.values()) <= {1}
    return Faultless(calls, page.title, rig.observe(), mails)


def _trouble(rig: Rig, stage: Stage, start: Start, number: int, way: str, good: Faultless) -> str:
    """One run with one call failing; "" when all is as it should be, else what is not."""
    begin(rig, start)
    rig.tap.arm(number, way)
    try:
        person, page = run_stage(rig, stage, start)
        struck = rig.tap.struck
        rig.tap.arm()
        rig.settle()
        mails, state = rig.sent(), rig.observe()
    except AssertionError as error:
        return f"{stage.name} {number} {way} ({rig.tap.struck}): {error}"
    wrong = []
    if not struck:
        wrong.append("the fault never struck")
    if page.title != good.title:
        wrong.append(f"page {page.status} {page.title!r}")
    before = good.calls[: number - 1]
    written = any(c[0] == "TransactWriteItems" and "cases" in c[1] for c in before)
    if person.conflicts and way not in CARRIED_OUT and not written:
        wrong.append("was told that it was done, but it was not")
    if state != good.state:
        wrong.append("another end state")
    if mails.keys() != good.mails.keys():
        wrong.append(f"other mails: {[m[1:4] for m in mails.keys() ^ good.mails.keys()]}")
    # One that left before its sender could note it. Its Message-ID is part of what is counted.
    allowed = 1 if struck.startswith(("SendEmail", "UpdateItem")) else 0
    if mails.total() - len(mails) > allowed:
        wrong.append(f"{mails.total() - len(mails)} duplicates")
    return f"{stage.name} {number} {way} ({struck}): {'; '.join(wrong)}" if wrong else ""


@pytest.fixture(scope="class")
def start(request: pytest.FixtureRequest, rig: Rig) -> Start:
    """Where the stage of this class begins."""
    starts = walk_to(rig, request.cls.after)
    return starts.get(request.cls.stage.name, starts["end"])


@pytest.fixture(scope="class")
def good(request: pytest.FixtureRequest, rig: Rig, start: Start) -> Faultless:
    """The stage of this class as it should go."""
    return _faultless(rig, request.cls.stage, start)


class _EveryCall:
    """The test of one stage; a class each, so that test processes can share them out."""

    stage: Stage
    after: str

    @pytest.mark.parametrize("way", WAYS)
    def test_end_and_mails_equal_when_a_call_fails(self, rig, start, good, way):
        numbers = [n for n, call in enumerate(good.calls, 1) if fails(n, call[0], way)]
        found = [_trouble(rig, self.stage, start, n, way, good) for n in numbers]
        assert [f for f in found if f] == []


class TestApply(_EveryCall):
    stage, after = STAGES[0], "apply"


class TestConfirm(_EveryCall):
    served = True
    stage, after = STAGES[1], "confirm"


class TestEndorse(_EveryCall):
    stage, after = STAGES[2], "endorse"


class TestOffer(_EveryCall):
    stage, after = STAGES[3], "offer"


class TestAccept(_EveryCall):
    stage, after = STAGES[4], "accept"


class TestRemind(_EveryCall):
    stage, after = REMIND, "confirm"


class TestBadWeather:
    """The whole journey with many faults in it, each way in turn."""

    def test_whole_journey_ends_the_same_when_every_seventh_call_fails(self, rig):
        starts = walk_to(rig)
        good = {}
        for stage in STAGES:
            good[stage.name] = _faultless(rig, stage, starts[stage.name])
        begin(rig, starts["apply"])
        tokens: dict[str, str] = {}
        faults, titles = 0, []
        for stage in STAGES:
            rig.tap.arm(way=WAYS[0], every=7)
            start = Start({}, rig.clock.time, tokens)
            _, page = run_stage(rig, stage, start)
            faults += rig.tap.strikes
            rig.tap.arm()
            rig.settle()
            titles.append(page.title)
            tokens |= {mail.to: mail.token for mail in rig.mails()}
        mails = rig.sent()
        assert titles == [g.title for g in good.values()]
        assert rig.observe() == good["accept"].state
        assert mails.keys() == {m for g in good.values() for m in g.mails}
        assert faults >= 10
        assert mails.total() - len(mails) <= faults


def test_a_lost_answer_of_a_decision_is_not_called_a_conflict_by_the_sdk_repeat(rig):
    """The stable request token: the SDK repeats the transaction, and AWS knows it."""
    start = walk_to(rig, "confirm")["end"]
    begin(rig, start)
    typed = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    rig.tap.arm()
    act(rig.services, start.tokens[MANAGER], typed, "fi")
    number = [operation for operation, *_ in rig.tap.calls].index("TransactWriteItems") + 1
    begin(rig, start)
    rig.tap.arm(number, "hiccup")
    sends = rig.tap.sends
    act(rig.services, start.tokens[MANAGER], typed, "fi")  # no Conflict
    assert rig.tap.struck.startswith("TransactWriteItems")
    assert rig.tap.calls.count(("TransactWriteItems", "cases+timers")) == 1
    assert rig.tap.sends - sends == len(rig.tap.calls) + 1  # one of them went out twice
