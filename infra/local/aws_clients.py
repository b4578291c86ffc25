"""The few calls that the local stack itself makes to the local AWS."""

from __future__ import annotations

import os
from email.utils import parseaddr
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PATIENCE = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 3})


def use_dummy_credentials() -> None:
    """Make sure that nothing in this process can reach, or ask for, a real account."""
    os.environ.pop("AWS_PROFILE", None)
    os.environ.pop("AWS_SESSION_TOKEN", None)
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - the local AWS asks for any
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


def verify_sender(endpoint: str, region: str, sender: str) -> None:
    """Verify the domain that mails are sent from, as SES asks for."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    try:
        _client("sesv2", endpoint, region).create_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise


def streams(endpoint: str, region: str) -> Any:
    """A client of DynamoDB Streams."""
    return _client("dynamodbstreams", endpoint, region)


def stream_arn(endpoint: str, region: str, table: str) -> str:
    """The stream of a table; KeyError when it has none."""
    description = _client("dynamodb", endpoint, region).describe_table(TableName=table)
    arn: str = description["Table"]["LatestStreamArn"]
    return arn


def _client(service: str, endpoint: str, region: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=PATIENCE)
