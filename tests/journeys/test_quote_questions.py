"""Quotes that are asked about, made anew, left unanswered, or go on as something else."""

import pytest

from functions.render.text.texts import maybe
from tests.journeys.groups import open_desk
from tests.journeys.journey import CONTACT, word
from tests.journeys.journey import said as supervision
from tests.journeys.quotes import ANNA, AUTHORISED, NAMES, PRICED, TESTI, Quote, said

QUESTION = "Which weekdays would suit you?"
REPLY = "Tuesdays and Thursdays."
ABOUT = "Could four sessions be enough?"


@pytest.fixture
def quotes(stack, eyes):
    return lambda language="fi", **answers: Quote(stack, eyes, language, **answers)


@pytest.mark.parametrize("scripts", [True, False])
def test_question_and_second_version_in_english(quotes, eyes):
    q = quotes("en").hurry()
    q.open(ANNA, "requested")
    eyes.decide("ask", 422, question="Eh?")
    eyes.decide("ask", question=QUESTION)
    q.done("ask", "info_requested")
    q.open(q.email, "asked")
    assert eyes.language == "en"
    q.asks("info_requested")
    assert QUESTION in eyes.text()
    eyes.decide("reply", reply=REPLY)
    q.done("reply", "in_review")

    q.open(ANNA, "replied")
    assert REPLY in eyes.text()
    eyes.decide("quote", **{**PRICED, "valid_until": q.day(14)})
    q.done("quote", "quoted")
    q.open(q.email, "quoted")
    first = q.link(q.email, "quoted")
    eyes.decide("ask_about", about_quote=ABOUT)
    q.done("ask_about", "in_review")

    q.open(ANNA, "asked_about")
    assert ABOUT in eyes.text()
    assert eyes.filled({"net_price": ""}) == {"net_price": "1250,50"}
    eyes.decide("quote", net_price="1 000", sessions="4")
    q.done("quote", "quoted")
    eyes.language = "en"
    eyes.go(first)
    assert eyes.page.locator('[name=action][value^="accept"]').count() == 0
    answer = eyes.page.request.post(first, form={"action": "accept_organisation", **AUTHORISED})
    assert answer.status == 409

    q.open(q.email, "requoted")
    assert q.link(q.email, "requoted") != first
    history = eyes.text(".k-history")
    assert history.count(said("en", "actions.quote.history")) == 2
    for told in (QUESTION, REPLY, ABOUT):
        assert told in eyes.text()
    eyes.press_aside('main a[href*="/documents/quote?"]')
    version = f"{said('en', 'fields.quote_version.label')} 2"
    assert version in eyes.text()
    assert "€1,000.00" in eyes.text()
    assert "1,250.50" not in eyes.text()
    eyes.press(".k-back a")
    eyes.decide("accept_organisation", **AUTHORISED)
    q.done("accept_organisation", "staffing")


def test_quote_that_nobody_answers_expires(quotes, stack, eyes):
    q = quotes().hurry().quote()
    last = q.working_day(14)
    link = q.link(q.email, "quoted")
    q.until(last, days=-4)
    assert q.got(q.email, "remind_quote") == 0
    q.until(last, days=-3)
    assert q.got(q.email, "remind_quote") == 1
    q.open(q.email, "remind_quote")
    q.asks("quoted")
    q.until(last)
    eyes.go(link)
    q.asks("quoted")
    q.until(q.day(1))
    assert (q.got(q.email, "expired"), q.got(ANNA, "expired_coordinator")) == (1, 1)
    eyes.go(link)
    assert eyes.title() == word("fi", "over.late")
    q.stands("expired")
    answer = eyes.page.request.post(link, form={"action": "accept_organisation", **AUTHORISED})
    assert answer.status == 409
    q.open(q.email, "expired")
    q.stands("expired")
    assert eyes.page.locator("main form [name=action]").count() == 0


def ordered(key, language="fi"):
    """A word of the case that finds a supervisor, as its own pages say it."""
    own = maybe("supervision", language, f"forms.ordered.{key}")
    return own or supervision(language, key)


def test_supervisor_is_asked_once_and_both_cases_follow_each_other(quotes, stack, eyes):
    q = quotes(contact_phone="040 123 4567").hurry().accept()
    q.open(q.email, "accepted")
    q.stands("staffing")
    case = q.order()
    open_desk(stack, eyes, ANNA)
    assert case in eyes.text(".k-desk >> nth=0")
    assert (
        eyes.page.locator(".k-desk__task", has_text=said("fi", "tasks.accepted.title")).count() == 0
    )
    eyes.press(eyes.page.locator(".k-desk tr", has_text=case).locator(".k-desk__task"))
    assert eyes.title() == ordered("tasks.coordinating.title")
    assert eyes.standing() == supervision("fi", "states.coordinating.name")
    beside = eyes.texts("section[aria-labelledby=linked-title] dt")
    assert beside == [f"{said('fi', 'forms.request.name')}, {q.reference}"]
    eyes.decide("offer", supervisor="testi")
    assert eyes.title() == ordered("actions.offer.done")
    eyes.go(last_mail(stack, TESTI, case))
    assert eyes.title() == ordered("tasks.offered.title")
    assert "1 250" not in eyes.text()
    eyes.decide("accept", contact_instructions=CONTACT)
    assert eyes.title() == ordered("actions.accept.done")
    q.open(q.email, "appointed")
    q.stands("accepted")
    assert CONTACT in eyes.text()
    dates = {"start_date": q.day(30), "end_date": q.day(60)}
    q.take(ANNA, "to_schedule", "schedule", participant_names="\n".join(NAMES), **dates)
    eyes.go(last_mail(stack, TESTI, case))
    assert NAMES[0] in eyes.text()
    q.open(q.email, "scheduled")
    eyes.decide("cancel")
    q.done("cancel", "cancelled")
    eyes.go(last_mail(stack, TESTI, case))
    assert eyes.standing() == supervision("fi", "states.called_off.name")


def last_mail(stack, to, reference):
    """The link of the last mail to somebody about a case."""
    stack.settle()
    found = [m for m in stack.mailbox(to) if reference in m["text"] and "/api/t/" in m["text"]]
    return found[-1]["links"][0]


def test_consultation_and_crisis(quotes, stack, eyes):
    for _ in range(2):
        quotes().hurry()
    q = quotes(product="crisis", urgency="crisis").hurry()
    open_desk(stack, eyes, ANNA)
    first, *_ = eyes.texts(".k-desk tbody tr")
    assert q.reference in first
    assert word("fi", "desk.urgent") in first

    q = quotes(product="consultation").hurry().accept()
    q.open(q.email, "accepted")
    q.stands("staffing")
    assert q.order()
    assert eyes.page.locator('main a[href*="/documents/quote?"]').count() == 1
