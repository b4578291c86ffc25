"""Hostile hosts and redirects: every address we give out is our own."""

from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.abuse.http_client import ANSWERS, FORM_PATH, TYPED, URLENCODED
from tests.abuse.test_floods import review

SERVED = True  # a local AWS of its own process
EVIL = "evil.example"
HOSTILE = [
    {"Host": EVIL},
    {"Host": f"{EVIL}:80"},
    {"Host": f"127.0.0.1@{EVIL}"},
    {"Host": f"127.0.0.1\t{EVIL}"},
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": f"{EVIL}, 127.0.0.1", "X-Forwarded-Proto": "https"},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Host": EVIL, "X-Forwarded-Server": EVIL, "X-Original-Host": EVIL},
    {"X-Original-URL": f"https://{EVIL}/", "X-Rewrite-URL": f"//{EVIL}/"},
    {"X-Forwarded-Prefix": f"//{EVIL}", "X-Script-Name": f"//{EVIL}"},
    {"X-Forwarded-Proto": "javascript", "X-Forwarded-Port": "666", "X-Forwarded-Scheme": "ftp"},
    {"Origin": f"https://{EVIL}", "Referer": f"https://{EVIL}/"},
]
PAYLOADS = [
    f"https://{EVIL}", f"//{EVIL}", f"///{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"https:{EVIL}",
    f"https:/{EVIL}", f"http:\\\\{EVIL}", f"//{EVIL}/%2f..", f"/%09/{EVIL}", f"/%5c{EVIL}",
    f"javascript://{EVIL}/%0aalert(1)", f"data:text/html,{EVIL}", f"@{EVIL}", f".{EVIL}", f"?{EVIL}",
    f"#@{EVIL}", f"en&next=//{EVIL}", f"en\r\nLocation: https://{EVIL}", f"en%0d%0aLocation:{EVIL}",
    f"en\u2028//{EVIL}", f"fi/../../{EVIL}", f"//{EVIL}:80", f"//user@{EVIL}", f"http://[::1]@{EVIL}",
]  # fmt: skip


def expect_ours(kit, answer):
    """Nothing in it leads anywhere but to us."""
    where = answer.header("Location")
    assert not where or where.startswith(f"{kit.stack.url}/api/"), where
    assert not where or urlsplit(where).netloc == urlsplit(kit.stack.url).netloc
    assert sum(k.lower() == "location" for k, _ in answer.headers) <= 1
    if answer.body and b"<html" in answer.body:
        for element in answer.page.root.walk():
            for name in ("href", "src", "action", "formaction"):
                value = element.attributes.get(name, "")
                value = value.removeprefix(kit.stack.url)
                local = value.startswith(("/", "#", "?", "mailto:")) or not value
                assert local, value
                assert not value.startswith(("//", "/\\")), value


@pytest.mark.parametrize("headers", HOSTILE, ids=lambda h: " ".join(h))
def test_a_hostile_host_changes_no_link_and_no_redirect(kit, headers):
    n = 800 + HOSTILE.index(headers)
    form = {"Content-Type": URLENCODED, **headers}
    case_id = kit.new("submitted", n)
    token = kit.token(case_id, "manager")
    plain = kit.get(f"/api/t/{token}").body
    assert kit.ask("GET", f"/api/t/{token}", None, headers).body == plain
    typed = urlencode({"action": "endorse", **TYPED["endorse"]})
    answer = kit.ask("POST", f"/api/t/{token}", typed, form)
    assert answer.status == 303
    expect_ours(kit, answer)
    for path in (f"/api/t//{token}", f"/api//t/{token}/", "/api/forms//supervision/x"):
        expect_ours(kit, kit.ask("GET", path, None, headers))
    sent = urlencode(review(kit, applicant_email=f"host{n}@example.net"))
    answer = kit.ask("POST", FORM_PATH, sent, form)
    assert answer.status == 303
    expect_ours(kit, answer)
    kit.stack.settle()
    for mail in kit.stack.mailbox():
        assert EVIL not in mail["text"] + mail["html"]
        ours = tuple(f"{kit.stack.url}/api/{kind}/" for kind in "td")  # of a case, of a desk
        assert all(link.startswith(ours) for link in mail["links"])


@pytest.mark.parametrize(
    "place", ["lang", "_lang", "_say", "_go", "_step", "_seen", "path", "form"]
)
def test_no_payload_redirects_anywhere_else(kit, place):
    token = kit.token(kit.new("submitted", 850 + len(place) + ord(place[1])), "manager")
    refused = {**TYPED["endorse"], "action": "endorse", "travel_reimbursed": ""}
    for n, payload in enumerate(PAYLOADS):
        if place == "lang":
            asked = quote(payload, safe="")
            answers = [
                kit.get(f"/api/t/{token}?lang={asked}"),
                kit.get(f"{FORM_PATH}/sent?lang={asked}"),
            ]
        elif place == "path":
            asked = quote(payload, safe="/\\:@#?%")
            answers = [
                kit.ask("GET", f"/api/t/{asked}".replace(" ", "")),
                kit.ask("GET", f"/api/{asked}"),
            ]
        elif place == "form":
            asked = quote(payload, safe="/")
            answers = [
                kit.post(f"/api/forms/{asked}/individual", {}),
                kit.post(f"/api/forms/supervision/{asked}", {}),
            ]
        else:
            typed = {**review(kit, applicant_email=f"r{n % 9}@example.net"), place: payload}
            answers = [
                kit.post(FORM_PATH, typed),
                kit.post(f"/api/t/{token}", {**refused, place: payload}),
            ]
        for answer in answers:
            assert answer.status < 500
            expect_ours(kit, answer)


def test_there_are_fifty_payloads_at_least():
    assert len(PAYLOADS) * 2 >= 50
    assert ANSWERS
