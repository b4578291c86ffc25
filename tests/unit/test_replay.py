"""`make replay`: each kind of what was given up on comes to its function, or stays and is told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models.table import StreamShard

from functions.adapters.dynamo import DynamoSettings
from functions.adapters.tables import create_tables
from functions.entry.bounces import app as bounces
from functions.entry.clock import app as clock
from functions.entry.mailer import app as mailer
from functions.kernel.case import reference
from functions.processes import current
from functions.services.case import apply
from functions.services.container import Services
from functions.services.ports import SendFailed
from infra.deploy import aws
from infra.deploy import replay as command
from infra.import_directory import import_file
from infra.local.stack import DEMO
from tests.fakes import APPLICATION, FakeClock, MemoryPost

REGION = "eu-north-1"
ENTRIES = {"mailer": mailer.handle, "clock": clock.handle, "bounces": bounces.handle}
TICK = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@dataclass
class Stage:
    """An installation of tables and a queue; its functions run in this process."""

    services: Services
    queue: str
    broken: set[str] = field(default_factory=set)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Lambda's own: an error of the function is no error of the call."""
        prefix, _, name = FunctionName.rpartition("-")
        assert prefix == "kapula-test"
        self.asked.append((name, json.loads(Payload)))
        if name in self.broken:
            return {"FunctionError": "Unhandled", "Payload": BytesIO(b'{"errorType": "X"}')}
        told = ENTRIES[name](self.services, json.loads(Payload))
        return {"Payload": BytesIO(json.dumps(told).encode())}

    @property
    def sent(self) -> list[str]:
        post: Any = self.services.post
        return [mail["To"] for mail in post.sent]

    def apply(self, email: str = "aino@example.net") -> str:
        """The id of a new case, whose first mail waits."""
        definition = current("supervision")
        key = apply.mint_key(self.services)
        time: Any = self.services.clock
        time.forward(seconds=5)
        typed = {**APPLICATION, "unit": "perhekeskus", "applicant_email": email}
        form = definition.form("individual")
        return apply.send(self.services, apply.Draft(definition, form, typed, "fi", key))

    def queued(self, *bodies: object) -> None:
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            boto3.client("sqs", REGION).send_message(QueueUrl=self.queue, MessageBody=text)

    def left(self) -> int:
        asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = boto3.client("sqs", REGION).get_queue_attributes(
            QueueUrl=self.queue, AttributeNames=asked
        )
        return sum(int(told["Attributes"][name]) for name in asked)

    def batch(self, first: int = 0, last: int = -1) -> dict[str, Any]:
        """What AWS puts into the queue for a batch of the stream: its place, no record."""
        table = boto3.client("dynamodb", REGION).describe_table(TableName="kapula-test-cases")
        arn = table["Table"]["LatestStreamArn"]
        streams = boto3.client("dynamodbstreams", REGION)
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        return {
            "requestContext": {
                "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
                "functionArn": "arn:aws:lambda:eu-north-1:123456789012:function:kapula-test-mailer",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 1,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "version": "1.0",
            "timestamp": "2026-11-14T00:13:49.717Z",
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": records[first]["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": records[last]["dynamodb"]["SequenceNumber"],
                "approximateArrivalOfFirstRecord": "2026-11-14T00:13:19Z",
                "approximateArrivalOfLastRecord": "2026-11-14T00:13:19Z",
                "batchSize": 1,
                "streamArn": arn,
            },
        }


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", REGION)
    older = f"https://streams.dynamodb.{REGION}.amazonaws.com"  # the one that moto knows
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", older)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(command, "_WAIT", 0)
    by_number = StreamShard.get  # moto gives it the text it got
    monkeypatch.setattr(StreamShard, "get", lambda s, at, most: by_number(s, int(at), most))
    real = aws.client
    with mock_aws():
        create_tables(DynamoSettings(REGION, "kapula-test"))
        queue = boto3.client("sqs", REGION).create_queue(QueueName="failed")["QueueUrl"]
        told = {"FailedQueueUrl": queue, "Url": "https://kapula.test"}
        monkeypatch.setattr(aws, "installed", lambda _: told)
        services = replace(
            command.services_of("test"), clock=FakeClock(datetime.now(UTC)), post=MemoryPost()
        )
        import_file(services, DEMO)
        made = Stage(services, queue)
        monkeypatch.setattr(
            aws, "client", lambda name, *a, **k: made if name == "lambda" else real(name, *a, **k)
        )
        yield made


def run(capsys: pytest.CaptureFixture[str], *case: str) -> list[str]:
    capsys.readouterr()
    command.replay("test", *case)
    return capsys.readouterr().out.splitlines()


