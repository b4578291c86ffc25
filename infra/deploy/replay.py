"""What was given up on is tried again: batches of the stream, events, parked mails and timers.

The queue has two kinds of messages. A batch of the stream comes as its place in the stream
(`DDBStreamBatchInfo`) and not as records, which are read back while they are there. An event
that the clock or the bounces failed on comes as it was. What is neither stays where it is.
Parked mails and timers are in no queue: they are in tables, and go back to those that wait.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from functions.adapters.rows import CASE
from functions.entry.mailer.app import OUTBOX
from infra.deploy import aws
from infra.deploy.operate import services_of
from infra.resume import resume

Plain = dict[str, Any]
_OURS = ("mailer", "indexer", "clock", "bounces")
_PATIENCE = Config(read_timeout=130, retries={"total_max_attempts": 1})  # the clock has 120 s
_WAIT = 1  # seconds for a message; without, SQS looks at some of its servers only
_MAX_PAGES = 1000  # of the stream, read for one batch
_GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")  # it keeps 24 hours


def replay(stage: str, case: str = "") -> None:
    """Give what was given up on to its function once more; what fails again stays queued. Of one
    ``case``, named by its id or its reference, only what is parked."""
    if not case:
        _replay_queue(stage)
    resume(services_of(stage), case)


def _replay_queue(stage: str) -> None:
    sqs, waitlist = aws.client("sqs"), aws.installed(stage)["FailedQueueUrl"]
    became: Counter[str] = Counter()
    for message in _messages(sqs, waitlist):
        outcome = _replayed(stage, message["Body"])
        became[outcome] += 1
        if outcome in (*_OURS, "old"):
            sqs.delete_message(QueueUrl=waitlist, ReceiptHandle=message["ReceiptHandle"])
    _print_summary(became)


def _print_summary(became: Counter[str]) -> None:
    done = [f"{name} {became[name]}" for name in _OURS if became[name]]
    by_function = f" ({', '.join(done)})" if done else ""
    left = became["left"] + became["strange"]
    print(f"Replayed {sum(became[name] for name in _OURS)}, left {left}.{by_function}")
    if became["old"]:
        advice = "The clock has their mails; `make reindex` puts desks right."
        print(f"Batches too old for the stream: {became['old']}. {advice}")
    if became["strange"]:
        print(f"Messages that are not ours: {became['strange']}. They stay in the queue.")


def _messages(sqs: Any, waitlist: str) -> Iterator[Plain]:
    """Each message that can be had, once; it is hidden from others for a minute."""
    seen: set[str] = set()
    while True:
        response = sqs.receive_message(
            QueueUrl=waitlist, MaxNumberOfMessages=10, WaitTimeSeconds=_WAIT
        )
        new = [m for m in response.get("Messages", ()) if m["MessageId"] not in seen]
        if not new:
            return
        seen.update(m["MessageId"] for m in new)
        yield from new


def _replayed(stage: str, text: str) -> str:
    """What became of a message: the function that took it, ``old``, ``left`` or ``strange``."""
    try:
        body = json.loads(text)
    except ValueError:
        return "strange"
    name = _function_of(body)
    if name in ("mailer", "indexer"):
        records = _records(name, body["DDBStreamBatchInfo"])
        if records is None:
            return "old"
        body = {"Records": records}
    if not name:
        return "strange"
    return name if invoke(stage, name, body) else "left"


def _function_of(body: object) -> str:
    """Whose event a message is; "" if nobody's."""
    if not isinstance(body, dict):
        return ""
    if "DDBStreamBatchInfo" in body:
        arn = str(body.get("requestContext", {}).get("functionArn", ""))
        return "indexer" if re.search("-indexer(:|$)", arn) else "mailer"
    if body.get("source") == "aws.events":
        return "clock"
    records = body.get("Records")
    return "bounces" if isinstance(records, list) and "Sns" in str(records[:1]) else ""


def _records(name: str, batch: Plain) -> list[Plain] | None:
    """The records in a batch that its function wants, as Lambda shapes them; None when the
    stream has it no more.

    The filters of the stream let only those through, so that a batch may stretch
    over many more records than it has, on several pages.
    """
    client, last = aws.client("dynamodbstreams"), int(batch["endSequenceNumber"])
    try:
        iterator = client.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        found: list[Plain] = []
        for _ in range(_MAX_PAGES):
            page = client.get_records(ShardIterator=iterator)
            found += page["Records"]
            iterator = page.get("NextShardIterator")
            if not iterator or (found and _sequence_number(found[-1]) >= last):
                break
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    selected = [r for r in found if _sequence_number(r) <= last and _is_for(name, r)]
    return [json.loads(json.dumps(record, default=_plain)) for record in selected]


def _sequence_number(record: Plain) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _is_for(name: str, record: Plain) -> bool:
    part = str(record["dynamodb"]["Keys"].get("part", {}).get("S", ""))
    if name == "indexer":
        return part == CASE
    return record["eventName"] == "INSERT" and part.startswith(OUTBOX)


def _plain(value: object) -> object:
    """As Lambda shapes records: bytes in base64, times in seconds."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)


def invoke(stage: str, name: str, event: Plain) -> bool:
    """Whether the function did it all this time."""
    answer = aws.client("lambda", config=_PATIENCE).invoke(
        FunctionName=f"kapula-{stage}-{name}", Payload=json.dumps(event).encode()
    )
    if answer.get("FunctionError"):
        return False
    result = json.loads(answer["Payload"].read() or b"null")
    return not isinstance(result, dict) or not result.get("batchItemFailures")
