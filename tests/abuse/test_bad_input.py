"""Broken input over real sockets: a page that says what to mend, nothing lost, nothing created."""

import json
import socket
from collections.abc import Iterator
from typing import get_args
from urllib.parse import quote, urlencode

import pytest

from functions.entry.reading import MAX_BYTES
from functions.kernel.engine import open_actions
from functions.kernel.fields import Field, FieldKind
from functions.processes import current
from functions.render.text import money
from tests.abuse.http_client import (
    ANSWERS,
    DEFINITION,
    FORM,
    FORM_PATH,
    KEPT_FOR_BACK,
    TYPED,
    UNKEPT,
    URLENCODED,
    Kit,
    same_form,
)

LANGUAGES = ("fi", "sv", "en")
UNFIT = {
    "number": ("ten", "1.5", "-3", "²", "9" * 40),
    "money": ("much", "-3", "1e9", "1,234,5", "٣,00", "0x10", "9" * 40, "NaN", "1,005"),
    "date": ("tomorrow", "2026-13-01", "31.2.2027", "0000-00-00", "99999-01-01"),
    "halves": ("much", "1,3", "-1", "1e1", "1,5,5", "٣", "½½", "9" * 40, "NaN"),
    "datetime": (
        "tomorrow at nine",
        "2026-10-07",
        "2026-10-07T24:00",
        "31.2.2027 klo 9.00",
        "2026-10-07T09:00Z",
        "2026-10-07T09:00+03:00",
        "0000-00-00T00:00",
        "2027-03-28T03:30",
    ),
    "weburl": (
        "example.org",
        "http://example.org",
        "javascript:alert(1)",
        "https://a@example.org/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://example.org:8443/",
        "https://example.org\\@example.net",
        'https://example.org/"><script>',
        "data:text/html,x",
    ),
    "email": ("nobody", "a@b", "a b@example.org", "@example.org", "a@@example.org", "a@127.0.0.1"),
    "phone": ("call me", "12", "0" * 31, "+358 40 <b>"),
    "choice": ("no-such-choice", "<b>"),
    "yesno": ("maybe", "True"),
    "tick": ("maybe", "no"),
    "text": ("two\nlines", "nul\0", "bell\x07", "two\u2028lines"),
    "longtext": ("nul\0", "escape\x1b[2J"),
}


def wrongs(field: Field) -> Iterator[str]:
    """What a field cannot take."""
    if field.required and not field.default:
        yield ""
        yield "   "
    yield from UNFIT[field.kind]
    if field.kind in ("text", "longtext"):
        yield "å" * (field.limit + 1)
        if field.shortest > 1:
            yield "x" * (field.shortest - 1)
    if field.kind == "email":
        yield f"{'a' * 250}@example.org"
    if field.code:
        yield f"{field.code.example}!"
        yield f"<i>{field.code.example}</i>"  # brackets alone are no part of what they are around
    if field.kind == "money":
        yield from (money.typed(n) for n in bounds(field))
    else:
        yield from (str(n) for n in bounds(field))


def bounds(field: Field) -> Iterator[int]:
    """Numbers just outside what a field takes."""
    if field.lowest is not None:
        yield field.lowest - 1 if field.lowest > 0 else -1
    if field.highest is not None:
        yield field.highest + 1


def expect_mended(page, typed, name, where, definition=DEFINITION):
    """422, one message and it is beside the field, all that was typed returned."""
    assert page.status == 422, where
    assert {*page.errors()} == {name}, (where, page.errors())
    sends = same_form(page, typed.keys() - {"action", name} or {name}).sends()
    field = definition.fields()[name]
    for key, value in typed.items():
        kept = sends.get(key)
        if key == name and (field.chosen or "\0" in value or not value.strip()):
            continue  # what cannot be chosen is not chosen; nothing was typed
        plain = value.replace("\r\n", "\n")
        assert kept == plain, (where, key)


