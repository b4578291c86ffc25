"""Reads a table's DynamoDB stream, and shapes its records as Lambda does.

The local AWS shows one shard per stream, so this reader follows one. A stream does not survive a
restart of the local AWS: a checkpoint that is gone means "from the oldest record", and the clock
finds the mails that were lost, as in the cloud.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.aws import write_atomically

PAGE = 100  # records read at a time, Lambda's default batch size
GONE = frozenset({"TrimmedDataAccessException", "ExpiredIteratorException"})

Record = dict[str, Any]


class Checkpoint:
    """The last record dealt with, kept in a file so that a restart does not begin anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.after: str | None = None
        if path.exists():
            self.after = json.loads(path.read_text())["after"]

    def move(self, sequence_number: str) -> None:
        """Remember that everything up to this record is done."""
        write_atomically(self._path, json.dumps({"after": sequence_number}).encode())
        self.after = sequence_number


class StreamReader:
    """Pages of records of one stream, from the checkpoint on."""

    def __init__(self, client: Any, arn: str, checkpoint: Checkpoint) -> None:
        """`client`: a boto3 `dynamodbstreams` client (or a fake of its three calls)."""
        self._client = client
        self._arn = arn
        self._checkpoint = checkpoint
        self._iterator: str | None = None

    def read(self) -> list[Record]:
        """The next page in Lambda's shape; empty when there is nothing new."""
        try:
            return self._read()
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            self._iterator = None  # e.g. the machine slept: find the place again
            return self._read()

    def _read(self) -> list[Record]:
        iterator = self._iterator or self._open()
        if iterator is None:
            return []
        page = self._client.get_records(ShardIterator=iterator, Limit=PAGE)
        self._iterator = page.get("NextShardIterator")
        return [lambda_record(record, self._arn) for record in page["Records"]]

    def _open(self) -> str | None:
        shards = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        if not shards:
            return None
        position = {"StreamArn": self._arn, "ShardId": shards[0]["ShardId"]}
        if self._checkpoint.after is not None:
            try:
                return self._iterator_at(
                    position,
                    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                    SequenceNumber=self._checkpoint.after,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in GONE:
                    raise
        return self._iterator_at(position, ShardIteratorType="TRIM_HORIZON")

    def _iterator_at(self, position: Mapping[str, str], **where: str) -> str:
        iterator: str = self._client.get_shard_iterator(**position, **where)["ShardIterator"]
        return iterator


def lambda_record(record: Mapping[str, Any], arn: str) -> Record:
    """A record as Lambda's event source mapping shapes it.

    boto3 gives bytes and datetimes; the JSON that a function receives has base64 text and
    epoch seconds in their place, and names the stream.
    """
    shaped: Record = _plain(record)
    shaped["eventSourceARN"] = arn
    return shaped


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
