"""What every packaged handler does first, in Lambda's init phase: settings, and the way in.

This package, and nothing in `functions/`, reads the environment and works at import, so that
clients are made before the first request and not in it.
"""

import hmac
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.wire import SSM, Client, Patience
from functions.bootstrap import build, keys_from, settings_from
from functions.services.wiring import Services

if TYPE_CHECKING:
    from flask import Flask

Event = dict[str, Any]


def services() -> Services:
    """The services on this installation's tables, with the secret fetched from SSM."""
    secret = _parameter(os.environ["KAPULA_SECRET_PARAMETER"], os.environ)
    return build(settings_from({**os.environ, "KAPULA_SECRET": secret}))


def web(app: "Flask") -> Callable[[Event, object], Event]:
    """A Lambda handler for a Flask app behind CloudFront and an HTTP API (payload 2.0).

    Who calls the API past CloudFront, and so past its rate rule, gets 403. The source of a
    request is what CloudFront says it is; `request.remote_addr` tells it.
    """
    from apig_wsgi import make_lambda_handler

    answer = make_lambda_handler(app)
    accepted = os.environ["KAPULA_ORIGIN"].split(",")

    def handler(event: Event, context: object) -> Event:
        headers = event["headers"]
        shown = headers.get("x-origin-verify", "").encode()
        if not any(hmac.compare_digest(shown, each.encode()) for each in accepted):
            return {"statusCode": 403, "headers": {"cache-control": "no-store"}, "body": ""}
        if viewer := headers.get("cloudfront-viewer-address"):
            source = viewer.rpartition(":")[0].strip("[]")
            event["requestContext"]["http"]["sourceIp"] = source
        answered: Event = answer(event, context)
        return answered

    return handler


def _parameter(name: str, environ: Mapping[str, str]) -> str:
    """A parameter of SSM, by name and version."""
    asked = Client(
        SSM,
        environ["AWS_REGION"],
        environ.get("AWS_ENDPOINT_URL") or None,
        keys_from(environ),
        Patience(connect=1, read=2),
    )
    try:
        return str(asked.call("GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        raise RuntimeError(f"SSM did not give {name}: {error.response['Error']['Code']}") from None