class TestFields:
    def test_each_public_field_when_wrong_is_told_beside_it_and_nothing_is_lost(self, kit):
        before, tried = kit.fingerprint(), 0
        for section in FORM.sections:
            for field in section.fields:
                for n, wrong in enumerate(wrongs(field)):
                    known = {"_step": section.name, "_key": kit.key(), "_lang": LANGUAGES[n % 3]}
                    typed = {**ANSWERS, field.name: wrong}
                    page = kit.post(FORM_PATH, {**known, **typed}).page
                    expect_mended(page, typed, field.name, (field.name, wrong[:20]))
                    assert page.language == LANGUAGES[n % 3]
                    tried += 1
        assert tried > 80
        assert kit.fingerprint() == before

    def test_each_public_field_when_wrong_is_found_again_at_sending(self, kit):
        """Sending what no page would send: the step that is wrong is shown, nothing is created."""
        before = kit.fingerprint()
        for field in FORM.fields:
            wrong = next(wrongs(field))
            typed = {**ANSWERS, field.name: wrong}
            page = kit.post(FORM_PATH, {"_step": "review", "_key": kit.key(), **typed}).page
            expect_mended(page, typed, field.name, field.name)
        assert kit.fingerprint() == before

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("manager_email", "aino@example.net"),
            ("manager_email", "boss@elsewhere.example"),
            ("manager_email", "boss@evil.example.org"),
            ("desired_start", "2020-01-01"),
        ],
    )
    def test_each_check_is_told_beside_its_field(self, kit, field, value):
        typed = {**ANSWERS, field: value}
        section = next(s for s in FORM.sections if field in [f.name for f in s.fields])
        page = kit.post(FORM_PATH, {"_step": section.name, "_key": kit.key(), **typed}).page
        expect_mended(page, typed, field, field)

    def test_each_field_of_each_action_when_wrong_is_told_beside_it(self, kit):
        tried = 0
        for n, (state, role) in enumerate(
            [
                ("submitted", "manager"),
                ("returned", "applicant"),
                ("rejected", "applicant"),
                ("coordinating", "coordinator"),
                ("offered", "supervisor"),
            ]
        ):
            case_id = kit.new(state, n)
            path = f"/api/t/{kit.token(case_id, role)}"
            before = kit.fingerprint()
            actions = open_actions(DEFINITION, kit.case(case_id), role, "task")
            assert actions
            for action in actions:
                for field in DEFINITION.asked(action, "individual"):
                    for wrong in list(wrongs(field))[: 99 if not action.reopens_form else 2]:
                        typed = {**TYPED.get(action.name, {}), field.name: wrong}
                        answer = kit.post(path, {**typed, "action": action.name, "_lang": "sv"})
                        expect_mended(answer.page, typed, field.name, (action.name, field.name))
                        assert answer.page.language == "sv"
                        tried += 1
                unchosen = kit.post(path, {**TYPED.get(action.name, {}), "action": "nothing"})
                assert unchosen.status == 422
            assert kit.post(path, {}).status == 422
            assert kit.fingerprint() == before
        assert tried > 50


def hostile() -> dict[str, tuple[str, dict[str, str], bytes]]:
    """Bodies that are no form of ours: what each is called, its headers, its bytes."""
    form = {"Content-Type": URLENCODED}
    good = urlencode({"_step": "supervision", **ANSWERS}).encode()
    rest = {k: v for k, v in ANSWERS.items() if k not in ("title", "place")}
    whole = urlencode({"_step": "supervision", **rest}).encode()  # each is but for one thing good
    many = "&".join(f"f{n}=x" for n in range(10_000)).encode()
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    cases = {
        "10 MB": (form, b"reason_and_goals=" + b"x" * 10_000_000),
        "10,000 fields": (form, many),
        "just above 64 KB": (form, b"a=" + b"x" * 65_535),
        "latin-1 charset": ({"Content-Type": f"{URLENCODED}; charset=iso-8859-1"}, good),
        "utf-16 charset": (
            {"Content-Type": f"{URLENCODED}; charset=utf-16"},
            good.decode().encode("utf-16"),
        ),
        "unknown charset": ({"Content-Type": f"{URLENCODED}; charset=klingon"}, good),
        "bytes that are no UTF-8": (form, whole + b"&title=%FF%FE"),
        "raw bytes": (form, whole + b"&title=\xff\xc3"),
        "raw UTF-8": (form, whole + "&place=Äänekoski".encode()),
        "overlong UTF-8": (form, whole + b"&place=%C0%AF"),
        "lone surrogate": (form, whole + b"&place=%ED%A0%80"),
        "duplicate key": (form, good + b"&title=other"),
        "duplicate empty keys": (form, b"a=&a="),
        "multipart": ({"Content-Type": "multipart/form-data; boundary=x"}, part),
        "JSON": ({"Content-Type": "application/json"}, json.dumps(ANSWERS).encode()),
        "plain text": ({"Content-Type": "text/plain"}, good),
        "no type": ({}, good),
        "empty type": ({"Content-Type": ""}, good),
        "broken type": ({"Content-Type": ";;;=,"}, good),
        "empty body": (form, b""),
        "only separators": (form, b"&&&;;=&=="),
        "NUL": (form, b"_step=supervision&reason_and_goals=%00%00%00%00%00%00%00%00%00%00%00"),
        "hostile keys": (form, b"__proto__=1&constructor=2&_step=__class__&_key=..%2F..%2F"),
    }
    return {name: ("POST", headers, body) for name, (headers, body) in cases.items()}


