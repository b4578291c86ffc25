"""The page of a case with an invoice says what is to be paid, by when and how, without the document."""

import re

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.processes import pinned
from functions.render.document.content import document_view
from functions.render.mail.mail import reference
from functions.render.text.words import Words
from tests.orders import DATED, Quotes

LABELS = {
    "fi": ("Maksettavaa", "Verollinen yhteensä", "Eräpäivä", "Viitenumero", "Laskun numero"),
    "sv": ("Att betala", "Totalt med moms", "Förfallodag", "Referensnummer", "Fakturanummer"),
    "en": (
        "Amount due",
        "Total including VAT",
        "Due date",
        "Payment reference",
        "Invoice number",
    ),
}
SUM = {"fi": "1 569,38 €", "sv": "1 569,38 €", "en": "€1,569.38"}


def told(world: Quotes, case_id: str, role: str, purpose: str, language: str) -> dict[str, str]:
    """The rows of facts on the page before its document, by label."""
    token = world.token(case_id, role, purpose)
    page = party.create_app(world.services).test_client().get(f"/api/t/{token}?lang={language}")
    top = page.text.partition('id="documents-title"')[0]
    rows = re.findall(r"<dt>([^<]+)</dt><dd>(?:<strong>)?([^<]+)<", top)
    return {label: value.replace("\xa0", " ") for label, value in rows}


@pytest.fixture
def bill() -> tuple[Quotes, str]:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    return world, world.invoice_of(case_id).id


@pytest.mark.parametrize("language", LANGUAGES)
def test_sum_day_and_reference_are_on_the_page_of_who_may_see_them(
    bill: tuple[Quotes, str], language: str
) -> None:
    world, case_id = bill
    payable, gross, due, reference, number = LABELS[language]
    assert due not in told(world, case_id, "finance", "task", language)  # no invoice as yet
    world.take(case_id, "invoice")
    for role, purpose in (("contact", "status"), ("finance", "task")):
        rows = told(world, case_id, role, purpose, language)
        assert rows[payable] == SUM[language]
        assert re.search(r"\b28\b", rows[due])
        assert re.fullmatch(r"[\d ]{4,}", rows[reference])
        assert rows[number] == "1001"
    world.take(case_id, "pay")
    rows = told(world, case_id, "contact", "status", language)
    assert payable not in rows  # nobody waits for it any more
    assert rows[gross] == SUM[language]
    world.take(case_id, "credit")
    assert rows[gross] == SUM[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_invoice_names_the_reference_of_its_order(bill: tuple[Quotes, str], language: str) -> None:
    """The client knows the order by it; page and PDF say the same."""
    world, case_id = bill
    world.take(case_id, "invoice")
    case = world.case(case_id)
    order = reference(case.linked[0])
    definition = pinned(case.process, case.version)
    words = Words(definition, language, world.directory, case.form)
    document = next(p for p in definition.documents if p.form == "invoice")
    view = document_view(words, case, document, case.holders("contact")[0], world.clock.now())
    facts = [row for group in view.groups for row in group.rows if order in row.value]
    assert [row.value for row in facts] == [
        words.text("forms.invoice.part").format(reference=order)
    ]


PROMISES = r"tehdään|saa[tv]? |saavat|lähetetään|görs|får |is made|will |gets? an email"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ending", ["pay", "cancel", "call_off"])
def test_order_does_not_promise_the_invoice_that_lies_beside_it(
    bill: tuple[Quotes, str], language: str, ending: str
) -> None:
    """What comes next holds before the invoice is made, once it is there, and when it is paid."""
    world, invoice = bill
    order = world.case(invoice).linked[0]
    if ending in ("cancel", "call_off"):
        world = Quotes()
        order = world.request(*DATED)
        world.until("2026-09-07" if ending == "cancel" else "2026-09-14")
        invoice = world.invoice_of(order).id if ending == "call_off" else ""
    if invoice:
        world.take(invoice, "invoice")
    if ending == "pay":
        world.take(invoice, ending)
    else:
        world.take(order, ending)
    if ending == "cancel":
        world.take(world.invoice_of(order).id, "invoice")
    for role in ("contact", "coordinator"):
        token = world.token(order, role, "status")
        page = party.create_app(world.services).test_client().get(f"/api/t/{token}?lang={language}")
        case = world.case(order)
        words = Words(pinned(case.process, case.version), language, world.directory, case.form)
        said = re.findall(rf"{words.page('case.next')}([^<]*)</p>", page.text)
        assert said
        about = [
            s for s in re.split(r"(?<=[.])\s", said[0]) if re.search("[Ll]asku|aktur|nvoice", s)
        ]
        assert about, said
        assert [s for s in about if re.search(PROMISES, s)] == [], case.state
