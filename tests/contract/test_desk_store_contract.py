"""One suite for the desks in DynamoDB and for those in memory that stand in for them."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.adapters.desks import DynamoDesks
from functions.adapters.dynamo import DynamoSettings
from functions.kernel.errors import Conflict, Unavailable
from functions.kernel.people import Person
from functions.services.ports import DeskStore, IndexedItems, WorklistItem
from tests.fakes import MemoryDesks
from tests.in_process_aws import made

PERSON = Person("Aino", "aino@example.net", "sv", "")


def card(place: str, desk: str = "d", case: str = "one", **known: Any) -> WorklistItem:
    return WorklistItem(desk, place, case, "p1", **known)


@pytest.fixture(scope="module")
def adapter(endpoint: str | None) -> DynamoDesks:
    return DynamoDesks(DynamoSettings("eu-north-1", "kapula-test", endpoint))


@pytest.fixture
def dynamo(_anew: None, adapter: DynamoDesks) -> Iterator[DynamoDesks]:
    with made(*adapter.rows):
        yield adapter


@pytest.fixture(params=["memory", "dynamo"])
def desks(request: pytest.FixtureRequest, endpoint: str | None) -> DeskStore:
    if request.param == "dynamo":
        found: DeskStore = request.getfixturevalue("dynamo")
        return found
    return MemoryDesks()


def lay(desks: DeskStore, *cards: WorklistItem, case: str = "one") -> IndexedItems:
    put = {f"{c.desk}/{c.sort_key}": c for c in cards}
    return desks.change(case, desks.indexed(case), put, [])


def test_indexed_of_an_unknown_case(desks: DeskStore) -> None:
    assert desks.indexed("one") == IndexedItems(0, {})


def test_cards_come_back_whole_and_in_order(desks: DeskStore) -> None:
    cards = [card("todo#2", tags=("a=b", "ä#ö")), card("todo#1", person=PERSON), card("waiting#1")]
    after = lay(desks, *cards)
    assert after == desks.indexed("one")
    assert after == IndexedItems(1, {(c.desk, c.sort_key): f"{c.desk}/{c.sort_key}" for c in cards})
    assert desks.page("d", "todo#", "", 9) == (cards[1], cards[0])
    assert desks.page("e", "todo#", "", 9) == ()


def test_page_goes_on_behind_a_place(desks: DeskStore) -> None:
    places = ["m#1#p1", "m#1#p10", "m#1#p2", "m#äö", "n#1"]
    lay(desks, *map(card, places))
    assert [c.sort_key for c in desks.page("d", "m#", "", 2)] == places[:2]
    assert [c.sort_key for c in desks.page("d", "m#", places[0], 9)] == places[1:4]
    assert [c.sort_key for c in desks.page("d", "m#", places[1], 1)] == places[2:3]
    assert desks.page("d", "m#", places[3], 9) == ()


def test_change_drops_and_replaces(desks: DeskStore) -> None:
    lay(desks, card("x#a"), card("x#b"))
    seen = desks.indexed("one")
    after = desks.change("one", seen, {"new": card("x#a", tags=("x",))}, [("d", "x#b")])
    assert after == desks.indexed("one") == IndexedItems(2, {("d", "x#a"): "new"})
    assert desks.page("d", "x#", "", 9) == (card("x#a", tags=("x",)),)


def test_change_of_what_has_moved_conflicts_and_does_nothing(desks: DeskStore) -> None:
    seen = desks.indexed("one")
    lay(desks, card("x#a"))
    with pytest.raises(Conflict):
        desks.change("one", seen, {"m": card("x#b")}, [])
    known = desks.indexed("one")
    lay(desks, card("x#c"))
    with pytest.raises(Conflict):
        desks.change("one", known, {"m": card("x#b")}, [("d", "x#a")])
    assert [c.sort_key for c in desks.page("d", "x#", "", 9)] == ["x#a", "x#c"]


def test_cases_do_not_touch_each_other(desks: DeskStore) -> None:
    lay(desks, card("x#a"))
    lay(desks, card("x#b", case="two"), case="two")
    desks.change("two", desks.indexed("two"), {}, [("d", "x#b")])
    assert desks.indexed("two") == IndexedItems(2, {})
    assert [c.case for c in desks.page("d", "x#", "", 9)] == ["one"]


def test_desks_silent_is_unavailable(dynamo: DynamoDesks) -> None:
    dynamo.rows[0].delete_table()
    with pytest.raises(Unavailable):
        dynamo.indexed("one")
    with pytest.raises(Unavailable):
        dynamo.page("d", "x#", "", 1)
    with pytest.raises(Unavailable):
        dynamo.change("one", IndexedItems(), {}, [])


def test_highest_revision_stays_with_what_lies_out(desks: DeskStore) -> None:
    assert desks.revision("one") == 0
    for given, kept in ((3, 3), (2, 3), (4, 4)):
        seen = desks.indexed("one")
        after = desks.change("one", seen, {str(given): card(f"x#{given}")}, [], given)
        assert (after.revision, desks.indexed("one").revision, desks.revision("one")) == (kept,) * 3
