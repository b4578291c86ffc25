"""``Limits``: the fake and the real one keep the same promises."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.adapters.dynamo import Place
from functions.adapters.limits import SHARDS, DynamoLimits
from functions.adapters.tables import create_tables
from functions.kernel.errors import TooMany
from functions.services.ports import Limits
from tests.fakes import START, MemoryLimits
from tests.mocks import mocked_aws

WINDOW = timedelta(minutes=10)
MOST = 2 * SHARDS


@pytest.fixture(params=["memory", "dynamo"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Limits]:
    if request.param == "memory":
        yield MemoryLimits()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mocked_aws():
        create_tables("eu-north-1", None, "limits")
        yield DynamoLimits(Place("eu-north-1", "limits"))


def test_take_refuses_past_the_most_in_a_window(limits: Limits) -> None:
    for _ in range(MOST):
        limits.take("source#a", MOST, WINDOW, START)
    with pytest.raises(TooMany):
        limits.take("source#a", MOST, WINDOW, START)


def test_take_counts_each_name_and_window_apart(limits: Limits) -> None:
    for _ in range(MOST):
        limits.take("source#a", MOST, WINDOW, START)
    limits.take("source#b", MOST, WINDOW, START)
    limits.take("source#a", MOST, WINDOW, START + WINDOW)
    with pytest.raises(TooMany):
        limits.take("source#a", MOST, WINDOW, START)


def test_suppressed_until_its_time_is_over(limits: Limits) -> None:
    until = START + timedelta(days=1)
    assert not limits.suppressed("mailbox#a", START)
    limits.suppress("mailbox#a", until)
    assert limits.suppressed("mailbox#a", until - timedelta(seconds=1))
    assert not limits.suppressed("mailbox#a", until)
    assert not limits.suppressed("mailbox#b", START)
