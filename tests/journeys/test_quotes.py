"""Quotes from the request to the paid invoice, and the questions and versions on the way."""

import io

import pypdf
import pytest

from tests.journeys.groups import open_desk
from tests.journeys.journey import word
from tests.journeys.quotes import ANNA, BILLING, MESSAGE, NEED, PRICED, STEN, TESTI, Quote, said


@pytest.fixture
def quotes(stack, eyes):
    return lambda language="fi", **answers: Quote(stack, eyes, language, **answers)


def pdf_text(eyes, paper):
    """What the PDF of a paper on the page says."""
    link = eyes.page.locator(f'main a[href*="/papers/{paper}.pdf?"]').first
    answer = eyes.page.request.get(eyes.home + link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(answer.body()))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def bare(text):
    return "".join(text.split())


@pytest.mark.parametrize("scripts", [True, False])
def test_individual_from_request_to_paid(quotes, stack, eyes):
    q = quotes(payer_type="individual", work_language="fi").send()
    q.open(q.email, "confirm")
    q.asks("unconfirmed")
    eyes.decide("confirm")
    q.done("confirm", "in_review")
    assert q.got(q.email, "receipt") == 1

    q.open(ANNA, "requested")
    q.asks("in_review")
    assert NEED in q.rows().values()
    eyes.decide("quote", **{**PRICED, "valid_until": q.day(14)})
    q.done("quote", "quoted")

    q.open(q.email, "quoted")
    q.asks("quoted")
    assert q.said_day(q.day(14)) in eyes.text(".k-lead")
    printed = pdf_text(eyes, "quote")
    eyes.press('main a[href*="/papers/quote?"]')
    assert eyes.title() == said("fi", "papers.quote.title")
    shown = eyes.text()
    for told in ("1 250,50 €", "25,5 %", "1 569,38 €", q.said_day(q.day(14)), "2026-1", MESSAGE):
        assert bare(told) in bare(shown), told
        assert bare(told) in bare(printed), told
    assert bare(said("fi", "papers.quote.notes.cancelling")) in bare(shown)
    assert bare(said("fi", "papers.quote.notes.cancelling")) in bare(printed)
    eyes.press(".k-back a")
    refused = {**BILLING, "billing_street": "", "terms_read": ""}
    eyes.decide("accept_person", 422, **refused)
    assert len(eyes.texts(".k-error-summary li")) == 2
    assert eyes.filled({"billing_name": ""}) == {"billing_name": BILLING["billing_name"]}
    eyes.decide("accept_person", **BILLING)
    q.done("accept_person", "accepted")
    assert q.got(q.email, "accepted") == 1

    q.open(ANNA, "to_schedule")
    q.asks("accepted")
    assert BILLING["billing_street"] not in eyes.text()
    start, end = q.day(30), q.day(90)
    dates = {"start_date": start, "end_date": end, "participant_names": "Aino Alku"}
    eyes.decide("schedule", **dates, supervisor="testi")
    q.done("schedule", "scheduled")
    q.open(TESTI, "scheduled_supervisor")
    q.stands("scheduled")
    assert "Aino Alku" in q.rows().values()
    assert "1 250" not in eyes.text()
    assert eyes.page.locator('a[href*="/papers/"]').count() == 0
    q.open(q.email, "scheduled")
    q.stands("scheduled")

    q.until(start)
    q.open(q.email, "started")
    q.stands("running")
    bill = q.invoice()
    open_desk(stack, eyes, STEN, "sv")
    waiting = eyes.page.locator(".k-desk tbody tr", has_text=bill)
    assert "Omaan työhön" in waiting.inner_text()
    eyes.press(waiting.locator(".k-desk__task"))
    q.asks("invoice_due")
    assert q.row("billing_street") == BILLING["billing_street"]
    assert NEED not in eyes.text()
    number = q.row("reference")
    eyes.decide("invoice", invoice_number="2026-17")
    q.done("invoice", "invoiced", yours=True)

    q.open(q.email, "invoiced", bill)
    q.stands("invoiced")
    printed = pdf_text(eyes, "invoice")
    eyes.press('main a[href*="/papers/invoice?"]')
    shown = eyes.text()
    for told in ("2026-17", "1 569,38 €", number, q.said_day(q.day(14))):
        assert bare(told) in bare(shown), told
        assert bare(told) in bare(printed), told

    q.until(q.day(17))
    q.open(STEN, "unpaid", bill)
    q.asks("invoiced")
    eyes.decide("pay")
    q.done("pay", "paid")
    q.open(q.email, "invoiced", bill)
    q.stands("paid")
    q.until(end)
    q.until(q.day(1))
    q.open(q.email, "receipt")
    q.stands("completed")
