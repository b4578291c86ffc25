"""Stream records on their way to the mailer: order, retries, parking, checkpoint."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from infra.local.pump import TRIES, Pump
from infra.local.stream import Checkpoint, StreamReader, lambda_record

ARN = "arn:aws:dynamodb:eu-north-1:000000000000:table/kapula-cases/stream/x"


class FakeStream:
    """The three calls of DynamoDB Streams, over a list of sequence numbers."""

    def __init__(self, numbers, trimmed=()):
        self.numbers = list(numbers)
        self.trimmed = set(trimmed)
        self.expired = False

    def describe_stream(self, **_):
        return {"StreamDescription": {"Shards": [{"ShardId": "s"}]}}

    def get_shard_iterator(self, **where):
        if where["ShardIteratorType"] == "TRIM_HORIZON":
            return {"ShardIterator": "0"}
        if where["SequenceNumber"] in self.trimmed:
            raise error("TrimmedDataAccessException")
        return {"ShardIterator": str(self.numbers.index(where["SequenceNumber"]) + 1)}

    def get_records(self, **where):
        if self.expired:
            self.expired = False
            raise error("ExpiredIteratorException")
        start = int(where["ShardIterator"])
        page = self.numbers[start : start + where["Limit"]]
        records = [{"eventID": f"e{n}", "dynamodb": {"SequenceNumber": n}} for n in page]
        return {"Records": records, "NextShardIterator": str(start + len(page))}


def error(code):
    return ClientError({"Error": {"Code": code}}, "call")


class FakeMailer:
    """Remembers what it was handed; fails as told: number → how often, or "raise"."""

    def __init__(self, failing=None, raising=()):
        self.calls = []
        self.failing = dict(failing or {})
        self.raising = set(raising)

    def __call__(self, event):
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        self.calls.append(numbers)
        if self.raising & set(numbers):
            raise RuntimeError("poison")
        for number in numbers:
            if self.failing.get(number, 0) > 0:
                self.failing[number] -= 1
                return {"batchItemFailures": [{"itemIdentifier": number}]}
        return {"batchItemFailures": []}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "stream.json"


def pump(stream, mailer, path, pauses=None):
    checkpoint = Checkpoint(path)
    reader = StreamReader(stream, ARN, checkpoint)
    return Pump(reader, mailer, checkpoint, sleep=(pauses if pauses is not None else []).append)


def test_drain_delivers_in_order_and_remembers(path):
    stream, mailer = FakeStream("abc"), FakeMailer()
    assert pump(stream, mailer, path).drain() == 3
    assert mailer.calls == [["a", "b", "c"]]
    assert Checkpoint(path).after == "c"


def test_restart_goes_on_after_the_checkpoint(path):
    stream = FakeStream("ab")
    pump(stream, FakeMailer(), path).drain()
    stream.numbers.append("c")
    mailer = FakeMailer()
    assert pump(stream, mailer, path).drain() == 1
    assert mailer.calls == [["c"]]


def test_forgotten_checkpoint_begins_at_the_oldest_record(path):
    Checkpoint(path).move("gone")
    mailer = FakeMailer()
    pump(FakeStream("ab", trimmed=["gone"]), mailer, path).drain()
    assert mailer.calls == [["a", "b"]]


def test_expired_iterator_finds_its_place_again(path):
    stream, mailer = FakeStream("a"), FakeMailer()
    moving = pump(stream, mailer, path)
    moving.drain()
    stream.numbers.append("b")
    stream.expired = True
    moving.drain()
    assert mailer.calls == [["a"], ["b"]]


def test_other_errors_of_the_stream_are_not_hidden(path):
    stream = FakeStream("a")
    stream.get_records = lambda **_: (_ for _ in ()).throw(error("InternalServerError"))
    with pytest.raises(ClientError, match="InternalServerError"):
        pump(stream, FakeMailer(), path).drain()


def test_failed_record_is_retried_from_there_with_growing_pauses(path):
    mailer, pauses = FakeMailer(failing={"b": 3}), []
    pump(FakeStream("abc"), mailer, path, pauses).drain()
    assert mailer.calls == [["a", "b", "c"], ["b", "c"], ["b", "c"], ["b", "c"]]
    assert pauses == [0.1, 0.2, 0.4]
    assert Checkpoint(path).after == "c"


def test_hopeless_record_is_parked_and_the_others_go_on(path, caplog):
    mailer = FakeMailer(failing={"b": 99})
    assert pump(FakeStream("abc"), mailer, path).drain() == 3
    assert mailer.calls == [["a", "b", "c"]] + [["b", "c"]] * (TRIES - 1) + [["c"]]
    assert "parked stream record eb" in caplog.text
    assert Checkpoint(path).after == "c"


def test_raising_handler_costs_only_the_record_that_it_raises_for(path, caplog):
    mailer = FakeMailer(raising="b")
    pump(FakeStream("abc"), mailer, path).drain()
    assert mailer.calls == [["a", "b", "c"], ["a"]] + [["b"]] * TRIES + [["c"]]
    assert "parked stream record eb" in caplog.text


def test_unknown_failure_name_fails_the_whole_batch(path):
    calls = []

    def mailer(event):
        calls.append(len(event["Records"]))
        return {"batchItemFailures": [{"itemIdentifier": "?"}] if len(calls) == 1 else []}

    pump(FakeStream("ab"), mailer, path).drain()
    assert calls == [2, 2]


def test_lambda_record_has_the_shape_that_functions_receive():
    record = {
        "eventID": "e1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-north-1",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 11, 22, tzinfo=UTC),
            "Keys": {"pk": {"S": "c"}},
            "NewImage": {"pk": {"S": "c"}, "key": {"B": b"\x00\xff"}, "n": {"L": [{"N": "1"}]}},
            "SequenceNumber": "1",
            "SizeBytes": 9,
            "StreamViewType": "NEW_IMAGE",
        },
    }
    expected = {**record, "eventSourceARN": ARN, "dynamodb": dict(record["dynamodb"])}
    expected["dynamodb"]["ApproximateCreationDateTime"] = 1795305600.0
    expected["dynamodb"]["NewImage"] = {
        "pk": {"S": "c"},
        "key": {"B": "AP8="},
        "n": {"L": [{"N": "1"}]},
    }
    assert lambda_record(record, ARN) == expected
