"""That nobody needs to do anything is said only where that is so."""

from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.render.text.texts import mail_text, page_text, process_text
from tests.orders import DATED, Quotes


@pytest.fixture
def running() -> tuple[Quotes, str]:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    return world, case_id


def page(world: Quotes, case_id: str, role: str, language: str = "en") -> str:
    token = world.token(case_id, role, "status")
    client = party.create_app(world.services).test_client()
    return unescape(client.get(f"/api/t/{token}?lang={language}").text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["contact", "coordinator"])
def test_order_whose_invoice_waits_says_that_something_goes_on(running, role, language) -> None:
    world, case_id = running
    bill = world.invoice_of(case_id).id
    world.take(bill, "invoice")
    world.take(case_id, "cancel")
    nobody, goes_on = (page_text(language, f"case.{n}") for n in ("nobodys_turn", "goes_on"))
    told = page(world, case_id, role, language)
    assert goes_on in told
    assert nobody not in told
    world.take(bill, "pay")
    told = page(world, case_id, role, language)
    assert nobody in told
    assert goes_on not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_to_return_money_is_not_told_that_nobody_needs_to_act(running, language) -> None:
    world, case_id = running
    bill = world.invoice_of(case_id).id
    for action in ("invoice", "pay", "credit"):
        world.take(bill, action)
    for role, key in (("finance", "to.finance.left"), ("coordinator", "left")):
        told = page(world, bill, role, language)
        assert process_text("quote", language, f"states.credited.paid.{key}") in told
        assert page_text(language, "case.nobodys_turn") not in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mail", ["cancelled_started", "completed"])
def test_client_whose_invoice_may_be_open_is_reminded_of_it(mail: str, language: str) -> None:
    idle = mail_text("quote", "cancelled_free", language).silence
    assert mail_text("quote", mail, language).silence != idle
    word = {"fi": "eräpäiv", "sv": "förfallodagen", "en": "due date"}[language]
    assert word in mail_text("quote", mail, language).silence
