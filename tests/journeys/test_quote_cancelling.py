"""What a cancellation costs is told before it is chosen, whoever cancels and whenever."""

import re

import pytest

from tests.journeys.groups import open_desk
from tests.journeys.journey import word
from tests.journeys.quotes import ANNA, NAMES, STEN, TESTI, Quote, said

REASON = "Ryhmä hajosi uudelleenjärjestelyissä."


@pytest.fixture
def quotes(stack, eyes):
    return lambda language="fi", **answers: Quote(stack, eyes, language, **answers)


def tells(q, action, reason, percent, fee, days=None):
    """The computation of a choice, before it is made: its sum and its reason in words."""
    told = q.preview(action)
    assert told["fee_reason"] == said("fi", f"fields.fee_reason.choices.{reason}")
    unit = said("fi", "fields.fee_percent.unit").strip()
    assert told.get("fee_percent", "").split() == ([] if percent is None else [str(percent), unit])
    assert told["fee"] == fee
    if days is not None:
        assert told["days_left"] == str(days)
    assert told["fee_terms"] == "2026-1"


def cancelled(q, action="cancel", mail="cancelled"):
    q.done(action, "cancelled")
    assert q.got(q.email, mail) == 1
    assert q.got(ANNA, "cancelled_coordinator") == 1
    assert q.got(TESTI, "called_off_supervisor", q.order()) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_whole_order_over_a_week_before(quotes, eyes, scripts):
    q = quotes().hurry().schedule()
    q.open(q.email, "scheduled")
    tells(q, "cancel", "early", 0, "0,00 €", 30)
    form = eyes.page.locator("form", has=eyes.page.locator("#f-action-cancel"))
    eyes.press(form.locator(".k-actions button"), 422)  # the button alone decides nothing
    assert eyes.texts(".k-error-summary li") == [
        f"{said('fi', 'actions.cancel.question')} {word('fi', 'task.undecided')}"
    ]
    assert q.got(q.email, "cancelled") == 0
    eyes.decide("cancel", cancel_reason=REASON)
    cancelled(q)
    q.open(q.email, "cancelled")
    q.stands("cancelled")
    assert q.row("fee") == "0,00 €"
    invoice = said("fi", "forms.invoice.title")
    assert invoice not in eyes.text("section[aria-labelledby=linked-title]")


def test_whole_order_within_a_week_is_half(quotes, stack, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(3))
    q.open(q.email, "scheduled")
    tells(q, "cancel", "late", 50, "625,25 €", 7)
    eyes.decide("cancel")
    cancelled(q)
    bill = q.invoice()
    q.open(STEN, "to_invoice", bill)
    q.asks("invoice_due")
    assert q.row("invoice_kind") == said("sv", "fields.invoice_kind.choices.fee")
    eyes.decide("invoice", invoice_number=q.bill_number)
    q.open(q.email, "invoiced", bill)
    eyes.press('main a[href*="/documents/invoice?"]')
    for told in ("625,25 €", "784,69 €", said("fi", "fields.product.choices.group")):
        assert told in eyes.text()


def test_whole_order_after_the_start_is_its_price(quotes, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(10))
    bill = q.invoice()
    tells(q, "cancel", "started", None, "0,00 €")
    q.until(q.day(2))
    q.open(q.email, "started")
    tells(q, "cancel", "started", None, "0,00 €")
    assert "days_left" not in q.preview("cancel")
    eyes.decide("cancel")
    cancelled(q, mail="cancelled_started")
    q.open(q.email, "cancelled_started")
    assert q.beside(said("fi", "forms.invoice.title")) == bill


