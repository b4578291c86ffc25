"""Many posts: few mails, and a page that keeps what was typed; programs and haste are told so."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.entry.public import app as public
from functions.kernel.digests import signature
from functions.kernel.fields import TRAP
from functions.services.case import apply
from tests.abuse.http_client import ANSWERS, FORM_PATH, Kit
from tests.faults.pages import Page

POSTS = 500  # from one address of the net, and as many from 500


def review(kit: Kit, **changed: str) -> dict[str, str]:
    """What the page before sending sends; each with a key of its own."""
    plain, _, _ = apply.mint_key(kit.services).rpartition(".")
    moment, _, nonce = plain.rpartition(".")
    plain = f"{float(moment) - 60:.3f}.{nonce}"
    key = f"{plain}.{signature(kit.services.rules.secret, apply._KEY, plain)}"
    return {**ANSWERS, "_step": "review", "_key": key, "_lang": "en", TRAP: "", **changed}


def flood(kit: Kit, address: str, n: int, **environ) -> list[Page]:
    app = public.create_app(kit.services)

    def post(number: int) -> Page:
        typed = review(
            kit,
            applicant_email=address.replace("#", str(number)),
            title=f"Canary {number} of the flood",
        )
        where = {name: make(number) for name, make in environ.items()}
        headers = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"}
        client = app.test_client()
        answer = client.post(FORM_PATH, data=typed, headers=headers, environ_overrides=where)
        html = answer.get_data(as_text=True)
        page = Page(answer.status_code, html if number % 10 == 0 else "")
        assert page.status == 303 or 'role="alert"' in html
        if page.status == 429 and page.forms:
            kept = page.form(id="send").sends()
            assert {k: v for k, v in typed.items() if v} == {k: v for k, v in kept.items() if v}
            (summary,) = page.root.find("div", id="errors")
            assert summary.text().strip()
        return page

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(post, range(n)))


class TestOneAddress:
    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, kit):
        from_one = flood(kit, "victim@example.net", POSTS)
        from_many = flood(
            kit, "Victim+#@Example.NET", POSTS, REMOTE_ADDR=lambda n: f"203.0.{n // 250}.{n % 250}"
        )
        kit.stack.settle()
        return [*from_one, *from_many]

    def test_a_thousand_posts_send_three_mails_to_it_and_three_to_other_spellings(self, kit, pages):
        assert len(pages) == 2 * POSTS
        statuses = [p.status for p in pages]
        assert statuses.count(303) <= 6
        assert set(statuses) == {303, 429}
        to = [m["to"].lower() for m in kit.stack.mailbox()]
        assert to.count("victim@example.net") == 3
        others = [each for each in to if each.startswith("victim+")]
        assert 1 <= len(others) <= 3
        assert len(to) == 3 + len(others)

    def test_the_page_says_how_it_is_in_words(self, pages):
        refused = [p for p in pages if p.status == 429 and p.forms]
        assert len(refused) > POSTS // 10
        assert {p.language for p in refused} == {"en"}
        assert {p.title for p in refused} == {"Check your answers"}

    def test_the_mails_repeat_nothing_that_was_typed(self, kit, pages):
        for mail in kit.stack.mailbox():
            told = f"{mail['subject']} {mail['text']} {mail['html']}"
            for name, value in ANSWERS.items():
                if name not in ("unit", "employer") and len(value) > 4 and value != "individual":
                    assert value not in told, name
            assert "Canary" not in told
            assert "victim" not in told.lower()

    def test_after_a_day_the_address_can_be_used_again_and_no_sooner(self, kit, pages):
        last = len(kit.stack.mailbox())
        kit.stack.advance_by(timedelta(hours=23))
        (early,) = flood(kit, "victim@example.net", 1)
        assert early.status == 429
        kit.stack.advance_by(timedelta(hours=1, minutes=5))
        (late,) = flood(kit, "victim@example.net", 1)
        kit.stack.settle()
        assert late.status == 303
        assert len(kit.stack.mailbox()) == last + 1


class TestOwnerOfAFloodedMailbox:
    """Strangers have taken all places, and the owner has disowned what they sent."""

    def test_owner_gets_in_by_a_code_and_nobody_else_does(self, kit):
        before = len(kit.stack.mailbox())
        flood(kit, "owner@example.net", 20)
        kit.stack.settle()
        mails = kit.stack.mailbox()[before:]
        assert 1 <= len(mails) <= 3
        codes = {c for m in mails for c in re.findall(r"\b[A-Z2-7]{6}-[A-Z2-7]{6}\b", m["text"])}
        assert len(codes) == 1
        typed = review(kit, applicant_email="owner@example.net")
        refused = kit.post(FORM_PATH, typed).page
        assert refused.status == 429
        sends = refused.form(id="send").sends()
        assert sends["_code"] == ""
        for guess in ("AAAAAA-AAAAAA", "", "' OR 1=1", "\u202e" * 12):
            page = kit.post(FORM_PATH, {**sends, "_code": guess}).page
            assert page.status in (422, 429)
        flood(kit, "owner+again#@example.net", 20)
        kit.stack.settle()
        flooded = len(kit.stack.mailbox())
        assert flooded <= before + len(mails) + 3
        assert kit.post(FORM_PATH, {**sends, "_code": codes.pop()}).status == 303
        kit.stack.settle()
        assert len(kit.stack.mailbox()) == flooded + 1


class TestPrograms:
    def test_a_filled_trap_is_told_and_nothing_is_sent(self, kit):
        before = kit.fingerprint()
        for step in ("supervision", "people", "sending", "review"):
            typed = {**review(kit), "_step": step, TRAP: "https://spam.example"}
            page = kit.post(FORM_PATH, typed).page
            assert page.status == 422
            assert page.root.find("div", id="errors")
            kept = page.forms[0].sends()
            assert {**ANSWERS, **kept} == kept
            assert kept[TRAP] == ""
        assert kit.fingerprint() == before

    def test_what_is_sent_faster_than_anybody_reads_is_kept_on_the_page(self, kit):
        before = kit.fingerprint("cases", "grants")
        slow = replace(kit.services.rules, least_fill_time=timedelta(hours=1))
        client = public.create_app(replace(kit.services, rules=slow)).test_client()
        typed = review(kit, applicant_email="fast@example.net")
        answer = client.post(FORM_PATH, data=typed)
        page = Page(answer.status_code, answer.get_data(as_text=True))
        kept = page.form(id="send").sends()
        assert page.status == 422
        assert {k: v for k, v in kept.items() if v} == {k: v for k, v in typed.items() if v}
        assert kit.fingerprint("cases", "grants") == before

    @pytest.mark.parametrize("key", ["", "x", "1.2.3", f"{2**70}.a.b", "nan.a.b", "0.0.\x00"])
    def test_a_key_that_is_not_ours_shows_the_answers_again(self, kit, key):
        before = kit.fingerprint()
        page = kit.post(FORM_PATH, {**review(kit), "_key": key}).page
        assert (page.status, page.title) == (200, "Check your answers")
        assert page.form(id="send").sends()["_key"] != key
        assert kit.fingerprint() == before


class TestKnownAndUnknown:
    def test_sending_costs_the_same_calls_whether_the_address_is_known_or_not(self, kit):
        """In place of a stopwatch: the same calls in the same order take the same time."""
        kit.new("submitted", 700)
        kit.new("active", 701)
        log: list[str] = []
        me = threading.get_ident()  # the mailer works beside us
        client = kit.stack.tables.client

        def note(model, **_):
            if threading.get_ident() == me:
                log.append(model.name)

        known = ["aino700@example.net", "aino701@example.net"]
        known += ["anna.esimerkki@example.org", "sam.sampleton@example.org"]
        seen, answers = set(), set()
        app = public.create_app(kit.services)
        app.test_client().post(FORM_PATH, data=review(kit, applicant_email="warm@example.net"))
        kit.stack.settle()
        client.meta.events.register("before-call.*.*", note)
        try:
            for address in ["never.seen@example.net", *known]:
                log.clear()
                typed = review(kit, applicant_email=address)
                answer = app.test_client().post(FORM_PATH, data=typed)
                seen.add(tuple(log))
                there, to, _ = answer.headers["Location"].partition("&to=")  # as it was typed
                answers.add((answer.status_code, there, to, answer.data))
        finally:
            client.meta.events.unregister("before-call.*.*", note)
        assert len(seen) == 1
        assert len(answers) == 1
