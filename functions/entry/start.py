"""What every packaged handler does first, in Lambda's init phase: read the settings, make the
services.

Only handlers read the environment and do work at import, so that clients exist before the first
request.
"""

import hmac
import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import ClientError

from functions.bootstrap import build, dynamo_settings, settings_from
from functions.services.container import Services

if TYPE_CHECKING:
    from flask import Flask

LambdaEvent = dict[str, Any]
_PATIENCE = {
    "connect_timeout": 1,
    "read_timeout": 2,
    "retries": {"total_max_attempts": 3, "mode": "standard"},
}


def services() -> Services:
    """The services on this installation's tables, with the secret fetched from SSM.

    The versions before it are fetched when a history turns up that was sealed with one.
    """
    settings = settings_from({**os.environ, "KAPULA_SECRET": ""})
    tables, named = dynamo_settings(settings), os.environ["KAPULA_SECRET_PARAMETER"]
    ssm = tables.session.create_client(
        "ssm", settings.region, endpoint_url=settings.endpoint_url, config=Config(**_PATIENCE)
    )
    secret = _parameter(ssm, named).encode()
    known = replace(settings, secret=secret, earlier=lambda: earlier(ssm, named))
    return build(known, tables_at=tables)


def earlier(ssm: Any, named: str) -> list[bytes]:
    """The versions of a parameter before the one that is named, the latest first; without those
    that SSM, which keeps a hundred, has forgotten."""
    name, _, version = named.rpartition(":")
    found = []
    for number in range(int(version) - 1, 0, -1) if name else ():
        try:
            found.append(_parameter(ssm, f"{name}:{number}").encode())
        except VersionGone:
            break
    return found


class VersionGone(RuntimeError):
    """SSM has no such version any more."""


def web(app: "Flask") -> Callable[[LambdaEvent, object], LambdaEvent]:
    """A Lambda handler for a Flask app behind CloudFront and an HTTP API (payload 2.0).

    Who calls the API past CloudFront, and so past its rate rule, gets 403. The source of a
    request is what CloudFront says it is; `request.remote_addr` tells it.
    """
    from apig_wsgi import make_lambda_handler

    answer = make_lambda_handler(app)
    accepted = os.environ["KAPULA_ORIGIN"].split(",")

    def handler(event: LambdaEvent, context: object) -> LambdaEvent:
        headers = event["headers"]
        shown = headers.get("x-origin-verify", "").encode()
        if not any(hmac.compare_digest(shown, each.encode()) for each in accepted):
            return {"statusCode": 403, "headers": {"cache-control": "no-store"}, "body": ""}
        if viewer := headers.get("cloudfront-viewer-address"):
            source = viewer.rpartition(":")[0].strip("[]")
            event["requestContext"]["http"]["sourceIp"] = source
        answered: LambdaEvent = answer(event, context)
        return answered

    return handler


def _parameter(ssm: Any, name: str) -> str:
    """A parameter of SSM, by name and version."""
    try:
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterVersionNotFound":
            raise VersionGone(name) from None
        raise RuntimeError(f"SSM did not give {name}: {error.response['Error']['Code']}") from None
