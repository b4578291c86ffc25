"""The client below pynamodb, against an AWS that says what it is told to.

Where botocore's own client is asked the same, both must do the same.
"""

import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.endpoint
import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)

from functions.adapters import wire
from functions.adapters.dynamo import Place, bound, condition_failed, write_all
from functions.adapters.rows import QuotaRow
from functions.adapters.signing import Keys
from functions.adapters.wire import DYNAMODB, SSM, Client, Patience
from functions.kernel.errors import Unavailable
from tests.fakes import START

KEYS = Keys("AKIDEXAMPLE", "a secret", "a token")
REGION = "eu-north-1"
ERROR = "com.amazonaws.dynamodb.v20120810#"


@dataclass
class Answer:
    """One answer, late or not at all (``cut``: the connection is)."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0.0
    cut: bool = False


def failed(code: str, status: int = 400, **more: Any) -> Answer:
    return Answer(status, {"__type": ERROR + code, "message": "why", **more})


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever has waited long enough goes away, and is not missed."""


class FakeAws:
    """Gives the answers in ``to_come``, then empty ones; keeps what was asked."""

    def __init__(self) -> None:
        self.to_come: list[Answer] = []
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                outer.asked.append((headers, body))
                answer = outer.to_come.pop(0) if outer.to_come else Answer()
                time.sleep(answer.late)
                if answer.cut:
                    self.close_connection = True
                    return
                said = answer.body
                raw = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    fake = FakeAws()
    thread = threading.Thread(target=fake.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited between its tries."""
    told: list[float] = []

    class Clock:
        sleep = told.append

    for module in (wire, botocore.endpoint):
        monkeypatch.setattr(module, "time", Clock)
    return told


@pytest.fixture
def client(aws: FakeAws, waits: list[float]) -> Client:
    return Client(DYNAMODB, REGION, aws.url, KEYS, Patience(connect=0.5, read=0.3))


def botocores(aws: FakeAws) -> Any:
    """botocore's client as pynamodb would make it."""
    config = Config(
        parameter_validation=False,
        connect_timeout=0.5,
        read_timeout=0.3,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    return botocore.session.get_session().create_client(
        "dynamodb",
        REGION,
        endpoint_url=aws.url,
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        aws_session_token=KEYS.token,
        config=config,
    )


def outcome(call: Callable[[], Any]) -> Any:
    """An answer or an error, as far as callers look at it."""
    try:
        answer = call()
    except ClientError as error:
        said = error.response
        named = {k: said.get(k) for k in ("Error", "CancellationReasons", "Item")}
        metadata = said["ResponseMetadata"]
        request_id = metadata["HTTPHeaders"].get("x-amzn-requestid")
        return error.operation_name, named, metadata["HTTPStatusCode"], request_id
    except BotoCoreError as error:
        return type(error)
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


REASONS = [{"Code": "ConditionalCheckFailed", "Item": {"quota": {"S": "q"}}}, {"Code": "None"}]
TROUBLES = {
    "whole": [Answer(body={"Item": {"quota": {"S": "näin"}}})],
    "condition": [
        failed("ConditionalCheckFailedException", Item={"quota": {"S": "q"}}),
    ],
    "cancelled": [failed("TransactionCanceledException", CancellationReasons=REASONS)],
    "capital": [Answer(400, {"__type": "ValidationException", "Message": "why"})],
    "request id": [Answer(400, {"__type": "X"}, {"x-amzn-RequestId": "42"})],
    "expired": [failed("ExpiredTokenException")],
    "gone": [failed("ResourceNotFoundException")],
    "500 once": [failed("InternalServerError", 500)],
    "500 twice": [failed("InternalServerError", 500)] * 2,
    "500 always": [failed("InternalServerError", 500)] * 9,
    "502 page": [Answer(502, b"<html>Bad Gateway</html>")],
    "503 always": [Answer(503, b"")] * 9,
    "throttled": [failed("ThrottlingException")],
    "throttled always": [failed("ProvisionedThroughputExceededException")] * 9,
    "429": [Answer(429, b"")],
    "in progress": [failed("TransactionInProgressException")] * 2,
    "closed": [Answer(cut=True)],
    "closed always": [Answer(cut=True)] * 9,
    "late": [Answer(late=0.6)],
    "late always": [Answer(late=0.6)] * 3,
    "spoilt": [Answer(body={"a": 1}, headers={"x-amz-crc32": "1"})],
    "checked": [Answer(body={}, headers={"x-amz-crc32": str(zlib.crc32(b"{}"))})],
}


@pytest.mark.parametrize("name", TROUBLES)
def test_call_ends_as_botocores_does(aws: FakeAws, client: Client, name: str) -> None:
    theirs, ends = botocores(aws), []
    operation = "TransactWriteItems" if name == "cancelled" else "GetItem"
    body = {"TransactItems": [], "ClientRequestToken": "token"} if name == "cancelled" else {}
    for each in (theirs, client):
        aws.to_come, aws.asked = list(TROUBLES[name]), []
        end = outcome(lambda each=each: each._make_api_call(operation, body))
        ends.append((end, len(aws.asked)))
    assert ends[1] == ends[0]


def test_bad_answer_that_says_nothing_is_told_by_its_status(aws: FakeAws, client: Client) -> None:
    aws.to_come = [Answer(503, b"")] * 3
    with pytest.raises(ClientError) as caught:
        client.call("GetItem")
    assert caught.value.response["Error"]["Code"] == "503"


def test_good_answer_that_cannot_be_read_is_asked_for_again(aws: FakeAws, client: Client) -> None:
    aws.to_come = [Answer(body=b"{"), Answer(body={"a": 1})]
    assert client.call("GetItem") == {"a": 1}
    aws.to_come = [Answer(body=b"{")] * 3
    with pytest.raises(HTTPClientError):
        client.call("GetItem")


def test_waits_are_long_when_throttled_and_short_otherwise(
    aws: FakeAws, client: Client, waits: list[float]
) -> None:
    for answer, enough, most in ((Answer(500), 0.0, 0.05), (Answer(429), 0.2, 2.0)):
        waits.clear()
        aws.to_come = [answer] * 30
        for _ in range(10):
            with pytest.raises(ClientError):
                client.call("GetItem")
        assert enough < max(waits) <= most  # of twenty by chance


def test_retries_end_when_everything_fails(aws: FakeAws, client: Client) -> None:
    aws.to_come = [Answer(500)] * 1000
    for _ in range(60):
        with pytest.raises(ClientError):
            client.call("GetItem")
    assert 60 < len(aws.asked) < 120  # 180 without the quota
    aws.to_come, before = [], len(aws.asked)
    for _ in range(200):
        client.call("GetItem")
    aws.to_come = [Answer(500)] * 2
    client.call("GetItem")  # what went well has filled the quota again
    assert len(aws.asked) == before + 203


def test_slow_answer_is_given_up_in_time(aws: FakeAws, client: Client) -> None:
    aws.to_come = [Answer(late=1.5)] * 3
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        client.call("GetItem")
    assert 0.9 <= time.monotonic() - began < 1.4


def test_nobody_there_is_an_error_of_botocores(waits: list[float]) -> None:
    with pytest.raises(EndpointConnectionError):
        Client(DYNAMODB, REGION, "http://127.0.0.1:9", KEYS).call("GetItem")
    assert len(waits) == 2


def test_defaults_are_two_seconds_five_and_three_tries() -> None:
    assert Patience() == Patience(connect=2, read=5, attempts=3)


def test_connection_is_used_again(aws: FakeAws, client: Client) -> None:
    for _ in range(5):
        client.call("GetItem")
    assert (len(aws.asked), aws.connections) == (5, 1)


def test_connection_that_was_closed_is_opened_again(aws: FakeAws, client: Client) -> None:
    aws.to_come = [Answer(cut=True)] * 3
    with pytest.raises(ConnectionClosedError):
        client.call("GetItem")
    assert client.call("GetItem") == {}


def test_request_says_what_it_wants(aws: FakeAws, client: Client) -> None:
    client.call("GetItem", TableName="työ")
    headers, body = aws.asked[0]
    assert json.loads(body) == {"TableName": "työ"}
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["x-amz-security-token"] == "a token"
    assert headers["host"] == aws.url.removeprefix("http://")


@pytest.mark.parametrize("keys", [KEYS, Keys("AKIDEXAMPLE", "another secret")])
@pytest.mark.parametrize("day", [3, 4])
def test_request_is_signed_as_botocore_signs(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, keys: Keys, day: int
) -> None:
    """Also when another day or another key comes in the life of a process."""
    now = datetime(2026, 8, day, 6, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now)
    Client(DYNAMODB, REGION, aws.url, keys).call("GetItem", TableName="t")
    headers, body = aws.asked[0]
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    again = AWSRequest("POST", aws.url + "/", {n: headers[n] for n in signed}, body)
    again.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(*keys), "dynamodb", REGION)
    expected = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )
    assert headers["authorization"].endswith(f"Signature={expected}")
    assert {"host", "x-amz-date", "x-amz-target"} <= set(signed)


