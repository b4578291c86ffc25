"""``Limits``: the fake and the real one keep the same promises."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.adapters.dynamo import DynamoSettings
from functions.adapters.limits import SHARDS, DynamoLimits
from functions.adapters.tables import create_tables
from functions.kernel.errors import TooMany
from functions.services.ports import Limits, RateLimit
from tests.fakes import START, MemoryLimits

WINDOW = timedelta(minutes=10)
MOST = 2 * SHARDS


@pytest.fixture(params=["memory", "dynamo"])
def limits(_anew: None, request: pytest.FixtureRequest, endpoint: str | None) -> Iterator[Limits]:
    if request.param == "memory":
        yield MemoryLimits()
        return
    place = DynamoSettings("eu-north-1", "limits", endpoint)
    create_tables(place)
    yield DynamoLimits(place)
    for name in place.client.list_tables()["TableNames"]:
        place.client.delete_table(TableName=name)


def test_take_refuses_past_the_most_in_a_window(limits: Limits) -> None:
    for _ in range(MOST):
        limits.take(RateLimit("source#a", MOST, WINDOW), START)
    with pytest.raises(TooMany):
        limits.take(RateLimit("source#a", MOST, WINDOW), START)


def test_take_counts_each_name_and_window_apart(limits: Limits) -> None:
    for _ in range(MOST):
        limits.take(RateLimit("source#a", MOST, WINDOW), START)
    limits.take(RateLimit("source#b", MOST, WINDOW), START)
    limits.take(RateLimit("source#a", MOST, WINDOW), START + WINDOW)
    with pytest.raises(TooMany):
        limits.take(RateLimit("source#a", MOST, WINDOW), START)


def test_hold_keeps_so_many_places_each_for_a_window(limits: Limits) -> None:
    later = START + timedelta(minutes=1)
    assert [limits.hold("a", who, 2, WINDOW, START) for who in "xyz"] == [True, True, False]
    assert [limits.hold("a", who, 2, WINDOW, later) for who in "zyx"] == [False, True, True]
    assert limits.hold("b", "z", 2, WINDOW, START)
    assert not limits.hold("a", "z", 2, WINDOW, START + WINDOW - timedelta(seconds=1))
    assert limits.hold("a", "z", 2, WINDOW, START + WINDOW)


def test_free_gives_all_places_of_a_name_back(limits: Limits) -> None:
    limits.free("a")
    assert limits.hold("a", "x", 1, WINDOW, START)
    assert limits.hold("b", "x", 1, WINDOW, START)
    limits.free("a")
    assert limits.hold("a", "y", 1, WINDOW, START)
    assert not limits.hold("b", "y", 1, WINDOW, START)


def test_who_gives_a_place_back_gives_no_others(limits: Limits) -> None:
    for who in "xy":
        assert limits.hold("a", who, 2, WINDOW, START)
    for who in "zx":
        limits.give_back("a", who, START)
    limits.give_back("b", "x", START)
    assert [limits.hold("a", who, 2, WINDOW, START) for who in "zx"] == [True, False]
    assert limits.hold("a", "y", 2, WINDOW, START)


def test_suppressed_until_its_time_is_over(limits: Limits) -> None:
    until = START + timedelta(days=1)
    assert not limits.suppressed("mailbox#a", START)
    limits.suppress("mailbox#a", until)
    assert limits.suppressed("mailbox#a", until - timedelta(seconds=1))
    assert not limits.suppressed("mailbox#a", until)
    assert not limits.suppressed("mailbox#b", START)
    limits.suppress("mailbox#a", START)
    assert not limits.suppressed("mailbox#a", START)
