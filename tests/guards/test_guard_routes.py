"""Every route of every web function: reading writes nothing, and a link is what permits."""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.entry.reading import MAX_BYTES, MAX_FIELDS
from functions.kernel import LANGUAGES
from functions.kernel.case import MailOrder
from functions.kernel.fields import MAX_LENGTH, Form
from functions.kernel.people_field import MAX_ROWS
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from functions.services.container import Services
from tests.document_fixtures import einvoice, papered
from tests.fakes import APPLICATION, World

__all__ = ["papered"]  # links open a process that has documents

READING = ("GET", "HEAD", "OPTIONS")
VALUES = {
    "process": "supervision",
    "form": "individual",
    "source": "units",
    "key": "north",
    "name": "bill",
    "state": "submitted",
    "kind": "csv",
}
SAFE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
# What is the same to everybody, and no secret to anybody.
KEPT = {"/api/supervisors": "public, max-age=300"}
CANARY = "canary-token-" + "t" * 30


@dataclass
class Site:
    """A web function on fakes, with a case whose manager holds a link."""

    world: World
    app: Flask
    token: str
    case: dict[str, str]

    def rules(self) -> list[Rule]:
        return list(self.app.url_map.iter_rules())

    def path(self, rule: Rule, token: str | None = None) -> str:
        known = {**VALUES, **self.case, "token": self.token if token is None else token}
        built = rule.build({name: known[name] for name in rule.arguments})
        assert built is not None
        return str(built[1])


def site(create_app: Callable[[Services], Flask]) -> Site:
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    token = world.token(case_id, "manager")
    if create_app is desk.create_app:
        token = world.desk("anna@example.org")
    place = world.case(case_id).holders("manager")[0].id
    return Site(world, create_app(world.services), token, {"case_id": case_id, "party_id": place})


def site_from_a_desk(create_app: Callable[[Services], Flask]) -> Site:
    """The same with a case that is opened from the manager's desk."""
    found = site(create_app)
    (case_id,) = found.world.cases.folders
    case = found.world.case(case_id)
    manager = case.holders("manager")[0]
    found.token = f"{found.world.desk(manager.email)}.{case_id}.{manager.id}.{case.round}"
    return found


def documents_app(services: Services) -> Flask:
    """With a stand-in for electronic invoices."""
    return documents.create_app(services, einvoice=einvoice)


APPS = [public.create_app, party.create_app, desk.create_app, documents_app]
EACH = pytest.mark.parametrize("create_app", APPS, ids=["public", "party", "desk", "documents"])
pytestmark = pytest.mark.usefixtures("papered")


def kept(path: str, method: str) -> bool:
    """Whether a browser may keep the answer."""
    return path in KEPT and method in ("GET", "HEAD")


def reading_that_writes(found: Site) -> list[str]:
    """Routes where a GET, HEAD or OPTIONS leaves anything changed, or crashes."""
    wrong = []
    client = found.app.test_client()
    for rule in found.rules():
        for method in READING:
            stored, counted = found.world.stored(), copy.deepcopy(vars(found.world.limits))
            for _ in range(3):
                status = client.open(found.path(rule), method=method).status_code
                if status >= 500:
                    wrong.append(f"{method} {rule.rule} crashes")
            changed = found.world.stored() != stored or vars(found.world.limits) != counted
            if changed or found.world.post.sent:
                wrong.append(f"{method} {rule.rule} writes")
    return wrong


def working_without_a_grant(found: Site, token: str) -> list[str]:
    """Routes under a link that do anything but refuse a token that is none."""
    wrong = []
    client = found.app.test_client()
    form = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    for rule in (r for r in found.rules() if "token" in r.arguments):
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            stored = found.world.stored()
            data = form if method == "POST" else None
            got = client.open(found.path(rule, token), method=method, data=data)
            if got.status_code != 404 or found.world.stored() != stored:
                wrong.append(f"{method} {rule.rule}: {got.status_code}")
    return wrong


@EACH
def test_reading_writes_nothing(create_app: Callable[[Services], Flask]) -> None:
    assert reading_that_writes(site(create_app)) == []


@EACH
def test_links_alone_permit(create_app: Callable[[Services], Flask]) -> None:
    found = site(create_app)
    for token in ("x", "a" * 43, found.token[:-1], found.token + "a", found.token.swapcase()):
        assert working_without_a_grant(found, token) == []


