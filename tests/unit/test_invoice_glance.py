"""The page of a case with an invoice says what is to be paid, by when and how, without the paper."""

import re

import pytest

from functions.entry import party
from functions.kernel import LANGUAGES
from functions.processes import pinned
from functions.render.mail import reference
from functions.render.paper import paper_view
from functions.render.words import Words
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
    top = page.text.partition('id="papers-title"')[0]
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
    paper = next(p for p in definition.papers if p.form == "invoice")
    view = paper_view(words, case, paper, case.holders("contact")[0], world.clock.now())
    facts = [row for group in view.groups for row in group.rows if order in row.value]
    assert [row.value for row in facts] == [
        words.text("forms.invoice.part").format(reference=order)
    ]