NO_PARKED = [
    "Parked mails that the clock tries anew: 0.",
    "Parked timers that the clock tries anew: 0.",
]


def test_batch_of_the_stream_is_read_back_and_its_mails_are_sent(stage: Stage, capsys) -> None:
    stage.apply()
    stage.apply("eero@example.net")
    stage.queued(stage.batch())
    assert run(capsys) == ["Replayed 1, left 0. (mailer 1)", *NO_PARKED]
    assert stage.sent == ["aino@example.net", "eero@example.net"]
    assert stage.left() == 0
    ((_, event),) = stage.asked
    assert {r["dynamodb"]["Keys"]["part"]["S"] for r in event["Records"]} == {"outbox#00000#0"}


def test_batch_ends_where_it_ended(stage: Stage, capsys) -> None:
    stage.apply()
    batch = stage.batch()
    stage.apply("eero@example.net")
    stage.queued(batch)
    run(capsys)
    assert stage.sent == ["aino@example.net"]


def test_batch_that_was_replayed_already_sends_nothing_twice(stage: Stage, capsys) -> None:
    stage.apply()
    stage.queued(stage.batch(), stage.batch())
    assert run(capsys)[0] == "Replayed 2, left 0. (mailer 2)"
    assert stage.sent == ["aino@example.net"]


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_batch_that_is_too_old_is_the_clocks(
    stage: Stage, capsys, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    stage.apply()
    stage.queued(stage.batch())
    client = aws.client

    class Trimmed:
        def get_shard_iterator(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "GetShardIterator")

    monkeypatch.setattr(
        aws, "client", lambda n, *a, **k: Trimmed() if n == "dynamodbstreams" else client(n)
    )
    assert run(capsys) == [
        "Replayed 0, left 0.",
        "Batches too old for the stream: 1. The clock has their mails; `make reindex` puts desks right.",
        *NO_PARKED,
    ]
    assert (stage.sent, stage.left(), stage.asked) == ([], 0, [])
    time: Any = stage.services.clock
    time.forward(minutes=3)
    clock.handle(stage.services, {})
    assert stage.sent == ["aino@example.net"]


def test_batch_over_many_pages_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def record(number: int, part: str = "outbox#1", kind: str = "INSERT") -> dict[str, Any]:
        at = datetime(2026, 8, 3, tzinfo=UTC)
        keys = {"case": {"S": f"c{number}"}, "part": {"S": part}, "bytes": {"B": b"\x00"}}
        inner = {"SequenceNumber": str(number), "Keys": keys, "ApproximateCreationDateTime": at}
        return {"eventName": kind, "dynamodb": inner}

    pages = {
        "9": ([], "a"),
        "a": ([record(9), record(10, "case")], "b"),
        "b": ([], "c"),
        "c": ([record(99, kind="MODIFY"), record(100), record(101)], "d"),
    }

    class Streams:
        def get_shard_iterator(self, SequenceNumber: str, **rest: str) -> dict[str, str]:  # noqa: N803
            assert rest == {
                "StreamArn": "arn",
                "ShardId": "shard",
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            }
            return {"ShardIterator": SequenceNumber}

        def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
            records, following = pages[ShardIterator]
            return {"Records": records, "NextShardIterator": following}

    monkeypatch.setattr(aws, "client", lambda *_, **__: Streams())
    batch = {"startSequenceNumber": "9", "endSequenceNumber": "100"}
    read = command._records("mailer", {**batch, "streamArn": "arn", "shardId": "shard"})
    assert read is not None
    assert [r["dynamodb"]["SequenceNumber"] for r in read] == ["9", "100"]
    assert read[0]["dynamodb"]["Keys"]["bytes"] == {"B": "AA=="}
    assert read[0]["dynamodb"]["ApproximateCreationDateTime"] == 1785715200.0


def test_round_that_the_clock_failed_in_is_made_again(stage: Stage, capsys) -> None:
    stage.apply()
    time: Any = stage.services.clock
    time.forward(minutes=3)
    stage.queued(TICK)
    assert run(capsys) == ["Replayed 1, left 0. (clock 1)", *NO_PARKED]
    assert (stage.asked, stage.sent, stage.left()) == ([("clock", TICK)], ["aino@example.net"], 0)


def test_bounce_that_was_not_noted_is_noted(stage: Stage, capsys) -> None:
    case_id = stage.apply()
    feedback = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "aino@example.net"}],
        },
        "mail": {"tags": {"origin": [f"{case_id}-p1"]}},
    }
    sns = {"Type": "Notification", "Message": json.dumps(feedback)}
    stage.queued({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns}]})
    assert run(capsys) == ["Replayed 1, left 0. (bounces 1)", *NO_PARKED]
    file = stage.services.cases.load(case_id)
    assert file is not None
    assert not file.case.parties[0].reachable
    assert stage.left() == 0


