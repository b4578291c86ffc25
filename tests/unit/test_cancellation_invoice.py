"""The invoice of a cancellation tells of the cancellation, and of no work that was never done."""

import pytest

from functions.adapters import einvoice
from functions.entry.documents import app as documents
from functions.kernel import LANGUAGES
from functions.processes.quote import money
from functions.processes.quote.definition import VERSION_1
from functions.render.document.content import DocumentView, document_view, line_text
from functions.render.text.organisation import seller
from functions.render.text.words import Words
from tests.orders import DATED, Quotes

SESSIONS = "5 × 90"


@pytest.fixture
def bill() -> tuple[Quotes, str]:
    """An invoiced fee: cancelled on 10 September, to start on the 14th."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    world.take(case_id, "cancel")
    found = world.invoice_of(case_id).id
    world.take(found, "invoice")
    return world, found


def view(world: Quotes, case_id: str, language: str, name: str = "invoice") -> DocumentView:
    case = world.case(case_id)
    words = Words(VERSION_1, language, world.directory, case.form)
    document = next(p for p in VERSION_1.documents if p.name == name)
    return document_view(words, case, document, case.holders("contact")[0], world.clock.now())


@pytest.mark.parametrize("language", LANGUAGES)
def test_document_of_a_fee_tells_the_day_of_the_cancellation_and_no_work(
    bill: tuple[Quotes, str], language: str
) -> None:
    world, case_id = bill
    words = Words(VERSION_1, language, world.directory, "invoice")
    shown = view(world, case_id, language)
    rows = {row.label: row.value for group in shown.groups for row in group.rows}
    assert "10" in rows[words.page("document.cancelled_on")]
    absent = ("sessions", "session_minutes", "start_date", "end_date")
    labels = {words.label(VERSION_1.fields()[name]) for name in absent}
    assert not (labels | {words.page("document.period")}) & rows.keys()
    assert shown.table
    line = shown.table.rows[0][0]
    assert words.choice(VERSION_1.fields()["product"], "group") in line
    assert rows[words.page("document.cancelled_on")] in line
    assert SESSIONS not in line


def test_electronic_invoice_of_a_fee_has_the_day_of_the_cancellation(
    bill: tuple[Quotes, str],
) -> None:
    world, case_id = bill
    words = Words(VERSION_1, "en", world.directory, "invoice")
    made = einvoice.xml(
        money.invoice(world.case(case_id)), seller("en"), "en", lambda x: line_text(words, x)
    ).decode()
    assert "20260910" in made
    assert "20260914" not in made
    assert "20261214" not in made
    assert "Cancelled on 10 September 2026" in made


def test_credit_note_of_a_fee_tells_no_work(bill: tuple[Quotes, str]) -> None:
    world, case_id = bill
    world.take(case_id, "credit")
    note = view(world, case_id, "en", "credit_note")
    labels = {row.label for group in note.groups for row in group.rows}
    assert "Date of cancellation" in labels
    assert "Date of supply" not in labels


def test_case_of_a_fee_holds_nothing_of_the_work(bill: tuple[Quotes, str]) -> None:
    world, case_id = bill
    told = world.case(case_id).answers
    assert not {"sessions", "session_minutes", "start_date", "end_date", "net_price"} & told.keys()
    client = documents.create_app(world.services, einvoice=einvoice.xml).test_client()
    token = world.token(case_id, "finance", "status")
    assert client.get(f"/api/t/{token}/documents/invoice?lang=en").status_code == 200


def test_document_of_work_still_tells_when_it_is_done() -> None:
    world = Quotes()
    order = world.request(*DATED)
    world.until("2026-09-14")
    case_id = world.invoice_of(order).id
    world.take(case_id, "invoice")
    shown = view(world, case_id, "en")
    rows = {row.label: row.value for group in shown.groups for row in group.rows}
    assert rows["Date of supply"] == "14 September 2026 – 14 December 2026"
    assert "Number of sessions" in rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_history_of_an_invoice_speaks_of_no_work(language: str) -> None:
    told = Words(VERSION_1, language, Quotes().directory, "invoice").text("history.open")
    assert not any(word in told for word in ("work", "työ", "arbet"))
