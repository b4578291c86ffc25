"""The product on a local AWS without its web server: called in-process, failed at will."""

from __future__ import annotations

import email
import email.policy
import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from functions import bootstrap
from functions.adapters.tables import create_tables
from functions.entry.clock import app as clock_entry
from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.mailer import app as mailer
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.errors import KapulaError
from functions.kernel.handover import HAND_OVER
from functions.kernel.history import SealKeys, covers
from functions.kernel.subcases import is_subcase
from functions.processes import pinned
from functions.services.access.links import open_link
from functions.services.desk.index import worklist_items
from functions.services.ports import CaseRecord
from infra import import_directory
from infra.local.aws_clients import stream_arn, streams, use_dummy_credentials, verify_sender
from infra.local.child import LocalAws
from infra.local.pump import Pump
from infra.local.stack import DEMO, REGION, SENDER
from infra.local.stream import Checkpoint, StreamReader
from tests.fakes import FakeClock
from tests.faults.faulty import Crash, Tap
from tests.in_process_aws import InProcessAws, admin, scanned

BASE = "https://kapula.test"
SECRET = b"a secret of the tests"
TABLES = ("cases", "grants", "quotas", "directory", "desks", "timers")
LINK = re.compile(re.escape(BASE) + r"/api/t/([\w-]{43})\b")
MOST_TRIES = 5

_OF_NO_CASE = ("claim#", "waitlist#")

Tables = dict[tuple[str, str], dict[str, Any]]


@contextmanager
def local_aws(
    state: Path, kind: type[LocalAws | InProcessAws]
) -> Iterator[LocalAws | InProcessAws]:
    """A running local AWS whose sender is verified."""
    use_dummy_credentials()
    (state / "mail").mkdir(parents=True, exist_ok=True)
    aws = kind(state, REGION)
    try:
        aws.wait_until_healthy()
        verify_sender(aws.endpoint, REGION, SENDER)
        yield aws
    finally:
        aws.close()


@dataclass(frozen=True)
class Sent:
    """A mail that left, as its recipient gets it."""

    to: str
    id: str
    subject: str
    text: str
    token: str
    raw: bytes

    @property
    def case(self) -> str:
        """The id of the case it is about."""
        return self.id.strip("<").partition(".")[0]

    def known(self) -> tuple[str, str, str, str]:
        """The mail without what differs from case to case and link to link."""
        plain = re.sub(r"K-[A-Z2-7]{6}", "K-CASE", self.text.replace(self.token, "TOKEN"))
        subject = re.sub(r"K-[A-Z2-7]{6}", "K-CASE", self.subject)
        return self.to, self.id.partition(".")[2], subject, plain