class TestBodies:
    @pytest.fixture(scope="class")
    @classmethod
    def targets(cls, kit: Kit) -> list[str]:
        case_id = kit.new("submitted", 90)
        token = kit.token(case_id, "manager")
        return [FORM_PATH, f"/api/t/{token}", f"/api/t/{'A' * 43}"]

    @pytest.mark.parametrize("name", list(hostile()))
    def test_a_body_that_is_no_form_gets_a_page_and_changes_nothing(self, kit, targets, name):
        method, headers, body = hostile()[name]
        before = kit.fingerprint()
        for n, path in enumerate(targets):
            language = LANGUAGES[n % 3]
            answer = kit.ask(method, path, body, {**headers, "Accept-Language": language})
            assert 400 <= answer.status < 500, (name, path[:8], answer.status)
            assert answer.status != 404 or path == targets[2]
            kept = KEPT_FOR_BACK if answer.status in (404, 422) else UNKEPT  # that could be read
            page = kit.checked(answer, kept).page
            assert page.title
            own = ("fi", "en")  # a page of a form or link speaks its own language
            is_own = (answer.status == 422 or path == targets[1]) and page.language in own
            assert page.language == language or is_own
        assert kit.fingerprint() == before
        assert kit.get(targets[1]).status == 200

    def test_the_large_body_is_named_as_such(self, kit, targets):
        body = b"a=" + b"x" * 10_000_000
        sent = {"Content-Type": URLENCODED, "Accept-Language": "en"}
        answer = kit.ask("POST", targets[1], body, sent)
        assert (answer.status, answer.page.title) == (413, "The form was too large")

    def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(self, kit, targets):
        sent_bytes = MAX_BYTES + 4000
        chunk = b"%x\r\n%s\r\n" % (sent_bytes, b"a=" + b"x" * (sent_bytes - 2))
        sent = {"Content-Type": URLENCODED, "Transfer-Encoding": "chunked", "Content-Length": ""}
        del sent["Content-Length"]
        where = kit._where
        with socket.create_connection((where.hostname, where.port), timeout=10) as raw:
            lines = [f"POST {FORM_PATH} HTTP/1.1", f"Host: {where.netloc}", "Connection: close"]
            lines += [f"{k}: {v}" for k, v in sent.items()]
            raw.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + chunk + b"0\r\n\r\n")
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 413 ")

    @pytest.mark.parametrize("size", [30_000, 300_000])
    def test_huge_headers_get_an_answer_and_the_server_lives(self, kit, targets, size):
        for name in ("X-Padding", "Cookie", "Accept-Language", "User-Agent", "Referer"):
            try:
                answer = kit.ask("GET", targets[1], None, {name: "x" * size})
            except ConnectionError:
                continue  # it hung up on us
            assert answer.status in (200, 400, 413, 431)
        assert kit.get(targets[1]).status == 200


