"""Hostile text in every field: inert on every page of every role, in every mail, in every header."""

import email
import email.policy
import json
import random
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.kernel import clean
from functions.kernel.case import MailOrder
from functions.kernel.directory import DirectoryFile
from functions.render.mail.mail import MailContent, message
from functions.render.text.organisation import setting
from functions.services.access.links import mint
from tests.abuse.http_client import ANSWERS, DEFINITION, FORM, FORM_PATH, TYPED, Kit
from tests.faults.pages import Page

CORPUS = (
    "<script>alert(1)</script> and more text",
    '"><img src=x onerror=alert(1)> and more text',
    "' onmouseover='alert(1)' autofocus x='",
    "</textarea></select></title><svg onload=alert(1)>",
    "<!-- --><iframe srcdoc='<b>'></iframe> ]]> <![CDATA[",
    "javascript:alert(document.domain)//more text",
    "{{7919*7907}}{% raw %}${7919*7907}#{7919*7907}<%= 7919*7907 %> {limit} %(x)s {0.__class__}",
    "&lt;b&gt; &amp;amp; &#60;script&#62; &quot; &#x27; long",
    "<a href=//evil.example>click</a> https://evil.example/x",
    '=HYPERLINK("//evil.example") +1+1 @SUM(1) -2 | more text',
    "<ScRiPt >alert(1)</ScRiPt ><base href=//evil.example>",
    "<form action=//evil.example><input name=action value=endorse checked>",
)
PRODUCT = str(7919 * 7907)  # what stands there if the sum in the corpus is worked out
PAIRS = tuple(f"{one} {other}" for one, other in zip(CORPUS[::2], CORPUS[1::2], strict=True))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
BREAKS = (
    "\r\nBcc: a@evil.example",
    "\nX-Evil: 1",
    "\r\rX-Evil: 1",
    "\0X",
    "\u2028X-Evil: 1",
    "\x0bX",
    "\x85X-Evil: 1",
    "\x7f",
)
WORDS = (
    "=?utf-8?q?=0d=0aBcc:_a@evil.example?=",
    "=?utf-8?b?DQpYLUV2aWw6IDE=?=",
    "a, b@evil.example",
    '"a" <b@evil.example>',
)
HEADERS = {
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
}


def text_fields(fields):
    return [f for f in fields if f.kind in ("text", "longtext")]


def hostile(fields, payload: str, known: dict[str, str]) -> dict[str, str]:
    """The answers with a payload in each field that takes text, cut to what it takes."""
    return {**known, **{f.name: payload[: f.limit] for f in text_fields(fields) if f.name in known}}


def walk(kit: Kit, n: int, payload: str, seen: list[Page]) -> None:
    """One case through return, correction, refusal, offer and acceptance; all pages on the way."""

    def typed(action):
        spec = DEFINITION.action(action)
        known = hostile(DEFINITION.asked(spec, "individual"), payload, TYPED.get(action, {}))
        return {"action": action, "_lang": "en", **known}

    answers = hostile(FORM.fields, payload, {**ANSWERS, "applicant_email": f"twin{n}@example.net"})
    for section in FORM.sections:
        page = kit.post(
            FORM_PATH, {**answers, "_step": section.name, "_key": kit.key(), "_lang": "en"}
        ).page
        assert page.status == 200
        seen.append(page)
    seen.append(
        kit.post(FORM_PATH, {**answers, "_step": "people", "unit": "", "_key": kit.key()}).page
    )
    case_id = kit.new("unconfirmed", **answers)
    look(kit, case_id, seen)
    for action in (
        "confirm",
        "return",
        "correct",
        "reject",
        "correct",
        "endorse",
        "offer",
        "decline",
        "offer",
        "accept",
    ):
        token = kit.token(case_id, DEFINITION.action(action).role)
        wrong = {**typed(action), "action": "", "manager_email": "no"}
        seen.append(kit.post(f"/api/t/{token}", wrong).page)
        assert seen[-1].status == 422
        filled = typed(action)
        if action == "correct":  # so that there is something that changed
            filled["number_of_sessions"] = str(20 + len(seen))
        assert kit.post(f"/api/t/{token}", filled).status == 303, action
        look(kit, case_id, seen)


def look(kit: Kit, case_id: str, seen: list[Page]) -> None:
    """The page of every party who ever was in the case, by task and status link."""
    case = kit.case(case_id)
    for party in case.parties:
        for purpose in ("task", "status"):
            order = MailOrder("any", party.id, purpose, case.state, case.round)
            token = mint(kit.services, case_id, order, party.email).rpartition("/")[2]
            seen.append(kit.get(f"/api/t/{token}?lang=en").page)
            assert seen[-1].status == 200


def make_room(kit: Kit, key: str) -> None:
    """Each walk leaves a process with this supervisor, who is to be suggested as before."""
    everybody = kit.services.directory.entries("supervisors")
    entries = [replace(e, facts={**e.facts, "maximum": 99}) for e in everybody if e.key == key]
    kit.services.directory.save(DirectoryFile(tuple(entries)))


def bones(page: Page) -> list[tuple[str, ...]]:
    """Elements and attributes of a page; of those that lead somewhere or run, values too."""
    found: list[tuple[str, ...]] = []
    for element in page.root.walk():
        attributes = element.attributes
        leading = [
            re.sub(r"/api/t/[\w-]{43}", "/api/t/-", attributes.get(a, ""))
            for a in ("href", "src", "action", "name", "type")
        ]
        found.append((element.tag, *sorted(attributes), *leading))
    return found


