"""What a page of a desk reads from DynamoDB: the same of a hundred cases and of thousands."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from functions import bootstrap
from functions.adapters.tables import create_tables
from functions.entry.desk import app as desk_entry
from functions.kernel.case import Case
from functions.kernel.desk import ALL, TODO, WHO, list_of
from functions.kernel.directory import DirectoryFile
from functions.kernel.summary import HistorySummary
from functions.services.access import links
from functions.services.access.people import person_key
from functions.services.desk.index import worklist_items
from functions.services.mail.digest import waiting_long
from tests.fakes import DIRECTORY, START, FakeClock, World
from tests.in_process_aws import InProcessAws, routed
from tests.local_stack import no_account

REGION = "eu-north-1"
ANNA = "anna@example.org"
LISTED = (
    TODO,
    WHO,
    ALL,
    list_of("supervision", "coordinator", "waiting"),
    list_of("supervision", "coordinator", "returned"),
    list_of("supervision", "coordinator", "closed"),
    "state=",
    "word#aino",
)


@dataclass
class Read:
    """What DynamoDB was asked since last cleared: calls by name, rows and bytes they brought."""

    calls: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    bytes: int = 0
    scanned: int = 0

    def note(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls[model.name] += 1
        items = parsed.get("Items") or [
            i for each in parsed.get("Responses", {}).values() for i in each
        ]
        self.rows += len(items)
        self.scanned += parsed.get("ScannedCount", len(items))
        self.bytes += len(json.dumps(items, default=str))

    def clear(self) -> None:
        self.calls.clear()
        self.rows = self.bytes = self.scanned = 0


class Installation:
    """Services on the local AWS, with a number of cases that one coordinator looks after."""

    def __init__(self, endpoint: str) -> None:
        settings = bootstrap.Settings(
            "https://kapula.test", "test", REGION, endpoint, "costs", "k@example.org", b"secret"
        )
        self.clock = FakeClock()
        place = bootstrap.dynamo_settings(settings)
        create_tables(place)
        self.services: Any = bootstrap.build(settings, self.clock, place)
        self.services.directory.save(DirectoryFile(DIRECTORY))
        self.services.directory._monotonic = lambda: 0.0  # a list once read is never too old
        self.read = Read()
        place.client.meta.events.register("after-call.dynamodb", self.read.note)
        self.models = models()

    def load(self, start: int, stop: int) -> None:
        """Write cases and their cards straight into the tables."""
        anna = person_key(self.services, ANNA)
        store, card_row = self.services.cases, self.services.desks.row
        with store.row.batch_write() as cases, card_row.batch_write() as laid:
            for n in range(start, stop):
                moment = START + timedelta(minutes=n)
                model = self.models[n % len(self.models)]
                case = replace(model, id=f"case{n:016}", opened_at=moment, entered_at=moment)
                cases.save(store.case_row(case, "", HistorySummary()))
                for card in worklist_items(self.services, case):
                    if card.desk == anna and card.sort_key.startswith(LISTED):
                        laid.save(self.services.desks.item_row(card))


def models() -> list[Case]:
    """A case in each place that a desk of a coordinator knows."""
    world = World()
    ways = (
        ("confirm",),
        ("confirm", "endorse"),
        ("confirm", "endorse", "offer"),
        ("confirm", "return"),
        ("confirm", "endorse", "offer", "accept"),
    )
    return [world.case(world.case_at(*way)) for way in ways]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch, no_account(), routed():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield Installation(InProcessAws(tmp_path_factory.mktemp("aws"), REGION).endpoint)


PAGES = {
    "overview": "",
    "list": "list=todo",
    "everything": "find=1",
    "by state": "find=1&state=supervision.offered",
    "by word": "find=1&q=aino",
    "by word and state": "find=1&q=ain&state=supervision.returned",
    "never found": "find=1&q=aino&unit=south",
}


def costs(found: Installation) -> dict[str, tuple[dict[str, int], int, int]]:
    """Calls, rows read and whole kilobytes brought for each kind of page."""
    app = desk_entry.create_app(found.services).test_client()
    order = links.MailOrder("desk_link", person_key(found.services, ANNA), "desk", "", 0)
    token = links.mint(found.services, "desk", order, ANNA).rpartition("/")[2]
    app.post(f"/api/d/{token}", data={"device": "own"})
    app.get(f"/api/d/{token}")  # the directory is believed for a minute
    told = {}
    for name, query in PAGES.items():
        found.read.clear()
        got = app.get(f"/api/d/{token}?{query}")
        assert got.status_code == 200
        read = found.read
        told[name] = (dict(read.calls), read.scanned, read.bytes // 1000)
    found.read.clear()
    waiting_long(found.services, order.party)
    told["digest"] = (dict(found.read.calls), found.read.scanned, found.read.bytes // 1000)
    return told


def test_page_costs_the_same_whatever_there_is(installation: Installation) -> None:
    installation.load(0, 500)
    few = costs(installation)
    installation.load(500, 1500)
    many = costs(installation)
    assert {k: v[:2] for k, v in many.items()} == {k: v[:2] for k, v in few.items()}
    assert all(abs(many[k][2] - few[k][2]) <= 2 for k in few)
    print(json.dumps(many, indent=1))
    for calls, scanned, kilobytes in many.values():
        assert set(calls) <= {"GetItem", "Query", "BatchGetItem"}
        assert calls.get("BatchGetItem", 0) <= 1
        assert calls.get("Query", 0) <= 12
        assert scanned <= 300
        assert kilobytes <= 200
