"""DynamoDB's limits, which tests that use the local AWS rely on: each is refused beyond, and not before."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.aws_clients import stream_arn, streams
from tests.contract.conftest import REGION
from tests.in_process_aws import InProcessAws, routed
from tests.local_stack import no_account

TABLE = "limits"
KILO = 1024


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessAws]:
    with pytest.MonkeyPatch.context() as patch, no_account(), routed():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield InProcessAws(tmp_path_factory.mktemp("aws"), REGION)


@pytest.fixture
def table(aws: InProcessAws) -> Iterator[Any]:
    client = boto3.client("dynamodb", endpoint_url=aws.endpoint, region_name=REGION)
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "a", "KeyType": "HASH"},
            {"AttributeName": "b", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in "ab"],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    yield client
    client.delete_table(TableName=TABLE)


def item(n: int, size: int = 0) -> dict[str, Any]:
    return {"a": {"S": "x"}, "b": {"S": f"{n:05}"}, **({"c": {"S": "y" * size}} if size else {})}


def put(n: int, size: int = 0, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": item(n, size), **more}}


def refused(call: Any, **asked: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**asked)
    return str(raised.value.response["Error"]["Code"])


def count(client: Any) -> int:
    found: int = client.query(
        TableName=TABLE,
        KeyConditionExpression="a = :x",
        ExpressionAttributeValues={":x": {"S": "x"}},
        Select="COUNT",
        ConsistentRead=True,
    )["Count"]
    return found


def test_a_transaction_has_a_hundred_items(table: Any) -> None:
    asked = [put(n) for n in range(101)]
    assert refused(table.transact_write_items, TransactItems=asked) == "ValidationException"
    assert count(table) == 0
    table.transact_write_items(TransactItems=asked[:100])
    assert count(table) == 100


def test_a_transaction_has_four_megabytes(table: Any) -> None:
    asked = [put(n, 390 * KILO) for n in range(11)]
    assert refused(table.transact_write_items, TransactItems=asked) == "ValidationException"
    table.transact_write_items(TransactItems=asked[:10])
    assert count(table) < 10, "a page of 1 MB"


def test_an_item_has_400_kilobytes(table: Any) -> None:
    assert refused(table.put_item, TableName=TABLE, Item=item(1, 400 * KILO)) == (
        "ValidationException"
    )
    table.put_item(TableName=TABLE, Item=item(1, 399 * KILO))


@pytest.mark.parametrize("call", ["query", "scan"])
def test_a_page_has_one_megabyte(table: Any, call: str) -> None:
    for n in range(4):
        table.put_item(TableName=TABLE, Item=item(n, 390 * KILO))
    asked: dict[str, Any] = {"TableName": TABLE}
    if call == "query":
        asked |= {"KeyConditionExpression": "a = :x"}
        asked |= {"ExpressionAttributeValues": {":x": {"S": "x"}}}
    pages = [len(page["Items"]) for page in table.get_paginator(call).paginate(**asked)]
    assert len(pages) > 1
    assert sum(pages) == 4
    assert max(pages) <= 3


def test_a_batch_has_25_writes_and_a_hundred_reads(table: Any) -> None:
    writes = [{"PutRequest": {"Item": item(n)}} for n in range(26)]
    assert refused(table.batch_write_item, RequestItems={TABLE: writes}) == "ValidationException"
    keys = [{"a": {"S": "x"}, "b": {"S": f"{n:05}"}} for n in range(101)]
    asked = {TABLE: {"Keys": keys}}
    assert refused(table.batch_get_item, RequestItems=asked) == "ValidationException"


def test_of_a_transaction_all_or_nothing_is_written(table: Any) -> None:
    table.put_item(TableName=TABLE, Item=item(1))
    new = "attribute_not_exists(a)"
    asked = [put(2), put(1, ConditionExpression=new)]
    code = refused(table.transact_write_items, TransactItems=asked)
    assert code == "TransactionCanceledException"
    assert count(table) == 1


def test_a_repeated_token_is_one_transaction_and_another_body_is_refused(table: Any) -> None:
    add = {
        "Update": {
            "TableName": TABLE,
            "Key": item(1),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    for _ in range(2):
        table.transact_write_items(TransactItems=[add], ClientRequestToken="once")
    found = table.get_item(TableName=TABLE, Key=item(1), ConsistentRead=True)["Item"]
    assert found["n"] == {"N": "1"}
    other = {"TransactItems": [put(2)], "ClientRequestToken": "once"}
    assert refused(table.transact_write_items, **other) == "IdempotentParameterMismatchException"


def test_one_key_is_written_once_in_a_transaction(table: Any) -> None:
    assert refused(table.transact_write_items, TransactItems=[put(1), put(1)]) == (
        "ValidationException"
    )


def test_the_stream_tells_each_change_in_order(table: Any, aws: InProcessAws) -> None:
    table.put_item(TableName=TABLE, Item=item(1))
    table.put_item(TableName=TABLE, Item=item(1, 3))
    table.put_item(TableName=TABLE, Item=item(1, 3))  # changes nothing, and is not told
    table.delete_item(TableName=TABLE, Key=item(1))
    reader, arn = streams(aws.endpoint, REGION), stream_arn(aws.endpoint, REGION, TABLE)
    (shard,) = reader.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    place = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = reader.get_shard_iterator(**place)["ShardIterator"]
    told = reader.get_records(ShardIterator=iterator)["Records"]
    assert [r["eventName"] for r in told] == ["INSERT", "MODIFY", "REMOVE"]
    assert told[1]["dynamodb"]["OldImage"] == item(1)
    assert told[1]["dynamodb"]["NewImage"] == item(1, 3)


def test_two_instances_share_nothing(table: Any, tmp_path: Any) -> None:
    other = InProcessAws(tmp_path, REGION)
    assert other.call("ListTables")["TableNames"] == []
    other.close()
    assert table.list_tables()["TableNames"] == [TABLE]
