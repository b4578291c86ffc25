"""Mails that leave late, after their case has moved on: none asks for what is over."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from functions.kernel.case import MailOrder
from functions.kernel.timers import deadline
from functions.processes import LANGUAGES, NAMES, pinned, versions
from functions.render.mail.mail import names_day
from functions.render.text.texts import mail_text, page_text
from functions.services.case import handover
from functions.services.case.timers import run_due_timer
from functions.services.mail.deliver import deliver, resume_parked
from functions.services.ports import SendFailed
from tests.fakes import World
from tests.orders import AGREED, DATED, Quotes


@pytest.fixture
def world() -> Quotes:
    return Quotes()


def park(world: Quotes, case_id: str, mail: str) -> tuple[str, str]:
    """The newest mail of this name, refused by the mail service."""
    keys = [k for k in world.pending() if world.cases.outbox[k].order.mail == mail]
    key = next(k for k in reversed(keys) if k[0] == case_id)
    world.post.failures = [SendFailed("MessageRejected", permanent=True)]
    assert deliver(world.services, *key) == "parked"
    return key


def late(world: Quotes, key: tuple[str, str]) -> str:
    """What becomes of a parked mail that is tried anew now."""
    resume_parked(world.services)
    return deliver(world.services, *key)


def billed(world: Quotes) -> str:
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    bill = world.invoice_of(case_id).id
    world.take(bill, "invoice")
    return bill


@pytest.mark.parametrize("action", ["pay", "credit"])
@pytest.mark.parametrize("mail", ["invoiced", "invoiced_finance"])
def test_late_mail_demands_no_payment_of_what_is_paid(
    world: Quotes, action: str, mail: str
) -> None:
    bill = billed(world)
    key = park(world, bill, mail)
    world.take(bill, action)
    assert late(world, key) == "suppressed"


def test_late_mail_of_an_invoice_that_is_open_is_sent(world: Quotes) -> None:
    key = park(world, billed(world), "invoiced")
    assert late(world, key) == "sent"


@pytest.mark.parametrize("mail", ["scheduled", "scheduled_supervisor"])
def test_late_mail_announces_no_start_of_what_is_cancelled(world: Quotes, mail: str) -> None:
    case_id = world.request(*DATED)
    key = park(world, case_id, mail)
    world.take(case_id, "cancel")
    assert late(world, key) == "suppressed"


@pytest.mark.parametrize("mail", ["remind_start", "remind_supervisor"])
def test_late_reminder_of_a_start_names_no_other_day(world: Quotes, mail: str) -> None:
    case_id = world.request(*DATED)
    world.until("2026-09-12")
    key = park(world, case_id, mail)
    world.until("2026-09-14")
    assert world.case(case_id).state == "running"
    assert late(world, key) == "suppressed"


def test_late_receipt_promises_no_day_that_is_the_readers_own(world: Quotes) -> None:
    case_id = world.request("confirm")
    key = park(world, case_id, "receipt")
    world.take(case_id, "ask")
    assert late(world, key) == "sent"
    (mail,) = [m for m in world.post.sent if m["X-Kapula-Origin"].endswith("-receipt")]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    case = world.case(case_id)
    own = deadline(pinned(case.process, case.version), case)
    assert own
    assert f"{own.day}.{own.month}." not in text
    assert "viimeistään" not in text


def test_late_reminder_that_names_no_day_is_not_sent_once_somebody_has_acted() -> None:
    world = Quotes()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    key = None
    while not key:
        world.clock.forward(days=1)
        while run_due_timer(world.services, case_id):
            pass
        found = [k for k in world.pending() if world.cases.outbox[k].order.mail == "not_begun"]
        key = found[-1] if found else None
    park(world, case_id, "not_begun")
    world.do(case_id, "begin")
    assert late(world, key) == "suppressed"


def test_whatever_reports_what_has_been_says_something_without_a_day() -> None:
    """A mail about a day is about it in each language; others keep a paragraph without it."""
    wrong = []
    for name in NAMES:
        for mail in {m.name for d in versions(name) for m in d.all_mails if m.purpose != "task"}:
            about = {names_day(name, mail, language) for language in LANGUAGES}
            wrong += [f"{name} {mail}"] * (len(about) > 1)
            if about == {False}:
                texts = [mail_text(name, mail, language) for language in LANGUAGES]
                plain = [any("{deadline" not in x for x in text.body) for text in texts]
                wrong += [f"{name} {mail}: nothing is left"] * (not all(plain))
    assert wrong == []


def test_order_of_a_supervisor_found_is_reported_late(world: Quotes) -> None:
    case_id = world.request(*AGREED)
    key = park(world, case_id, "appointed")
    world.take(case_id, "schedule")
    assert late(world, key) == "sent"


def test_who_was_replaced_is_asked_nothing_any_more() -> None:
    """Their mail was kept back or waited for its sender when somebody else took the place."""
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    manager = world.case(case_id).holders("manager")[0]
    keys = [k for k in world.pending() if world.cases.outbox[k].order.party == manager.id]
    assert keys
    another = {"new_name": "Nea Ny", "new_email": "nea@example.org", "new_language": "fi"}
    handover.replace_person(world.services, "anna@example.org", case_id, manager.id, another)
    assert [deliver(world.services, *key) for key in keys] == ["suppressed"] * len(keys)
    assert "nea@example.org" in [m["To"] for m in world.deliver_all()]
    assert manager.email not in [m["To"] for m in world.post.sent]


def test_who_leaves_by_an_act_hears_of_it() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    asked = world.case(case_id).holders("supervisor")[0].email
    world.deliver_all()
    world.do(case_id, "take_back", "status")
    assert asked in [m["To"] for m in world.deliver_all()]


def pass_days(world: World, case_id: str, days: int) -> None:
    """Time passes for a case, a day at a time; no mail leaves."""
    for _ in range(days):
        world.clock.forward(days=1)
        while run_due_timer(world.services, case_id):
            pass


def says_late(mail: EmailMessage) -> bool:
    text = mail.get_body(("plain",))
    assert text
    late = page_text(str(mail["Content-Language"]), "mail.late")
    return late in " ".join(text.get_content().split())


def test_after_an_outage_of_mail_one_asks_and_says_that_it_is_late() -> None:
    world = World()
    case_id = world.case_at("confirm")
    manager = world.case(case_id).holders("manager")[0].email
    pass_days(world, case_id, 17)
    world.clock.forward(hours=2)
    keys = [k for k in world.pending() if world.cases.outbox[k].order.purpose == "task"]
    assert len(keys) > 1
    sent = [m for m in world.deliver_all() if m["To"] == manager]
    assert list(map(says_late, sent)) == [True]
    assert sorted(world.cases.outbox[k].status for k in keys) == [
        "sent", *["suppressed"] * (len(keys) - 1)
    ]  # fmt: skip
    pass_days(world, case_id, 1)
    assert all(world.cases.outbox[k].status != "pending" for k in keys)


def test_reminder_goes_however_late_the_first_one_was_not() -> None:
    """A link that was asked for days ago, or a first mail of before, is no reminder."""
    world = World()
    case_id = world.case_at("confirm")
    manager = world.case(case_id).holders("manager")[0].email
    world.deliver_all()
    world.clock.forward(days=1)
    services, party = world.services, world.case(case_id).holders("manager")[0]
    order = MailOrder("fresh_link", party.id, "task", "submitted", world.case(case_id).round)
    services.cases.post(case_id, order, services.clock.now(), "q")
    assert [m["To"] for m in world.deliver_all()] == [manager]
    pass_days(world, case_id, 9)
    world.clock.forward(days=1)  # and the mail service was out for a day
    sent = [m for m in world.deliver_all() if m["To"] == manager]
    assert len(sent) == 1


@pytest.fixture
def waited() -> tuple[World, list[tuple[str, str]]]:
    """A manager whom two mails have waited to ask for the same, since days."""
    world = World()
    case_id = world.case_at("confirm")
    pass_days(world, case_id, 10)
    manager, outbox = world.case(case_id).holders("manager")[0].id, world.cases.outbox
    keys = [k for k in world.pending() if outbox[k].order.party == manager]
    assert [outbox[k].order.purpose for k in keys] == ["task", "task"]
    return world, keys


def test_mail_that_was_never_sent_keeps_no_other_back(
    waited: tuple[World, list[tuple[str, str]]],
) -> None:
    world, (first, second) = waited
    item = world.services.cases.lease(*second, world.clock.now())
    assert item
    world.services.cases.settle(item, "suppressed", world.clock.now())
    assert deliver(world.services, *first) == "sent"


def test_mail_that_asks_for_nothing_keeps_no_other_back(
    waited: tuple[World, list[tuple[str, str]]],
) -> None:
    world, (first, _) = waited
    case = world.case(first[0])
    party = case.holders("manager")[0]
    order = MailOrder("fresh_link", party.id, "status", case.state, case.round)
    world.cases.post_once(case.id, "asked", order, world.clock.now())
    assert deliver(world.services, case.id, "asked") == "sent"
    assert deliver(world.services, *first) == "sent"


@pytest.mark.parametrize(("answered", "outcome"), [(True, "suppressed"), (False, "sent")])
def test_who_has_answered_is_asked_no_more(
    waited: tuple[World, list[tuple[str, str]]], answered: bool, outcome: str
) -> None:
    world, (key, _) = waited
    folder, voter = world.cases.folders[key[0]], world.cases.outbox[key].order.party
    folder.case = replace(folder.case, votes={voter: "yes"} if answered else {})
    assert deliver(world.services, *key) == outcome


def test_reminder_after_a_deadline_is_not_late_itself() -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.deliver_all()
    for _ in range(20):
        pass_days(world, case_id, 1)
        assert not any(map(says_late, world.deliver_all()))


def test_mail_that_is_in_time_does_not_say_that_it_is_late() -> None:
    world = World()
    world.case_at("confirm")
    assert all(
        page_text(str(m["Content-Language"]), "mail.late") not in m.as_string()
        for m in world.deliver_all()
    )
