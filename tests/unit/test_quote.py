"""The quote process in the pure core: versions, days agreed, cancellations, what it opens."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.einvoice import xml
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.computation import PREVIEW_STAMP, preview, stamp
from functions.kernel.durations import day_begins, working_from
from functions.kernel.errors import Conflict, Invalid
from functions.kernel.fields import Field
from functions.kernel.linking import moves_linked
from functions.kernel.money import divided, totals
from functions.kernel.parse import distinct_labels
from functions.kernel.timers import deadline
from functions.processes.quote import money
from functions.render.text import dates
from functions.render.text.organisation import seller
from functions.render.text.texts import process_text
from functions.services.access.links import open_link
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.document_fixtures import einvoice
from tests.fakes import interrupt
from tests.faults.ordering import BILLING
from tests.orders import AGREED, DATED, QUOTE, Quotes


@pytest.fixture
def world() -> Quotes:
    return Quotes()


def plain(html: str) -> str:
    return unescape(html).replace("\xa0", " ").replace("\u202f", " ")


def test_quote_has_versions_with_their_facts(world: Quotes) -> None:
    case_id = world.request("confirm", "ask", "reply", "quote")
    answers = world.case(case_id).answers
    assert answers["quote_version"] == 1
    assert (answers["net_price"], answers["gross_price"]) == (125050, 156938)
    assert answers["terms_version"] == "2026-1"
    world.take(case_id, "ask_about")
    world.take(case_id, "quote", net_price="1100")
    world.take(case_id, "revise")
    answers = world.case(case_id).answers
    assert (answers["quote_version"], answers["net_price"]) == (3, 100000)
    said = [
        t.answers["net_price"]
        for t in world.cases.load(case_id).history
        if t.answers and "net_price" in t.answers
    ]  # type: ignore[union-attr]
    assert said == [125050, 110000, 100000]


def test_link_to_an_earlier_version_accepts_nothing(world: Quotes) -> None:
    case_id = world.request("confirm", "quote")
    old = world.token(case_id, "contact")
    world.take(case_id, "revise")
    with pytest.raises(Conflict):
        act(world.services, old, {"action": "accept_organisation", **BILLING}, "fi")
    assert world.case(case_id).state == "quoted"


def test_quote_expires_the_day_after_its_last(world: Quotes) -> None:
    case_id = world.request("confirm", "quote")
    world.until("2026-08-31")
    assert world.case(case_id).state == "quoted"
    world.until("2026-09-01")
    assert world.case(case_id).state == "expired"
    assert world.case(case_id).linked == ()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("2026-08-31", "2026-08-31"),  # a Monday
        ("2026-08-29", "2026-08-31"),  # a Saturday
        ("2026-08-30", "2026-08-31"),  # a Sunday
        ("2026-12-06", "2026-12-07"),  # Independence Day, a Sunday
        ("2026-12-24", "2026-12-28"),  # Christmas Eve, then holidays and a weekend
        ("2027-05-06", "2027-05-07"),  # Ascension Day, a Thursday
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_quote_is_valid_until_a_working_day(
    world: Quotes, chosen: str, told: str, language: str
) -> None:
    """Page, mail, document and what lapses tell the same day."""
    case_id = world.request("confirm")
    world.take(case_id, "quote", valid_until=chosen)
    case = world.case(case_id)
    assert case.answers["valid_until"] == told
    assert deadline(QUOTE, case) == date.fromisoformat(told)
    day = plain(dates.plain_day(date.fromisoformat(told), language))
    link, asked = world.token(case_id, "contact"), {"lang": language}
    shown = party.create_app(world.services).test_client().get(f"/api/t/{link}", query_string=asked)
    printed = documents.create_app(world.services, einvoice=einvoice).test_client()
    document = printed.get(f"/api/t/{link}/documents/quote", query_string=asked)
    wrong = plain(dates.plain_day(date.fromisoformat(chosen), language))
    for text in (plain(shown.text), plain(document.text)):
        assert day in text
        assert chosen == told or wrong not in text
    mails = [m for m in world.deliver_all() if m["To"] == "tilda@example.net"]
    finnish = plain(dates.plain_day(date.fromisoformat(told), "fi"))
    assert any(finnish in plain(str(m.get_body(("plain",)).get_content())) for m in mails)  # type: ignore[union-attr]
    world.until(told)
    assert world.case(case_id).state == "quoted"
    world.until((date.fromisoformat(told) + timedelta(days=1)).isoformat())
    assert world.case(case_id).state == "expired"


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ({}, "2026-09-28"),
        ({"due_date": "2026-10-03"}, "2026-10-05"),  # a Saturday
        ({"due_date": "2026-12-06"}, "2026-12-07"),
    ],
)
def test_invoice_is_due_on_a_working_day(world: Quotes, typed: dict[str, str], due: str) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    world.take(bill, "invoice", **typed)
    assert world.case(bill).answers["due_date"] == due
    assert money.invoice(world.case(bill)).due.isoformat() == due


@pytest.mark.parametrize("acted", [False, True], ids=["before the clock", "after it"])
def test_start_day_costs_the_price_once(world: Quotes, acted: bool) -> None:
    """Cancelled on the morning of the start day: before the clock has come round, or after it, when
    the work counts as begun though the first session is not before the afternoon."""
    case_id = world.request(*DATED)
    world.until("2026-09-13")
    world.clock.time = day_begins(date(2026, 9, 14)) + timedelta(seconds=30)
    if acted:
        world.until("2026-09-14")
        world.clock.time = day_begins(date(2026, 9, 14)) + timedelta(hours=7)
    assert world.case(case_id).state == ("running" if acted else "scheduled")
    link = world.token(case_id, "contact", "status")
    client = party.create_app(world.services).test_client()
    for language in LANGUAGES:
        shown = client.get(f"/api/t/{link}?lang={language}").text
        code = "started" if acted else "same_day"
        assert process_text("quote", language, f"fields.fee_reason.choices.{code}") in shown
    world.take(case_id, "cancel")
    bills = [world.case(i) for i in world.case(case_id).linked]
    bills = [b for b in bills if b.form == "invoice"]
    assert [sum(x.net for x in money.invoice_lines(b)) for b in bills] == [125050]


def test_reminder_before_its_day_only(world: Quotes) -> None:
    soon = (world.clock.now() + timedelta(days=2)).date().isoformat()
    case_id = world.request("confirm")
    world.take(case_id, "quote", valid_until=soon)
    world.until(soon)
    asked = [o for (c, _), kept in world.cases.outbox.items() for o in [kept.order] if c == case_id]
    assert "remind_quote" not in {o.mail for o in asked}
    other = world.request("confirm", "quote", contact_email="toinen@example.net")
    world.until("2026-08-28")
    asked = [o for (c, _), kept in world.cases.outbox.items() for o in [kept.order] if c == other]
    assert "remind_quote" in {o.mail for o in asked}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"business_id": "2345678-1"}, {"business_id": "business_id"}),
        ({"business_id": "", "organisation": ""}, {"business_id": "business_id_given", "organisation": "organisation_given"}),
        ({"product": "individual"}, {"participants": "one_alone"}),
        ({"participants": "0"}, {"participants": "low"}),
        ({"desired_start": "2026-01-01"}, {"desired_start": "desired_start_ahead"}),
    ],
)  # fmt: skip
def test_request_that_is_not_right(
    world: Quotes, changed: dict[str, str], codes: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        world.request(**changed)
    assert {p.field: p.code for p in refused.value.problems} == codes


SWEDISH = {"country": "SE", "business_id": "", "vat_id": "SE 556188-8404 01"}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"country": "SE", "business_id": ""}, {"foreign_business_id": "foreign_id_given"}),
        ({**SWEDISH, "country": "NO"}, {"vat_id": "vat_id_fits"}),
        ({**SWEDISH, "vat_id": "SE556188840402"}, {"vat_id": "vat_id"}),
        ({**SWEDISH, "foreign_business_id": "556188-8405"}, {"foreign_business_id": "foreign_id_fits"}),
        ({"country": "", "business_id": ""}, {"business_id": "business_id_given"}),
        ({"country": "AX", "business_id": ""}, {"business_id": "business_id_given"}),
        ({"country": "XX"}, {"country": "unknown"}),
    ],
)  # fmt: skip
def test_organisation_abroad_that_is_not_right(
    world: Quotes, changed: dict[str, str], codes: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        world.request(**changed)
    assert {p.field: p.code for p in refused.value.problems} == codes


@pytest.mark.parametrize(
    ("abroad", "vat", "why"),
    [
        (SWEDISH, "reverse", "reverse_charge"),
        ({"country": "NO", "business_id": "", "foreign_business_id": "988 077 917"}, "outside", "outside_scope"),
        ({**SWEDISH}, "none", "exempt"),
    ],
)  # fmt: skip
def test_organisation_abroad_orders_and_is_invoiced(
    world: Quotes, abroad: dict[str, str], vat: str, why: str
) -> None:
    case_id = world.request("confirm", contact_phone="+46 (0)8 123 456 78", **abroad)
    world.take(case_id, "quote", vat=vat, vat_id=abroad.get("vat_id", ""))
    where = {"billing_postcode": "SE-114 35", "billing_city": "Stockholm"}
    world.take(case_id, "accept_organisation", **abroad | where | {"e_address": "0007:5561888404"})
    world.staff(case_id)
    world.take(case_id, "schedule")
    world.until("2026-09-14")
    bill = world.invoice_of(case_id)
    world.take(bill.id, "invoice")
    found = money.invoice(world.case(bill.id))
    assert (found.buyer.country, found.untaxed) == (abroad["country"], why)
    assert found.buyer.business_id == ""
    assert found.buyer.vat_id in ("", "SE556188840401")
    assert found.payable == 125050
    made = xml(found, seller(), "sv", lambda line: line.text).decode()
    assert f"<ram:CountryID>{abroad['country']}</ram:CountryID>" in made
    assert seller().why_untaxed(why, "sv") in made  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "said", "wrong"),
    [
        ({}, {"vat": "reverse"}, "reverse_fits"),
        ({}, {"vat": "outside"}, "outside_fits"),
        (SWEDISH, {"vat": "outside"}, "outside_fits"),
        (SWEDISH, {"vat": "standard", "vat_id": SWEDISH["vat_id"]}, "standard_fits"),
        ({"country": "NO", "business_id": "", "foreign_business_id": "988 077 917"}, {"vat": "reverse"}, "reverse_fits"),
    ],
)  # fmt: skip
def test_vat_that_does_not_fit_the_buyer(
    world: Quotes, asked: dict[str, str], said: dict[str, str], wrong: str
) -> None:
    case_id = world.request("confirm", **asked)
    assert wrong_in(world, case_id, "quote", **said) == [("vat", wrong)]


def test_vat_number_that_the_request_lacked_is_added_to_the_quote(world: Quotes) -> None:
    """The client knows only a registration number at first, and says the other in a reply."""
    case_id = world.request(
        "confirm", **{**SWEDISH, "vat_id": "", "foreign_business_id": "556188-8404"}
    )
    assert wrong_in(world, case_id, "quote", vat="reverse") == [("vat", "reverse_fits")]
    danish = {"vat": "reverse", "vat_id": "DK13585628"}
    assert wrong_in(world, case_id, "quote", **danish) == [("vat_id", "vat_id_fits")]
    world.take(case_id, "quote", vat="reverse", vat_id=SWEDISH["vat_id"])
    assert world.case(case_id).answers["vat_id"] == "SE556188840401"
    assert world.case(case_id).answers["vat_percent"] == "0"


def test_buyer_does_not_change_country_after_a_reverse_charge_was_agreed(world: Quotes) -> None:
    case_id = world.request("confirm", **SWEDISH)
    world.take(case_id, "quote", vat="reverse", vat_id=SWEDISH["vat_id"])
    home = {"country": "FI", "business_id": "2345678-0", "vat_id": ""}
    wrong = wrong_in(world, case_id, "accept_organisation", **home)
    assert wrong == [("vat_id", "reverse_fits")]


@pytest.mark.parametrize(
    ("country", "registered", "number"),
    [("SE", "556188-8404", SWEDISH["vat_id"]), ("NO", "988 077 917", "NO988077917MVA")],
)
def test_vat_number_that_comes_after_a_quote_with_vat_is_not_taken_without_a_word(
    world: Quotes, country: str, registered: str, number: str
) -> None:
    """The price would have been another one: the client asks for it, or orders as it is."""
    abroad = {"country": country, "business_id": "", "foreign_business_id": registered}
    case_id = world.request("confirm", "quote", **abroad)
    where = {**abroad, "billing_postcode": "114 35", "billing_city": "Stockholm"}
    wrong = wrong_in(world, case_id, "accept_organisation", **where, vat_id=number)
    assert wrong == [("vat_id", "quoted_with_vat")]
    world.take(case_id, "accept_organisation", **where, vat_id="")
    assert world.case(case_id).answers["vat_percent"] == "25.5"


def test_country_that_is_left_out_is_finland(world: Quotes) -> None:
    case_id = world.request("confirm", "quote")
    assert world.case(case_id).answers["country"] == "FI"
    assert wrong_in(world, case_id, "accept_organisation", billing_postcode="0010") == [
        ("billing_postcode", "postcode_fits")
    ]


@pytest.mark.parametrize(
    ("at", "action", "said", "field", "code"),
    [
        (("confirm",), "quote", {"net_price": "much"}, "net_price", "money"),
        (("confirm",), "quote", {"net_price": "0,99"}, "net_price", "low"),
        (("confirm",), "quote", {"valid_until": "2026-08-02"}, "valid_until", "valid_until_ahead"),
        (("confirm",), "quote", {"option_sessions": "2"}, "option_price", "priced_option"),
        (("confirm", "quote"), "accept_organisation", {"terms_read": ""}, "terms_read", "untick"),
        (("confirm", "quote"), "accept_organisation", {"e_address": "0037"}, "e_address", "e_address"),
        (("confirm", "quote"), "accept_organisation", {"e_address": "003723456780"}, "operator", "operator_given"),
        (AGREED, "schedule", {"end_date": "2026-09-13"}, "end_date", "in_order"),
        (AGREED, "schedule", {"start_date": "2026-08-01"}, "start_date", "start_date_ahead"),
        (AGREED, "schedule", {"start_date": "2099-08-01", "end_date": "2099-09-01"}, "start_date", "start_date_near"),
        (AGREED, "schedule", {"end_date": "2062-12-14"}, "end_date", "end_date_near"),
        (("confirm",), "quote", {"valid_until": "2100-12-31"}, "valid_until", "valid_until_near"),
        (("confirm", "quote"), "accept_organisation", {"e_address": "003723456780", "operator": "Maventa 003721291126"}, "operator", "operator"),
        (("confirm", "quote"), "accept_organisation", {"e_address": "FI2112345600000785", "operator": "MALLILAN"}, "operator", "operator_fits"),
        (AGREED, "schedule", {"participant_names": "A\nB\nC\nD\nE"}, "participant_names", "names_fit"),
        (AGREED, "schedule", {"participant_names": "A, B, C"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A ja B\nC"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A\ta@x.fi"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A OCH B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A JA B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa·Bo·Cee"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa plus Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa und Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "2 x Aa"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa x2"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa/Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A&B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A – B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A • B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A · B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A + B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "A \\ B"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa = Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa    Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aa 4 hlö"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "(Aa) (Bo)"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "AA EK SV"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "Aa Ek sv"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "Aa tai Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "tiimi (4)"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aino\\nBo (2)"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "Aino. Bo"}, "participant_names", "names_apart"),
        (AGREED, "schedule", {"participant_names": "\u0410ino"}, "participant_names", "names_only"),
        (DATED, "substitute", {"coming_in": "(Bertta)"}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "Bertta."}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "\u0299\u1d07\u0280\u1d1b\u1d1b\u1d00"}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "Bertt\u13aa"}, "coming_in", "one_comes"),
        (AGREED, "schedule", {"participant_names": "- A"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "1. A"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "• A"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "A <a@x.fi>"}, "participant_names", "names_only"),
        (AGREED, "schedule", {"participant_names": "A 040 123"}, "participant_names", "names_only"),
        (DATED, "substitute", {"coming_in": "Eeva, Fanni"}, "coming_in", "one_comes"),
        (DATED, "substitute", {"coming_in": "BERTTA\u200b"}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "Ber\ufe0ftta"}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "Bertt\u0430"}, "coming_in", "comes_new"),
        (DATED, "substitute", {"coming_in": "\uff22ertta"}, "coming_in", "comes_new"),
        (DATED, "cancel_one", {"leaving": "Nobody"}, "leaving", "unknown"),
        (DATED, "substitute", {"coming_in": "Bertta"}, "coming_in", "comes_new"),
    ],
)  # fmt: skip
def test_decision_that_is_not_right(
    world: Quotes, at: tuple[str, ...], action: str, said: dict[str, str], field: str, code: str
) -> None:
    case_id = world.request(*at)
    before = world.case(case_id)
    with pytest.raises(Invalid) as refused:
        world.take(case_id, action, **said)
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]
    assert world.case(case_id) == before


def test_who_pays_decides_how_it_is_accepted(world: Quotes) -> None:
    person = {"payer_type": "individual", "organisation": "", "business_id": ""}
    for changed, names in ((person, "accept_person"), ({}, "accept_organisation")):
        case_id = world.request("confirm", "quote", contact_email=f"{names}@example.net", **changed)
        opened = open_link(world.services, world.token(case_id, "contact"))
        assert [a.name for a in opened.actions if a.name.startswith("accept")] == [names]


def test_course_of_an_agreed_quote_by_its_days(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-13")
    assert world.case(case_id).state == "scheduled"
    assert world.linked(case_id, "quote", "invoice") is None
    world.until("2026-09-14")
    assert world.case(case_id).state == "running"
    bill = world.invoice_of(case_id)
    assert (bill.state, bill.answers["invoice_kind"]) == ("invoice_due", "price")
    begun = world.cases.load(bill.id).history[0].sealed.event  # type: ignore[union-attr]
    assert (begun.action, begun.role, begun.party) == ("open", "link", "")
    assert not {"need", "participant_names", "quote_message"} & bill.answers.keys()
    world.until("2026-12-14")
    assert world.case(case_id).state == "running"
    world.until("2026-12-15")
    assert world.case(case_id).state == "completed"


def test_invoice_from_due_to_paid(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    world.take(bill, "invoice")
    answers = world.case(bill).answers
    assert (answers["invoice_date"], answers["due_date"]) == ("2026-09-14", "2026-09-28")
    assert money.invoice(world.case(bill)).payable == 156938
    world.until("2026-10-02")
    assert "unpaid" in {k.order.mail for (c, _), k in world.cases.outbox.items() if c == bill}
    world.take(bill, "pay")
    assert (world.case(bill).state, world.case(bill).answers["paid_on"]) == ("paid", "2026-10-02")
    with pytest.raises(Invalid):
        world.take(bill, "credit", credit_number="")
    world.take(bill, "credit")
    note = money.credit_note(world.case(bill))
    assert (note.number, note.credits, note.payable) == ("1002", "1001", 156938)


def bill_of(world: Quotes, email: str = "tilda@example.net") -> str:
    """An invoice that is due, of a new order; it is the day of the start, or later."""
    first = max(date(2026, 9, 14), world.services.today())
    case_id = world.request("confirm", contact_email=email)
    world.take(case_id, "quote", valid_until=first.isoformat())
    world.take(case_id, "accept_organisation")
    world.staff(case_id)
    world.take(case_id, "schedule", start_date=first.isoformat(), end_date=first.isoformat())
    world.until(first.isoformat())
    return world.invoice_of(case_id).id


def test_seven_invoices_of_a_day_reach_finance_and_their_client_that_day(world: Quotes) -> None:
    bills = []
    for _ in range(7):
        world.cases.quotas.clear()  # asked for over some weeks
        bills.append(bill_of(world))
    due = [mail for bill in bills for mail in world.mailed(bill)]
    for number, bill in enumerate(bills):
        world.take(bill, "invoice", invoice_number=f"70{number}")
    sent = len(world.post.sent)
    told = [mail for bill in bills for mail in world.mailed(bill)]
    assert {m for m, _ in due} == {"to_invoice"}
    assert [m for m, _ in told].count("invoiced") == 7
    assert len(world.post.sent) - sent == len(told)
    assert {k.status for (c, _), k in world.cases.outbox.items() if c in bills} == {"sent"}


def wrong_in(world: Quotes, case_id: str, action: str, **said: str) -> list[tuple[str, str]]:
    """What is wrong with an act, by field; it changed nothing."""
    before = world.stored()
    with pytest.raises(Invalid) as refused:
        world.take(case_id, action, **said)
    assert world.cases.folders == before[0]  # type: ignore[index]
    return [(p.field, p.code) for p in refused.value.problems]


def test_client_of_an_invoice_speaks_as_in_the_order(world: Quotes) -> None:
    case_id = world.request("confirm", "quote")
    typed = {"action": "accept_organisation", **BILLING}
    act(world.services, world.token(case_id, "contact"), typed, "sv")
    world.staff(case_id)
    world.take(case_id, "schedule")
    world.until("2026-09-14")
    bill = world.invoice_of(case_id)
    assert (bill.language, bill.holders("contact")[0].language) == ("fi", "sv")
    documents = {p.name: p for p in QUOTE.documents}
    clerk = bill.holders("finance")[0]
    assert documents["invoice"].language_of_files(bill, clerk) == "sv"


@pytest.mark.parametrize("again", ["2026-001", " 2026/1 ", "2026–001", "２０２６-００１"])
def test_number_of_an_invoice_is_used_once(world: Quotes, again: str) -> None:
    first, second = bill_of(world), bill_of(world, "toinen@example.net")
    world.take(first, "invoice", invoice_number="2026-001")
    assert wrong_in(world, second, "invoice", invoice_number=again) == [("invoice_number", "taken")]
    taken = [("credit_number", "taken")]
    assert wrong_in(world, first, "credit", credit_number=again) == taken
    world.take(second, "invoice", invoice_number="2026-002")
    world.take(first, "credit", credit_number="2026-003")
    assert wrong_in(world, second, "credit", credit_number="2026-003") == taken


def test_number_of_an_erased_invoice_stays_used(world: Quotes) -> None:
    first = bill_of(world)
    for action in ("invoice", "pay"):
        world.take(first, action)
    world.until("2033-11-14")
    assert world.case(first).state == "erased"
    second = bill_of(world, "toinen@example.net")
    assert wrong_in(world, second, "invoice") == [("invoice_number", "taken")]


def test_race_of_two_who_use_one_number(world: Quotes) -> None:
    first, second = bill_of(world), bill_of(world, "toinen@example.net")
    interrupt(world, lambda: world.take(first, "invoice"))
    with pytest.raises(Invalid) as refused:
        world.take(second, "invoice")
    assert [(p.field, p.code) for p in refused.value.problems] == [("invoice_number", "taken")]
    assert [world.case(i).state for i in (first, second)] == ["invoiced", "invoice_due"]


@pytest.mark.parametrize(
    ("done", "action", "said", "wrong"),
    [
        ((), "invoice", {"invoice_date": "1900-01-01"}, "invoice_date_not_before"),
        ((), "invoice", {"invoice_date": "2026-09-13"}, "invoice_date_not_before"),
        ((), "invoice", {"invoice_date": "2026-09-15"}, "invoice_date_not_ahead"),
        ((), "invoice", {"due_date": "2026-09-13"}, "due_date_ahead"),
        ((), "invoice", {"due_date": "2100-12-31"}, "due_date_near"),
        ((), "invoice", {"invoice_number": "Lasku"}, "document_number"),
        (("invoice",), "pay", {"paid_on": "2026-09-13"}, "paid_on_not_before"),
        (("invoice",), "pay", {"paid_on": "2026-09-15"}, "paid_on_not_ahead"),
    ],
)
def test_days_of_an_invoice_are_in_order(
    world: Quotes, done: tuple[str, ...], action: str, said: dict[str, str], wrong: str
) -> None:
    bill = bill_of(world)
    for each in done:
        world.take(bill, each)
    assert [code for _, code in wrong_in(world, bill, action, **said)] == [wrong]


@pytest.mark.parametrize("on", ["2026-10-21", "2026-12-21"])
def test_an_invoice_dated_earlier_is_not_mailed_as_overdue(world: Quotes, on: str) -> None:
    bill = bill_of(world)
    world.until(on)
    told = {"invoice_date": "2026-09-14"}
    past = (date.fromisoformat(on) - timedelta(days=1)).isoformat()
    assert wrong_in(world, bill, "invoice", **told, due_date=past) == [
        ("due_date", "due_date_ahead")
    ]
    world.take(bill, "invoice", **told)
    answers = world.case(bill).answers
    assert answers["invoice_date"] == "2026-09-14"
    later = date.fromisoformat(on) + timedelta(days=14)
    assert answers["due_date"] == working_from(later).isoformat()
    assert "unpaid" not in {k.order.mail for (c, _), k in world.cases.outbox.items() if c == bill}


def test_fee_is_not_invoiced_before_the_cancellation(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    world.take(case_id, "cancel")
    bill = world.invoice_of(case_id).id
    wrong = wrong_in(world, bill, "invoice", invoice_date="2026-09-09")
    assert wrong == [("invoice_date", "invoice_date_not_before")]
    world.take(bill, "invoice", invoice_date="2026-09-10")


@pytest.mark.parametrize(
    ("day", "reason", "percent"),
    [
        ("2026-09-06", "early", 0),
        ("2026-09-07", "late", 50),
        ("2026-09-13", "late", 50),
    ],
)
def test_client_cancels_before_the_start(
    world: Quotes, day: str, reason: str, percent: int
) -> None:
    case_id = world.request(*DATED)
    world.until(day)
    world.take(case_id, "cancel")
    answers = world.case(case_id).answers
    assert (answers["fee_reason"], answers["fee_percent"]) == (reason, percent)
    assert (answers["fee_base"], answers["fee_terms"]) == (125050, "2026-1")
    assert world.order_of(case_id).state == "called_off"
    bill = world.linked(case_id, "quote", "invoice")
    assert bool(bill) == bool(percent)
    if bill:
        assert totals(money.invoice_lines(bill)).net == 62525


def test_cancelling_after_the_start_is_the_price_and_no_second_invoice(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-20")
    world.take(case_id, "cancel")
    case = world.case(case_id)
    assert (case.answers["fee_reason"], case.answers["fee"]) == ("started", 0)
    assert len([i for i in case.linked if world.case(i).form == "invoice"]) == 1
    assert world.invoice_of(case_id).state == "invoice_due"


@pytest.mark.parametrize("invoiced", [(), ("invoice",), ("invoice", "pay")])
def test_provider_who_cancels_gives_it_back(world: Quotes, invoiced: tuple[str, ...]) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    for action in invoiced:
        world.take(bill, action)
    world.take(case_id, "call_off")
    assert world.case(case_id).answers["fee"] == 0
    assert world.case(bill).state == ("credit_due" if invoiced else "dropped")


def test_one_leaves_and_the_rest_is_invoiced(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    world.take(case_id, "cancel_one")
    answers = world.case(case_id).answers
    seat = divided(125050, 4)
    assert answers["participant_names"] == "Bertta\nCecilia\nDaavid"
    assert (
        answers["participant_price"],
        answers["cancelled_participants"],
        answers["participant_fees"],
    ) == (seat, 1, 15632)
    assert answers["fee"] == 15632
    world.until("2026-09-14")
    assert money.sums(world.invoice_of(case_id))["net"] == 125050 - seat + 15632


@pytest.mark.parametrize(
    ("said", "names", "left"),
    [
        ({"leaving": "Aino (1)"}, "Aino\nBertta\nAino", "Bertta\nAino"),
        ({"leaving": "Aino (2)"}, "Aino\nBertta\nAi\u00adno\u00a0", "Aino\nBertta"),
        ({"leaving": "Aino (3)"}, "Aino\nAino (2)\nAino", "Aino\nAino (2)"),
        ({"replaced": "Aino (1)", "coming_in": "Eeva"}, "Aino\nBertta\nAino", "Eeva\nBertta\nAino"),
    ],
)  # fmt: skip
def test_one_of_two_of_a_name_is_one(
    world: Quotes, said: dict[str, str], names: str, left: str
) -> None:
    case_id = world.request(*AGREED)
    world.take(case_id, "schedule", participant_names=names)
    with pytest.raises(Invalid):
        world.take(case_id, "cancel_one", leaving="Aino")
    world.take(case_id, "cancel_one" if "leaving" in said else "substitute", **said)
    answers = world.case(case_id).answers
    assert answers["participant_names"] == left
    assert answers.get("cancelled_participants", 0) == ("leaving" in said)


@given(st.lists(st.sampled_from(["A", "B", "A (1)", "A (2)", "A (1) (1)"]), max_size=9))
def test_names_are_told_apart_and_none_is_lost(names: list[str]) -> None:
    labels = distinct_labels(names)
    assert len({*labels}) == len(names)
    for out, name in zip(labels, names, strict=True):
        assert out == name or (names.count(name) > 1 and out.startswith(f"{name} ("))
        answers = {"participant_names": "\n".join(names), "leaving": out, "participants": 9}
        left = str(money.one_left(answers, date(2026, 9, 1))["participant_names"]).splitlines()
        gone = names[: labels.index(out)] + names[labels.index(out) + 1 :]
        assert left == gone


def test_last_participant_does_not_leave_alone(world: Quotes) -> None:
    case_id = world.request(*AGREED)
    world.take(case_id, "schedule", participant_names="Aino")
    opened = open_link(world.services, world.token(case_id, "contact", "status"))
    assert [a.name for a in opened.actions] == ["substitute", "cancel"]


def test_substitute_costs_nothing(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-13")
    world.take(case_id, "substitute")
    answers = world.case(case_id).answers
    assert answers["participant_names"] == "Eeva\nBertta\nCecilia\nDaavid"
    assert (answers["fee_reason"], answers["fee"]) == ("substitution", 0)


@pytest.mark.parametrize("absent", ["everybody", "Bertta"])
def test_no_show_adds_nothing_to_the_price(world: Quotes, absent: str) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    world.take(case_id, "no_show", absent=absent)
    answers = world.case(case_id).answers
    assert (answers["fee_reason"], answers["fee"]) == ("no_show", 0)
    assert not {"days_left", "fee_base", "fee_percent"} & answers.keys()
    assert world.case(case_id).state == "running"


def test_fee_that_changed_since_it_was_told_is_told_anew(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-06")
    told = preview(QUOTE.action("cancel"), world.case(case_id), world.clock.now())
    world.until("2026-09-07")
    token = world.token(case_id, "contact", "status")
    typed = {"action": "cancel", PREVIEW_STAMP + "cancel": stamp(told)}
    for each in (typed, {"action": "cancel"}):
        with pytest.raises(Invalid) as refused:
            act(world.services, token, each, "fi")
        assert [(p.field, p.code) for p in refused.value.problems] == [("action", "computed")]
    assert world.case(case_id).state == "scheduled"


def test_race_of_two_who_end_it_opens_one_invoice(world: Quotes) -> None:
    """The clock starts it just while the client cancels: one of them wins, wholly."""
    case_id = world.request(*DATED)
    world.until("2026-09-13")
    world.clock.time += timedelta(hours=13)  # the day of the start has begun

    def start() -> None:
        assert run_due_timer(world.services, case_id)

    interrupt(world, start)
    with pytest.raises(Conflict):
        world.take(case_id, "cancel")
    case = world.case(case_id)
    assert case.state == "running"
    assert [world.case(i).answers.get("invoice_kind") for i in case.linked] == [None, "price"]


def test_calls_move_what_is_linked_alone(world: Quotes) -> None:
    case_id = world.request(*DATED)
    case = world.case(case_id)
    assert moves_linked(QUOTE, case, "cancel")
    assert not moves_linked(QUOTE, case, "no_show")


def test_finance_and_supervisor_see_their_part(world: Quotes) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id)
    seen: Callable[[str, str], bool] = lambda field, role: role in QUOTE.visibility[field]  # noqa: E731
    assert {f for f in bill.answers if not seen(f, "finance")} == set()
    hidden = {"need", "net_price", "billing_name", "business_id", "contact_email", "fee"}
    assert not any(seen(f, "supervisor") for f in hidden)
    assert all(seen(f, "supervisor") for f in ("start_date", "end_date", "participant_names"))


@given(
    net=st.integers(100, 10**8),
    seats=st.integers(1, 50),
    left=st.integers(0, 40),
    off=st.integers(0, 10),
)
def test_what_seats_cost_never_exceeds_the_price(net: int, seats: int, left: int, off: int) -> None:
    """Each seat that is cancelled costs its fee and is taken off the price."""
    off = min(off, seats - 1)
    start = date(2026, 12, 28)
    answers: dict[str, object] = {
        "net_price": net,
        "participants": seats,
        "start_date": start.isoformat(),
        "participant_names": "\n".join(f"P{n}" for n in range(seats)),
    }
    answers |= money.accepted(answers, start)  # type: ignore[arg-type]
    for n in range(off):
        answers["leaving"] = f"P{n}"
        answers |= money.one_left(answers, start - timedelta(days=left))  # type: ignore[arg-type]
    seat = int(str(answers["participant_price"]))
    fees = int(str(answers.get("participant_fees", 0)))
    assert str(answers["participant_names"]).count("P") == seats - off
    assert 0 <= fees <= off * seat
    assert money.left_price(answers) + fees <= net + off  # a cent for each rounding, at most


@pytest.mark.parametrize("field", [f for f in QUOTE.fields().values() if f.code])
def test_examples_of_codes_are_in_their_normal_form(field: Field) -> None:
    assert field.code
    assert field.code.read(field.code.example) == field.code.example
