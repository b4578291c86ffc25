"""Runs inside a package, started by `smoke.py`: import the handler, call every operation.

Arguments: the package's folders as JSON, the handler's module, the operations as JSON.
"""

import importlib
import importlib.util
import json
import sys
from datetime import UTC, datetime
from typing import Any

WEB_EVENT: dict[str, Any] = {
    "version": "2.0",
    "rawPath": "/api/t/smoke",
    "rawQueryString": "",
    "headers": {"x-origin-verify": "smoke", "accept-language": "sv"},
    "requestContext": {
        "http": {"method": "GET", "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
    },
    "isBase64Encoded": False,
}


def main(folders: list[str], handler: str, operations: dict[str, list[str]]) -> None:
    """Raises when anything is missing."""
    sys.path[:0] = folders
    module = importlib.import_module(handler)
    if handler.endswith((".public", ".party", ".desk")):
        answer = module.handler(WEB_EVENT, None)
        if answer["statusCode"] != 404 or 'lang="sv"' not in answer["body"]:
            raise SystemExit(f"an odd answer: {answer}")
        stranger = module.handler({**WEB_EVENT, "headers": {}}, None)
        if stranger["statusCode"] != 403:
            raise SystemExit("a request past CloudFront was let in")
    else:
        module.handler({"Records": []}, None)
    _import_lazily_used("sesv2" in operations)
    for service, names in operations.items():
        _call_all(service, names)
    files = (getattr(module, "__file__", None) or "" for module in list(sys.modules.values()))
    if strange := [path for path in files if "site-packages" in path]:
        raise SystemExit(f"imported from outside the package: {strange}")


def _import_lazily_used(mails: bool) -> None:
    """What is imported inside functions: addresses beyond ASCII, dates, the client of SES."""
    from functions.adapters.ses import SesPost
    from functions.kernel import clean

    if mails and SesPost("eu-north-1", None).client.meta.service_model.service_name != "sesv2":
        raise SystemExit("mails would not be sent with SES")

    clean.domain("työ.example")
    if importlib.util.find_spec("functions.render.dates"):
        from functions.render import dates

        for language in ("fi", "sv", "en"):
            dates.moment(datetime(2026, 12, 6, 12, tzinfo=UTC), language)


def _call_all(service: str, names: list[str]) -> None:
    """Call each operation with the least that its model takes."""
    import botocore.session
    from botocore import xform_name
    from botocore.config import Config

    config = Config(retries={"max_attempts": 0}, parameter_validation=True)
    client = botocore.session.get_session().create_client(service, config=config)
    for name in names:
        shape = client.meta.service_model.operation_model(name).input_shape
        least = {key: _least(shape.members[key], key) for key in shape.required_members}
        getattr(client, xform_name(name))(**least)


def _least(shape: Any, key: str) -> Any:
    """The smallest valid value of a shape."""
    if shape.type_name == "structure":
        return {k: _least(shape.members[k], k) for k in shape.required_members}
    if shape.type_name == "list":
        return [_least(shape.member, key)] if shape.metadata.get("min") else []
    if shape.type_name == "map":
        return {}
    return {"string": "x" * shape.metadata.get("min", 1), "boolean": False}.get(shape.type_name, 1)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
