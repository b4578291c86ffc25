"""A row of any table that somebody edited to what it cannot be: it is as if it were not there, an
alarm says so, and every other row is read as ever."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.grants import DynamoGrants
from functions.adapters.limits import DynamoLimits
from functions.adapters.tables import create_tables
from functions.kernel.directory import ChangeStamp, DirectoryFile
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.people import Person
from functions.services.ports import Grant, IndexedItems, WorklistItem
from tests.fakes import DIRECTORY, START

DAY = timedelta(days=1)
LINK = Grant("a" * 64, "desk", "p", "desk", "", 0, START + DAY, made_at=START, holder="k.s")
PERSON = Person("Aino", "aino@example.net", "fi")
ITEMS = {
    "one": WorklistItem("d", "who#1", "c1", "p1", ("x",), PERSON),
    "two": WorklistItem("d", "who#2", "c2", "p1", (), PERSON),
}
UNIT = next(e for e in DIRECTORY if e.source == "units")
CHANGE = DirectoryChange(UNIT, UNIT, ChangeStamp(START, "coordinators/anna"))
VALUES: tuple[dict[str, Any] | None, ...] = (
    None, {"N": "1"}, {"S": "x"}, {"S": "[1]"}, {"S": '{"case": 1}'}, {"S": '{"names": {}}'},
    {"S": "2026-01-01T00:00:00"}, {"BOOL": True}, {"L": []},
)  # fmt: skip


@pytest.fixture
def place(_anew: None, endpoint: str | None) -> Iterator[DynamoSettings]:
    settings = DynamoSettings("eu-north-1", "edited", endpoint)
    create_tables(settings)
    yield settings
    for name in settings.client.list_tables()["TableNames"]:
        if name.startswith("edited-"):
            settings.client.delete_table(TableName=name)


def fill(place: DynamoSettings) -> None:
    grants, desks, limits = DynamoGrants(place), DynamoDesks(place), DynamoLimits(place)
    grants.put(LINK)
    grants.open_desk(LINK)
    desks.change("c1", IndexedItems(), ITEMS, [], 1)
    limits.hold("q", "x", 2, DAY, START)
    limits.suppress("m", START + DAY)
    directory = DynamoDirectory(place)
    directory.save(DirectoryFile(DIRECTORY), ChangeStamp(START, "import"), [CHANGE])


def reads(place: DynamoSettings) -> list[tuple[str, Callable[[], object]]]:
    """All that is read of each of these tables."""
    grants, desks, limits = DynamoGrants(place), DynamoDesks(place), DynamoLimits(place)
    directory = DynamoDirectory(place)
    return [
        ("grants", lambda: grants.find(LINK.token_hash)),
        ("grants", lambda: grants.newest_desk("p")),
        ("desks", lambda: desks.indexed("c1")),
        ("desks", lambda: desks.revision("c1")),
        ("desks", lambda: desks.page("d", "who#", "", 2)),
        ("quotas", lambda: limits.hold("q", "y", 2, DAY, START)),
        ("quotas", lambda: limits.suppressed("m", START)),
        ("directory", lambda: [directory.listings(s) for s in ("units", "supervisors", "domains")]),
        ("directory", lambda: directory.people("units", UNIT.key)),
        ("directory", lambda: directory.named("supervisors", "sulo")),
        ("directory", lambda: directory.entries("units")),
        ("directory", lambda: directory.entry("units", UNIT.key)),
        ("directory", lambda: directory.change(CHANGE.id)),
        ("directory", lambda: directory.changes_since(START - DAY)),
        ("directory", directory.revision),
    ]


def of_each_kind(found: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """One row of each list and each shape."""
    kinds = {(t, i.get("list", {}).get("S"), *sorted(i)): (t, i) for t, i in found}
    return list(kinds.values())


def rows(place: DynamoSettings) -> list[tuple[str, dict[str, Any]]]:
    names = ("grants", "desks", "quotas", "directory")
    tables = [(name, place.client.scan(TableName=f"edited-{name}")["Items"]) for name in names]
    return [(name, item) for name, items in tables for item in items]


KEYS = {"token_hash", "desk", "sort_key", "quota", "slot", "list", "key"}


def test_every_row_of_every_table_may_be_edited_to_anything(
    place: DynamoSettings, caplog: pytest.LogCaptureFixture
) -> None:
    fill(place)
    stored = of_each_kind(rows(place))
    assert {name for name, _ in stored} == {"grants", "desks", "quotas", "directory"}
    quiet = []
    for table, item in stored:
        for name in sorted({*item} - KEYS):
            for value in VALUES:
                edited = {k: v for k, v in item.items() if k != name}
                edited |= {name: value} if value else {}
                place.client.put_item(TableName=f"edited-{table}", Item=edited)
                caplog.clear()
                for read in (read for where, read in reads(place) if where == table):
                    try:
                        read()
                    except Exception as error:
                        raise AssertionError((table, name, value)) from error
                if value == {"BOOL": True} and "history broken" not in caplog.text:
                    quiet.append((table, name))
        place.client.put_item(TableName=f"edited-{table}", Item=item)
    assert quiet == []


def test_one_entry_that_cannot_be_read_leaves_all_others(
    place: DynamoSettings, caplog: pytest.LogCaptureFixture
) -> None:
    fill(place)
    item = next(i for t, i in rows(place) if t == "directory" and i["key"]["S"] == UNIT.key)
    broken = {**item, "changed_at": {"S": "yesterday"}}
    place.client.put_item(TableName="edited-directory", Item=broken)
    directory = DynamoDirectory(place)
    everybody = {e.key for e in DIRECTORY if e.source == "units"}
    assert {e.key for e in directory.entries("units")} == everybody - {UNIT.key}
    assert {x.key for x in directory.listings("units")} == everybody - {UNIT.key}
    assert directory.entry("units", UNIT.key) is None
    assert f"history broken: edited-directory#units#{UNIT.key}" in caplog.text
    desks = DynamoDesks(place)
    place.client.update_item(
        TableName="edited-desks",
        Key={"desk": {"S": "d"}, "sort_key": {"S": "who#1"}},
        UpdateExpression="SET tags = :t",
        ExpressionAttributeValues={":t": {"S": "5"}},
    )
    assert [item.case for item in desks.page("d", "who#", "", 2)] == ["c2"]
