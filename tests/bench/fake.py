"""A fake AWS of one process: Lambda's runtime API, DynamoDB and SSM, just enough to answer.

Only our side is measured: answers come from memory, connections stay open, nothing waits.
While ``learning`` it keeps what is written; after that it answers from what it knows and
writes nothing, so that the same request can be sent again and again.
"""

import json
import re
import ssl
import subprocess
import threading
import time
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Item = dict[str, Any]
KEYS = {
    "cases": ("case", "part"),
    "grants": ("token_hash", ""),
    "quotas": ("quota", "slot"),
    "directory": ("list", "key"),
    "desks": ("desk", "sort_key"),
    "timers": ("case", "name"),
}
_BETWEEN = re.compile(r"BETWEEN (:\w+) AND (:\w+)")
_SET = re.compile(r"SET (#\w+) = (:\w+)")
_NEXT = "/2018-06-01/runtime/invocation/next"


@dataclass(frozen=True)
class Call:
    """One request to AWS as it came."""

    operation: str
    body: dict[str, Any]

    @property
    def table(self) -> str:
        """The table, without its prefix; of a transaction, the first."""
        items = self.body.get("TransactItems")
        named = next(iter(items[0].values())) if items else self.body
        return str(named.get("TableName", "")).rpartition("-")[2]


@dataclass
class Turns:
    """The invocations of one run: the same event, ``wanted`` times."""

    event: bytes
    wanted: int
    given: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    over: threading.Event = field(default_factory=threading.Event)


class FakeAws:
    """Two servers: ``address`` (host and port) in plain HTTP, ``secure_port`` with TLS, under
    a certificate that ``authority`` signed. Use it in a ``with`` block."""

    def __init__(self) -> None:
        self.learning = True
        self.calls: list[Call] = []
        self.answers: list[dict[str, Any]] = []
        self.turns = Turns(b"", 0)
        self._items: dict[tuple[str, str, str], Item] = {}
        self._orders: dict[tuple[str, str], list[str]] = {}  # sort keys in order, of a partition
        handler = type("Handler", (_Handler,), {"aws": self})
        self._plain, self._secure = (ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in "ab")
        context, self.authority = _certificate()
        self._secure.socket = context.wrap_socket(
            self._secure.socket, server_side=True, do_handshake_on_connect=False
        )
        self.secure_port = self._secure.server_address[1]
        self.address = f"127.0.0.1:{self._plain.server_address[1]}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> "FakeAws":
        for server in (self._plain, self._secure):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._plain, self._secure):
            server.shutdown()
            server.server_close()

    def answer(self, target: str, body: dict[str, Any]) -> dict[str, Any]:
        """What AWS says to one call."""
        operation = target.rpartition(".")[2]
        self.calls.append(Call(operation, body))
        act: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, f"_{operation.lower()}")
        self.answers.append(act(body))
        return self.answers[-1]

    def _getparameter(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"Parameter": {"Name": body["Name"], "Value": "a-secret-of-the-bench", "Version": 1}}

    def _getitem(self, body: dict[str, Any]) -> dict[str, Any]:
        found = self._items.get(self._key(body["TableName"], body["Key"]))
        return {"Item": found} if found else {}

    def _query(self, body: dict[str, Any]) -> dict[str, Any]:
        values = body["ExpressionAttributeValues"]
        text = body["KeyConditionExpression"]
        equal = re.search(r"(#\w+) = (:\w+)", text)
        until = re.search(r"(#\w+) <= (:\w+)", text)
        between = _BETWEEN.search(text)
        table = body["TableName"].rpartition("-")[2]
        part = values[equal[2]]["S"] if equal else ""
        order = self._ordered(table, part)
        first, last = 0, bisect_right(order, values[until[2]]["S"]) if until else len(order)
        if between:
            first = bisect_left(order, values[between[1]]["S"])
            last = bisect_right(order, values[between[2]]["S"])
        places = order[first:last][:: 1 if body.get("ScanIndexForward", True) else -1]
        items = [self._items[table, part, place] for place in places[: body.get("Limit", last)]]
        told: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        if len(items) < len(places):
            told["LastEvaluatedKey"] = {k: items[-1][k] for k in KEYS[table]}
        return told

    def _ordered(self, table: str, part: str) -> list[str]:
        if not self._orders:
            for name, whole, place in self._items:
                self._orders.setdefault((name, whole), []).append(place)
            for places in self._orders.values():
                places.sort()
        return self._orders.get((table, part), [])

    def _batchgetitem(self, body: dict[str, Any]) -> dict[str, Any]:
        found = {
            name: [
                self._items[key]
                for key in (self._key(name, each) for each in asked["Keys"])
                if key in self._items
            ]
            for name, asked in body["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def keep(self, table: str, item: Item) -> None:
        """Put an item there as it is, without a request."""
        self._orders.clear()
        self._items[self._key(table, item)] = item

    def _putitem(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.learning:
            self.keep(body["TableName"], body["Item"])
        return {}

    def _deleteitem(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.learning:
            self._orders.clear()
            self._items.pop(self._key(body["TableName"], body["Key"]), None)
        return {}

    def _updateitem(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.learning:
            self._orders.clear()
            item = self._items.setdefault(self._key(body["TableName"], body["Key"]), body["Key"])
            for name, value in _SET.findall(body["UpdateExpression"]):
                column = body["ExpressionAttributeNames"][name]
                item[column] = body["ExpressionAttributeValues"][value]
        return {"Attributes": body["Key"]}

    def _transactwriteitems(self, body: dict[str, Any]) -> dict[str, Any]:
        for each in body["TransactItems"]:
            for kind, inner in each.items():
                getattr(self, f"_{kind.lower()}item")(inner)
        return {}

    def _conditioncheckitem(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}  # every condition holds

    def _key(self, table: str, item: Item) -> tuple[str, str, str]:
        name = table.rpartition("-")[2]
        part, order = KEYS[name]
        value = next(iter(item[order].values())) if order else ""
        return name, str(item[part]["S"]), str(value)


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept open."""

    aws: FakeAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Lambda asks for the next invocation; after the last, it waits until it is ended."""
        turns = self.aws.turns
        if self.path != _NEXT:
            return self.send_error(404)
        if len(turns.given) >= turns.wanted:
            turns.over.set()
            threading.Event().wait()
        turns.given.append(time.perf_counter())
        return self._send(
            200,
            turns.event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
                "Lambda-Runtime-Aws-Request-Id": f"request-{len(turns.given)}",
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 600_000),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-north-1:1:function:x",
            },
        )

    def do_POST(self) -> None:
        """An answer of Lambda's, or a call of DynamoDB or SSM."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/2018-06-01/runtime/"):
            return self._take(body)
        said = json.dumps(self.aws.answer(self.headers["X-Amz-Target"], json.loads(body))).encode()
        crc = {"x-amz-crc32": str(zlib.crc32(said)), "x-amzn-RequestId": "A" * 52}
        return self._send(200, said, {"Content-Type": "application/x-amz-json-1.0", **crc})

    def _take(self, body: bytes) -> None:
        turns = self.aws.turns
        if self.path.endswith("/response"):
            turns.answered.append(time.perf_counter())
            turns.answers.append(json.loads(body))
        else:
            turns.error = body.decode()
            turns.over.set()
        self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _certificate() -> tuple[ssl.SSLContext, str]:
    """A server's context for AWS's names, and the certificate that a client must trust."""
    with TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        names = "subjectAltName=DNS:*.eu-north-1.amazonaws.com"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=bench"]
        command += ["-addext", names, "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context, certificate.read_text()
