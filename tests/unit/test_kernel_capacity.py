"""Places that are few: who fits, who is next, and definitions that would lose somebody."""

from dataclasses import replace
from typing import Any

import pytest

from functions.kernel.capacity import Capacity, Waitlist
from functions.kernel.check import check
from functions.kernel.consequences import Guard
from functions.kernel.definition import Action, Transition
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Section
from functions.kernel.states import LINK
from functions.lists import known
from tests.sixth.themeday.definition import VERSION_1 as DAYS

LISTS = known()

ROOM = Capacity("day", {"a": 4, "b": 1}, ("in", "asked"), "waiting", "call", units_field="size")
TWO, THREE = {"day": "a", "size": 2}, {"day": "a", "size": 3}


@pytest.mark.parametrize(
    ("seated", "waiting", "answers", "fits"),
    [
        ({}, {}, TWO, True),
        ({"x": 2}, {}, TWO, True),
        ({"x": 2}, {}, THREE, False),
        ({"x": 4}, {}, {"day": "a"}, False),
        ({"x": 1}, {"y": 3}, {"day": "a"}, False),  # nobody overtakes who waits
        ({"x": 1}, {"me": 2, "y": 1}, TWO, True),
        ({"x": 1}, {"y": 1, "me": 2}, TWO, False),
        ({}, {}, {"day": "b"}, True),
        ({}, {}, {"day": "nowhere"}, False),
        ({}, {}, {}, False),
    ],
)
def test_fits(
    seated: dict[str, int], waiting: dict[str, int], answers: dict[str, Any], fits: bool
) -> None:
    assert ROOM.fits(Waitlist("q", seated, waiting), "me", answers) is fits


def test_moved_keeps_turns() -> None:
    queue = Waitlist("q", {"a": 1}, {"b": 2, "c": 1})
    assert list(ROOM.moved(queue, "b", "waiting", 2).waiting) == ["b", "c"]
    assert ROOM.moved(queue, "d", "waiting", 3).waiting == {"b": 2, "c": 1, "d": 3}
    assert ROOM.moved(queue, "b", "asked", 2) == Waitlist("q", {"a": 1, "b": 2}, {"c": 1})
    assert ROOM.moved(queue, "a", "asked", 1) == queue
    assert ROOM.moved(queue, "a", "left", 1) == Waitlist("q", {}, {"b": 2, "c": 1})
    assert ROOM.moved(queue, "nobody", "left", 1) == queue


def test_crowded_takes_no_places() -> None:
    rows = {(t.action, t.source, t.target) for t in DAYS.transitions}
    left = {(t.action, t.source, t.target) for t in DAYS.when_full().transitions}
    assert rows - left == {("confirm", "unconfirmed", "placed"), ("call", "waiting", "offered")}


def faults(room: dict[str, Any] | None = None, **changed: Any) -> list[str]:
    assert DAYS.capacity
    wrong = replace(DAYS, capacity=replace(DAYS.capacity, **(room or {})), **changed)
    try:
        check(wrong, LISTS)
    except WrongDefinition as error:
        return [line.removeprefix("themeday: ") for line in str(error).splitlines()]
    return []


def rows(*more: Transition, without: str = "") -> dict[str, Any]:
    kept = (t for t in DAYS.transitions if (t.action + t.target) != without)
    return {"transitions": (*more, *kept)}


def asked(name: str) -> dict[str, Any]:
    """The actions, with the acceptance asking a field of the form again."""
    field = DAYS.fields()[name]
    changed = (replace(a, fields=(field,)) if a.name == "accept" else a for a in DAYS.actions)
    return {"actions": tuple(changed)}


def form(**changed: Any) -> dict[str, Any]:
    about, who = DAYS.forms[0].sections
    fields = tuple(replace(f, **changed) if f.name == "participants" else f for f in about.fields)
    return {"forms": (replace(DAYS.forms[0], sections=(Section("about", fields), who)),)}


ALWAYS = Guard("always", lambda case: True)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"room": {"occupying": ()}}, "capacity: unknown state"),
    ({"room": {"waiting": "nowhere"}}, "capacity: unknown state"),
    ({"room": {"by": "shoe"}}, "capacity: its places are not told for each choice"),
    ({"room": {"limits": {"2026-10-07": 4}}}, "capacity: its places are not told for each choice"),
    (form(highest=5), "capacity: one case may take no place, or more than there are"),
    (form(highest=None), "capacity: one case may take no place, or more than there are"),
    (form(lowest=0), "capacity: one case may take no place, or more than there are"),
    (asked("participants"), "capacity: an action may change what a case takes"),
    (asked("theme_day"), "capacity: an action may change what a case takes"),
    ({"room": {"waiting": "unconfirmed"}}, "capacity: a case begins in it"),
    ({"room": {"admits": "accept"}}, "capacity: its call leads nowhere, or not always"),
    (
        rows(Transition("call", "waiting", "offered", guard=ALWAYS), without="calloffered"),
        "capacity: its call leads nowhere, or not always",
    ),
    (rows(without="confirmwaiting"), "capacity: confirm in unconfirmed has no way when it is full"),
    (
        rows(Transition("confirm", "unconfirmed", "waiting"), without="confirmwaiting"),
        "capacity: confirm in unconfirmed has no way when it is full",
    ),
    (
        {
            **rows(Transition("pull", "placed", "left")),
            "actions": (*DAYS.actions, Action("pull", LINK)),
        },
        "capacity: pull comes from another case",
    ),
]


def test_nothing_is_wrong() -> None:
    assert faults() == []
    assert faults(room={"units_field": ""}) == []


@pytest.mark.parametrize(("changed", "fault"), WRONG)
def test_wrong_room_is_found(changed: dict[str, Any], fault: str) -> None:
    assert fault in faults(**changed)


def test_room_is_for_those_who_have_one() -> None:
    plain = replace(DAYS, capacity=None)
    assert plain.when_full() == plain
    with pytest.raises(WrongDefinition, match="confirm to waiting is never taken"):
        check(plain, LISTS)