def test_what_fails_again_stays_queued_and_stops_nothing(stage: Stage, capsys) -> None:
    stage.apply()
    stage.queued(stage.batch(), TICK, stage.batch())
    stage.broken = {"mailer"}
    assert run(capsys) == ["Replayed 1, left 2. (clock 1)", *NO_PARKED]
    assert stage.left() == 2


def test_message_that_comes_back_in_the_same_run_is_not_tried_again(stage: Stage, capsys) -> None:
    """As one does when the functions take longer than the minute that it is hidden."""
    boto3.client("sqs", REGION).set_queue_attributes(
        QueueUrl=stage.queue, Attributes={"VisibilityTimeout": "0"}
    )
    stage.queued(TICK, TICK)
    stage.broken = {"clock"}
    assert run(capsys)[0] == "Replayed 0, left 2."
    assert len(stage.asked) == 2


def test_mail_that_fails_again_stays_queued(stage: Stage, capsys, monkeypatch) -> None:
    """The mailer answers, and says in its answer which records it could not deal with."""
    stage.apply()
    stage.queued(stage.batch())
    monkeypatch.setattr(mailer, "deliver", lambda *_: 1 / 0)
    assert run(capsys)[0] == "Replayed 0, left 1."
    assert stage.left() == 1


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"Records": []}', '{"Records": 1}'])
def test_message_that_is_not_ours_is_told_and_stays(stage: Stage, capsys, body: str) -> None:
    stage.queued(body)
    assert run(capsys) == [
        "Replayed 0, left 1.",
        "Messages that are not ours: 1. They stay in the queue.",
        *NO_PARKED,
    ]
    assert (stage.left(), stage.asked) == (1, [])


def test_queue_is_emptied_whatever_its_length(stage: Stage, capsys) -> None:
    stage.queued(*[TICK] * 23)
    assert run(capsys)[0] == "Replayed 23, left 0. (clock 23)"
    assert stage.left() == 0


def test_parked_mail_is_sent_by_the_next_round_of_the_clock(stage: Stage, capsys) -> None:
    stage.apply()
    post: Any = stage.services.post
    post.failures = [SendFailed("MessageRejected", permanent=True)]
    stage.queued(stage.batch())
    assert run(capsys) == [
        "Replayed 1, left 0. (mailer 1)",
        "Parked mails that the clock tries anew: 1.",
        NO_PARKED[1],
    ]
    assert stage.sent == []
    time: Any = stage.services.clock
    time.time = datetime.now(UTC) + timedelta(seconds=1)
    clock.handle(stage.services, {})
    assert stage.sent == ["aino@example.net"]
    assert run(capsys) == ["Replayed 0, left 0.", *NO_PARKED]


def parked_timer(stage: Stage, case_id: str) -> None:
    """Have the timer of a case fail until it is parked."""
    time: Any = stage.services.clock
    (timer,) = stage.services.timers.of(case_id)
    leased = stage.services.timers.lease(timer, time.now())
    assert leased
    assert stage.services.timers.park(leased, time.now())


@pytest.mark.parametrize("named", ["id", "reference"])
def test_parked_timers_are_resumed_of_all_cases_or_of_one(stage: Stage, capsys, named: str) -> None:
    one, two = stage.apply(), stage.apply("eero@example.net")
    for case_id in (one, two):
        parked_timer(stage, case_id)
    stage.queued("no JSON")
    case = one if named == "id" else reference(one)
    assert run(capsys, case) == [
        f"Parked mails of {case} that the clock tries anew: 0.",
        f"Parked timers of {case} that the clock tries anew: 1.",
    ], "the queue is everybody's"
    assert [t.case for t in stage.services.timers.parked()] == [two]
    assert run(capsys)[-1] == "Parked timers that the clock tries anew: 1."
    assert run(capsys)[-1] == NO_PARKED[1]
    assert list(stage.services.timers.parked()) == []


def test_parked_mails_of_one_case(stage: Stage, capsys) -> None:
    one, _ = stage.apply(), stage.apply("eero@example.net")
    post: Any = stage.services.post
    post.failures = [SendFailed("MessageRejected", permanent=True)] * 2
    stage.queued(stage.batch())
    command._replay_queue("test")
    assert run(capsys, one)[0] == f"Parked mails of {one} that the clock tries anew: 1."
    assert run(capsys)[-2] == "Parked mails that the clock tries anew: 1."