def read_mail(path: Path) -> Sent:
    """A mail that the local AWS kept."""
    request = json.loads(path.read_bytes())["Request"]
    raw = b64decode(request["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    (token,) = set(LINK.findall(text)) or {""}
    (to,) = request["Destination"]["ToAddresses"]
    return Sent(to, str(message["Message-ID"]), str(message["Subject"]), text, token, raw)


class Rig:
    """Services on tables of their own, with a clock that stands still, a pump and a tap."""

    def __init__(self, aws: LocalAws | InProcessAws, state: Path, prefix: str) -> None:
        self.indexing = False  # whether the stream has its other reader too
        self.restored = 0
        self.prefix = prefix
        self.clock = FakeClock(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
        settings = bootstrap.Settings(BASE, "test", REGION, aws.endpoint, prefix, SENDER, SECRET)
        place = bootstrap.dynamo_settings(settings)
        create_tables(place)
        self.services: Any = bootstrap.build(settings, self.clock, place)
        import_directory.import_file(self.services, DEMO)
        self.tap = Tap(place.client, self.services.post.client)
        self.admin = admin(aws.endpoint, REGION)
        self.apps = {
            "forms": public.create_app(self.services).test_client(),
            "t": party.create_app(self.services).test_client(),
            "desk": desk.create_app(self.services).test_client(),
            "d": desk.create_app(self.services).test_client(),
        }
        self.mail = state / "mail"
        self.checkpoint = Checkpoint(state / f"{prefix}.json")
        arn = stream_arn(aws.endpoint, REGION, f"{prefix}-cases")
        self.reader = StreamReader(streams(aws.endpoint, REGION), arn, self.checkpoint)
        self.pump = Pump(self.reader, self.deliver, self.checkpoint, sleep=lambda _: None)
        self._seen: set[Path] = set()
        self.forget_mails()

    def deliver(self, event: dict[str, Any]) -> dict[str, Any]:
        """The readers of the stream as Lambda runs them: a crash fails the batch, which is handed
        over again; of one it is none of the other's business."""
        failed: list[dict[str, str]] = []
        killed = None
        for handle in (indexer.handle, mailer.handle) if self.indexing else (mailer.handle,):
            try:
                failed += handle(self.services, event)["batchItemFailures"]
            except Crash as error:
                killed = error
        if killed:
            raise RuntimeError("a reader of the stream was killed") from killed
        return {"batchItemFailures": failed}

    def sweep(self) -> int:
        """The clock handler as the schedule runs it: what fails is tried at the next tick."""
        try:
            acted: int = clock_entry.handle(self.services, {})["acted"]
        except (Crash, KapulaError):
            return -1
        return acted

    def settle(self) -> None:
        """Let stream and sweeper deal with everything; the clock moves on by minutes."""
        self.pump.drain()
        for _ in range(12):
            self.clock.forward(minutes=2, seconds=30)
            acted = self.sweep()
            self.pump.drain()
            if not acted and not self.pending() and not self.tried():
                return
        raise AssertionError(f"mails that never left: {self.pending()}")

    def pending(self) -> list[str]:
        """The places of mails that still wait in the outbox."""
        rows = (r for (table, _), r in self.tables("cases").items() if table == "cases")
        return [r["part"]["S"] for r in rows if r.get("status", {}).get("S") == "pending"]

    def tried(self) -> list[str]:
        """The timers that were tried, and wait until they are again."""
        rows = (r for (table, _), r in self.tables("timers").items() if table == "timers")
        waiting = (r for r in rows if not r["due_shard"]["S"].startswith("parked"))
        return [r["name"]["S"] for r in waiting if "attempts" in r]

    def tables(self, *names: str) -> Tables:
        """Every item of the tables by table and key."""
        found: Tables = {}
        for table in names or TABLES:
            for item in scanned(self.admin, f"{self.prefix}-{table}"):
                found[table, json.dumps(_key(table, item), sort_keys=True)] = item
        return found

    def restore(self, wanted: Tables) -> None:
        """Put every table back to what it was; the stream is passed over."""
        now = self.tables()
        self.restored += 1
        wanted = {place: self._aged(item) for place, item in wanted.items()}
        for place in now.keys() | wanted.keys():
            if now.get(place) == wanted.get(place):
                continue
            table = f"{self.prefix}-{place[0]}"
            if place in wanted:
                self.admin("PutItem", TableName=table, Item=wanted[place])
            else:
                self.admin("DeleteItem", TableName=table, Key=json.loads(place[1]))
        self.skip_stream()
        self.forget_mails()
        self.services.directory._read.clear()

    def _aged(self, item: dict[str, Any]) -> dict[str, Any]:
        """A row of desks with a version that never was: what is written on it is no repetition
        of what a run before this one wrote, which the local AWS would answer as done."""
        if item.get("sort_key", {}).get("S") != "indexed":
            return item
        return {**item, "version": {"N": str(int(item["version"]["N"]) + 1000 * self.restored)}}

    def skip_stream(self) -> None:
        """Forget the records written so far: the mailer never sees them."""
        while records := self.reader.read():
            self.checkpoint.move(records[-1]["dynamodb"]["SequenceNumber"])

    def forget_mails(self) -> None:
        self._seen = set(self.mail.glob("*.json"))

    def mails(self, to: str = "") -> list[Sent]:
        """The mails sent since they were last forgotten, in order."""
        new = sorted(set(self.mail.glob("*.json")) - self._seen)
        return [m for m in map(read_mail, new) if not to or m.to == to]

    def observe(self) -> dict[str, Any]:
        """All that must not depend on what went wrong on the way."""
        rows: dict[str, list[dict[str, Any]]] = {}
        tables, timers = self.tables(), dict[str, list[str]]()
        for (table, _), item in tables.items():
            if table == "timers":
                timers.setdefault(item["case"]["S"], []).append(item["name"]["S"])
            if table == "cases":
                rows.setdefault(item["case"]["S"], []).append(item)
        counts = {
            item["key"]["S"]: (item.get("ongoing"), item.get("queued"))
            for (table, _), item in tables.items()
            if table == "directory" and item["list"]["S"] == "supervisors"
        }
        taken = sum(
            t == "quotas" and i["quota"]["S"].startswith("form#") for (t, _), i in tables.items()
        )
        labels = self.labels(tables)
        claims = {i: rows.pop(i)[0]["body"]["S"] for i in list(rows) if i.startswith(_OF_NO_CASE)}
        seen = {
            labels[i]: {**_case_seen(sorted(r, key=lambda i: i["part"]["S"])), "timers": waits}
            for i, r in rows.items()
            for waits in [sorted(timers.get(i, []))]
        }
        seen |= claims
        plain = json.dumps([seen[label] for label in sorted(seen)])
        for case_id, label in labels.items():
            plain = plain.replace(case_id, label)
        if self.indexing:
            assert self.desks_are_right(tables), "desks that are not right"
        return {"cases": json.loads(plain), "counts": counts, "quotas": taken}

    def labels(self, tables: Tables | None = None) -> dict[str, str]:
        """Every case by its id: what it is and whose, which is the same in every run."""
        found = {}
        for (table, _), item in (tables or self.tables("cases")).items():
            if table == "cases" and item["part"]["S"] == "case":
                body = json.loads(item["body"]["S"])
                opener = next((p["email"] for p in body["parties"]), "")
                found[item["case"]["S"]] = f"{body['form']} of {opener}"
        assert len(set(found.values())) == len(found)
        return found

    def desks_are_right(self, tables: Tables) -> bool:
        """Whether the cards that lie out are those that the cases want as they stand."""
        rows = [item for (table, _), item in tables.items() if table == "desks"]
        there = {
            (r["desk"]["S"], r["sort_key"]["S"], r["case"]["S"], r["party"]["S"])
            for r in rows
            if r["sort_key"]["S"] != "indexed"
        }
        known = self.services.cases.several(list(self.labels(tables)))
        every = (card for case in known.values() for card in worklist_items(self.services, case))
        return there == {(c.desk, c.sort_key, c.case, c.party) for c in every}

    def sent(self) -> Counter[tuple[str, ...]]:
        """The mails sent, each with how often; every link in them is checked to be a link."""
        labels = self.labels()
        for mail in self.mails():
            opened = open_link(self.services, mail.token)
            assert opened.party.email == mail.to
        return Counter((labels[mail.case], *mail.known()) for mail in self.mails())


def _key(table: str, item: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "cases": ("case", "part"),
        "grants": ("token_hash",),
        "quotas": ("quota", "slot"),
        "directory": ("list", "key"),
        "desks": ("desk", "sort_key"),
        "timers": ("case", "name"),
    }
    return {name: item[name] for name in names[table]}


def _rounds(definition: Definition) -> set[str]:
    """The actions by which the time of the state that a case stays in begins anew."""
    return {t.action for t in definition.transitions if t.restarts}


def _case_seen(items: list[dict[str, Any]]) -> dict[str, Any]:
    from functions.adapters.rows import case_from_plain, entry_from_row

    class Row:
        def __init__(self, item: dict[str, Any]) -> None:
            self.body = json.loads(item["body"]["S"])
            self.answers = json.loads(item["answers"]["S"]) if "answers" in item else None
            self.salt = item["salt"]["S"] if "salt" in item else None

    parts = {i["part"]["S"]: i for i in items}
    kept = parts["case"]
    case = json.loads(kept["body"]["S"])
    told = [entry_from_row(Row(i)) for p, i in parts.items() if p.startswith("act#")]
    entries = [t.sealed for t in told]
    seal, keys = kept["seal"]["S"], SealKeys(SECRET)
    summary = kept["summary"]["S"]
    fits = covers(keys, case, seal, kept["cover"]["S"], summary)
    assert fits, "a case that its cover does not fit"
    read = case_from_plain(case)
    if is_subcase(read.id):  # it is read with the people of its case
        read = replace(read, parties=(Party("p1", "anybody", "", "", ""),))
    file = CaseRecord(read, tuple(told), seal, keys)
    assert file.sound, "a history that its seal does not fit"
    rounds = _rounds(pinned(case["process"], case["version"]))
    entered = [
        s.at for s in (e.event for e in entries) if s.source != s.target or s.action in rounds
    ]
    # Whoever is put in the place that has the turn has its whole time, from then on.
    handed = [e.event.at for e in entries if e.event.action == HAND_OVER]
    moments = {max(entered), *(at for at in handed if at > max(entered))}
    assert case["entered_at"] in {at.isoformat(timespec="microseconds") for at in moments}
    for name in ("id", "entered_at", "opened_at", "turned_at"):
        del case[name]
    steps = [
        (s.number, s.action, s.role, s.party, s.source, s.target)
        for s in (e.event for e in entries)
    ]
    outbox = {
        part: (json.loads(i["body"]["S"]), i["status"]["S"], "due_at" in i, "leased_until" in i)
        for part, i in parts.items()
        if part.startswith("outbox#")
    }
    return {
        "case": case,
        "steps": steps,
        "said": [t.answers for t in told],
        "outbox": outbox,
    }