class TestPaths:
    def test_weird_paths_get_the_same_refusal(self, kit):
        before = kit.fingerprint()
        weird = [
            "/api/t/", "/api/t", "/api/", "/api/forms/", "/api/forms/supervision",
            "/api/forms/supervision/", "/api/forms/supervision/nothing/sent",
            "/api/forms/nothing/individual/sent", "/api/forms/../processes/sent",
            "/api/forms/os/path/sent", "/api/forms/__init__/individual/sent",
            "/api/forms/supervision.definition/individual/sent",
            "/api/forms//individual/sent",
            "/api/t/..", "/api/t/../../etc/passwd", "/api/t/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/api/t/a/b", "/api/t/a%2Fb", "/api/t/%00", "/api/t/a%00b", "/api/t/%0d%0aSet-Cookie:a=b",
            "/api/t/%ED%A0%80", "/api/t/%FF%FE", "/api/t/%C0%AF", "/api/t/" + quote("ä" * 43),
            "/api/t/" + quote("𝔸" * 43), "/api/t/" + "A" * 8000, "/api/t/" + "%41" * 3000,
            "/api/t/{{7*7}}", "/api/t/'--", "/api/t/%3Cscript%3E", "/api/t/*", "/api/t/#",
            "/api/T/" + "A" * 43, "/API/t/" + "A" * 43, "/api/t/" + "A" * 43 + "/",
            "/api/t/" + "A" * 43 + "/fresh/", "/api/t/" + "A" * 43 + ";x=1", "/api/t/%",
        ]  # fmt: skip
        for path in weird:
            answer = kit.ask("GET", path, None, {"Accept-Language": "sv"})
            assert answer.status in (404, 405), (path[:60], answer.status)
            assert b"7*7=49" not in answer.body
            assert not any(k == "Set-Cookie" for k, _ in answer.headers)
            if path.startswith("/api/") and len(path) > 6:
                assert kit.checked(answer).page.language == "sv", path[:60]
        for path in (
            "/api/forms/nothing/individual",
            "/api/forms/supervision/nothing",
            "/api/forms/../x",
        ):
            assert kit.post(path, ANSWERS).status == 404
        assert kit.fingerprint() == before

    @pytest.mark.parametrize(
        "method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW", "OPTIONS", "HEAD"]
    )
    def test_other_methods_are_refused_or_harmless(self, kit, method):
        token = kit.token(kit.new("submitted", 95 + len(method)), "manager")
        getters = [f"/api/t/{token}", f"{FORM_PATH}/sent", FORM_PATH]
        posters = [f"/api/t/{token}/fresh"]
        before = kit.fingerprint()
        body = urlencode({"action": "endorse", **TYPED["endorse"]}).encode()
        for path in getters + posters:
            sent = {"Content-Type": URLENCODED, "Accept-Language": "en"}
            answer = kit.ask(method, path, None if method == "HEAD" else body, sent)
            fine = method == "OPTIONS" or (method == "HEAD" and path in getters)
            assert answer.status == (200 if fine else 405), (path[:20], answer.status)
            if not fine and method != "HEAD":
                page = kit.checked(answer).page
                assert (page.language, page.title) == (
                    "en",
                    "This address cannot be opened by itself",
                )
            for name in ("X-HTTP-Method-Override", "X-Method-Override"):
                assert kit.ask("GET", getters[0], None, {name: "POST"}).status == 200
        assert kit.fingerprint() == before

    def test_a_request_that_is_no_http_leaves_the_server_alive(self, kit):
        where = kit._where
        for raw in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100 + b"\r\n\r\n",
                    b"POST /api/forms/supervision/individual HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                    b"POST /api/forms/supervision/individual HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n"):  # fmt: skip
            with socket.create_connection((where.hostname, where.port), timeout=5) as line:
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
                answer = line.recv(200)
            assert not answer.startswith(b"HTTP/1.1 5"), raw[:30]
        assert kit.get(f"{FORM_PATH}/sent").status == 200


def test_the_definition_that_is_walked_is_the_one_in_use():
    assert current("supervision") is DEFINITION
    assert {*UNFIT} == {*get_args(FieldKind)} - {"people"}