class TestStoredScripts:
    @pytest.fixture(scope="class")
    @classmethod
    def tame(cls, kit):
        make_room(kit, "testi")
        seen: list[Page] = []
        walk(kit, 0, "A quiet sentence, long enough.", seen)
        return [bones(p) for p in seen]

    @pytest.mark.parametrize("number", range(len(PAIRS)))
    def test_a_payload_in_every_text_field_adds_nothing_to_any_page(self, kit, tame, number):
        seen: list[Page] = []
        walk(kit, number + 1, PAIRS[number], seen)
        shown = sum(PAIRS[number][:40] in p.root.text() for p in seen)
        assert shown > len(seen) // 3  # it is there, as text
        assert len(seen) == len(tame)
        for page, plain in zip(seen, tame, strict=True):
            assert bones(page) == plain, page.title
            assert PRODUCT not in page.html

    def test_no_mail_repeats_what_was_typed(self, kit, tame):
        kit.stack.settle()
        for mail in kit.stack.mailbox():
            for payload in (*CORPUS, "A quiet sentence"):
                assert payload[:16] not in mail["subject"] + mail["text"] + mail["html"]
            assert set(re.findall(r'(?:href|src)="([^"]+)"', mail["html"])) <= {
                mail["links"][0],
                *_mailto(mail["html"]),
            }
            assert mail["links"][0].startswith(kit.stack.url)


def _mailto(html: str) -> set[str]:
    return set(re.findall(r'"(mailto:tyonohjaus@example\.org)"', html))


class TestControls:
    def test_bidi_controls_are_stripped_everywhere(self, kit):
        answers = {
            f.name: f"{BIDI[:6]}{ANSWERS[f.name]}{BIDI[6:]}"
            for f in text_fields(FORM.fields)
            if f.name in ANSWERS
        }
        answers["applicant_email"] = f"{BIDI}bidi@example.net{BIDI}"
        case_id = kit.new("submitted", **answers)
        seen: list[Page] = []
        look(kit, case_id, seen)
        stored = json.dumps(kit.tables(), ensure_ascii=False, default=str)
        pages = "".join(p.html for p in seen)
        assert kit.case(case_id).answers["title"] == ANSWERS["title"]
        for control in BIDI:
            assert control not in pages
            assert control not in stored
            assert json.dumps(control).strip('"') not in stored.replace("\\\\", "\\")

    def test_what_breaks_a_line_is_refused_in_every_single_line_field(self, kit):
        before, tried = kit.fingerprint(), 0
        for field in FORM.fields:
            if field.kind not in ("text", "email", "phone"):
                continue
            for attack in BREAKS:
                typed = {**ANSWERS, field.name: f"{ANSWERS[field.name]}{attack} x"}
                page = kit.post(FORM_PATH, {**typed, "_step": "review", "_key": kit.key()}).page
                assert (page.status, set(page.errors())) == (422, {field.name}), (
                    field.name,
                    attack,
                )
                tried += 1
        assert tried >= 60
        assert kit.fingerprint() == before

    def test_no_text_in_any_field_adds_a_header_to_a_mail(self, kit):
        cases = len((*WORDS, *BREAKS))
        for n, attack in enumerate((*WORDS, *BREAKS)):
            longs = {f.name: f"long enough {attack}" for f in FORM.fields if f.kind == "longtext"}
            shorts = {f.name: attack for f in FORM.fields if f.kind == "text" and attack in WORDS}
            lines = {
                k: v.replace("\0", "")
                .replace("\x7f", "")
                .replace("\u2028", "")
                .replace("\x0b", "")
                .replace("\x85", "")
                for k, v in longs.items()
            }
            kit.new("active", 950 + n, **shorts, **lines)
        kit.stack.settle()
        kept = sorted((kit.stack._state_dir / "mail").glob("*.json"))
        assert len(kept) >= 6 * cases  # from the form to what a supervisor accepts
        for path in kept:
            request = json.loads(path.read_bytes())["Request"]
            expect_plain(b64decode(request["Content"]["Raw"]["Data"]))
            assert len(request["Destination"]["ToAddresses"]) == 1

    def test_ten_thousand_addresses_never_make_a_header_or_a_second_recipient(self):
        chance = random.Random(17)
        pieces = ["a", "b.c", "@", "@example.net", "example", ".", ",", ";", "<", ">", '"', "(", ")", " ", "\\", ":",
                  "\r\n", "\n", "\t", "\0", "\u2028", "Bcc: x@y.example", "=?utf-8?q?=0a?=", "ä", "ß", "。", "+", "%0a", "[127.0.0.1]", "'", "!", "|", "`"]  # fmt: skip
        taken = 0
        for _ in range(10_000):
            middle = "".join(chance.choices(pieces, k=chance.randint(0, 4)))
            address = clean.email(
                clean.text(f"a{middle}" + chance.choice(["@example.net", "", "@exämple.net"]))
            )
            if address is None:
                continue
            taken += 1
            if taken % 10:
                continue
            note = MailContent("supervision", "confirm", "fi", address, "abcdefgh", "https://kapula.test/api/t/x", None,
                        "kapula@example.org", datetime(2026, 8, 3, tzinfo=UTC), "abc.00000#0")  # fmt: skip
            expect_plain(message(note).as_bytes())
        assert taken > 1000


def expect_plain(raw: bytes) -> None:
    """A mail with our headers and no other, each once, one recipient."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\n") if line[:1] not in (" ", "\t")]
    ours = {n for n in names if not n.startswith("X-Kapula-")}
    assert len(names) == len(set(names)), names
    assert ours <= HEADERS, ours - HEADERS
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert len(parsed["To"].addresses) == 1
    assert parsed["Reply-To"] == setting("reply_to", "fi")  # the organisation's, whatever was typed
    assert "evil" not in head
    assert not parsed.defects
