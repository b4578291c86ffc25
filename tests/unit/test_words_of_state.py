"""What pages, desks and mails say of a state is true in it, and is said once."""

import re
from dataclasses import replace

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import REFERENCE_LENGTH
from functions.kernel.states import CLOCK
from functions.kernel.visibility import visible
from functions.processes import NAMES, current
from functions.render.desk.desk import Frame, desk_row
from functions.render.mail.mail import reference
from functions.render.text.texts import process_text
from functions.services.mail.deliver import deliver
from tests.fakes import World
from tests.orders import DATED, QUOTE, Quotes
from tests.paths import walks

AGREED = {"fi": "sovit", "sv": "avtala", "en": "agreed"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_list_of_what_has_been_agreed_says_so(name: str, language: str) -> None:
    """Before the first session nothing is in progress."""
    for role in current(name).roles:
        try:
            title = process_text(name, language, f"desk.{role.name}.running")
        except KeyError:
            continue
        assert AGREED[language] in title


def stems(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{4,}", text.casefold())}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_row_of_a_desk_says_its_state_once(name: str, language: str) -> None:
    world, definition = World(), current(name)
    frame = Frame("Anna", world.clock.now(), language, "/api/d/token", world.directory)
    for walk in walks(definition, world.directory):
        for case in (d.case for d in walk.decisions):
            for party in case.parties:
                row = desk_row(frame, definition, case, party, world.clock.now())
                assert not row.turn or definition.turn(case) != CLOCK
                assert not row.turn or not stems(row.state) <= stems(row.turn), (
                    row.state,
                    row.turn,
                )


@pytest.mark.parametrize("over", ["staffing", "scheduled", "running", "cancelled", "expired"])
def test_end_of_validity_is_told_while_a_quote_can_be_answered(over: str) -> None:
    world = Quotes()
    case = world.case(world.request("confirm", "quote"))
    assert "valid_until" in visible(QUOTE, case, "contact")
    for role in ("contact", "coordinator"):
        assert "valid_until" not in visible(QUOTE, replace(case, state=over), role)


def test_started_order_shows_no_calculation_from_before() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-10")
    world.take(case_id, "cancel_one")
    assert "days_left" in world.case(case_id).answers
    world.until("2026-09-14")
    after = world.case(case_id)
    assert after.state == "running"
    assert not {"days_left", "fee_reason", "fee_percent", "fee"} & after.answers.keys()
    assert after.answers["participant_fees"]


@pytest.mark.parametrize(
    ("day", "kind"), [("2026-09-14", "Agreed price"), ("2026-09-10", "Cancellation fee")]
)
def test_mail_of_an_invoice_tells_at_a_glance(day: str, kind: str) -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.until(day)
    if kind == "Cancellation fee":
        world.take(case_id, "cancel")
    bill = world.invoice_of(case_id)
    who = bill.holders("contact")[0]
    world.cases.folders[bill.id] = replace(
        world.cases.folders[bill.id],
        case=replace(bill, parties=tuple(replace(p, language="en") for p in bill.parties)),
    )
    world.take(bill.id, "invoice")
    text = mail_to(world, bill.id, who.id)
    due = r"Mon 28 September|Thu 24 September"
    assert re.match(rf"Pay €[\d,.]+ by ({due}), invoice {reference(bill.id)}", text)
    first = text.split("\n\n")[1:3]
    assert re.search(rf"pay €[\d,.]+ by ({due}) 2026", first[0])
    assert f"What the invoice is for: {kind}. Payer: Organisation." in first[1]


def mail_to(world: Quotes, case_id: str, party: str) -> str:
    """Subject and text of the newest mail of a case to somebody."""
    world.post.sent.clear()
    for key in [k for k in world.pending() if k[0] == case_id]:
        if world.cases.outbox[key].order.party == party:
            deliver(world.services, *key)
    mail = world.post.sent[-1]
    plain = mail.get_body(("plain",))
    assert plain
    return f"{mail['Subject']}\n\n{plain.get_content()}"


def test_mail_names_all_cases_that_it_concerns_and_that_its_reader_knows() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    work = world.order_of(case_id)
    order = {reference(case_id), reference(work.id)}
    for each, role in ((case_id, "contact"), (case_id, "supervisor"), (case_id, "coordinator")):
        world.take(each, "substitute") if role == "contact" else None
        who = world.case(each).holders(role)[0]
        text = mail_to(world, each, who.id)
        assert named(text) == order
        assert re.search(rf"(Tarjous|Quote|Offert) {reference(case_id)}", text)
        assert re.search(rf"(Tilattu työ|Ordered work) {reference(work.id)}", text)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id)
    world.take(bill.id, "invoice")
    text = mail_to(world, bill.id, bill.holders("contact")[0].id)
    assert named(text) == {reference(bill.id), reference(case_id)}
    world.take(case_id, "substitute", replaced="Bertta", coming_in="Fanni")
    supervisor = mail_to(world, case_id, world.case(case_id).holders("supervisor")[0].id)
    assert named(supervisor) == order  # nothing of the invoice
    client = mail_to(world, case_id, world.case(case_id).holders("contact")[0].id)
    assert named(client) == {*order, reference(bill.id)}


def named(text: str) -> set[str]:
    return {*re.findall(rf"K-[A-Z0-9]{{{REFERENCE_LENGTH}}}", text)}
