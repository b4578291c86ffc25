"""Runs inside a package, started by `smoke.py`: start, answer, call every operation.

Arguments: the package's folders as JSON, the handler's module, the operations as JSON.
"""

import importlib
import importlib.util
import json
import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

FORM = "application/x-www-form-urlencoded"
# Per function: a path that it answers, and the status.
WEB = {
    "public": ("/api/forms/supervision/individual", 422),
    "party": ("/api/t/smoke", 404),
    "desk": ("/api/d/smoke/fresh", 404),
}
LOOKING = {"documents": ("/api/t/smoke/documents/smoke.pdf", 404)}  # no form


def event(method: str, path: str, body: str = "", kind: str = FORM) -> dict[str, Any]:
    """A request as the HTTP API hands it on."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"x-origin-verify": "smoke", "accept-language": "sv", "content-type": kind},
        "requestContext": {
            "http": {"method": method, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def main(folders: list[str], handler: str, operations: dict[str, list[str]]) -> None:
    """Raises when anything is missing."""
    sys.path[:0] = folders
    module = importlib.import_module(handler)
    name = handler.split(".")[-2]
    if name in WEB:
        _show_pages(module, name)
    elif name in LOOKING:
        _show_document(module, name)
    else:
        module.handler({"Records": []}, None)
    _import_lazily_used()
    for service, names in operations.items():
        _call_all(service, names)
    files = (getattr(module, "__file__", None) or "" for module in list(sys.modules.values()))
    if strange := [path for path in files if "site-packages" in path]:
        raise SystemExit(f"imported from outside the package: {strange}")


def _show_pages(module: ModuleType, name: str) -> None:
    """A page, and each page that says what went wrong."""
    path, status = WEB[name]
    _expect(module, event("POST", path, "_lang=sv"), status)
    _expect(module, event("POST", path, "%FF=1"), 400)
    _expect(module, event("POST", path, "--x", "multipart/form-data; boundary=x"), 400)
    _expect(module, event("POST", path, "a=" + "x" * 1_000_000), 413)
    _expect(module, event("DELETE", path), 405)
    _expect(module, event("GET", "/api/nowhere"), 404)
    _crash()
    _refuse_strangers(module, path)
    if name == "desk":
        _make_table()


def _make_table() -> None:
    """A table as a workbook, whose library is imported when one is asked for."""
    from functions.render.desk.spreadsheet import xlsx_bytes

    day = datetime(2026, 12, 6, tzinfo=UTC).date()
    if not xlsx_bytes("smoke", ["ÅÄÖ"], [["0037", 1, day]], day).startswith(b"PK"):
        raise SystemExit("a table is no workbook")


def _show_document(module: ModuleType, name: str) -> None:
    """The pages that say what went wrong, and a file."""
    path, status = LOOKING[name]
    _expect(module, event("GET", path), status)
    _expect(module, event("POST", path, "_lang=sv"), 405)
    _expect(module, event("GET", "/api/nowhere"), 404)
    _crash()
    _refuse_strangers(module, path)
    _print()


def _print() -> None:
    """A document with every letter that is common here."""
    from functions.adapters.pdf import pdf
    from functions.render.document.content import DocumentView

    made = datetime(2026, 12, 6, 12, tzinfo=UTC)
    words = ("smoke", "sv", "ÅÄÖ åäö €–", "", "Smoke", "K-SMOKE", "smoke")
    if b"pdfuaid" not in pdf(DocumentView(*words, made, (), None, "", (), None)):
        raise SystemExit("a document is not PDF/UA")


def _crash() -> None:
    """The page that says that something unexpected happened, with what was typed."""
    from flask import request

    from functions.entry import start
    from functions.entry.reading import read_form
    from functions.entry.web import make_app

    app = make_app("smoke", start.services())

    @app.post("/api/crash")
    def crash() -> str:
        raise ArithmeticError(read_form(request))

    broken = SimpleNamespace(handler=start.web(app))
    _expect(broken, event("POST", "/api/crash", "_lang=sv"), 500)


def _refuse_strangers(module: ModuleType, path: str) -> None:
    stranger = module.handler({**event("GET", path), "headers": {}}, None)
    if stranger["statusCode"] != 403:
        raise SystemExit("a request past CloudFront was let in")


def _expect(module: Any, asked: dict[str, Any], status: int) -> None:
    answer = module.handler(asked, None)
    if answer["statusCode"] != status or 'lang="sv"' not in answer["body"]:
        raise SystemExit(f"an odd answer to {asked}, not {status}: {answer}")


def _import_lazily_used() -> None:
    """What is imported inside functions: addresses beyond ASCII, dates."""
    from functions.kernel import clean

    clean.domain("työ.example")
    find = importlib.util.find_spec
    if find("functions.render") and find("functions.render.text.dates"):
        from functions.render.text import dates

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
