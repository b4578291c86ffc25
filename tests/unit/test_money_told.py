"""Who cancels, pays or gets money back is told what they did, what it costs with VAT, and when."""

import re

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.computation import preview
from functions.kernel.engine import transition
from functions.kernel.errors import Invalid
from functions.processes import current
from functions.processes.quote import money
from functions.render.case.act_forms import InitialValues, act_forms
from functions.render.case.view import groups
from functions.render.document.content import document_view
from functions.render.mail.mail import message
from functions.render.text.organisation import organisation
from functions.render.text.texts import mail_text
from functions.render.text.words import Words
from tests.fakes import history_of
from tests.guards.test_guard_mails import note, parts
from tests.orders import ACCEPTED, AGREED, DATED, QUOTE, Quotes
from tests.unit.test_directory_told import Kept
from tests.unit.test_vacant import read, seller  # noqa: F401


def heard(world: Quotes, case_id: str) -> list[str]:
    """The mails to the client since this was asked last."""
    return [mail for mail, name in world.mailed(case_id) if name == "Tilda Tilaaja"]


def test_order_without_supervisor_is_cancelled_free(seller) -> None:  # noqa: F811
    office, case_id = seller
    office.until("2026-10-30")
    told = preview(QUOTE.action("cancel"), office.case(case_id), office.clock.now())
    assert (told["fee_reason"], told["fee"], told["payable"]) == ("vacant", 0, 0)
    assert "Cancelling is free" in read(office, case_id, "contact")
    office.take(case_id, "cancel")
    assert "vacant" not in office.case(case_id).answers
    assert office.linked(case_id, "quote", "invoice") is None
    assert "There is nothing to pay" in read(office, case_id, "contact")


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_say_that_cancelling_is_free_without_a_supervisor(language: str) -> None:
    words = Words(QUOTE, language, Quotes().directory)
    role = {"fi": "työnohjaajaa", "sv": "arbetshandledare", "en": "supervisor"}[language]
    assert any(role in words.maybe(f"terms.cancelling.text.{n}") for n in range(12))


@pytest.mark.parametrize(
    ("acts", "mail"),
    [((), None), (("invoice",), "not_to_pay"), (("invoice", "pay"), "to_return")],
)
def test_client_is_told_what_comes_back_and_when(acts: tuple[str, ...], mail: str | None) -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    for action in acts:
        world.take(bill, action)
    for each in (case_id, bill):
        world.mailed(each)
    world.take(case_id, "call_off")
    assert heard(world, case_id) == ["called_off_started"]
    assert heard(world, bill) == ([mail] if mail else [])
    words = Words(QUOTE, "en", world.directory, "request")
    assert "any refund are handled on the page of the invoice" in words.state(
        world.case(case_id), "next"
    )
    if mail:
        world.take(bill, "credit")
        assert heard(world, bill) == ["credited_paid" if "pay" in acts else "credited"]
        words = Words(QUOTE, "en", world.directory, "invoice")
        told = words.state(world.case(bill), "next", "contact")
        assert ("we return the whole amount" in told) == ("pay" in acts)


def test_page_of_a_paid_invoice_says_that_all_comes_back() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    for action in ("invoice", "pay"):
        world.take(bill, action)
    world.take(case_id, "call_off")
    words = Words(QUOTE, "en", world.directory, "invoice")
    told = words.state(world.case(bill), "next", "contact")
    assert "You get back the whole amount you have paid" in told


