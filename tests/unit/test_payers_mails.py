"""The mail of an invoice is about its payer: an individual has no address for e-invoices."""

import re

import pytest

from functions.kernel import LANGUAGES
from functions.render.text.texts import mail_text
from tests.orders import ACCEPTED, Quotes

E_INVOICES = re.compile(
    r"verkkolasku|e-faktur|e-invoic|organisaatio|organisation(?!})", re.IGNORECASE
)


@pytest.mark.parametrize(
    ("payer", "mail", "accepted"),
    [
        ("individual", "invoiced_person", "accept_person"),
        ("organisation", "invoiced", "accept_organisation"),
    ],
)
def test_mail_of_an_invoice_is_its_payers(payer: str, mail: str, accepted: str) -> None:
    world = Quotes()
    case_id = world.request(*ACCEPTED[:-1], accepted, "staff", "schedule", payer_type=payer)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    world.mailed(bill)
    world.take(bill, "invoice")
    assert {name for name, _ in world.mailed(bill)} == {mail, "invoiced_finance"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_individual_is_told_nothing_of_organisations(language: str) -> None:
    text = mail_text("quote", "invoiced_person", language)
    told = [text.subject, text.ask, *text.body, text.button, text.silence]
    assert [part for part in told if E_INVOICES.search(part)] == []
