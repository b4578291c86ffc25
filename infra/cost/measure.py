"""Measures what one case uses: an application from its form to its supervisor, on a local AWS.

In one thread, so that each call to DynamoDB and each millisecond is of the request under way.
Milliseconds contain the local AWS's own, which is slower than DynamoDB: an upper bound.
"""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from functions import bootstrap
from functions.adapters.tables import create_tables
from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.mailer import app as mailer
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.processes.supervision.definition import VERSION_1
from functions.services.access.desk_links import DEVICE, OWN
from functions.services.container import Services
from functions.services.ports import Post
from infra import import_directory
from infra.local import aws_clients
from infra.local.child import LocalAws
from infra.local.stack import DEMO, REGION, SENDER, environment

BASE_URL = "http://127.0.0.1:9"
# As in serverless.yml.
MEMORY = {"public": 1024, "party": 1024, "desk": 1024, "mailer": 512, "indexer": 512}
WEB = ("public", "party", "desk")
_KEYS = {
    "cases": ("case", "part"),
    "grants": ("token_hash",),
    "quotas": ("quota", "slot"),
    "directory": ("list", "key"),
    "desks": ("desk", "sort_key"),
    "timers": ("case", "name"),
}
KB, READ_KB = 1024, 4096
_KEY = re.compile(r'name="_key" value="([^"]+)"')
_LINK = re.compile(re.escape(BASE_URL) + r"(/api/[td]/[\w-]{43})")

# As long as what people write.
ANSWERS = {
    "form_of_supervision": "individual",
    "reason_and_goals": "We want to look at our work from outside. " * 12,
    "earlier_supervision": "One year of group supervision, which ended last spring. " * 3,
    "supervisor_wishes": "Somebody who knows social work.",
    "willing_to_merge": "no",
    "frequency": "every_three_weeks",
    "session_length": "90",
    "number_of_sessions": "10",
    "mode": "on_site",
    "supervision_language": "fi",
    "applicant_name": "Aino Applicant",
    "applicant_email": "aino.applicant@example.org",
    "applicant_phone": "+358 40 1234567",
    "applicant_role": "Social worker",
    "unit": "perhekeskus",
    "manager_name": "Matti Manager",
    "manager_email": "matti.manager@example.org",
    "title": "Supervision for our team",
    "privacy_read": "yes",
}
WARMING, MEASURED_DESK = "testi.tyonohjaaja@example.org", "anna.esimerkki@example.org"
# Who acts next, by the mail that brings the link, and what they choose.
ACTS = (
    ("aino.applicant@", {"action": "confirm"}),
    (
        "matti.manager@",
        {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "yes"},
    ),
    ("anna.esimerkki@", {"action": "offer", "supervisor": "testi"}),
    (
        "testi.tyonohjaaja@",
        {"action": "accept", "contact_instructions": "Call me on weekdays from 8 to 9."},
    ),
)


