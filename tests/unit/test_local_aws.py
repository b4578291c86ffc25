"""The local AWS for real: data and whole mails survive whatever ends it."""

import base64
import json
import os
import signal
import time

import boto3
import pytest

from infra.local.aws_clients import use_dummy_credentials, verify_sender
from infra.local.child import LocalAws

REGION = "eu-north-1"
RAW = b"From: k@example.org\r\nTo: a@example.org\r\nSubject: Hei\r\nX-Own: kept\r\n\r\nHei\r\n"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    """`use_dummy_credentials` writes into the environment; put it back afterwards."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "")
    use_dummy_credentials()


def client(aws, service):
    return boto3.client(service, endpoint_url=aws.endpoint, region_name=REGION)


def started(state):
    (state / "mail").mkdir(exist_ok=True)
    aws = LocalAws(state, REGION)
    aws.wait_until_healthy()
    return aws


def write(aws):
    """Make a table, put an item and send a mail; the mail's id."""
    tables = client(aws, "dynamodb")
    tables.create_table(
        TableName="cases",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    tables.put_item(TableName="cases", Item={"pk": {"S": "one"}})
    verify_sender(aws.endpoint, REGION, "Kapula <k@example.org>")
    verify_sender(aws.endpoint, REGION, "k@example.org")
    sent = client(aws, "sesv2").send_email(
        FromEmailAddress="k@example.org",
        Destination={"ToAddresses": ["a@example.org"]},
        Content={"Raw": {"Data": RAW}},
    )
    return sent["MessageId"]


@pytest.mark.parametrize("end", ["clean", "kill", "save and kill"])
def test_data_and_mails_survive(tmp_path, end):
    aws = started(tmp_path)
    identifier = write(aws)
    if end == "kill":
        time.sleep(1)
    if end == "save and kill":
        aws.save()
    if end != "clean":
        os.kill(aws.pid, signal.SIGKILL)
    aws.close()
    aws = started(tmp_path)
    try:
        assert client(aws, "dynamodb").scan(TableName="cases")["Items"] == [{"pk": {"S": "one"}}]
    finally:
        aws.close()
    (kept,) = (tmp_path / "mail").glob("*.json")
    record = json.loads(kept.read_text())
    assert record["MessageId"] == identifier
    assert base64.b64decode(record["Request"]["Content"]["Raw"]["Data"]) == RAW


def test_refused_mail_is_not_kept(tmp_path):
    aws = started(tmp_path)
    try:
        ses = client(aws, "sesv2")
        with pytest.raises(ses.exceptions.MessageRejected):
            ses.send_email(
                FromEmailAddress="k@unverified.example",
                Destination={"ToAddresses": ["a@example.org"]},
                Content={"Raw": {"Data": RAW}},
            )
    finally:
        aws.close()
    assert list((tmp_path / "mail").iterdir()) == []
