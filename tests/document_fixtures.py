"""Supervision with documents that it does not have: a quote, an invoice and a credit note."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from functions import processes
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.documents import Buyer, Document, Invoice, Part, Seller
from functions.kernel.money import InvoiceLine
from functions.processes import current
from functions.services.access import links

LANGUAGES = ("fi", "sv", "en")
STATES = ("submitted", "coordinating")
LINES = (
    InvoiceLine("sessions", 12_500, "25.5", 10, {"title": '#eval("1") *x* <b>', "minutes": 90}),
    InvoiceLine("material", 4_990, "13.5"),
    InvoiceLine("discount", -5_000, "0"),
)
BUYER = Buyer(
    "Ostaja Åström Oy", "laskut@example.net", "Katu 1 A", "00100", "Helsinki",
    "1234567-1", "003712345671", "DEMOOP", "Matti", "PO-77", "CC-9",
)  # fmt: skip
INVOICE = Invoice(
    "2026-0007", date(2026, 8, 4), date(2026, 8, 18), BUYER, LINES, "2348236",
    date(2026, 8, 1), date(2026, 8, 31),
)  # fmt: skip


def _lines(case: Case) -> tuple[InvoiceLine, ...]:
    return LINES


def _invoice(case: Case) -> Invoice:
    return INVOICE


def _credit(case: Case) -> Invoice:
    made = {"number": "2026-0008", "credits": "2026-0007", "credited_on": INVOICE.issued}
    return replace(INVOICE, **made)


BOTH = {"applicant": STATES, "manager": STATES}
QUOTE = Document(
    "quote",
    "individual",
    BOTH,
    (Part("who", ("applicant_name", "unit")), Part("what", ("reason_and_goals", "session_length"))),
    _lines,
    ("law", "until"),
)
BILL = Document(
    "bill", "individual", BOTH, (), notes=("law",), invoice=_invoice, filed_by=("manager",)
)
CREDIT = Document("credit", "individual", {"manager": STATES}, (), invoice=_credit)
TEXTS = """
[documents.quote]
title = "{lang} Tarjous"
lead = "{lang} quote lead"
button = "{lang} See the quote"
who = "{lang} Who åäö"
what = "{lang} What"
[documents.quote.notes]
law = "{lang} Law of {{organisation}} for {{reference}}."
until = "{lang} Good until {{deadline}}."
[documents.bill]
title = "{lang} Invoice"
lead = "{lang} bill lead"
button = "{lang} See the invoice"
[documents.bill.notes]
law = "{lang} Interest."
[documents.credit]
title = "{lang} Credit note"
lead = "{lang} credit lead"
button = "{lang} See the credit note"
[lines]
sessions = "{lang} Sessions of {{minutes}} min: {{title}}"
material = "{lang} Material"
discount = "{lang} Discount"
"""


def definition() -> Definition:
    """Supervision with all of them."""
    return replace(current("supervision"), documents=(QUOTE, BILL, CREDIT))


@pytest.fixture
def papered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Definition:
    """Links open supervision with documents, and their words are there."""
    found = definition()
    folder = tmp_path / "processes" / "supervision"
    shutil.copytree(processes.FOLDER, folder.parent, ignore=shutil.ignore_patterns("*.py*"))
    for lang in LANGUAGES:
        path = folder / "texts" / f"{lang}.toml"
        path.write_text(path.read_text(encoding="utf-8") + TEXTS.format(lang=lang), "utf-8")
    monkeypatch.setattr(processes, "folder", folder.parent.joinpath)
    monkeypatch.setattr(links, "pinned", lambda process, version: found)
    return found


def einvoice(
    invoice: Invoice, seller: Seller, language: str, words: Callable[[InvoiceLine], str]
) -> bytes:
    """``Einvoice`` that tells what it was given."""
    lines = ", ".join(words(line) for line in invoice.lines[1:])
    return f"{invoice.number} {seller.name} {language} {lines}".encode()
