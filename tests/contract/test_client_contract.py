"""How DynamoDB is asked, against an AWS that says what it is told to: once, again, or no more."""

import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.endpoint
import pytest

from functions import bootstrap
from functions.adapters import dynamo
from functions.adapters.dynamo import PATIENCE, DynamoSettings, DynamoTable, write_all
from functions.adapters.rows import QuotaRow
from functions.kernel.digests import sha256
from functions.kernel.errors import Unavailable
from tests.fakes import START

REGION = "eu-north-1"
ERROR = "com.amazonaws.dynamodb.v20120810#"
ITEM = {
    "quota": {"S": "q"},
    "slot": {"N": "0"},
    "free_at": {"S": "x"},
    "expires": {"N": "0"},
}


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


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited between its tries."""
    told: list[float] = []

    class Clock:
        sleep = told.append

    for module in (dynamo, botocore.endpoint):
        monkeypatch.setattr(module, "time", Clock)
    return told


@pytest.fixture
def place(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> DynamoSettings:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a token")
    return DynamoSettings(REGION, "kapula", aws.url)


@pytest.fixture
def quotas(place: DynamoSettings) -> DynamoTable[QuotaRow]:
    return DynamoTable(QuotaRow, "quotas", place)


def full(quotas: DynamoTable[QuotaRow]) -> QuotaRow:
    return quotas.row("q", 0, free_at="x", expires=START)


TROUBLES = {
    "500 always": ([failed("InternalServerError", 500)] * 9, 3),
    "503 without a word": ([Answer(503, b"")] * 9, 3),
    "502 page": ([Answer(502, b"<html>Bad Gateway</html>")] * 9, 3),
    "throttled always": ([failed("ProvisionedThroughputExceededException")] * 9, 3),
    "closed always": ([Answer(cut=True)] * 9, 3),
    "late always": ([Answer(late=0.6)] * 9, 3),
    "unreadable": ([Answer(body=b"{")] * 9, 1),
    "refused": ([failed("AccessDeniedException")] * 9, 1),
    "expired": ([failed("ExpiredTokenException")] * 9, 1),
    "gone": ([failed("ResourceNotFoundException")] * 9, 1),
    "500 twice": ([failed("InternalServerError", 500)] * 2, 0),
    "throttled": ([failed("ThrottlingException")], 0),
    "429": ([Answer(429, b"")], 0),
    "closed": ([Answer(cut=True)], 0),
    "late": ([Answer(late=0.6)], 0),
    "spoilt": ([Answer(headers={"x-amz-crc32": "1"})] * 2, 0),
    "checked": ([Answer(headers={"x-amz-crc32": str(zlib.crc32(b"{}"))})], 0),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_call_is_made_three_times_at_most(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, place: DynamoSettings, name: str
) -> None:
    """And what may pass is asked again, what may not is not. 0: it is answered in the end."""
    monkeypatch.setattr(dynamo, "PATIENCE", {**PATIENCE, "read_timeout_seconds": 0.3})
    quick = DynamoTable(QuotaRow, "quotas", DynamoSettings(REGION, "kapula", aws.url))
    aws.to_come, times = TROUBLES[name]
    aws.to_come = [*aws.to_come]
    if times:
        with pytest.raises(Unavailable):
            quick.get("q", 0)
        assert len(aws.asked) == times
    else:
        assert quick.get("q", 0) is None
        assert aws.to_come == []


def test_client_waits_two_seconds_and_five_and_checks_no_parameters(place: DynamoSettings) -> None:
    config = place.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert (config.retries["total_max_attempts"], config.retries["mode"]) == (3, "standard")
    place.client.get_item()  # does not say that it was not told of what


def test_model_that_asks_by_itself_is_as_patient(quotas: DynamoTable[QuotaRow]) -> None:
    for name, value in PATIENCE.items():
        assert getattr(quotas.row.Meta, name) == value


def test_without_an_endpoint_aws_itself_is_asked() -> None:
    place = DynamoSettings(REGION, "kapula")
    assert place.client.meta.endpoint_url == "https://dynamodb.eu-north-1.amazonaws.com"


def test_mails_wait_longer_and_are_tried_as_often(aws: FakeAws) -> None:
    settings = bootstrap.Settings(
        "https://kapula.test", "test", REGION, aws.url, "kapula", "k@example.org", b"secret"
    )
    post: Any = bootstrap.build(settings).post
    config = post.client.meta.config
    assert post.client.meta.service_model.service_name == "sesv2"
    assert (config.connect_timeout, config.read_timeout) == (2, 10)
    assert (config.retries["total_max_attempts"], config.retries["mode"]) == (3, "standard")


def test_waits_are_long_when_throttled_and_short_otherwise(
    aws: FakeAws, quotas: DynamoTable[QuotaRow], waits: list[float]
) -> None:
    for answer, enough, most in ((Answer(500), 0.0, 0.05), (Answer(429), 0.2, 2.0)):
        waits.clear()
        aws.to_come = [answer] * 30
        for _ in range(10):
            with pytest.raises(Unavailable):
                quotas.get("q", 0)
        assert enough < max(waits) <= most  # of twenty by chance


def test_retries_end_when_everything_fails(aws: FakeAws, quotas: DynamoTable[QuotaRow]) -> None:
    aws.to_come = [Answer(500)] * 1000
    for _ in range(60):
        with pytest.raises(Unavailable):
            quotas.get("q", 0)
    assert 60 < len(aws.asked) < 170  # 180 without a budget of retries
    aws.to_come, before = [], len(aws.asked)
    for _ in range(200):
        quotas.get("q", 0)
    aws.to_come = [Answer(500)] * 2
    quotas.get("q", 0)  # what went well has filled the budget again
    assert len(aws.asked) == before + 203


def test_nobody_there_is_unavailable(place: DynamoSettings) -> None:
    with pytest.raises(Unavailable):
        DynamoTable(QuotaRow, "quotas", DynamoSettings(REGION, "kapula", "http://127.0.0.1:9")).get(
            "q", 0
        )


def test_all_tables_share_one_connection(aws: FakeAws, place: DynamoSettings) -> None:
    settings = bootstrap.Settings(
        "https://kapula.test", "test", REGION, aws.url, "kapula", "k@example.org", b"secret"
    )
    services = bootstrap.build(settings, tables_at=place)
    empty = Answer(body={"Items": [], "Count": 0, "ScannedCount": 0})
    aws.to_come = [empty, Answer(), Answer(body={"Responses": {}}), empty]
    assert services.cases.load("one") is None
    assert services.grants.find("hash") is None
    assert services.cases.several(["one"]) == {}
    assert services.directory.listings("units") == ()
    assert services.desks.indexed("one").version == 0
    assert not services.limits.suppressed("a", START)
    assert (len(aws.asked), aws.connections) == (6, 1)


def test_connection_that_was_closed_is_opened_again(
    aws: FakeAws, quotas: DynamoTable[QuotaRow]
) -> None:
    aws.to_come = [Answer(cut=True)] * 3
    with pytest.raises(Unavailable):
        quotas.get("q", 0)
    assert quotas.get("q", 0) is None


def test_request_says_what_it_wants(aws: FakeAws, quotas: DynamoTable[QuotaRow]) -> None:
    quotas.get("työ", 0)
    headers, body = aws.asked[0]
    asked = json.loads(body)
    assert asked["TableName"] == "kapula-quotas"
    assert asked["Key"] == {"quota": {"S": "työ"}, "slot": {"N": "0"}}
    assert asked["ConsistentRead"] is True
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["x-amz-security-token"] == "a token"
    assert headers["user-agent"] == "kapula"


class TestReading:
    def test_all_pages_are_read(self, aws: FakeAws, quotas: DynamoTable[QuotaRow]) -> None:
        page = Answer(body={"Items": [ITEM], "LastEvaluatedKey": {"quota": {"S": "q"}}})
        aws.to_come = [page, page, Answer(body={"Items": [ITEM]})]
        rows = list(quotas.query(quotas.row.quota == "q", page=7, forward=False))
        assert [row.free_at for row in rows] == ["x"] * 3
        first, second, _ = (json.loads(body) for _, body in aws.asked)
        assert (first["Limit"], first["ScanIndexForward"]) == (7, False)
        assert "ExclusiveStartKey" not in first
        assert second["ExclusiveStartKey"] == {"quota": {"S": "q"}}

    def test_no_more_than_the_limit_is_read(
        self, aws: FakeAws, quotas: DynamoTable[QuotaRow]
    ) -> None:
        aws.to_come = [Answer(body={"Items": [ITEM] * 2, "LastEvaluatedKey": {"q": {"S": "q"}}})]
        assert len(list(quotas.query(quotas.row.quota == "q", limit=2))) == 2
        (asked,) = (json.loads(body) for _, body in aws.asked)
        assert asked["Limit"] == 2

    def test_index_is_named_and_not_read_consistently(
        self, aws: FakeAws, quotas: DynamoTable[QuotaRow]
    ) -> None:
        aws.to_come = [Answer(body={"Items": []})] * 2
        list(quotas.query(quotas.row.quota == "q", index="by"))
        list(quotas.query(quotas.row.quota == "q"))
        of_index, of_table = (json.loads(body) for _, body in aws.asked)
        assert of_index["IndexName"] == "by"
        assert "ConsistentRead" not in of_index
        assert of_table["ConsistentRead"] is True

    def test_many_items_are_asked_for_a_hundred_at_a_time(
        self, aws: FakeAws, quotas: DynamoTable[QuotaRow]
    ) -> None:
        found = Answer(body={"Responses": {quotas.name: [ITEM]}, "UnprocessedKeys": {}})
        aws.to_come = [found] * 3
        assert len(quotas.several([("q", n) for n in range(250)])) == 3
        sent = [json.loads(body)["RequestItems"][quotas.name]["Keys"] for _, body in aws.asked]
        assert [len(keys) for keys in sent] == [100, 100, 50]

    def test_what_was_left_out_is_asked_for_again_but_not_for_ever(
        self, aws: FakeAws, quotas: DynamoTable[QuotaRow], waits: list[float]
    ) -> None:
        key = {"quota": {"S": "q"}, "slot": {"N": "0"}}
        left = Answer(body={"Responses": {}, "UnprocessedKeys": {quotas.name: {"Keys": [key]}}})
        aws.to_come = [left, Answer(body={"Responses": {quotas.name: [ITEM]}})]
        assert len(quotas.several([("q", 0)])) == 1
        assert len(waits) == 1
        aws.to_come = [left] * 99
        with pytest.raises(Unavailable):
            quotas.several([("q", 0)])
        assert len(aws.asked) < 12


class TestWriting:
    def test_failed_condition_is_told(self, aws: FakeAws, quotas: DynamoTable[QuotaRow]) -> None:
        row, never = full(quotas), quotas.row.quota.does_not_exist()
        for call in (
            lambda: quotas.put(row, never),
            lambda: quotas.update(row, [quotas.row.free_at.set("y")], never),
        ):
            aws.to_come = [failed("ConditionalCheckFailedException")]
            assert call() is False

    def test_row_is_what_the_update_made_of_it(
        self, aws: FakeAws, quotas: DynamoTable[QuotaRow]
    ) -> None:
        row = quotas.row("q", 0)
        aws.to_come = [Answer(body={"Attributes": ITEM})]
        assert quotas.update(row, [quotas.row.free_at.set("x")], read=True)
        assert row.free_at == "x"

    def test_places_of_failed_conditions_are_told(
        self, aws: FakeAws, place: DynamoSettings, quotas: DynamoTable[QuotaRow]
    ) -> None:
        reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": ITEM}]
        aws.to_come = [failed("TransactionCanceledException", CancellationReasons=reasons)]
        assert write_all(place, "token", lambda batch: batch.save(full(quotas))) == (False, True)
        assert json.loads(aws.asked[0][1])["ClientRequestToken"] == sha256("token")[:36]

    def test_conflict_is_waited_out(
        self, aws: FakeAws, place: DynamoSettings, quotas: DynamoTable[QuotaRow], waits: list[float]
    ) -> None:
        reasons = [{"Code": "TransactionConflict"}]
        busy = failed("TransactionCanceledException", CancellationReasons=reasons)
        aws.to_come = [busy, busy]
        assert write_all(place, "token", lambda batch: batch.save(full(quotas))) == ()
        assert len(waits) == 2
        aws.to_come = [busy] * 99
        with pytest.raises(Unavailable, match="conflict"):
            write_all(place, "token", lambda batch: batch.save(full(quotas)))
        assert len(aws.asked) == 3 + 6

    def test_what_is_repeated_has_the_same_token(
        self, aws: FakeAws, place: DynamoSettings, quotas: DynamoTable[QuotaRow]
    ) -> None:
        aws.to_come = [Answer(cut=True)]
        assert write_all(place, "token", lambda batch: batch.save(full(quotas))) == ()
        assert aws.asked[0][1] == aws.asked[1][1]

    @pytest.mark.parametrize(
        "call",
        [
            lambda quotas, _: quotas.get("q", 0),
            lambda quotas, _: quotas.several([("q", 0)]),
            lambda quotas, _: list(quotas.query(quotas.row.quota == "q")),
            lambda quotas, _: quotas.put(full(quotas)),
            lambda quotas, _: quotas.update(full(quotas), [quotas.row.free_at.set("x")]),
            lambda quotas, _: quotas.delete(full(quotas)),
            lambda quotas, place: write_all(place, "t", lambda batch: batch.save(full(quotas))),
        ],
        ids=["get", "several", "query", "put", "update", "delete", "write_all"],
    )
    def test_any_failure_is_unavailable(
        self,
        aws: FakeAws,
        place: DynamoSettings,
        quotas: DynamoTable[QuotaRow],
        call: Callable[[DynamoTable[QuotaRow], DynamoSettings], object],
    ) -> None:
        for answer in (Answer(500), Answer(cut=True), failed("AccessDeniedException")):
            aws.to_come = [answer] * 3
            with pytest.raises(Unavailable):
                call(quotas, place)