@pytest.mark.parametrize(
    ("acts", "day", "act", "mail", "text"),
    [
        (ACCEPTED, "", "cancel", "cancelled_free", "nothing to pay"),
        (AGREED, "", "cancel", "cancelled_free", "nothing to pay"),
        (DATED, "2026-09-01", "cancel", "cancelled", "nothing to pay"),
        (DATED, "2026-09-10", "cancel", "cancelled", "invoice for the cancellation"),
        (DATED, "2026-09-20", "cancel", "cancelled_started", "invoiced in full"),
        (DATED, "2026-09-10", "call_off", "called_off", "nothing to pay"),
    ],
)
def test_who_cancels_is_told_what_they_did(
    acts: tuple[str, ...], day: str, act: str, mail: str, text: str
) -> None:
    world = Quotes()
    case_id = world.request(*acts)
    if day:
        world.until(day)
    world.mailed(case_id)
    world.take(case_id, act)
    assert heard(world, case_id) == [mail]
    words = Words(QUOTE, "en", world.directory, "request")
    assert text in words.state(world.case(case_id), "next")


@pytest.mark.parametrize(
    ("act", "mails"),
    [
        ("cancel_one", ("place_cancelled", "participants_coordinator", "participants_supervisor")),
        ("substitute", ("replaced", "participants_coordinator", "participants_supervisor")),
        ("reschedule", ("changed", "changed_coordinator", "changed_supervisor")),
    ],
)
def test_change_is_told_as_what_it_is(act: str, mails: tuple[str, ...]) -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.mailed(case_id)
    days = {"start_date": "2026-09-20", "end_date": "2026-12-14", "participant_names": "Aino"}
    world.take(case_id, act, **(days if act == "reschedule" else {}))
    assert {mail for mail, _ in world.mailed(case_id)} == {*mails}


def test_only_a_later_quote_replaces_an_earlier_one() -> None:
    world = Quotes()
    case_id = world.request("confirm", "quote")
    assert "quoted" in heard(world, case_id)
    world.take(case_id, "revise")
    assert heard(world, case_id) == ["requoted"]
    world.take(case_id, "ask_about")
    world.take(case_id, "quote")
    assert heard(world, case_id) == ["requoted"]
    for language, word in (("fi", "korvaa"), ("sv", "ersätter"), ("en", "replaces")):
        assert word not in " ".join(mail_text("quote", "quoted", language).body)


def test_cancellation_shows_what_is_invoiced_in_all() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    for action in ("cancel_one", "cancel"):
        told = preview(QUOTE.action(action), world.case(case_id), world.clock.now())
        assert int(str(told["fee_gross"])) > int(str(told["fee"]))
        world.take(case_id, action)
    bill = world.invoice_of(case_id)
    assert world.case(case_id).answers["payable"] == money.sums(bill)["gross"]


@pytest.mark.parametrize("day", ["2026-09-10", "2026-09-14"])
def test_finance_sees_the_sum_before_the_invoice_is_made(day: str) -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    world.take(case_id, "cancel_one")
    world.until(day)
    if day < "2026-09-14":
        world.take(case_id, "cancel")
    bill = world.invoice_of(case_id)
    assert bill.answers["payable"] == money.sums(bill)["gross"] > 0
    assert "finance" in QUOTE.visibility["payable"]


def test_who_pays_for_themself_reads_the_price_with_vat_first() -> None:
    world = Quotes()
    case_id = world.request("confirm", payer_type="individual", organisation="", business_id="")
    world.take(case_id, "quote", option_sessions="2", option_price="100")
    case = world.case(case_id)
    assert case.answers["option_gross"] == 12550
    words = Words(QUOTE, "en", world.directory, case.form)
    file = world.cases.load(case_id)
    assert file
    told = history_of(case, file.history)
    shown = groups(words, case, case.holders("contact")[0], told)
    assert [r.label for r in shown[0].rows[:2]] == [
        "Price including VAT",
        "Price of one extra session including VAT",
    ]


def test_dates_come_first_once_they_are_agreed() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    case = world.case(case_id)
    words = Words(QUOTE, "en", world.directory, case.form)
    file = world.cases.load(case_id)
    assert file
    told = history_of(case, file.history)
    shown = groups(words, case, case.holders("contact")[0], told)
    assert "Start date" in {r.label for r in shown[0].rows}
    assert shown[1].title == words.page("case.people")


