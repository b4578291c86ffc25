"""What every packaged handler does first, in Lambda's init phase: settings, and the way in.

This package, and nothing in `functions/`, reads the environment and works at import, so that
clients are made before the first request and not in it.
"""

import hmac
import json
import os
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from functions.bootstrap import build, settings_from
from functions.services.wiring import Services

if TYPE_CHECKING:
    from flask import Flask

Event = dict[str, Any]
_NO_DELAY = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]  # without it, 40 ms a call
_TRIES = 3


def services() -> Services:
    """The services on this installation's tables, with the secret fetched from SSM."""
    secret = _parameter(os.environ["KAPULA_SECRET_PARAMETER"])
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


def _parameter(name: str) -> str:
    """A parameter of SSM, by name and version, signed by hand.

    A botocore client of SSM would cost more than all the rest of the start: its model is
    one of the largest there are, and this is one call of one operation.
    """
    region = os.environ["AWS_REGION"]
    url = os.environ.get("AWS_ENDPOINT_URL") or f"https://ssm.{region}.amazonaws.com"
    credentials = Credentials(
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        os.environ.get("AWS_SESSION_TOKEN"),
    )
    session = URLLib3Session(timeout=(1, 2), socket_options=_NO_DELAY)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonSSM.GetParameter",
    }
    body = json.dumps({"Name": name, "WithDecryption": True})
    for attempt in range(_TRIES):
        time.sleep(0.1 * attempt)
        request = AWSRequest("POST", url.rstrip("/") + "/", headers=headers, data=body)
        SigV4Auth(credentials, "ssm", region).add_auth(request)
        answer = session.send(request.prepare())
        if answer.status_code == 200:
            return str(json.loads(answer.content)["Parameter"]["Value"])
    kind = json.loads(answer.content or b"{}").get("__type", answer.status_code)
    raise RuntimeError(f"SSM did not give {name}: {kind}")
