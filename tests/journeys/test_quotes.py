"""Quotes from the request to the paid invoice, and the questions and versions on the way."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import unquote
from xml.etree import ElementTree

import pypdf
import pytest

from functions.kernel.durations import working_from
from functions.processes import current
from functions.render.text.terms import terms_of
from tests.journeys.groups import open_desk
from tests.journeys.quotes import (
    ANNA,
    AUTHORISED,
    BILLING,
    MESSAGE,
    NAMES,
    NEED,
    PRICED,
    STEN,
    TESTI,
    Quote,
    said,
)
from tests.workbooks import sheet_of


@pytest.fixture
def quotes(stack, eyes):
    return lambda language="fi", **answers: Quote(stack, eyes, language, **answers)


def pdf_text(eyes, document):
    """What the PDF of a document on the page says."""
    link = eyes.page.locator(f'main a[href*="/documents/{document}.pdf?"]').first
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
    valid = q.working_day(14)
    eyes.decide("quote", **{**PRICED, "valid_until": q.day(14)})
    q.done("quote", "quoted")

    q.open(q.email, "quoted")
    q.asks("quoted")
    assert q.said_day(valid) in eyes.text(".k-lead")
    printed = pdf_text(eyes, "quote")
    eyes.press_aside('main a[href*="/documents/quote?"]')
    assert eyes.title() == said("fi", "documents.quote.title")
    shown = eyes.text()
    for told in ("1 250,50 €", "25,5 %", "1 569,38 €", q.said_day(valid), "2026-1", MESSAGE):
        assert bare(told) in bare(shown), told
        assert bare(told) in bare(printed), told
    for told in (
        line for point in terms_of(current("quote"), "fi").points for line in point.sentences
    ):
        assert bare(told) in bare(shown), told
        assert bare(told) in bare(printed), told
    eyes.press(".k-back a")
    refused = {**BILLING, "billing_street": "", "terms_read": ""}
    eyes.decide("accept_person", 422, **refused)
    assert len(eyes.texts(".k-error-summary li")) == 2
    assert eyes.filled({"billing_name": ""}) == {"billing_name": BILLING["billing_name"]}
    eyes.decide("accept_person", **BILLING)
    q.done("accept_person", "staffing")
    assert q.got(q.email, "accepted") == 1
    assert q.got(ANNA, "to_schedule") == 0
    order = q.staff().order()
    assert q.got(q.email, "appointed") == 1

    q.open(ANNA, "to_schedule")
    q.asks("accepted")
    assert BILLING["billing_street"] not in eyes.text()
    start, end = q.day(30), q.day(90)
    dates = {"start_date": start, "end_date": end, "participant_names": "Aino Alku"}
    eyes.decide("schedule", **dates)
    q.done("schedule", "scheduled")
    q.open(TESTI, "scheduled_supervisor")
    q.stands("scheduled")
    assert q.got(TESTI, "accepted_order", order) == 1
    assert "Aino Alku" in q.rows().values()
    assert "1 250" not in eyes.text()
    assert eyes.page.locator('a[href*="/documents/"]').count() == 0
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
    due = q.working_day(14)
    eyes.decide("invoice", invoice_number=q.bill_number)
    q.done("invoice", "invoiced")

    q.open(q.email, "invoiced_person", bill)
    q.stands("invoiced", yours=True)
    printed = pdf_text(eyes, "invoice")
    eyes.press('main a[href*="/documents/invoice?"]')
    shown = eyes.text()
    for told in (q.bill_number, "1 569,38 €", number, q.said_day(due)):
        assert bare(told) in bare(shown), told
        assert bare(told) in bare(printed), told

    q.until(working_from(date.fromisoformat(due) + timedelta(days=3)))
    q.open(STEN, "unpaid", bill)
    q.asks("invoiced", "finance")
    eyes.decide("pay")
    q.done("pay", "paid")
    q.open(q.email, "invoiced_person", bill)
    q.stands("paid")
    q.until(end)
    q.until(q.day(1))
    q.open(q.email, "receipt")
    q.stands("completed")


E_INVOICE = {"e_address": "003723456780", "operator": "003721291126", "buyer_reference": "TT-1"}


def test_organisation_in_swedish_to_the_exported_invoice(quotes, stack, eyes):
    q = quotes("sv", business_id="2345678-1", title="Gruppen i Mallila")
    eyes.language = "sv"
    eyes.go(eyes.home + "/sv/offertforfragan/")
    need, wishes, payer, sending = q.steps()
    eyes.onward(need)
    eyes.onward(wishes)
    eyes.onward(payer, 422)
    (told,) = eyes.texts(".k-error-summary li")
    assert told == f"{said('sv', 'fields.business_id.label')}: {said('sv', 'checks.business_id')}"
    assert said("sv", "checks.business_id") in eyes.text("#e-business_id")
    typed = {k: v for k, v in payer.items() if k != "payer_type"}
    assert eyes.filled(typed) == typed
    eyes.onward({"business_id": "2345678-0"})
    eyes.onward(sending)
    stack.advance(minutes=1)
    eyes.press("form#send button[type=submit]")
    q.open(q.email, "confirm")
    assert eyes.language == "sv"
    eyes.decide("confirm")
    q.done("confirm", "in_review")
    q.quote()

    q.open(q.email, "quoted")
    q.asks("quoted")
    wrong = {**AUTHORISED, "e_address": "003723456780", "order_number": "T-77"}
    eyes.decide("accept_organisation", 422, **wrong)
    assert said("sv", "checks.operator_given") in eyes.text("#e-operator")
    kept = {"e_address": "003723456780", "order_number": "T-77", "billing_city": "Mallila"}
    assert eyes.filled(kept) == kept
    eyes.decide("accept_organisation", **E_INVOICE)
    q.done("accept_organisation", "staffing")
    q.staff()
    dates = {"start_date": q.day(10), "end_date": q.day(80)}
    q.take(ANNA, "to_schedule", "schedule", participant_names="\n".join(NAMES), **dates)
    q.until(q.day(10))
    bill = q.invoice()

    q.open(STEN, "to_invoice", bill)
    q.asks("invoice_due")
    eyes.decide("invoice", invoice_number=q.bill_number)
    q.open(STEN, "invoiced_finance", bill)
    q.asks("invoiced", "finance")
    eyes.press_aside('main a[href*="/documents/invoice?"]')
    made = got(eyes, 'main a[href*="/documents/invoice.xml?"]')
    assert "attachment" in made.headers["content-disposition"]
    root = ElementTree.fromstring(made.body())
    assert tag(root, "ExchangedDocument/TypeCode") == "380"
    assert tag(root, "ExchangedDocument/ID") == q.bill_number
    assert tag(root, "BuyerTradeParty/Name") == "Mallilan mallikunta"
    assert tag(root, "BuyerTradeParty/URIUniversalCommunication/URIID") == "003723456780"
    assert tag(root, "DuePayableAmount") == "1569.38"

    open_desk(stack, eyes, STEN, "sv")
    files = eyes.page.locator('main a[href*="/tables/quote/invoices/invoiced.csv"]')
    made = got(eyes, 'main a[href*="/tables/quote/invoices/invoiced.csv"]')
    assert files.count() == 1
    text = made.body().decode()
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    (row,) = [dict(zip(header, r, strict=True)) for r in rows if r[0] == bill]
    assert row[said("sv", "fields.invoice_number.label")] == q.bill_number
    assert row[said("sv", "fields.operator.label")] == "003721291126"
    assert row[said("sv", "tables.invoices.gross")] == "1569,38"
    made = got(eyes, 'main a[href*="/tables/quote/invoices/invoiced.xlsx"]')
    state = said("sv", "states.invoiced.name")
    file = unquote(made.headers["content-disposition"])
    assert state.casefold().replace(" ", "-") in file
    book = sheet_of(made.body())
    assert (book.name, book.texts(0)) == (state, header)
    (typed,) = [
        dict(zip(header, (r.get(c) for c in book.rows[0]), strict=True))
        for r in book.rows
        if r["A"].value == bill
    ]
    for name, value in (("invoice_number", q.bill_number), ("operator", "003721291126")):
        cell = typed[said("sv", f"fields.{name}.label")]
        assert (cell.kind, cell.value) == ("text", value)
    gross = typed[said("sv", "tables.invoices.gross")]
    assert (gross.kind, float(gross.value)) == ("number", 1569.38)
    table = files.get_attribute("href").partition("/tables/")[2]

    for who, language in ((ANNA, "fi"), (TESTI, "fi"), (q.email, "sv")):
        open_desk(stack, eyes, who, language)
        assert eyes.page.locator('main a[href*="/tables/"]').count() == 0
        there = eyes.page.url.partition("?")[0]
        other = eyes.page.request.get(f"{there}/tables/{table}")
        assert other.status in (200, 404)
        assert q.bill_number not in other.text()
    others = ((ANNA, "to_schedule"), (TESTI, "scheduled_supervisor"), (q.email, "receipt"))
    for who, mail in others:
        q.open(who, mail)
        if who != q.email:
            assert "003723456780" not in eyes.text("body")
            assert BILLING["billing_street"] not in eyes.text("body")
        link = q.link(who, mail).partition("?")[0]
        for document in ("invoice", "invoice.xml", "quote.xml"):
            assert eyes.page.request.get(f"{link}/documents/{document}").status == 404


def got(eyes, selector):
    """What a link on the page gives."""
    href = eyes.page.locator(selector).first.get_attribute("href")
    answer = eyes.page.request.get(eyes.home + href)
    assert answer.status == 200
    return answer


def tag(root, path):
    """The text of the first such element, whatever its namespace."""
    found = root.find(".//" + "/".join(f"{{*}}{part}" for part in path.split("/")))
    assert found is not None, path
    return found.text
