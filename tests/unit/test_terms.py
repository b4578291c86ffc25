"""The terms: one wording and one version, on the site, in the quote and where it is accepted."""

import re
from html import unescape

import pytest
from markdown import Markdown

from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.computation import preview
from functions.processes.quote import money
from functions.processes.quote.definition import VERSION_1
from functions.processes.quote.fees import TERMS
from functions.render.desk.desk import Frame, desk_row
from functions.render.text.terms import Terms, terms_of
from infra.site.blocks import BlocksExtension
from tests.document_fixtures import einvoice
from tests.unit.test_quote import DATED, Quotes

START, AFTER = "2026-09-14", "2026-09-20"


def terms(language: str) -> Terms:
    found = terms_of(VERSION_1, language)
    assert found
    return found


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def lacks(html: str, language: str) -> list[str]:
    """What of the terms does not stand on a page."""
    text, all_terms = words(html), terms(language)
    said = [s for p in all_terms.points for s in (p.title, *p.sentences)]
    return [s for s in (all_terms.version, *said) if " ".join(s.split()) not in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_say_the_numbers_that_are_computed_with(language: str) -> None:
    said = {
        point.name: {int(n) for s in point.sentences for n in re.findall(r"\d+", s)}
        for point in terms(language).points
    }
    assert said["cancelling"] == {
        1,
        TERMS.free_above_days,
        TERMS.late_percent,
        TERMS.same_day_percent,
    }
    assert said["invoicing"] == {money.DAYS_TO_PAY}
    assert terms(language).version == TERMS.version
    assert re.fullmatch(r"20\d\d-\d+", TERMS.version)


@pytest.mark.parametrize("language", LANGUAGES)
def test_site_document_and_acceptance_say_the_same_terms(language: str) -> None:
    world = Quotes()
    case_id = world.request("confirm", "quote")
    token = world.token(case_id, "contact", "task")
    asked = {"lang": language}
    site = Markdown(extensions=[BlocksExtension(lang=language)]).convert("[[terms quote]]")
    accepting = (
        party.create_app(world.services).test_client().get(f"/api/t/{token}", query_string=asked)
    )
    document = (
        documents.create_app(world.services, einvoice=einvoice)
        .test_client()
        .get(f"/api/t/{token}/documents/quote", query_string=asked)
    )
    for shown in (site, accepting.text, document.text):
        assert lacks(shown, language) == []


def test_lack_is_found() -> None:
    short = "<p>" + " ".join(s for p in terms("en").points[1:] for s in (p.title, *p.sentences))
    assert lacks(f"{short} {TERMS.version}", "en") == [
        terms("en").points[0].title,
        *terms("en").points[0].sentences,
    ]


@pytest.mark.parametrize("action", ["cancel", "cancel_one"])
def test_calculation_after_the_start_shows_no_second_price(action: str) -> None:
    """Nothing that reads as an extra cost, and no days that count below nought."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until(AFTER)
    spec = VERSION_1.action(action)
    assert preview(spec, world.case(case_id), world.clock.now()) == {
        "fee_reason": "started",
        "fee": 0,
        "fee_gross": 0,
        "fee_terms": TERMS.version,
        "payable": money.sums(world.invoice_of(case_id))["gross"],
    }


def test_leaving_after_the_start_leaves_the_invoice_as_it_is() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until(START)
    price = money.sums(world.invoice_of(case_id))
    world.take(case_id, "cancel_one")
    world.take(case_id, "cancel")
    assert money.sums(world.invoice_of(case_id)) == price
    assert len([i for i in world.case(case_id).linked if world.case(i).form == "invoice"]) == 1


def test_desk_says_when_running_work_ends() -> None:
    """Nobody is waited for: the day is that of the end, not one by which somebody acts."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until(AFTER)
    case = world.case(case_id)
    frame = Frame("Tilda", world.clock.now(), "en", "/api/d/token", world.directory)
    row = desk_row(frame, VERSION_1, case, case.holders("contact")[0], world.clock.now())
    assert row.until == "Ends on Mon 14 December 2026"


@pytest.mark.parametrize(
    ("language", "sending", "dated"),
    [
        ("fi", "laskun lähettämisestä", "päiväyksestä"),
        ("sv", "fakturan har skickats", "fakturadatum"),
        ("en", "the day we send the invoice", "invoice date"),
    ],
)
def test_terms_count_the_time_to_pay_from_when_the_invoice_is_sent(
    language: str, sending: str, dated: str
) -> None:
    """As it is computed, also for an invoice that is dated earlier."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-16")
    bill = world.invoice_of(case_id).id
    world.take(bill, "invoice", invoice_date="2026-09-14")
    assert world.case(bill).answers["due_date"] == "2026-09-30"
    said = [s for p in terms(language).points for s in p.sentences if "14" in s]
    assert [sending in s and dated not in s for s in said] == [True]
