"""What is urgent goes faster, says so in words, and tells who is in it where there is help."""

from email.message import EmailMessage
from html import unescape

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.durations import Calendar, last_day
from functions.kernel.timers import deadline
from functions.processes import current
from functions.render.desk.desk import Frame, desk_row
from functions.render.text.organisation import help_lines, organisation
from functions.render.text.texts import page_text
from functions.services.case import apply
from functions.services.case.timers import run_due_timer
from tests.fakes import World
from tests.orders import ACCEPTED, Quotes

SUPERVISION = current("supervision")
WORKING_DAYS = {"submitted": 1, "coordinating": 1, "offered": 2, "active": 3}
WAY = {"submitted": "confirm", "coordinating": "endorse", "offered": "offer", "active": "accept"}
WORD = {"fi": "Kiireellinen: ", "sv": "Brådskande: ", "en": "Urgent: "}


def applied(world: World, form: str = "crisis", language: str = "fi") -> str:
    return apply.send(world.services, world.draft(language, form_of_supervision=form))


def walked(world: World, form: str, to: str) -> str:
    case_id = applied(world, form)
    for state, action in WAY.items():
        world.do(case_id, action)
        if state == to:
            break
    return case_id


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.mark.parametrize("state", WAY)
def test_each_hand_has_days_in_place_of_weeks(state: str) -> None:
    world = World()
    case = world.case(walked(world, "crisis", state))
    begun = SUPERVISION.begun(case)
    assert case.state == state
    assert deadline(SUPERVISION, case) == last_day(begun, Calendar(working=WORKING_DAYS[state]), {})
    calm = world.case(walked(world, "individual", state))
    last = deadline(SUPERVISION, calm)
    assert last is not None
    assert (last - begun).days >= 7


def test_a_silent_manager_is_told_of_within_three_working_days() -> None:
    world = World()
    case_id = walked(world, "crisis", "submitted")
    world.deliver_all()
    told = []
    for _ in range(3):
        world.wait(case_id)
        run_due_timer(world.services, case_id)
        told += [(m["To"], m["Subject"].partition(":")[0]) for m in world.deliver_all()]
    third = last_day(SUPERVISION.begun(world.case(case_id)), Calendar(working=4), {})
    assert world.clock.now().date() == third
    assert [to for to, _ in told] == [
        "matti@example.org", "anna@example.org", "sten@example.org", "matti@example.org",
    ]  # fmt: skip
    assert {word for _, word in told} == {"Kiireellinen", "Brådskande"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_say_it_first_and_where_there_is_help(language: str) -> None:
    world = World()
    case_id = applied(world, language=language)
    (confirm,) = world.deliver_all()
    assert confirm["Subject"].startswith(WORD[language])
    world.do(case_id, "confirm")
    sent = {m["To"]: m for m in world.deliver_all()}
    for mail in (confirm, sent["aino@example.net"]):
        said = help_lines(str(mail["Content-Language"]))
        assert "112" in said[0]
        assert "09 2525 0111" in said[1]
        assert all(line in plain(mail) for line in said)
    manager = sent["matti@example.org"]
    assert manager["Subject"].startswith(WORD[str(manager["Content-Language"])])
    assert "112" not in plain(manager)


def test_what_is_not_urgent_is_as_before() -> None:
    world = World()
    case_id = applied(world, "individual")
    world.do(case_id, "confirm")
    for mail in world.deliver_all():
        assert not mail["Subject"].startswith(tuple(WORD.values()))
        assert "112" not in plain(mail)


def test_nothing_is_said_of_help_that_the_organisation_does_not_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(organisation(), "help")
    assert help_lines("fi") == (page_text("fi", "urgent.help"),)


@pytest.mark.parametrize("role", ["applicant", "manager", "coordinator"])
def test_pages_and_desks_say_it_in_words(role: str) -> None:
    world = World()
    case_id = walked(world, "crisis", "submitted")
    client = create_app(world.services).test_client()
    page = unescape(client.get(f"/api/t/{world.token(case_id, role, 'status')}?lang=en").text)
    assert page_text("en", "urgent.lead") in page
    assert all((line in page) == (role == "applicant") for line in help_lines("en"))
    case = world.case(case_id)
    now = world.clock.now()
    frame = Frame("", now, "en", "/api/d/x", world.services.directory)
    (party, *_) = case.holders(role)
    assert desk_row(frame, SUPERVISION, case, party, now).urgent


def test_what_has_begun_is_urgent_no_more() -> None:
    world = World()
    case_id = walked(world, "crisis", "active")
    world.do(case_id, "begin")
    world.deliver_all()
    assert not any(m["Subject"].startswith("Kiireellinen") for m in world.post.sent[-3:])


@pytest.mark.parametrize("told", [{"product": "crisis"}, {"urgency": "crisis"}])
def test_an_order_is_as_urgent_as_its_request(told: dict[str, str]) -> None:
    world = Quotes()
    case_id = world.request("confirm", **told)
    quote = current("quote")
    case = world.case(case_id)
    assert deadline(quote, case) == last_day(quote.begun(case), Calendar(working=1), {})
    for action in ACCEPTED[1:]:
        world.take(case_id, action)
    order = world.order_of(case_id)
    assert deadline(SUPERVISION, order) == last_day(
        SUPERVISION.begun(order), Calendar(working=1), {}
    )
