"""The floor: a handler that is nothing but a stock botocore client and the calls to make.

It parses the form, makes the calls in ``bare.json`` beside it (those that the work cannot do
without, as our own function sent them) and answers. Copied into a package of its own.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import botocore.session

_KNOWN = json.loads(Path(__file__).with_name("bare.json").read_text(encoding="utf-8"))
_client = botocore.session.get_session().create_client("dynamodb", os.environ["AWS_REGION"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One request."""
    typed = dict(parse_qsl(base64.b64decode(event.get("body") or b"").decode()))
    read = [getattr(_client, name)(**body) for name, body in _KNOWN["calls"]]
    if _KNOWN["status"] == 303:
        place = f"https://kapula.example.org/?lang={typed.get('_lang', 'fi')}"
        return {"statusCode": 303, "headers": {"location": place}, "body": ""}
    html = f"<!doctype html><title>{len(read)}</title>"
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": html}