def test_postponed_work_has_no_dates_on_its_own_page(seller) -> None:  # noqa: F811
    office, case_id = seller
    assert "start_date" in office.order_of(case_id).answers
    office.until("2026-11-02")
    work = office.order_of(case_id)
    assert not {"start_date", "end_date", "participant_names"} & work.answers.keys()
    assert "Work agreed" not in read(office, work.id, "coordinator")


@pytest.mark.parametrize(
    ("acts", "mail"), [(AGREED, "called_off_undated"), (DATED, "called_off_supervisor")]
)
def test_times_are_free_again_only_where_they_were_agreed(acts: tuple[str, ...], mail: str) -> None:
    world = Quotes()
    case_id = world.request(*acts)
    order = world.order_of(case_id).id
    world.mailed(order)
    world.take(case_id, "cancel")
    assert world.mailed(order) == [(mail, "Testi Directory")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_the_dates_is_told_how_to_correct_them(language: str) -> None:
    free = {"fi": "ei maksa mitään", "sv": "kostar ingenting", "en": "costs nothing"}[language]
    assert any(free in part for part in mail_text("quote", "scheduled", language).body)
    words = Words(QUOTE, language, Quotes().directory)
    assert free in words.maybe("states.scheduled.to.contact.next")


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_a_table_have_names_of_their_own(language: str) -> None:
    for definition in map(current, ("quote", "supervision", "contact")):
        words = Words(definition, language, Quotes().directory)
        for table in definition.tables:
            header = [words.label(definition.fields()[name]) for name in table.fields]
            header += [words.text(f"tables.{table.name}.{name}") for name in table.sums]
            assert len({*header}) == len(header)


def started_without(*acts: str) -> tuple[Kept, str]:
    """Work that has started, of which 5 sessions were agreed, and whose supervisor is gone."""
    office = Kept()
    case_id = office.request("confirm")
    office.take(case_id, "quote", valid_until="2026-10-31", sessions="5", net_price="1000")
    office.take(case_id, "accept_organisation")
    office.staff(case_id)
    office.take(case_id, "schedule", start_date="2026-11-02", end_date="2026-12-20")
    office.until("2026-11-03")
    bill = office.invoice_of(case_id).id
    for action in acts:
        office.take(bill, action)
    office.index()
    office.put_out("supervisors", "testi")
    office.sent()
    return office, case_id


@pytest.mark.parametrize("acts", [(), ("invoice",), ("invoice", "pay")])
@pytest.mark.parametrize("held", [0, 2])
def test_started_order_without_supervisor_costs_what_was_held(
    acts: tuple[str, ...], held: int
) -> None:
    office, case_id = started_without(*acts)
    full = office.invoice_of(case_id).id
    if held:
        office.take(case_id, "count_held", sessions_held=str(held))
    told = preview(QUOTE.action("cancel"), office.case(case_id), office.clock.now())
    assert (told["fee_reason"], told["sessions_held"], told["fee"]) == ("held", held, 20000 * held)
    assert told["payable"] == 25100 * held
    office.mailed(case_id)
    office.take(case_id, "cancel")
    assert heard(office, case_id) == ["cancelled_held"]
    assert office.case(full).state == ("credit_due" if acts else "dropped")
    others = [office.case(i) for i in office.case(case_id).linked if i != full]
    bills = [c for c in others if c.form == "invoice"]
    assert [money.sums(c)["gross"] for c in bills] == [25100 * held] * bool(held)
    for each in bills:
        office.take(each.id, "invoice", invoice_number="1009")
        due = money.invoice(office.case(each.id))
        assert (due.from_day.isoformat(), due.to_day) == ("2026-11-02", due.issued)
    words = Words(QUOTE, "en", office.directory, "request")
    told_after = words.state(office.case(case_id), "next", "contact")
    wanted = "Only the sessions held are invoiced" if held else "You do not pay for the order"
    assert wanted in told_after


def test_nobody_leaves_work_at_full_price_that_nobody_goes_on_with() -> None:
    office, case_id = started_without()
    assert transition(QUOTE, office.case(case_id), "cancel_one") is None
    with pytest.raises(Invalid):
        office.take(case_id, "count_held", sessions_held="6")


def money_rows(world: Quotes, case_id: str, *offered: str) -> list[list[str]]:
    """The groups of sums that whoever pays reads of a case: on its page, in the calculations of
    what they can do, and on its documents; by the labels of the sums."""
    case = world.case(case_id)
    file, who = world.cases.load(case_id), case.holders("contact")[0]
    assert file
    words = Words(QUOTE, "en", world.directory, case.form)
    told = history_of(case, file.history)
    shown = [g.rows for g in groups(words, case, who, told)]
    actions = [QUOTE.action(name) for name in offered]
    now = world.clock.now()
    filled = InitialValues(
        case.form, case.answers, {}, preview={a.name: preview(a, case, now) for a in actions}
    )
    drawn = act_forms(words, actions, filled) if actions else []
    shown += [rows for form in drawn for rows in form.preview.values()]
    for document in QUOTE.documents:
        if document.readable(case, "contact"):
            shown += [g.rows for g in document_view(words, case, document, who, now).groups]
    return [[r.label for r in rows if "€" in r.value] for rows in shown]


NET, GROSS = ("excluding VAT",), ("including VAT", "Amount due")


@pytest.mark.parametrize("payer", ["individual", "organisation"])
def test_sums_without_vat_have_theirs_with_it(payer: str) -> None:
    """Everywhere; and whoever pays for themself reads those with VAT first."""
    world, own = Quotes(), payer == "individual"
    accept = "accept_person" if own else "accept_organisation"
    none = {"organisation": "", "business_id": ""} if own else {}
    case_id = world.request("confirm", payer_type=payer, **none)
    read_, seen = [], (lambda case, *acts: read_.extend(money_rows(world, case, *acts)))
    world.take(case_id, "quote", option_sessions="2", option_price="100")
    seen(case_id)
    for action in (accept, "staff", "schedule"):
        world.take(case_id, action)
    world.until("2026-09-10")
    seen(case_id, "cancel", "cancel_one", "substitute")
    world.take(case_id, "cancel_one")
    seen(case_id, "cancel", "cancel_one")
    world.take(case_id, "cancel")
    bill = world.invoice_of(case_id).id
    seen(case_id), seen(bill)
    world.take(bill, "invoice")
    seen(bill)
    sums = [row for row in read_ if row]
    assert len(sums) > 10
    for row in sums:
        net = [label for label in row if label.endswith(NET)]
        gross = [label for label in row if label.endswith(GROSS)]
        assert len(net) <= len(gross), row
        assert set(row) == {*net, *gross}, row
        assert not own or row[: len(gross)] == gross, row


@pytest.mark.parametrize(
    ("language", "promise"),
    [("fi", "30 päivän kuluessa"), ("sv", "inom 30 dagar"), ("en", "within 30 days")],
)
def test_days_of_a_refund_are_those_that_the_organisation_has_set(
    monkeypatch: pytest.MonkeyPatch, language: str, promise: str
) -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    for action in ("invoice", "pay", "credit"):
        world.take(bill, action)
    words = Words(QUOTE, language, world.directory, "invoice")

    def said() -> list[str]:
        mail = message(note("quote", "credited_paid", language))
        return [words.state(world.case(bill), "next", "contact"), parts(mail)[0]]

    monkeypatch.delitem(organisation(), "refund_days", raising=False)
    assert not any(re.search(r"vii?kk?o|veck|week|\d+ d(ay|ag)|päiv|[{}]", s) for s in said())
    monkeypatch.setitem(organisation(), "refund_days", 30)
    assert all(promise in s for s in said())