def test_one_participant_leaves_and_another_comes(quotes, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(5))
    q.open(q.email, "scheduled")
    tells(q, "cancel_one", "late", 50, "156,32 €", 5)
    eyes.decide("cancel_one", 422)
    assert eyes.texts(".k-error-summary li")
    eyes.decide("cancel_one", leaving=NAMES[0])
    q.done("cancel_one", "scheduled")
    for to, mail in ((ANNA, "participants_coordinator"), (TESTI, "participants_supervisor")):
        assert q.got(to, mail) == 1

    q.open(q.email, "place_cancelled")
    assert NAMES[0] not in q.row("participant_names")
    tells(q, "substitute", "substitution", 0, "0,00 €")
    eyes.decide("substitute", 422, replaced=NAMES[1], coming_in=NAMES[2])
    assert said("fi", "checks.comes_new") in eyes.text("#e-coming_in")
    eyes.decide("substitute", replaced=NAMES[1], coming_in="Eeva Eka")
    q.done("substitute", "scheduled")
    q.open(TESTI, "participants_supervisor")
    assert q.row("participant_names") == "Eeva Eka Cecilia Celsius Daavid Dahl"
    assert "156" not in eyes.text()


def test_supervisor_tells_who_did_not_come(quotes, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(8))
    assert (q.got(q.email, "remind_start"), q.got(TESTI, "remind_supervisor")) == (1, 1)
    q.until(q.day(2))
    q.open(TESTI, "remind_supervisor")
    assert said("fi", "actions.no_show.consequence") in eyes.page.locator("main").text_content()
    eyes.decide("no_show", absent=NAMES[3], absent_on=q.day(0))
    q.done("no_show", "running")
    assert q.got(ANNA, "missed_coordinator") == 1
    q.open(q.email, "missed")
    q.stands("running")
    assert q.row("fee_reason") == said("fi", "fields.fee_reason.choices.no_show")
    assert q.rows()[said("fi", "fields.absent.read")] == NAMES[3]


def test_provider_calls_off_before_the_invoice(quotes, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(10))
    bill = q.invoice()
    q.open(ANNA, "to_schedule")
    eyes.fill({"send_to": "here"})
    eyes.press('form[action$="/fresh"] button')
    q.open(ANNA, "fresh_link")
    tells(q, "call_off", "provider", None, "0,00 €")
    eyes.decide("call_off", 422, provider_reason="Ei")
    eyes.decide("call_off", provider_reason=REASON)
    cancelled(q, "call_off", "called_off_started")
    q.open(q.email, "called_off_started")
    assert REASON in eyes.text()
    q.open(STEN, "dropped", bill)
    q.stands("dropped")


def test_provider_calls_off_what_is_invoiced(quotes, stack, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(10))
    bill = q.invoice()
    q.open(STEN, "to_invoice", bill)
    eyes.decide("invoice", invoice_number=q.bill_number)
    open_desk(stack, eyes, ANNA)
    own = eyes.page.locator(".k-desk__more", has_text=re.compile(rf"{q.reference}\s*$"))
    eyes.press(eyes.page.locator(".k-desk tr", has=own).locator("a").first)
    eyes.decide("call_off", provider_reason=REASON)
    cancelled(q, "call_off", "called_off_started")
    q.open(STEN, "to_credit", bill)
    q.asks("credit_due")
    eyes.decide("credit", credit_number=f"{q.bill_number}-H", credit_reason=REASON)
    q.done("credit", "credited")
    q.open(q.email, "credited", bill)
    q.stands("credited")
    eyes.press('main a[href*="/documents/credit_note?"]')
    for told in (f"{q.bill_number}-H", q.bill_number, "1 569,38 €", REASON):
        assert told in eyes.text()
    q.open(STEN, "credited_finance", bill)
    link = eyes.page.locator('main a[href*="/documents/credit_note.xml?"]').get_attribute("href")
    made = eyes.page.request.get(eyes.home + link)
    assert b"<ram:TypeCode>381</ram:TypeCode>" in made.body()


def test_fee_that_changed_at_midnight_is_told_anew(quotes, eyes):
    q = quotes().hurry().schedule(10)
    q.until(q.day(2), 23)
    q.open(q.email, "scheduled")
    tells(q, "cancel", "early", 0, "0,00 €", 8)
    q.until(q.day(1), 1)
    eyes.decide("cancel", 422, cancel_reason=REASON)
    assert word("fi", "problems.computed") in eyes.text(".k-error-summary")
    assert eyes.filled({"cancel_reason": ""}) == {"cancel_reason": REASON}
    told = q.preview("cancel")
    assert (told["days_left"], told["fee"]) == ("7", "625,25 €")
    assert q.got(q.email, "cancelled") == 0
    eyes.decide("cancel")
    cancelled(q)
