"""A card of a desk that was edited in the store: it is nobody's, and it raises the alarm."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.entry.clock import app as clock
from functions.entry.indexer import app as indexer
from functions.kernel.desk import TODO, WHO
from functions.services.access.people import known, person_key
from tests.fakes import World

EVIL = "evil@example.org"


def test_edited_card_sends_nobodys_desk_to_another_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    party = world.case(case_id).parties[0]
    key = person_key(world.services, party.email)
    assert known(world.services, key).person.email == party.email  # type: ignore[union-attr]
    (card,) = world.services.desks.page(key, WHO, "", 9)
    assert card.person
    edited = replace(card, person=replace(card.person, email=EVIL))
    world.desks.cards[card.desk, card.sort_key] = edited
    assert known(world.services, key) is None
    assert caplog.messages == [f"history broken: {case_id}"]
    later = replace(card, sort_key=f"{card.sort_key}x")
    world.desks.cards[card.desk, later.sort_key] = later
    found = known(world.services, key)
    assert found
    assert found.person.email == party.email


def removed(world: World, one: str, _other: str) -> None:
    del world.desks.cards[place(world, one)]


def swapped(world: World, one: str, other: str) -> None:
    here, there = place(world, one), place(world, other)
    cards = world.desks.cards
    cards[here], cards[there] = (
        replace(cards[there], desk=here[0], sort_key=here[1]),
        replace(cards[here], desk=there[0], sort_key=there[1]),
    )


def moved(world: World, one: str, _other: str) -> None:
    here = place(world, one)
    card = world.desks.cards.pop(here)
    world.desks.cards["0" * 40, here[1]] = replace(card, desk="0" * 40)


def all_removed(world: World, one: str, _other: str) -> None:
    """Also the row that says what lies out for the case."""
    for key in [key for key, card in world.desks.cards.items() if card.case == one]:
        del world.desks.cards[key]
    del world.desks.known[one]


def place(world: World, case_id: str) -> tuple[str, str]:
    """Where a case lies among the tasks of whose turn it is."""
    cards = world.desks.cards.items()
    return next(key for key, card in cards if card.case == case_id and key[1].startswith(TODO))


@pytest.mark.parametrize("edit", [removed, swapped, moved, all_removed])
def test_night_finds_what_was_removed_from_a_desk_or_swapped(
    edit: Callable[[World, str, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    one, other = (world.case_at("confirm", "endorse") for _ in range(2))
    for case_id in (one, other):
        index(world, case_id)
    world.clock.forward(minutes=61)
    clock.handle(world.services, {"check_histories": True})
    assert caplog.messages == []
    edit(world, one, other)
    clock.handle(world.services, {"check_histories": True})
    found = {one, other} if edit is swapped else {one}
    assert set(caplog.messages) == {f"history broken: {case_id}" for case_id in found}
    caplog.clear()
    for case_id in (one, other):
        index(world, case_id, anew=True)  # make reindex puts it right
    clock.handle(world.services, {"check_histories": True})
    assert caplog.messages == []


def test_night_says_nothing_of_what_was_written_just_now(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    case_id = world.case_at("confirm")
    clock.handle(world.services, {"check_histories": True})
    assert caplog.messages == []
    world.clock.forward(minutes=61)
    clock.handle(world.services, {"check_histories": True})
    assert caplog.messages == [f"history broken: {case_id}"]


def index(world: World, case_id: str, *, anew: bool = False) -> None:
    keys = {"case": {"S": case_id}, "part": {"S": "case"}}
    record = {"dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
    event = {"Records": [record], **({"anew": True} if anew else {})}
    assert indexer.handle(world.services, event) == {"batchItemFailures": []}
