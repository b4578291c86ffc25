"""One suite for the links in DynamoDB and for those in memory that stand in for them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.dynamo import DynamoSettings
from functions.adapters.grants import REMEMBERED, DynamoGrants
from functions.kernel.errors import Unavailable
from functions.services.ports import Grant, GrantStore
from tests.fakes import START, MemoryGrants
from tests.in_process_aws import made

UNTIL = START + timedelta(days=14)
GRANT = Grant("a" * 64, "one", "p1", "task", "unconfirmed", 1, UNTIL, holder="key.seal")


@pytest.fixture(scope="module")
def adapter(endpoint: str | None) -> DynamoGrants:
    return DynamoGrants(DynamoSettings("eu-north-1", "kapula-test", endpoint))


@pytest.fixture
def dynamo(_anew: None, adapter: DynamoGrants) -> Iterator[DynamoGrants]:
    with made(*adapter.rows):
        yield adapter


@pytest.fixture(params=["memory", "dynamo"])
def grants(request: pytest.FixtureRequest, endpoint: str | None) -> GrantStore:
    if request.param == "dynamo":
        found: GrantStore = request.getfixturevalue("dynamo")
        return found
    return MemoryGrants()


def test_find_what_was_put(grants: GrantStore) -> None:
    grants.put(GRANT)
    grants.put(GRANT)
    assert grants.find(GRANT.token_hash) == GRANT


@pytest.mark.parametrize("asked", ["b" * 64, "a" * 63, "A" * 64, "nothing"])
def test_find_unknown_hash(grants: GrantStore, asked: str) -> None:
    grants.put(GRANT)
    assert grants.find(asked) is None


def test_put_another_for_the_same_task(grants: GrantStore) -> None:
    other = replace(GRANT, token_hash="b" * 64, round=2)
    grants.put(GRANT)
    grants.put(other)
    assert [grants.find(g.token_hash) for g in (GRANT, other)] == [GRANT, other]


def test_find_expired_grant_is_the_callers_to_judge(grants: GrantStore) -> None:
    old = replace(GRANT, expires_at=START - timedelta(days=100, microseconds=1))
    grants.put(old)
    assert grants.find(GRANT.token_hash) == old


DESK = replace(GRANT, case="desk", party="k" * 40, purpose="desk", made_at=START, opened=True)


def test_open_desk_keeps_the_link_and_the_newest(grants: GrantStore) -> None:
    later = replace(DESK, token_hash="b" * 64, made_at=START + timedelta(microseconds=1))
    assert grants.newest_desk(DESK.party) is None
    assert grants.open_desk(DESK)
    assert grants.open_desk(DESK)
    assert grants.open_desk(later)
    assert grants.find(later.token_hash) == later
    assert grants.newest_desk(DESK.party) == later.made_at
    assert grants.newest_desk("other") is None


def test_open_desk_of_an_older_link_keeps_nothing(grants: GrantStore) -> None:
    older = replace(DESK, token_hash="b" * 64, made_at=START - timedelta(microseconds=1))
    assert grants.open_desk(DESK)
    assert not grants.open_desk(older)
    assert grants.find(older.token_hash) is None
    assert grants.newest_desk(DESK.party) == START


def test_open_desk_of_a_link_that_was_closed_keeps_nothing(grants: GrantStore) -> None:
    """Whoever looked at it before it was closed is too late."""
    closed = replace(DESK, closed=True)
    assert grants.open_desk(DESK)
    grants.put(closed)
    assert not grants.open_desk(DESK)
    assert grants.find(DESK.token_hash) == closed


def test_put_is_kept_a_year_after_it_expires(dynamo: DynamoGrants) -> None:
    dynamo.put(GRANT)
    row: Any = dynamo.rows[0].get(GRANT.token_hash)
    assert row.expires == GRANT.expires_at + REMEMBERED


def test_grants_silent_is_unavailable(dynamo: DynamoGrants) -> None:
    dynamo.rows[0].delete_table()
    with pytest.raises(Unavailable):
        dynamo.put(GRANT)
    with pytest.raises(Unavailable):
        dynamo.find(GRANT.token_hash)
