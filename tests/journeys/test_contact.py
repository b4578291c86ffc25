"""Somebody writes to us: answered, asked more, gone on as an application, or spam."""

import itertools
import re
from datetime import timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.durations import Calendar, day_of, last_day, morning, working_from
from functions.render.text import dates
from functions.render.text.texts import mail_text, process_text
from infra.local.stack import Stack
from tests.journeys.browser import STANDING, Eyes
from tests.journeys.journey import word
from tests.moments import lapses, wait

PAGES = {"fi": "/ota-yhteytta/", "sv": "/sv/kontakta-oss/", "en": "/en/contact/"}
ANNA, STEN = "anna.esimerkki@example.org", "sten.provperson@hyvaesimerkki.example.org"
MESSAGE = "Miten saan ryhmällemme työnohjausta?\nOlemme <b>viiden</b> hengen tiimi & kiireisiä."
ANSWER = "Kiitos viestistäsi. Ryhmä hakee yhdessä, esihenkilö lähettää hakemuksen."
QUESTION = "Entä jos meitä on vain kourallinen?"
_numbers = itertools.count(1)


def said(language: str, key: str) -> str:
    return process_text("contact", language, key)


class Contact:
    """One message and those who read it, by the links in their mails."""

    def __init__(self, stack: Stack, eyes: Eyes, language: str = "fi", **answers: str) -> None:
        self.stack, self.eyes, self.language = stack, eyes, language
        self.email = f"lahettaja.{next(_numbers)}@example.net"
        self.typed = {
            "topic": "general",
            "message": MESSAGE,
            "name": "Liisa Lähettäjä",
            "email": self.email,
            "privacy_read": "yes",
            **answers,
        }
        self.reference = ""

    def send(self) -> None:
        eyes = self.eyes
        eyes.language = self.language
        eyes.go(eyes.home + PAGES[self.language])
        eyes.onward(self.typed)
        assert eyes.title() == word(self.language, "review.title")
        self.stack.advance(minutes=1)
        eyes.press("form#send button[type=submit]")
        assert eyes.title() == word(self.language, "sent.title")
        assert said(self.language, "forms.message.sent") in eyes.text()
        self.mail(self.email, "confirm")

    def confirm(self) -> "Contact":
        self.send()
        self.open(self.email, "confirm")
        self.eyes.decide("confirm")
        assert self.eyes.title() == said(self.language, "actions.confirm.done")
        self.open(self.email, "receipt")
        self.stands("assigned")
        return self

    def answer(self, to: str = ANNA, mail: str = "assigned") -> None:
        self.open(to, mail)
        assert self.eyes.title() == said(self.eyes.language, "tasks.assigned.title")
        self.eyes.decide("answer", answer=ANSWER)
        assert self.eyes.title() == said(self.eyes.language, "actions.answer.done")

    def mails(self, to: str) -> list[dict[str, object]]:
        """The mails of this message to somebody; none of them tells what was written."""
        self.stack.settle()
        found = [m for m in self.stack.mailbox(to) if "/api/t/" in str(m["text"])]
        if not self.reference and to == self.email and found:
            match = re.search(r"(?<![\w/-])K-[A-Z2-7]{6}(?![\w-])", str(found[-1]["text"]))
            assert match
            self.reference = match[0]
        found = [m for m in found if self.reference in str(m["text"])]
        for mail in found:
            text = f"{mail['subject']} {mail['text']} {mail['html']}"
            assert not any(
                w in text for w in ("viiden", "Kiitos viestistäsi", "Liisa", "kourallinen")
            )
        return found

    def mail(self, to: str, name: str) -> dict[str, object]:
        """The last mail to somebody, which must be this one."""
        mail = self.mails(to)[-1]
        assert self.is_mail(mail, name), mail["text"]
        return mail

    def is_mail(self, mail: dict[str, object], name: str) -> bool:
        asked = mail_text("contact", name, str(mail["language"])).ask
        wanted = ".+".join(re.escape(part) for part in re.split(r"\{\w+\}", asked))
        return re.search(wanted, str(mail["text"])) is not None

    def open(self, to: str, name: str) -> None:
        mail = self.mail(to, name)
        self.eyes.language = str(mail["language"])
        self.eyes.go(mail["links"][0])  # type: ignore[index]

    def stands(self, state: str) -> None:
        tag = self.eyes.standing()
        assert tag == said(self.eyes.language, f"states.{state}.name")


@pytest.fixture
def contact(stack: Stack, eyes: Eyes):
    return lambda language="fi", **answers: Contact(stack, eyes, language, **answers)


@pytest.mark.parametrize("scripts", [True, False])
def test_answered_and_asked_more(contact, stack, eyes):
    c = contact().confirm()
    c.answer()
    c.open(c.email, "answered")
    assert ANSWER in eyes.text()
    assert eyes.title() == said("fi", "tasks.answered.title")
    eyes.decide("ask_more", question=QUESTION)
    assert eyes.title() == said("fi", "actions.ask_more.done")
    c.answer(mail="asked_more")
    c.open(c.email, "answered")
    for told in (QUESTION, ANSWER):
        assert told in eyes.text()
    assert eyes.text().count(ANSWER) == 2  # each answer stays
    eyes.decide("close")
    c.stands("closed")
    assert word("fi", "case.nobodys_turn") in eyes.text(STANDING)
    before = len(c.mails(c.email)), len(c.mails(ANNA))
    stack.advance(days=364)
    assert (len(c.mails(c.email)), len(c.mails(ANNA))) == before


