"""Looking after an installation: its logs, what it gave up on, its directory."""

import base64
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.deploy import aws
from infra.deploy.plan import FUNCTIONS
from infra.deploy.settings import SettingsError

_GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")
_BATCH = "DDBStreamBatchInfo"
_AT_ONCE = 25  # cases that the indexer is handed in one call
FOLLOWED = 600  # seconds of the past that `logs` shows


def logs(stage: str, function: str = "") -> None:
    """Print the last ten minutes of one function's log, or of all, in the order of time."""
    client, since = aws.client("logs"), int((time.time() - FOLLOWED) * 1000)
    lines: list[tuple[int, str, str]] = []
    for name in [function] if function else [f.name for f in FUNCTIONS]:
        group = f"/aws/lambda/kapula-{stage}-{name}"
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since
        )
        lines += [
            (e["timestamp"], name, e["message"].rstrip()) for page in pages for e in page["events"]
        ]
    for moment, name, message in sorted(lines):
        told = datetime.fromtimestamp(moment / 1000, UTC).strftime("%H:%M:%S")
        print(f"{told} {name:8} {message}")


def replay(stage: str) -> None:
    """Give what was given up on to its function once more; what fails again stays queued."""
    told, sqs = aws.installed(stage), aws.client("sqs")
    queue, done, left = told["FailedQueueUrl"], 0, 0
    seen: set[str] = set()
    while messages := _receive(sqs, queue, seen):
        for message in messages:
            seen.add(message["MessageId"])
            if _again(stage, message):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                done += 1
            else:
                left += 1
    print(f"Replayed {done}, left {left}.")


def reindex(stage: str) -> None:
    """Have every case laid on its desks anew, with your own rights to read all of them.

    For a first version with desks, after a new secret, and when records were lost for good.
    """
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=f"kapula-{stage}-cases",
            FilterExpression="part = :case",
            ProjectionExpression="#c, part",
            ExpressionAttributeNames={"#c": "case"},
            ExpressionAttributeValues={":case": {"S": "case"}},
        )
    )
    done, left = 0, 0
    for page in pages:
        for start in range(0, len(page["Items"]), _AT_ONCE):
            keys = page["Items"][start : start + _AT_ONCE]
            records = [{"dynamodb": {"Keys": k, "SequenceNumber": k["case"]["S"]}} for k in keys]
            if _invoke(stage, "indexer", {"Records": records}):
                done += len(keys)
            else:
                left += len(keys)
    print(f"Laid out {done} cases, failed with {left}.")


def import_directory(stage: str, file: str = "") -> None:
    """Load people and units into the installation's directory, with your own rights."""
    from functions.bootstrap import build, settings_from
    from functions.entry import directory

    if not file:
        raise SettingsError("say which file: FILE=people.yaml")
    environ = {
        "AWS_REGION": aws.region(),
        "AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", ""),
        "KAPULA_STAGE": stage,
        "KAPULA_TABLE_PREFIX": f"kapula-{stage}",
        "KAPULA_BASE_URL": aws.installed(stage)["Url"],
        "KAPULA_SENDER": "",  # an import neither mails nor signs
        "KAPULA_SECRET": "",
    }
    count = directory.import_file(build(settings_from(environ)), Path(file))
    print(f"{count} entries are in the directory of {stage}.")


def _receive(sqs: Any, queue: str, seen: set[str]) -> list[dict[str, Any]]:
    """Up to ten messages not looked at in this run; each is hidden for a minute."""
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    return [m for m in received.get("Messages", ()) if m["MessageId"] not in seen]


def _again(stage: str, message: dict[str, Any]) -> bool:
    """Whether the function took it this time."""
    body = json.loads(message["Body"])
    if _BATCH in body:
        name = body["requestContext"]["functionArn"].rpartition(f":kapula-{stage}-")[2]
        return _invoke(stage, name.partition(":")[0], {"Records": _records(body[_BATCH])})
    records = body.get("Records") or [{}]
    name = "bounces" if "Sns" in records[0] else "clock"
    return _invoke(stage, name, body)


def _records(batch: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a batch, while the stream still has them (24 hours).

    Later there are none. Mails need none: the clock has sent them long since, or parked them.
    Desks that went wrong so long ago are put right by `reindex`.
    """
    client = aws.client("dynamodbstreams")
    place = {"StreamArn": batch["streamArn"], "ShardId": batch["shardId"]}
    try:
        iterator = client.get_shard_iterator(
            **place,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
    except (
        client.exceptions.TrimmedDataAccessException,
        client.exceptions.ResourceNotFoundException,
    ):
        return []
    read = client.get_records(ShardIterator=iterator, Limit=int(batch["batchSize"]))["Records"]
    return [json.loads(json.dumps(record, default=_plain)) for record in read]


def _plain(value: object) -> object:
    """As Lambda shapes records: bytes in base64, times in seconds."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)


def _invoke(stage: str, name: str, event: dict[str, Any]) -> bool:
    answer = aws.client("lambda").invoke(
        FunctionName=f"kapula-{stage}-{name}", Payload=json.dumps(event).encode()
    )
    if answer.get("FunctionError"):
        return False
    told = json.loads(answer["Payload"].read() or b"null")
    return not (isinstance(told, dict) and told.get("batchItemFailures"))
