"""Every AWS call of beginning a talk, answering it, and of withdrawing with an open one fails once:
tables and mails equal the faultless run's."""

import pytest

from functions.kernel.case import Case, MailOrder
from functions.services.access.links import mint
from tests.faults.conftest import rig as rig  # the fixture
from tests.faults.faulty import WAYS
from tests.faults.journey import Person, Stage, Start, begin, fill
from tests.faults.pages import Page
from tests.faults.rig import Rig
from tests.faults.test_every_call_fails_once import Faultless, _faultless, _trouble, fails

AINO, ANNA = "aino@example.net", "anna.esimerkki@example.org"
TYPED = {
    "theme_day": "2026-10-07", "participants": "2", "name": "Aino", "email": AINO,
    "language": "fi", "unit": "perhekeskus", "privacy_read": "yes",
}  # fmt: skip


def propose(rig: Rig, person: Person, token: str) -> Page:
    form = person.get(f"/api/t/{token}/begin/talk/propose?lang=fi").form("talk_day")
    return person.send(form, talk_day="2026-09-01", topic="Tie perille")


def pressed(action: str, path: str = "", **typed: str):
    def act(rig: Rig, person: Person, token: str) -> Page:
        page = person.get(f"/api/t/{token}{path}")
        (form,) = (f for f in page.forms if any(c.offered == action for c in f.controls))
        return person.send(form, action=action, **typed)

    return act


PROPOSE = Stage("propose", ANNA, propose)
SUITS = Stage("suits", AINO, pressed("suits", ".talk.1.1"))
WITHDRAW = Stage("withdraw", AINO, pressed("withdraw"))
GIVE_UP = Stage("give_up", AINO, pressed("give_up", ".talk.1.1"))


def linked(rig: Rig, case: Case, email: str) -> str:
    party = next(p for p in case.parties if p.email == email)
    order = MailOrder("any", party.id, "status", case.state, case.round)
    return mint(rig.services, case.id, order, email).rpartition("/")[2]


def placed(rig: Rig, *stages: Stage) -> Start:
    """An enrolment with places, after these stages."""
    person = Person(rig)
    assert fill(person, "themeday", "enrol", TYPED).status == 200
    rig.settle()
    (mail,) = rig.mails(AINO)
    assert pressed("confirm")(rig, person, mail.token).status == 200
    rig.settle()
    (case_id,) = rig.labels()
    record = rig.services.cases.case(case_id)
    tokens = {email: linked(rig, record.case, email) for email in (AINO, ANNA)}
    for stage in stages:
        assert stage.act(rig, person, tokens[stage.actor]).status == 200
        rig.settle()
    return Start(rig.tables(), rig.clock.time, tokens)


@pytest.fixture(scope="class")
def start(request: pytest.FixtureRequest, rig: Rig) -> Start:
    return placed(rig, *request.cls.after)


@pytest.fixture(scope="class")
def good(request: pytest.FixtureRequest, rig: Rig, start: Start) -> Faultless:
    return _faultless(rig, request.cls.stage, start)


class _EveryCall:
    stage: Stage
    after: tuple[Stage, ...] = ()

    @pytest.mark.parametrize("way", WAYS)
    def test_end_and_mails_equal_when_a_call_fails(self, rig, start, good, way):
        numbers = [n for n, call in enumerate(good.calls, 1) if fails(n, call[0], way)]
        found = [_trouble(rig, self.stage, start, n, way, good) for n in numbers]
        assert [f for f in found if f] == []


class TestPropose(_EveryCall):
    stage = PROPOSE


class TestSuits(_EveryCall):
    stage, after = SUITS, (PROPOSE,)


class TestWithdrawWithAnOpenTalk(_EveryCall):
    stage, after = WITHDRAW, (PROPOSE,)


class TestGiveUpInATalk(_EveryCall):
    stage, after = GIVE_UP, (PROPOSE,)


def test_start_is_that_of_the_first_run(rig: Rig) -> None:
    start = placed(rig)
    begin(rig, start)
    assert rig.tables("cases").keys() == {p for p in start.tables if p[0] == "cases"}