def test_tokens_of_ssm_are_its_own(aws: FakeAws) -> None:
    Client(SSM, REGION, aws.url + "/", KEYS).call("GetParameter", Name="n")
    headers, _ = aws.asked[0]
    assert headers["x-amz-target"] == "AmazonSSM.GetParameter"
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert "/eu-north-1/ssm/aws4_request" in headers["authorization"]


def test_without_an_endpoint_aws_itself_is_asked_with_tls_verified() -> None:
    client = Client(DYNAMODB, REGION)
    assert client.meta.endpoint_url == "https://dynamodb.eu-north-1.amazonaws.com"
    assert client.http._verify is True
    assert client.http._socket_options == [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


def test_credentials_that_age_are_renewed(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter(range(9))

    def fetch() -> dict[str, str]:
        number = next(given)
        until = datetime.now(UTC) + timedelta(seconds=-1 if number == 0 else 3600)
        return {
            "access_key": f"key{number}",
            "secret_key": "secret",
            "token": f"token{number}",
            "expiry_time": until.isoformat(),
        }

    found = RefreshableCredentials.create_from_metadata(fetch(), fetch, "test")

    class Session:
        get_credentials = staticmethod(lambda: found)

    monkeypatch.setattr("botocore.session.get_session", Session)
    client = Client(DYNAMODB, REGION, aws.url)
    client.call("GetItem")
    client.call("GetItem")
    assert [h["x-amz-security-token"] for h, _ in aws.asked] == ["token1", "token1"]
    found._expiry_time = datetime.now(UTC) - timedelta(seconds=1)
    client.call("GetItem")
    assert aws.asked[2][0]["x-amz-security-token"] == "token2"


def test_credentials_found_later_are_used(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Credentials | None] = [None]

    class Session:
        get_credentials = staticmethod(lambda: found[0])

    monkeypatch.setattr("botocore.session.get_session", Session)
    client = Client(DYNAMODB, REGION, aws.url)
    with pytest.raises(NoCredentialsError):
        client.call("GetItem")
    found[0] = Credentials("key", "secret")
    client.call("GetItem")
    assert len(aws.asked) == 1


class TestUnderPynamodb:
    @pytest.fixture
    def place(self, aws: FakeAws, waits: list[float]) -> Place:
        return Place(REGION, "kapula", aws.url, KEYS)

    def test_failed_condition_of_an_update_is_told(self, aws: FakeAws, place: Place) -> None:
        row = bound(QuotaRow, "quotas", place)
        aws.to_come = [failed("ConditionalCheckFailedException")]
        from pynamodb.exceptions import UpdateError

        with pytest.raises(UpdateError) as caught:
            row("q", 0).update([row.free_at.set("x")])
        assert condition_failed(caught.value)

    def test_places_of_failed_conditions_are_told(self, aws: FakeAws, place: Place) -> None:
        row = bound(QuotaRow, "quotas", place)
        aws.to_come = [
            failed("TransactionCanceledException", CancellationReasons=list(reversed(REASONS)))
        ]
        full = row("q", 0, free_at="x", expires=START)
        assert write_all(place, "token", lambda batch: batch.save(full)) == {1}
        assert json.loads(aws.asked[0][1])["ClientRequestToken"] == "token"

    def test_what_is_repeated_has_the_same_token(self, aws: FakeAws, place: Place) -> None:
        row = bound(QuotaRow, "quotas", place)
        aws.to_come = [Answer(cut=True)]
        full = row("q", 0, free_at="x", expires=START)
        assert write_all(place, "token", lambda batch: batch.save(full)) == set()
        assert aws.asked[0][1] == aws.asked[1][1]

    def test_any_failure_is_unavailable(self, aws: FakeAws, place: Place) -> None:
        row = bound(QuotaRow, "quotas", place)
        full = row("q", 0, free_at="x", expires=START)
        for answer in (Answer(500), Answer(cut=True), failed("AccessDeniedException")):
            aws.to_come = [answer] * 3
            with pytest.raises(Unavailable):
                write_all(place, "token", lambda batch: batch.save(full))


class TestEvents:
    def test_listeners_hear_of_a_call_and_its_answer(self, aws: FakeAws, client: Client) -> None:
        heard: list[Any] = []
        client.meta.events.register(
            "before-call.*.*", lambda model, params, **_: heard.append((model.name, params["body"]))
        )
        client.meta.events.register("before-send.dynamodb", lambda request, **_: heard.append(1))
        client.meta.events.register(
            "after-call.dynamodb.GetItem", lambda parsed, **_: heard.append(parsed)
        )
        aws.to_come = [Answer(500), Answer(body={"a": 1})]
        client.call("GetItem", TableName="t")
        assert heard == [("GetItem", b'{"TableName": "t"}'), 1, 1, {"a": 1}]

    def test_listener_can_answer_in_place_of_aws(self, aws: FakeAws, client: Client) -> None:
        class Http:
            status_code = 400

        said = {"Error": {"Code": "X", "Message": ""}}
        client.meta.events.register("before-call.dynamodb", lambda **_: (Http, said))
        with pytest.raises(ClientError, match="X"):
            client.call("GetItem")
        assert aws.asked == []
