"""A card of a desk that was edited in the store: it is nobody's, and it raises the alarm."""

from dataclasses import replace

import pytest

from functions.kernel.desk import WHO
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