def test_rules_of_a_link_are_there() -> None:
    found = site(party.create_app)
    behind = ("", "/fresh", "/begin/<name>/<form>", "/answer/<name>")
    assert {r.rule for r in found.rules()} == {f"/api/t/<token>{each}" for each in behind}
    assert all("token" in r.arguments for r in found.rules())
    assert not any("token" in r.arguments for r in site(public.create_app).rules())
    desks = {r.rule for r in site(desk.create_app).rules()}
    assert {"/api/desk", "/api/d/<token>", "/api/d/<token>/fresh"} <= desks
    assert all(r.startswith("/api/d/<token>") for r in desks - {"/api/desk"})


@pytest.mark.parametrize("create_app", [party.create_app, documents_app])
def test_case_opened_from_a_desk_is_as_safe(create_app: Callable[[Services], Flask]) -> None:
    found = site_from_a_desk(create_app)
    assert reading_that_writes(found) == []
    head, _, number = found.token.rpartition(".")
    for token in (head, f"{head}.{number}0x", f"{head}.0", f"a{found.token}", found.token.lower()):
        assert working_without_a_grant(found, token) == []


def test_documents_are_only_to_look_at_and_behind_a_link() -> None:
    for found in (site(documents_app), site_from_a_desk(documents_app)):
        rules = found.rules()
        assert {r.rule.partition("<name>")[2] for r in rules} == {"", ".pdf", ".xml"}
        assert all((r.methods or set()) <= {*READING} and "token" in r.arguments for r in rules)
        shown = [found.app.test_client().get(found.path(r)).status_code for r in rules]
        assert shown == [200] * len(rules)


def test_route_that_writes_on_get_is_found() -> None:
    found = site(party.create_app)

    @found.app.get("/api/t/<token>/oops")
    def oops(token: str) -> str:
        found.world.cases.post(
            token, MailOrder("x", "p1", "task", "", 1), found.world.clock.now(), "q"
        )
        return "done"

    assert reading_that_writes(found) == [
        "GET /api/t/<token>/oops writes",
    ]


def test_route_without_a_grant_is_found() -> None:
    found = site(party.create_app)

    @found.app.post("/api/t/<token>/oops")
    def oops(token: str) -> str:
        return token

    assert working_without_a_grant(found, "x") == ["POST /api/t/<token>/oops: 200"]


def test_posting_with_a_link_does_write() -> None:
    """The same requests that the guards above refuse do something with a real link."""
    for found in (
        site(party.create_app),
        site_from_a_desk(party.create_app),
        site(desk.create_app),
    ):
        wrong = working_without_a_grant(found, found.token)
        assert {w.partition(" ")[0] for w in wrong} == {"GET", "HEAD", "POST"}


@EACH
def test_every_answer_has_safe_headers(create_app: Callable[[Services], Flask]) -> None:
    found = site(create_app)
    client = found.app.test_client()
    for rule in found.rules():
        for path in (found.path(rule), found.path(rule, CANARY), "/nowhere"):
            for method in (*READING, "POST", "PUT", "DELETE"):
                got = client.open(path, method=method)
                safe = {**SAFE, "Cache-Control": KEPT[path]} if kept(path, method) else SAFE
                assert {k: got.headers.get(k) for k in SAFE} == safe
                policy = got.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert "Set-Cookie" not in got.headers
                assert got.status_code < 500


@EACH
def test_hostile_host_changes_nothing(create_app: Callable[[Services], Flask]) -> None:
    hostile = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
    }
    found = site(create_app)
    client = found.app.test_client()
    data = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    for rule in found.rules():
        for method in ("GET", "POST"):
            got = client.open(found.path(rule), method=method, headers=hostile, data=data)
            assert b"evil.example" not in got.data
            assert "evil.example" not in str(got.headers)
    if create_app is party.create_app:
        assert found.world.cases.folders
        again = site(create_app)
        got = again.app.test_client().post(f"/api/t/{again.token}", data=data, headers=hostile)
        there = f"https://kapula.test/api/t/{again.token}?lang=fi&done=endorse"
        assert got.headers["Location"] == there


