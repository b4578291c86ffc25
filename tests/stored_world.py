"""The world of ``tests.fakes`` on the product's own adapters, over a local AWS in this process: what
a row says can be changed past the product, as a newer release would write it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.cases import DynamoCases
from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.grants import DynamoGrants
from functions.adapters.limits import DynamoLimits
from functions.adapters.tables import create_tables
from functions.adapters.timers import DynamoTimers
from functions.kernel.case import Case
from functions.kernel.directory import ChangeStamp, DirectoryFile
from functions.kernel.history import cover, seal_order
from functions.services.access import links
from functions.services.desk.index import index_case
from tests.fakes import DIRECTORY, KEYS, World
from tests.in_process_aws import InProcessAws, routed
from tests.local_stack import no_account

PREFIX = "stored"
_worlds = count(1)
Plain = dict[str, Any]
Change = Callable[[Plain], object]


@contextmanager
def stored_tables(state: Path) -> Iterator[DynamoSettings]:
    """Empty tables."""
    with pytest.MonkeyPatch.context() as patch, no_account(), routed():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        aws = InProcessAws(state, "eu-north-1")
        settings = DynamoSettings("eu-north-1", PREFIX, aws.endpoint)
        create_tables(settings)
        yield settings
        aws.close()


def emptied(settings: DynamoSettings) -> DynamoSettings:
    """The tables without what a test before left in them."""
    client = settings.client
    for name in client.list_tables()["TableNames"]:
        schema = client.describe_table(TableName=name)["Table"]["KeySchema"]
        for item in client.scan(TableName=name)["Items"]:
            key = {part["AttributeName"]: item[part["AttributeName"]] for part in schema}
            client.delete_item(TableName=name, Key=key)
    return settings


class StoredWorld(World):
    """The services on tables, with the fakes' clock and post."""

    def __init__(self, settings: DynamoSettings) -> None:
        super().__init__()
        self._client, self.ids = settings.client, list[str]()
        directory = DynamoDirectory(settings)
        at = self.clock.now() + timedelta(microseconds=next(_worlds))  # no repetition of another
        directory.save(DirectoryFile(DIRECTORY), ChangeStamp(at, "import"))
        self.services = replace(
            self.services,
            cases=DynamoCases(settings, directory.row, KEYS),
            grants=DynamoGrants(settings),
            directory=directory,
            limits=DynamoLimits(settings),
            desks=DynamoDesks(settings),
            timers=DynamoTimers(settings),
        )

    def case_at(self, *actions: str) -> str:
        case_id = super().case_at(*actions)
        self.ids.append(case_id)
        return case_id

    def case(self, case_id: str) -> Case:
        record = self.services.cases.case(case_id)
        assert record
        return record.case

    def index(self) -> None:
        for case_id in self.ids:
            index_case(self.services, case_id)

    def desk(self, email: str) -> str:
        token = self.desk_link(email)
        grant = self.services.grants.find(links.token_hash(token))
        assert grant
        until = self.clock.now() + self.services.rules.desk_link
        opened = replace(grant, expires_at=until, opened=True)
        self.services.grants.open_desk(links.sealed_for(self.services, opened, email))
        return token

    def items(self, table: str) -> list[Plain]:
        """All items of a table as they are stored."""
        return list(self._client.scan(TableName=f"{PREFIX}-{table}", ConsistentRead=True)["Items"])

    def item(self, table: str, **keys: str) -> Plain:
        """The one item of a table with these attributes."""
        wanted = {name: {"S": value} for name, value in keys.items()}
        (found,) = (i for i in self.items(table) if wanted.items() <= i.items())
        return found

    def put(self, table: str, item: Plain) -> None:
        """Write an item past the product."""
        self._client.put_item(TableName=f"{PREFIX}-{table}", Item=item)

    def head(self, case_id: str, change: Change, *, summary: Change | None = None) -> None:
        """Change the body of a case's head, or its summary, with the seal that it has then."""
        item = self.item("cases", case=case_id, part="case")
        body, short = json.loads(item["body"]["S"]), json.loads(item["summary"]["S"])
        change(body)
        if summary:
            summary(short)
            item["summary"] = {"S": json.dumps(short, sort_keys=True, ensure_ascii=False)}
        made = cover(KEYS, body, item["seal"]["S"], item["summary"]["S"])
        item |= {"body": {"S": json.dumps(body)}, "cover": {"S": made}}
        self.put("cases", item)

    def last_step(self, case_id: str, change: Change) -> None:
        """Change the newest entry of a history, sealed with all that it says, and the head that is
        chained to it."""
        head = self.item("cases", case=case_id, part="case")
        part = f"act#{int(head['revision']['N']):05}"
        item = self.item("cases", case=case_id, part=part)
        body = json.loads(item["body"]["S"])
        change(body)
        event = {**body["event"], "digest": body["digest"]}
        event["at"] = event["at"].replace(".000000", "")
        plain = json.dumps(event, sort_keys=True, ensure_ascii=False)
        body["seal"] = KEYS.seal(case_id, body["previous"], plain)
        self.put("cases", item | {"body": {"S": json.dumps(body)}})
        head["seal"] = {"S": body["seal"]}
        made = cover(KEYS, json.loads(head["body"]["S"]), body["seal"], head["summary"]["S"])
        self.put("cases", head | {"cover": {"S": made}})

    def order(self, case_id: str, change: Change) -> str:
        """Change the order of the newest mail that waits, with the seal that it has then; its
        number."""
        waiting = [i for i in self.items("cases") if i["case"]["S"] == case_id]
        item = max((i for i in waiting if "status" in i), key=lambda i: str(i["part"]["S"]))
        number, body = item["part"]["S"].removeprefix("outbox#"), json.loads(item["body"]["S"])
        change(body)
        made = seal_order(KEYS, case_id, number, body)
        self.put("cases", item | {"body": {"S": json.dumps(body)}, "seal": {"S": made}})
        return str(number)

    def extend(self, table: str, keys: Mapping[str, str], **more: Plain) -> None:
        """Give an item more attributes."""
        self.put(table, {**self.item(table, **keys), **more})
