"""Acting through a link: written once, told who was first, nothing written when refused."""

from datetime import timedelta

import pytest

from functions.kernel.case import Case
from functions.kernel.durations import day_of, morning
from functions.kernel.errors import Conflict, Invalid, Problem, Unavailable
from functions.kernel.history import digest
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.fakes import TYPED, World, interrupt


@pytest.fixture
def world() -> World:
    return World()


def test_act_writes_the_decision_and_returns_the_case_as_it_was(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    before = world.case(case_id)
    opened = act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "sv")
    after = world.case(case_id)
    assert (opened.case, opened.party.role) == (before, "manager")
    assert (after.state, after.revision) == ("coordinating", 2)
    assert after.answers == {
        **before.answers,
        "travel_reimbursed": True,
        "fee_reimbursed": False,
    }


def test_act_remembers_the_language_of_the_actor_alone(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    languages = {p.id: p.language for p in world.case(case_id).parties}
    act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "en")
    assert {p.id: p.language for p in world.case(case_id).parties} == {**languages, "p2": "en"}


def test_act_chains_the_history(world: World) -> None:
    case_id = world.case_at("confirm", "return", "correct", "endorse", "offer", "accept")
    file = world.cases.load(case_id)
    assert file is not None
    assert file.sound
    salts = world.cases.folders[case_id].salts
    assert len(set(salts)) == len(salts) == 7
    assert [t.sealed.digest for t in file.history] == [
        digest(t.answers or {}, salt or "") for t, salt in zip(file.history, salts, strict=True)
    ]


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({}, (Problem("action", "unchosen"),)),
        ({"action": ""}, (Problem("action", "unchosen"),)),
        ({"action": "accept"}, (Problem("action", "unchosen"),)),
        ({"action": "purge"}, (Problem("action", "unchosen"),)),
        (
            {"action": "endorse"},
            (Problem("travel_reimbursed", "unchosen"), Problem("fee_reimbursed", "unchosen")),
        ),
        (
            {"action": "return", "return_reason": "short"},
            (Problem("return_reason", "short", 10),),
        ),
    ],
)
def test_act_invalid(world: World, typed: dict[str, str], problems: tuple[Problem, ...]) -> None:
    token = world.token(world.case_at("confirm"), "manager")
    stored = world.stored()
    with pytest.raises(Invalid) as caught:
        act(world.services, token, typed, "fi")
    assert caught.value.problems == problems
    assert world.stored() == stored


def test_act_undeclared_fields_have_no_effect(world: World) -> None:
    case_id = world.case_at("confirm")
    world.do(case_id, "endorse", unit="south", state="active", party="p1", supervisor="testi")
    answers = world.case(case_id).answers
    assert (answers["unit"], "supervisor" in answers, "state" in answers) == ("north", False, False)


def test_act_correction_keeps_the_fixed_address(world: World) -> None:
    case_id = world.case_at("confirm", "return")
    world.do(case_id, "correct", applicant_email="else@example.net")
    case = world.case(case_id)
    assert case.answers["applicant_email"] == "aino@example.net"
    assert case.holders("applicant")[0].email == "aino@example.net"


def test_act_twice_with_one_link(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    typed = {"action": "endorse", **TYPED["endorse"]}
    act(world.services, token, typed, "fi")
    stored = world.stored()
    for _ in range(49):
        with pytest.raises(Conflict):
            act(world.services, token, typed, "fi")
    assert world.stored() == stored


def history(world: World, case_id: str) -> list[str]:
    return [t.sealed.event.action for t in world.cases.folders[case_id].told]


def test_act_retried_when_a_reminder_came_between(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    world.wait(case_id)
    interrupt(world, lambda: run_due_timer(world.services, case_id))
    act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "fi")
    case: Case = world.case(case_id)
    assert (case.state, case.revision) == ("coordinating", 3)
    assert history(world, case_id) == ["open", "confirm", "remind", "endorse"]
    file = world.cases.load(case_id)
    assert file is not None
    assert file.sound


def test_act_conflict_when_somebody_else_was_first(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    interrupt(world, lambda: world.do(case_id, "withdraw"))
    with pytest.raises(Conflict):
        act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "fi")
    assert history(world, case_id) == ["open", "confirm", "withdraw"]


def test_act_conflict_when_it_never_gets_through(world: World) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")

    def first() -> None:
        raise Conflict

    interrupt(world, *[first] * 20)
    with pytest.raises(Unavailable):
        act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "fi")
    assert history(world, case_id) == ["open", "confirm"]


def test_act_due_moment_follows_the_state(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    folder = world.cases.folders[case_id]
    entered = folder.case.entered_at
    assert folder.due_at == morning(day_of(entered) + timedelta(days=4))
    world.do(case_id, "accept")
    assert folder.due_at == morning(day_of(folder.case.entered_at) + timedelta(days=10))


def test_act_asks_once_what_lies_on_desks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its link is opened: what is written later is guarded by the number of the case."""
    case_id = world.case_at()
    asked, revision = [], world.desks.revision
    monkeypatch.setattr(world.desks, "revision", lambda case: asked.append(case) or revision(case))
    world.do(case_id, "confirm")
    assert asked == [case_id]
