"""The local AWS in this process: the code of ministack that ``infra/local/aws.py`` serves, called
without a socket, for tests that make many thousands of calls (ADR 34).

Everything above the socket is as it is elsewhere: the clients of botocore, their events, retries
and parsers; DynamoDB with its limits, its streams, and SES v2. ``InProcessAws`` stands in the
place of ``LocalAws``.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from infra.local.aws import SEND_EMAIL, write_atomically
from infra.local.child import ROOT, ChildFailedError

BETWEEN = 0.0002  # seconds in which others come in between, when several threads ask

Admin = Callable[..., dict[str, Any]]
Answer = tuple[int, dict[str, str], bytes | str]
Service = Callable[..., Coroutine[Any, Any, Answer]]

_accounts = count(100_000_000_001)  # of each one its own: what is in it is nobody else's
_running: dict[str, InProcessAws] = {}  # by the host of its endpoint
_main = threading.main_thread()


@cache
def _ministack() -> dict[str, Any]:
    """Modules of ministack by their names, from the environment of the local AWS, which has a
    botocore of its own: only what is imported here is found there."""
    folders = [str(f) for f in (ROOT / ".venv-aws" / "lib").glob("python3*/site-packages")]
    if not folders:
        raise ChildFailedError("The local AWS is missing: run `make run` once to set it up.")
    kept, sys.path[:] = sys.path[:], [*sys.path, *folders]
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    try:
        names = ("core.responses", "services.dynamodb", "services.dynamodb_streams")
        return {n: import_module(f"ministack.{n}") for n in (*names, "services.ses_v2")}
    finally:
        sys.path[:] = kept


class InProcessAws:
    """DynamoDB, its streams and SES v2 at ``endpoint``, an address that leads nowhere else.

    Use it inside ``routed``. Mails that are accepted go to ``state/mail/*.json``.
    """

    def __init__(self, state: Path, region: str, inherited: Sequence[int] = ()) -> None:
        """Nothing is started; ``inherited`` is there for the sake of ``LocalAws``."""
        modules = _ministack()
        self._scope = modules["core.responses"].request_scope
        self._dynamodb, self._streams, self._ses = (
            modules[f"services.{n}"].handle_request for n in ("dynamodb", "dynamodb_streams", "ses_v2")
        )  # fmt: skip
        self._region = region
        self.begin_anew()
        self._mail = state / "mail"
        self._mail.mkdir(parents=True, exist_ok=True)
        self._turn = threading.Lock()
        self.pid = os.getpid()
        self.endpoint = f"http://aws-{self._account}.invalid"  # the account it had first
        _running[urlsplit(self.endpoint).netloc] = self

    def wait_until_healthy(self) -> None:
        """It is, at once."""

    def save(self) -> None:
        """Nothing outlives the process."""

    def close(self) -> None:
        """Delete every table."""
        _running.pop(urlsplit(self.endpoint).netloc, None)
        for name in self.call("ListTables")["TableNames"]:
            self.call("DeleteTable", TableName=name)

    def begin_anew(self) -> None:
        """From now on there is nothing: no tables, no streams, none of the transactions that are
        remembered by their tokens for ten minutes."""
        self._account = str(next(_accounts))

    def call(self, operation: str, **asked: Any) -> dict[str, Any]:
        """What DynamoDB says to a call, in JSON both ways, past botocore."""
        with self._turn, self._scope(self._account, self._region):
            status, _, said = self._ask(self._dynamodb, operation, json.dumps(asked).encode())
        assert status == 200, said
        found: dict[str, Any] = json.loads(said)
        return found

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """What it says to a request that is ready to be sent. One at a time, as in the process
        of its own; of several threads another may come in before and after."""
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else target
        _let_others_in()
        with self._turn, self._scope(self._account, self._region):
            status, headers, said = self._dispatch(request, target, body)
        _let_others_in()
        raw = _Raw(said.encode() if isinstance(said, str) else said)
        return AWSResponse(request.url, status, headers, raw)

    def _dispatch(self, request: AWSPreparedRequest, target: str, body: bytes) -> Answer:
        if target.startswith("DynamoDBStreams_"):
            return self._ask(self._streams, target, body)
        if target.startswith("DynamoDB_"):
            return self._ask(self._dynamodb, target, body)
        path = urlsplit(request.url).path
        answer = _run(self._ses(request.method, path, {}, body, {}))
        if path == SEND_EMAIL and answer[0] == 200:
            kept = {"MessageId": json.loads(answer[2])["MessageId"], "Request": json.loads(body)}
            write_atomically(self._mail / f"{time.time_ns()}.json", json.dumps(kept).encode())
        return answer

    @staticmethod
    def _ask(service: Service, target: str, body: bytes) -> Answer:
        target = target if "." in target else f"DynamoDB_20120810.{target}"
        return _run(service("POST", "/", {"x-amz-target": target}, body, {}))


@contextmanager
def routed() -> Iterator[None]:
    """Inside, what botocore sends to an ``InProcessAws`` comes there without a network."""
    over_the_network = URLLib3Session.send

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        aws = _running.get(urlsplit(request.url).netloc)
        return aws.answer(request) if aws else over_the_network(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", send)
        yield


def admin(endpoint: str, region: str) -> Admin:
    """Calls the DynamoDB there by the name of an operation, past the product."""
    if aws := _running.get(urlsplit(endpoint).netloc):
        return aws.call
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=region)
    return lambda operation, **asked: getattr(client, xform_name(operation))(**asked)


@contextmanager
def made(*rows: Any) -> Iterator[None]:
    """Inside, the tables of these models are there; a test may have deleted some by then."""
    for row in rows:
        row.create_table(wait=True)
    yield
    for row in rows:
        if row.exists():
            row.delete_table()


def scanned(ask: Admin, table: str) -> Iterator[dict[str, Any]]:
    """Every item of a table."""
    place: dict[str, Any] = {}
    while True:
        page = ask("Scan", TableName=table, ConsistentRead=True, **place)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        place = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class _Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _run(answering: Coroutine[Any, Any, Answer]) -> Answer:
    """The result of a coroutine that waits for nothing."""
    try:
        answering.send(None)
    except StopIteration as done:
        found: Answer = done.value
        return found
    raise RuntimeError("the local AWS waits for something: it cannot be called in process")


def _let_others_in() -> None:
    if threading.current_thread() is not _main:
        time.sleep(BETWEEN)
