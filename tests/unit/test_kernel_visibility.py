"""Who sees what: only what the definition declares, and nothing of what it does not."""

from dataclasses import replace

import pytest

from functions.kernel.case import Case
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.visibility import PARTY, sees, sees_name, visible, visible_parties
from functions.processes import NAMES, current, versions
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY
from tests.paths import Walk, answers, opened, step

PEOPLE = MemoryDirectory(*DIRECTORY)
SUPERVISION = current("supervision")
DEFINITIONS = [d for name in NAMES for d in versions(name)]


def walked(*actions: str) -> Walk:
    walk = opened(SUPERVISION, "individual", PEOPLE)
    for name in actions:
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
def test_visible_every_role_field_and_state(definition: Definition) -> None:
    case = opened(definition, definition.forms[0].name, PEOPLE).case
    full = replace(case, answers=answers(definition.fields().values(), PEOPLE, "0"))
    for state in definition.states:
        here = replace(full, state=state.name)
        for role in (*(r.name for r in definition.roles), "stranger", ""):
            expected = {
                name: value
                for name, value in full.answers.items()
                for seen in [definition.visibility[name].get(role)]
                if seen is not None and (seen == ALWAYS or state.name in seen)
            }
            assert visible(definition, here, role) == expected
            if role in ("stranger", ""):
                assert expected == {}


def test_visible_undeclared_field_hidden() -> None:
    case = walked("confirm").case
    visibility = {k: v for k, v in SUPERVISION.visibility.items() if k != "reason_and_goals"}
    assert "reason_and_goals" in visible(SUPERVISION, case, "manager")
    assert "reason_and_goals" not in visible(
        replace(SUPERVISION, visibility=visibility), case, "manager"
    )
    stray = replace(case, answers={**case.answers, "notes": "secret"})
    seen = {**SUPERVISION.visibility, "notes": {"manager": ALWAYS}}
    assert "notes" not in visible(replace(SUPERVISION, visibility=seen), stray, "manager")


def test_visible_in_the_definitions_order() -> None:
    case = walked("confirm").case
    backwards = replace(case, answers=dict(reversed(case.answers.items())))
    assert list(visible(SUPERVISION, backwards, "manager")) == [
        name for name in SUPERVISION.fields() if name in case.answers
    ]


@pytest.mark.parametrize(
    ("role", "state", "seen"),
    [
        ("applicant", "offered", False),
        ("applicant", "active", True),
        ("manager", "coordinating", False),
        ("manager", "active", True),
        ("coordinator", "offered", True),
        ("supervisor", "active", False),
        ("stranger", "active", False),
    ],
)
def test_sees_supervisor(role: str, state: str, seen: bool) -> None:
    assert sees(SUPERVISION, PARTY + "supervisor", role, state) is seen


def test_sees_what_is_not_declared() -> None:
    assert not sees(SUPERVISION, "notes", "coordinator", "active")


def names(case: Case, role: str) -> dict[str, bool]:
    """Whether the holder of a role sees the name of each supervisor ever named."""
    reader = case.holders(role)[0]
    return {
        p.id: sees_name(SUPERVISION, case, reader, p)
        for p in case.parties
        if p.role == "supervisor"
    }


def test_sees_name_of_the_supervisor_in_the_end_but_never_of_a_former_one() -> None:
    offered = walked("confirm", "endorse", "offer", "decline", "offer")
    active = step(SUPERVISION, offered, "accept", PEOPLE)
    assert {
        role: names(offered.case, role) for role in ("applicant", "manager", "coordinator")
    } == {
        "applicant": {"p5": False, "p6": False},
        "manager": {"p5": False, "p6": False},
        "coordinator": {"p5": True, "p6": True},
    }
    assert {role: names(active.case, role) for role in ("applicant", "manager", "coordinator")} == {
        "applicant": {"p5": False, "p6": True},
        "manager": {"p5": False, "p6": True},
        "coordinator": {"p5": True, "p6": True},
    }


def test_sees_name_former_supervisor_sees_only_their_own() -> None:
    case = walked("confirm", "endorse", "offer", "decline").case
    former = case.party("p5")
    assert former is not None
    seen = {p.id: sees_name(SUPERVISION, case, former, p) for p in case.parties}
    assert seen == {"p1": False, "p2": False, "p3": False, "p4": False, "p5": True}
    assert visible_parties(SUPERVISION, case, former) == ()


def test_visible_parties_by_role() -> None:
    case = walked("confirm", "endorse", "offer").case
    seen = {
        role: [p.id for p in visible_parties(SUPERVISION, case, case.holders(role)[0])]
        for role in ("applicant", "manager", "coordinator", "supervisor")
    }
    assert seen == {
        "applicant": ["p1", "p2", "p3", "p4"],
        "manager": ["p1", "p2", "p3", "p4"],
        "coordinator": ["p1", "p2", "p3", "p4", "p5"],
        "supervisor": ["p1", "p2", "p3", "p4", "p5"],
    }
