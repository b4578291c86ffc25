"""What is urgent goes faster, says so in words, and tells who is in it where there is help."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from itertools import product

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.durations import Calendar, day_ends, last_day
from functions.kernel.timers import deadline
from functions.processes import NAMES, current
from functions.render.desk.desk import Frame, desk_row
from functions.render.mail.mail import LONGEST_SUBJECT, MailContent, message
from functions.render.text import dates
from functions.render.text.organisation import help_lines, organisation
from functions.render.text.texts import mail_text, page_text
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


# What a subject says first, in place of the matter alone: what is asked.
VERBS = {
    "fi": ("vahvista", "hoida"),
    "sv": ("bekräfta", "sköt"),
    "en": ("confirm", "act on"),
}


SENT = datetime(2026, 8, 3, tzinfo=UTC)


def _subject(
    process: str,
    mail: str,
    language: str,
    day: date | None,
    *,
    urgent: bool,
    sent_at: datetime = SENT,
) -> str:
    content = MailContent(
        process=process,
        mail=mail,
        language=language,
        to="anna@example.org",
        case_id="abcdefghijklmnopqrst",
        link="https://example.org/x",
        deadline=day,
        sender="desk@example.org",
        sent_at=sent_at,
        dedupe="x",
        answers=dict.fromkeys(current(process).mail(mail).shows, "1"),
        urgent=urgent,
        asks=True,
    )
    return str(message(content)["Subject"])


# One of each day of the week, in the months with the longest names.
DAYS = [date(2026, month, day) for month in (9, 11, 12) for day in range(21, 28)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("process", NAMES)
def test_subject_of_a_confirmation_says_what_is_asked(process: str, language: str) -> None:
    """In its own words, whatever day it is, also where it is urgent."""
    mails = [m.name for m in current(process).mails if m.name.startswith("confirm")]
    assert mails
    for urgent in (False, True) if current(process).urgent else (False,):
        for mail in mails:
            for day in DAYS:
                subject = _subject(process, mail, language, day, urgent=urgent)
                asked = subject.removeprefix(WORD[language]) if urgent else subject
                assert asked.lower().startswith(VERBS[language][0]), subject
                assert len(subject) <= LONGEST_SUBJECT, subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_that_is_too_long_to_be_urgent_still_says_that_something_is_asked(
    language: str,
) -> None:
    own = [m.name for m in SUPERVISION.all_mails if m.purpose == "task"]
    shortened = set()
    for day in (None, *DAYS):
        for mail in own:
            subject = _subject("supervision", mail, language, day, urgent=True)
            assert len(subject) <= LONGEST_SUBJECT, subject
            plain = _subject("supervision", mail, language, day, urgent=False)
            if subject.endswith("K-ABCDEF") and subject != WORD[language] + plain:
                shortened.add(mail)
    for key in ("urgent.by", "urgent.see"):
        words = page_text(language, key, reference="K-ABCDEF", deadline_short="ma 3.8.")
        assert words.startswith(f"{WORD[language]}{VERBS[language][1]} "), words
    assert shortened


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_of_an_urgent_mail_names_no_day_that_is_over(language: str) -> None:
    """To the end of the day in Finland, however long the subject of the mail itself is."""
    shortened = set()
    mails = [(process, mail.name) for process in NAMES for mail in current(process).mails]
    for day, (process, name) in product(DAYS[::10], mails):
        if "{deadline" in mail_text(process, name, language).subject:
            continue
        before, after = (
            _subject(process, name, language, day, urgent=True, sent_at=moment)
            for moment in (day_ends(day) - timedelta(seconds=1), day_ends(day))
        )
        short = dates.short_day(day, language)
        assert short not in after, name
        shortened |= {name} if short in before else set()
    assert shortened


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
