"""The requests that are measured, on a small installation that the fake AWS has learned."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from functions.bootstrap import build, settings_from
from functions.kernel.case import MailOrder
from functions.processes import current
from functions.services.access.desk_links import open_for
from functions.services.access.links import DESK, mint
from functions.services.access.people import person_key
from functions.services.case import apply
from functions.services.case.act import act
from functions.services.container import Services
from functions.services.desk.index import index_case
from infra.import_directory import import_file
from infra.local import aws_clients
from infra.local.stack import DEMO
from tests.bench.fake import FakeAws
from tests.fakes import APPLICATION

REGION = "eu-north-1"
ORIGIN = "the-word-of-the-cdn"
BASE_URL = "https://kapula.example.org"
COORDINATOR, ON_THE_DESK = "anna.esimerkki@example.org", 30


@dataclass(frozen=True)
class Scene:
    """One request to measure. ``needs`` are the calls that nobody could do without, each an
    operation and its table."""

    name: str
    function: str
    event: bytes
    status: int
    needs: tuple[tuple[str, str], ...]


class Clock:
    """A clock that stands in the past, so that a form was not filled too fast."""

    def now(self) -> datetime:
        """An hour ago."""
        return datetime.now(UTC) - timedelta(hours=1)


def environment(aws: FakeAws) -> dict[str, str]:
    """What Lambda gives a function of ours, at the fake AWS."""
    return {
        "AWS_LAMBDA_RUNTIME_API": aws.address,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "a-key-of-the-bench-that-opens-nothing-at-all",
        "AWS_SESSION_TOKEN": "token" * 60,
        "KAPULA_BENCH_PORT": str(aws.secure_port),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": "kapula-bench",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "KAPULA_BASE_URL": BASE_URL,
        "KAPULA_STAGE": "bench",
        "KAPULA_TABLE_PREFIX": "kapula-bench",
        "KAPULA_SENDER": "kapula@example.org",
        "KAPULA_SECRET_PARAMETER": "/kapula/bench/secret:1",
        "KAPULA_ORIGIN": ORIGIN,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
    }


def prepare(aws: FakeAws) -> list[Scene]:
    """Fill the fake AWS with a directory and two cases; the scenes on them."""
    settings = settings_from(
        {
            **environment(aws),
            "AWS_ENDPOINT_URL": aws.url,
            "KAPULA_SECRET": "a-secret-of-the-bench",
        }
    )
    aws_clients.use_dummy_credentials()
    services = build(settings, Clock())
    import_file(services, DEMO)
    typed = {**APPLICATION, "unit": "perhekeskus", "_lang": "fi", "_step": "review"}
    typed["_key"] = apply.mint_key(Services(**{**_fields(services), "clock": _Earlier()}))
    case_id = apply.send(services, _draft(typed))
    confirm = {"action": "confirm"}
    act(services, _token(services, case_id, "applicant"), confirm, "fi")
    manager = _token(services, case_id, "manager")
    other = apply.send(services, _draft({**typed, "title": "Another"}))
    act(services, _token(services, other, "applicant"), confirm, "fi")
    endorse = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    act(services, _token(services, other, "manager"), endorse, "fi")
    coordinator = _token(services, other, "coordinator")
    desk = _desk(services, typed)
    aws.learning = False
    aws.calls.clear()
    read = (("GetItem", "grants"), ("Query", "cases"))
    write = ("TransactWriteItems", "cases")
    return [
        Scene(
            "public POST",
            "public",
            _post("/api/forms/supervision/individual", typed),
            303,
            (write,),
        ),
        Scene("opening a link", "party", _get(f"/api/t/{manager}"), 200, read),
        Scene(
            "acting",
            "party",
            _post(f"/api/t/{manager}", {**endorse, "_lang": "fi"}),
            303,
            (*read, write),
        ),
        Scene(
            "choosing a supervisor",
            "party",
            _get(f"/api/t/{coordinator}"),
            200,
            (*read, ("Query", "directory")),
        ),
        Scene(
            "a desk page",
            "desk",
            _get(f"/api/d/{desk}"),
            200,
            (
                ("GetItem", "grants"),
                ("GetItem", "grants"),
                ("Query", "desks"),
                ("BatchGetItem", ""),
            ),
        ),
    ]


def _desk(services: Services, typed: dict[str, str]) -> str:
    """The token of a coordinator's desk on which a page full of cases lies."""
    for n in range(ON_THE_DESK):
        sender = {"applicant_email": f"sender{n}@example.net", "title": f"Application {n}"}
        case_id = apply.send(services, _draft({**typed, **sender}))
        act(services, _token(services, case_id, "applicant"), {"action": "confirm"}, "fi")
        if n % 2:
            endorse = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
            act(services, _token(services, case_id, "manager"), endorse, "fi")
        index_case(services, case_id)
    person = person_key(services, COORDINATOR)
    token = mint(
        services, DESK, MailOrder("desk_link", person, DESK, "", 0), COORDINATOR
    ).rpartition("/")[2]
    open_for(services, token, "own")
    return token


class _Earlier(Clock):
    def now(self) -> datetime:
        return super().now() - timedelta(minutes=5)


def _fields(services: Services) -> dict[str, Any]:
    return {name: getattr(services, name) for name in services.__slots__}


def _draft(typed: dict[str, str]) -> apply.Draft:
    definition = current("supervision")
    form = definition.form("individual")
    kept = {k: v for k, v in typed.items() if k in {f.name for f in form.fields}}
    return apply.Draft(definition, form, kept, "fi", typed["_key"])


def _token(services: Services, case_id: str, role: str) -> str:
    file = services.cases.load(case_id)
    assert file is not None
    case = file.case
    party = case.holders(role)[0]
    order = MailOrder("any", party.id, "task", case.state, case.round)
    return mint(services, case_id, order, party.email).rpartition("/")[2]


def _get(path: str) -> bytes:
    return _event("GET", path, b"", {})


def _post(path: str, typed: dict[str, str]) -> bytes:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return _event("POST", path, urlencode(typed).encode(), kind)


def _event(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """An HTTP API event (payload 2.0) as CloudFront and the API make it."""
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    event = {
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": accept,
            "accept-encoding": "gzip",
            "accept-language": "fi-FI,fi;q=0.9,en;q=0.8",
            "content-length": str(len(body)),
            "host": "abcdefghij.execute-api.eu-north-1.amazonaws.com",
            "user-agent": "Amazon CloudFront",
            "via": "2.0 0123456789abcdef.cloudfront.net (CloudFront)",
            "x-amz-cf-id": "x" * 56,
            "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
            "x-forwarded-for": "192.0.2.7, 198.51.100.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-origin-verify": ORIGIN,
            "cloudfront-viewer-address": "192.0.2.7:54321",
            **headers,
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-north-1.amazonaws.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.9",
                "userAgent": "Amazon CloudFront",
            },
            "requestId": "AbCdEfGhIjKlMnO=",
            "routeKey": "ANY /api/{proxy+}",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795348800000,
        },
        "isBase64Encoded": bool(body),
    }
    if body:
        event["body"] = base64.b64encode(body).decode()
    return json.dumps(event).encode()


def bare_calls(scene: Scene, made: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
    """The calls of ours that the bare handler makes too, each the first of its kind."""
    found = []
    for operation, table in scene.needs:
        matching = [c for c in made if (c.operation, c.table) == (operation, table)]
        call = matching[-1]
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
        found.append((name, call.body))
    return found