def test_closes_by_itself_and_is_erased_after_a_year(contact, stack, eyes):
    c = contact().confirm()
    c.answer()
    wait(stack, lapses(day_of(stack.clock.now()), 14))
    c.open(c.email, "answered")
    c.stands("closed")
    assert said("fi", "actions.lapse.history") in eyes.text(".k-history")
    stack.advance(days=366)
    eyes.language = "en"  # the browser's: nobody is known any more
    eyes.go(str(c.mail(c.email, "answered")["links"][0]), 404)  # type: ignore[index]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sender_is_written_to_in_the_language_of_the_form(contact, eyes, language):
    c = contact(language, topic="invoicing").confirm()
    assert str(c.mail(STEN, "assigned")["language"]) == "sv"
    assert c.mails(ANNA) == []
    c.answer(STEN)
    c.open(c.email, "answered")
    assert eyes.language == language
    eyes.decide("close")
    assert eyes.title() == said(language, "actions.close.done")


@pytest.mark.parametrize(
    ("topic", "days", "who"),
    [
        ("general", Calendar(working=2), [ANNA]),
        ("accessibility", timedelta(days=14), [ANNA, STEN]),
        ("data_subject", Calendar(months=1), [ANNA, STEN]),
    ],
)
def test_deadline_of_each_topic(contact, stack, eyes, topic, days, who):
    c = contact(topic=topic)
    c.send()
    c.open(c.email, "confirm")
    begun = day_of(stack.clock.now())
    eyes.decide("confirm")
    last = last_day(begun, days, {})
    assert last is not None
    until = working_from(last)
    for to in who:
        mail = c.mail(to, "assigned")
        assert dates.short_day(until, str(mail["language"])) in str(mail["subject"])
    assert dates.day(until, "fi") in str(c.mail(c.email, "receipt")["text"])
    soon = last_day(begun, Calendar(working=2), {})
    assert soon is not None
    wait(stack, morning(working_from(soon + timedelta(days=1))))
    stack.advance(minutes=2)
    reminders = ("remind_answer", "remind_law") if topic == "accessibility" else ("remind_answer",)
    for to in who:  # at Christmas both are due on one morning, and the last one leaves
        assert any(c.is_mail(c.mails(to)[-1], name) for name in reminders)


@pytest.mark.parametrize("scripts", [True, False])
def test_goes_on_as_an_application_that_is_sent(contact, stack, eyes):
    c = contact(topic="supervision", phone="040 123 4567").confirm()
    c.open(ANNA, "assigned")
    eyes.decide("convert", to_form="individual")
    assert eyes.title() == said("fi", "actions.convert.done")
    c.open(c.email, "converted")
    c.stands("converted")
    eyes.press("main section form button[name=_go]")
    assert eyes.filled({"reason_and_goals": ""}) == {"reason_and_goals": MESSAGE}
    before = len(stack.mailbox(c.email))
    eyes.onward({"form_of_supervision": "individual"})
    eyes.onward({})
    names = ("applicant_name", "applicant_email", "applicant_phone")
    held = eyes.filled(dict.fromkeys(names, ""))
    assert list(held.values()) == ["Liisa Lähettäjä", c.email, "040 123 4567"]
    eyes.onward(
        {"unit": "perhekeskus", "manager_name": "Pomo", "manager_email": "pomo.c@example.org"}
    )
    eyes.onward({"privacy_read": "yes"})
    assert len(stack.mailbox(c.email)) == before, "nothing is opened before it is sent"
    stack.advance(minutes=1)
    eyes.press("form#send button[type=submit]")
    stack.settle()
    last = stack.mailbox(c.email)[-1]
    asked = mail_text("supervision", "confirm", "fi").ask.partition("{")[0]
    assert asked in str(last["text"])


def test_group_application_begins_with_the_sender(contact, eyes):
    c = contact("en", topic="supervision").confirm()
    c.open(ANNA, "assigned")
    eyes.decide("convert", to_form="group")
    c.open(c.email, "converted")
    eyes.press("main section form button[name=_go]")
    assert eyes.title() == process_text("supervision", "en", "forms.group.title")
    assert eyes.filled({"reason_and_goals": ""}) == {"reason_and_goals": MESSAGE}


def test_request_for_a_quote_begins_with_the_message(contact, eyes):
    c = contact("sv", topic="quotes").confirm()
    c.open(ANNA, "assigned")
    eyes.decide("convert", to_form="request")
    c.open(c.email, "converted")
    eyes.press("main section form button[name=_go]")
    assert eyes.title() == process_text("quote", "sv", "forms.request.title")
    assert eyes.filled({"need": ""}) == {"need": MESSAGE}
    eyes.onward({"product": "group", "participants": "5", "urgency": "usual"})
    eyes.onward({})
    known = {"contact_name": "Liisa Lähettäjä", "contact_email": c.email}
    assert eyes.filled(dict.fromkeys(known, "")) == known


def test_spam_is_forgotten_and_nobody_told(contact, stack, eyes):
    c = contact().confirm()
    before = len(c.mails(c.email))
    c.open(ANNA, "assigned")
    eyes.decide("spam")
    assert eyes.title() == said("fi", "actions.spam.done")
    assert said("fi", "actions.spam.erased") in eyes.text()
    stack.advance(days=40)
    assert len(c.mails(c.email)) == before
    eyes.language = "en"  # the browser's: nobody is known any more
    eyes.go(str(c.mail(c.email, "receipt")["links"][0]), 404)  # type: ignore[index]


def test_not_me(contact, eyes):
    c = contact()
    c.send()
    c.open(c.email, "confirm")
    eyes.decide("disown")
    assert said("fi", "actions.disown.erased") in eyes.text()
    assert c.mails(ANNA) == []
