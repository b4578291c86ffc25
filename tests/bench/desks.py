"""What the pages of a coordinator's desk read, with few cases and with very many."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions import bootstrap
from functions.entry.desk import app as desk_entry
from functions.kernel.case import Case, MailOrder
from functions.kernel.desk import ALL, TODO, WHO, list_of
from functions.kernel.summary import HistorySummary
from functions.services.access.links import DESK, mint
from functions.services.access.people import person_key
from functions.services.desk.index import worklist_items
from infra.import_directory import import_file
from infra.local import aws_clients
from infra.local.stack import DEMO
from tests.bench.fake import FakeAws
from tests.bench.scenes import COORDINATOR, REGION
from tests.fakes import START, FakeClock, World

FEW, MANY = 100, 100_000
PAGES = {
    "at first sight": "",
    "one list": "list=todo",
    "everything": "find=1",
    "by state": "find=1&state=supervision.offered",
    "by a word": "find=1&q=aino",
    "by a word and a state": "find=1&q=ain&state=supervision.returned",
}
WAYS = (
    ("confirm",),
    ("confirm", "endorse"),
    ("confirm", "endorse", "offer"),
    ("confirm", "return"),
    ("confirm", "endorse", "offer", "accept"),
)
LISTED = (TODO, WHO, ALL, "state=", "word#aino", *(
    list_of("supervision", "coordinator", group) for group in ("waiting", "returned", "closed", "running")
))  # fmt: skip
UNIT = 4096  # bytes that one unit of a consistent read brings

Read = tuple[Mapping[str, int], int, int]  # calls by name, rows, read units


def table() -> list[str]:
    """Print what each page reads with few and with many cases; pages that read more calls."""
    print(f"\nA coordinator's desk, with {FEW:,} and with {MANY:,} cases")
    print(f"  {'page':24} {'calls':>12} {'rows':>12} {'read units':>14}")
    few, many = (_pages(count) for count in (FEW, MANY))
    grown = []
    for page in PAGES:
        (calls, rows, units), (more, rows_more, units_more) = few[page], many[page]
        told = f"{sum(calls.values())} and {sum(more.values())}"
        print(
            f"  {page:24} {told:>12} {f'{rows} and {rows_more}':>12} {f'{units} and {units_more}':>14}"
        )
        if more != calls:
            grown.append(
                f"desk, {page}: {dict(more)} calls with many cases, {dict(calls)} with few"
            )
    return grown


def _pages(count: int) -> dict[str, Read]:
    with FakeAws() as aws:
        aws_clients.use_dummy_credentials()
        settings = bootstrap.Settings(
            "https://kapula.test", "bench", REGION, aws.url, "kapula-bench", "k@example.org", b"s"
        )
        services: Any = bootstrap.build(settings, FakeClock())
        import_file(services, DEMO)
        person = person_key(services, COORDINATOR)
        _fill(aws, services, person, count)
        order = MailOrder("desk_link", person, DESK, "", 0)
        token = mint(services, DESK, order, COORDINATOR).rpartition("/")[2]
        app = desk_entry.create_app(services).test_client()
        app.post(f"/api/d/{token}", data={"device": "own"})
        app.get(f"/api/d/{token}")  # the directory is believed for a minute
        return {name: _read(aws, app, f"/api/d/{token}?{query}") for name, query in PAGES.items()}


def _fill(aws: FakeAws, services: Any, person: str, count: int) -> None:
    """Cases, and the cards of one desk that its pages read, straight into the tables."""
    models = _models()
    case_row, card_row = services.cases.case_row, services.desks.item_row
    for n in range(count):
        moment = START + timedelta(minutes=n)
        case = replace(models[n % len(models)], id=f"c{n:019}", opened_at=moment, entered_at=moment)
        row = case_row(case, "", HistorySummary())
        aws.keep("kapula-bench-cases", row.serialize())
        for card in worklist_items(services, case):
            if card.desk == person and card.sort_key.startswith(LISTED):
                aws.keep("kapula-bench-desks", card_row(card).serialize())


def _models() -> list[Case]:
    """A case in each place that a coordinator's desk knows, all looked after by one."""
    world = World()
    found = [world.case(world.case_at(*way)) for way in WAYS]
    return [
        replace(
            case,
            parties=tuple(
                replace(p, email=COORDINATOR) if p.role == "coordinator" else p
                for p in case.parties
                if p.role != "coordinator" or p.ref == "anna"
            ),
        )
        for case in found
    ]


def _read(aws: FakeAws, app: Any, path: str) -> Read:
    aws.calls.clear()
    aws.answers.clear()
    got = app.get(path)
    assert got.status_code == 200, got.text[:300]
    calls = Counter(call.operation for call in aws.calls)
    rows = units = 0
    for answer in aws.answers:
        items = answer.get("Items") or [
            i for each in answer.get("Responses", {}).values() for i in each
        ]
        items = items or [i for i in [answer.get("Item")] if i]
        rows += len(items)
        units += -(-len(json.dumps(items)) // UNIT)
    return dict(calls), rows, units