def item_bytes(item: Mapping[str, Any]) -> int:
    """The size of an item in DynamoDB's JSON, by its rules: names and values in UTF-8."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    kind, plain = next(iter(value.items()))
    if kind == "N":
        return len(plain) // 2 + 1
    return len(str(plain).encode()) if kind == "S" else 1


class Meter:
    """Adds up what is asked of DynamoDB, in its request units, and what it then keeps."""

    def __init__(self) -> None:
        self.on = False
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.read = self.written = 0.0
        self.kept: dict[tuple[str, ...], int] = {}
        self.letters: list[dict[str, Any]] = []  # keys of outbox rows not yet mailed
        self.cases: list[dict[str, Any]] = []  # keys of cases not yet indexed

    def watch(self, client: Any) -> None:
        """Listen to a client of DynamoDB."""
        client.meta.events.register("before-call.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if not self.on:
            return
        body = json.loads(params["body"])
        if model.name == "TransactWriteItems":
            for each in body["TransactItems"]:
                for kind, inner in each.items():
                    self._write(kind, inner, 2)
        elif model.name in ("PutItem", "UpdateItem", "DeleteItem"):
            self._write(model.name.removesuffix("Item"), body, 1)

    def _after(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        if self.on and model.name == "BatchGetItem":
            for each in (item for items in parsed["Responses"].values() for item in items):
                self.read += max(1, math.ceil(item_bytes(each) / READ_KB))
        if self.on and model.name in ("GetItem", "Query"):
            found = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
            self.read += max(1, math.ceil(sum(map(item_bytes, found)) / READ_KB))

    def _write(self, kind: str, inner: dict[str, Any], factor: int) -> None:
        item = inner.get("Item", {})
        self.written += factor * max(1, math.ceil(item_bytes(item) / KB))
        if kind == "Put":
            name = inner["TableName"]
            key = (name, *(str(item[n]) for n in _KEYS[name.rpartition("-")[2]]))
            if "due_shard" in item:  # the index: an entry made, or one moved
                self.written += 2 if key in self.kept else 1
            indexed = "part" in item  # by its key, once
            self.written += indexed and key not in self.kept
            own = 250 if indexed else 100  # DynamoDB's own part of an item, and its place there
            self.kept[key] = item_bytes(item) + own
            if item.get("part", {}).get("S", "").startswith(mailer.OUTBOX):
                self.letters.append({n: item[n] for n in ("case", "part")})
            if item.get("part", {}).get("S") == indexer.CASE:
                self.cases.append({n: item[n] for n in ("case", "part")})
        elif kind == "Delete":
            name = inner["TableName"]
            keys = (str(inner["Key"][n]) for n in _KEYS[name.rpartition("-")[2]])
            gone = self.kept.pop((name, *keys), None)
            self.written += gone is not None and name.endswith("-timers")  # out of its index
        elif "due_at" in json.dumps(inner.get("ExpressionAttributeNames", {})):
            self.written += 2


class Watched:
    """A ``Post`` that keeps the messages it hands on."""

    def __init__(self, inner: Post) -> None:
        self._inner = inner
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """See ``Post.send``."""
        self._inner.send(message)
        self.sent.append(message)

    def link(self, to: str) -> str:
        """The path of the link in the last mail to somebody that permits to act."""
        for message in reversed(self.sent):
            body = message.get_body(("plain",))
            if to in str(message["To"]) and body and (found := _LINK.search(body.get_content())):
                return found[1]
        raise LookupError(f"no mail to {to}")


class Run:
    """One case on its way, function by function."""

    def __init__(self, services: Services, meter: Meter) -> None:
        self.post = Watched(services.post)
        rules = replace(services.rules, least_fill_time=timedelta(0))
        self.services = replace(services, post=self.post, rules=rules)
        self.meter = meter
        self.calls = dict.fromkeys(MEMORY, 0)
        self.spent = dict.fromkeys(MEMORY, 0.0)
        self._apps = {
            "public": public.create_app(self.services),
            "party": party.create_app(self.services),
            "desk": desk.create_app(self.services),
        }

    def walk(self, email: str) -> None:
        """From the second step of the form to the accepted supervisor, with one look at the desk
        of this address, which has asked for no link just now."""
        form = VERSION_1.forms[0]
        path, key = f"/api/forms/supervision/{form.name}", ""
        for step in (*(s.name for s in form.sections), "review"):
            typed = {**ANSWERS, "_lang": "fi", "_step": step, "_key": key}
            key = "".join(_KEY.findall(self._ask("public", "POST", path, typed))[:1])
        self._ask("public", "GET", f"{path}/sent")
        self._mail()
        for to, typed in ACTS:
            link = self.post.link(to)
            self._ask("party", "GET", link)
            self._ask("party", "POST", link, {**typed, "_lang": "fi"})
            self._ask("party", "GET", link)  # where the answer leads
            self._mail()
        self.see_desk(email, OWN)

    def see_desk(self, email: str, device: str) -> None:
        """From asking for a link to the first page of one's desk."""
        self._ask("desk", "POST", "/api/desk", {"_lang": "fi", "email": email})
        self._mail()
        link = self.post.link(email)
        self._ask("desk", "GET", link)  # which asks on whose device
        self._ask("desk", "POST", link, {"_lang": "fi", DEVICE: device})
        if f"{link}/out" not in self._ask("desk", "GET", link):  # where the answer leads
            raise RuntimeError("the desk did not open")

    def _ask(
        self, name: str, method: str, path: str, typed: Mapping[str, str] | None = None
    ) -> str:
        app: Flask = self._apps[name]
        with app.test_client() as client, self._timed(name):
            answer = client.open(path, method=method, data=typed)
        if answer.status_code not in (200, 303):
            raise RuntimeError(f"{method} on the {name} function: {answer.status}")
        return answer.get_data(as_text=True)

    def _mail(self) -> None:
        """What the stream brings indexer and mailer after a write, each in one batch."""
        meter = self.meter
        cases, meter.cases, letters, meter.letters = meter.cases, [], meter.letters, []
        for name, handle, keys in (
            ("indexer", indexer.handle, cases),
            ("mailer", mailer.handle, letters),
        ):
            records = [
                {"eventName": "INSERT", "dynamodb": {"Keys": k, "SequenceNumber": "1"}}
                for k in keys
            ]
            if not records:
                continue
            with self._timed(name):
                failed = handle(self.services, {"Records": records})["batchItemFailures"]
            if failed:
                raise RuntimeError(f"the {name} failed")

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        self.meter.on, began = True, time.perf_counter()
        yield
        self.meter.on = False
        self.spent[name] += (time.perf_counter() - began) * 1000
        self.calls[name] += 1


def measured() -> dict[str, Any]:
    """The use of one case, as ``measured.json`` holds it. Takes about ten seconds."""
    aws_clients.use_dummy_credentials()
    with TemporaryDirectory(prefix="kapula-cost-") as folder:
        aws = LocalAws(Path(folder), REGION)
        try:
            aws.wait_until_healthy()
            return _measured_on(aws)
        finally:
            aws.close()


def _measured_on(aws: LocalAws) -> dict[str, Any]:
    aws_clients.verify_sender(aws.endpoint, REGION, SENDER)
    settings = bootstrap.settings_from(environment(BASE_URL, aws.endpoint, "secret"))
    tables = bootstrap.dynamo_settings(settings)
    create_tables(tables)
    services = bootstrap.build(settings, tables_at=tables)
    import_directory.import_file(services, DEMO)
    meter = Meter()
    meter.watch(tables.client)
    # The first pays for imports, texts and templates.
    Run(services, meter).walk(WARMING)
    meter.clear()
    run = Run(services, meter)
    run.walk(MEASURED_DESK)
    sizes = [len(message.as_bytes()) for message in run.post.sent]
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "functions": {
            name: {
                "calls": run.calls[name],
                "milliseconds": round(run.spent[name], 1),
                "memory": MEMORY[name],
            }
            for name in MEMORY
        },
        "web": list(WEB),
        "mails": len(sizes),
        "mail_bytes": round(sum(sizes) / len(sizes)),
        "read_units": meter.read,
        "write_units": meter.written,
        "stored_bytes": sum(meter.kept.values()),
    }