@EACH
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a" * (MAX_BYTES + 1), "application/x-www-form-urlencoded", 413),
        (urlencode({f"f{n}": n for n in range(MAX_FIELDS + 1)}).encode(), None, 400),
        (b"a=1&a=2", None, 400),
        (b"a=%ff", None, 400),
        (b"a=%ED%A0%80", None, 400),
        ("a=ä".encode("latin-1"), None, 400),
        (b"a=1", "application/x-www-form-urlencoded; charset=latin-1", 400),
        (b"a=1", "multipart/form-data; boundary=x", 400),
        (b'{"a": 1}', "application/json", 400),
        (b"a=1", "", 400),
    ],
)
def test_unreadable_form_refused(
    create_app: Callable[[Services], Flask], body: bytes, kind: str | None, status: int
) -> None:
    found = site(create_app)
    stored = found.world.stored()
    kind = "application/x-www-form-urlencoded" if kind is None else kind
    for rule in (r for r in found.rules() if "POST" in (r.methods or ())):
        got = found.app.test_client().post(found.path(rule), data=body, content_type=kind)
        assert (got.status_code, found.world.stored() == stored) == (status, True)


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("rest", "status"), [(b"a" * MAX_BYTES, 413), (b"b=%ff", 400), (b"a=1&a=2", 400)]
)
def test_form_that_is_not_read_is_answered_in_its_own_language(
    create_app: Callable[[Services], Flask], rest: bytes, status: int, language: str
) -> None:
    """Whatever the browser speaks."""
    found, kind = site(create_app), "application/x-www-form-urlencoded"
    other = {"Accept-Language": "sv" if language == "fi" else "fi"}
    body = b"_lang=" + language.encode() + b"&a=" + rest
    for rule in (r for r in found.rules() if "POST" in (r.methods or ())):
        got = found.app.test_client().post(
            found.path(rule), data=body, content_type=kind, headers=other
        )
        assert got.status_code == status
        assert f'<html lang="{language}"' in got.text


def honest(form: Form, letter: str) -> dict[str, str]:
    """The largest form that somebody may send: every text as long as it may be."""
    sent = dict.fromkeys(("_lang", "_step", "_key", "_seen", "_go"), "x" * 64)
    for each in form.fields:
        if each.kind == "people":
            row = {"name": MAX_LENGTH["text"], "email": MAX_LENGTH["email"], "language": 2}
            sent |= {
                f"{each.name}-{n}-{cell}": letter * size
                for n in range(1, (each.highest or MAX_ROWS) + 1)
                for cell, size in row.items()
            }
        else:
            longest = max(map(len, (*each.choices, "x" * 40)))
            sent[each.name] = letter * (each.limit or longest)
    return sent


@pytest.mark.parametrize("name", NAMES)
def test_largest_public_form_is_read(name: str) -> None:
    """A letter such as ä is six bytes of what is sent."""
    for form in (f for f in current(name).forms if f.public):
        sent = honest(form, "ä")
        assert len(sent) <= MAX_FIELDS, form.name
        assert len(urlencode(sent)) <= MAX_BYTES, form.name


def test_text_that_is_too_long_for_its_field_is_given_back() -> None:
    """It is no form that is too large: what was typed stays, and the field says what is wrong."""
    found = site(public.create_app)
    typed = {"_lang": "sv", "_step": "supervision", "reason_and_goals": "ä" * 11_000}
    got = found.app.test_client().post("/api/forms/supervision/individual", data=typed)
    assert got.status_code == 422
    assert "ä" * 11_000 in got.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_a_form_that_is_too_large_promises_no_more_than_fits(language: str) -> None:
    """In letters of any script, up to 12 bytes each."""
    told = page_text(language, "errors.too_large.lead")
    most = int("".join(re.findall(r"\d+", told)))
    overhead = len(urlencode(honest(current("supervision").form("group"), "")))
    assert most * 12 + overhead <= MAX_BYTES


@EACH
def test_token_and_words_in_no_log(
    create_app: Callable[[Services], Flask], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    found = site(create_app)
    client = found.app.test_client()
    for rule in found.rules():
        for token in (found.token, CANARY):
            for method in ("GET", "POST"):
                data = {**APPLICATION, "action": "endorse"} if method == "POST" else None
                got = client.open(found.path(rule, token), method=method, data=data)
                headers = {k: v for k, v in got.headers.items() if k != "Location"}
                assert token not in str(headers)
    for word in (found.token, CANARY, *APPLICATION.values()):
        assert len(word) < 4 or word not in caplog.text


@EACH
def test_page_that_answers_a_form_is_there_for_the_back_button(
    create_app: Callable[[Services], Flask],
) -> None:
    """A browser that may not keep it asks to send the form again, and loses what was typed."""
    found = site(create_app)
    client = found.app.test_client()
    for rule in (r for r in found.rules() if "POST" in (r.methods or ())):
        got = client.post(found.path(rule), data={"action": "nothing", "email": "what was typed"})
        assert got.headers["Cache-Control"] == (
            "private, no-cache" if got.mimetype == "text/html" and got.text else "no-store"
        ), rule.rule
        if got.status_code in (409, 422):
            assert "no-store" not in got.headers["Cache-Control"]
    for rule in found.rules():
        assert "no-store" in client.get(found.path(rule)).headers["Cache-Control"] or kept(
            rule.rule, "GET"
        )
