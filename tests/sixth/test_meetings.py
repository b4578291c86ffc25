"""Meetings in calendars: brought, moved and taken out by mails, as the case is when they leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.check import check
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.errors import Invalid, WrongDefinition
from functions.lists import known
from functions.services.case import handover
from functions.services.case.act import act
from functions.services.mail.bounces import given_up
from functions.services.mail.invitations import calendar_files
from tests.calendars import Component, event_in, event_of, files
from tests.fakes import START
from tests.sixth import BEFORE
from tests.sixth.test_several_values import TYPED
from tests.web_client import Visits

AINO = "aino@example.net"
MOVED = {"start": "2026-11-19T12:30", "minutes": "90", "place": "Library", "link": ""}
SUMMARIES = {"fi": "Teemapäivä", "sv": "Temadag", "en": "Theme day"}


class Days(Visits):
    """One who has places on a theme day, and a coordinator who moves it."""

    def __init__(self, language: str = "en") -> None:
        super().__init__(BEFORE)
        self.send("themeday/enrol", {**TYPED, "language": language})
        self.press(AINO, "confirm")
        self.id = self.case_of(AINO).id

    def move(self, **said: str) -> None:
        self.clock.forward(minutes=1)
        token = self.token(self.id, "coordinator", "status")
        act(self.services, token, {"action": "move", **MOVED, **said}, "fi")

    def withdraw(self) -> None:
        self.clock.forward(minutes=1)
        token = self.token(self.id, "contact", "status")
        act(self.services, token, {"action": "withdraw"}, "en")

    def mail(self) -> EmailMessage:
        """The only mail that leaves now."""
        (mail,) = self.deliver_all()
        return mail

    def event(self) -> Component:
        return event_of(self.mail())


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_mail_brings_the_meeting(language: str) -> None:
    world = Days(language)
    mail = world.mail()
    event = event_of(mail)
    assert event.value("DTSTART") == "20261118T090000"
    assert event.value("DTEND") == "20261118T160000"
    assert (
        event.value("LOCATION") == "Cultural Centre, Helsinki, https://video.example.org/theme-day"
    )
    assert event.value("SUMMARY") == SUMMARIES[language]
    assert event.value("ATTENDEE") == f"mailto:{AINO}"
    sender = world.services.rules.sender
    assert event.value("ORGANIZER") == f"mailto:{sender}"
    assert sender in mail["From"]
    assert (
        event.one("ORGANIZER").params["CN"] == world.case(world.id).holders("coordinator")[0].name
    )
    when = {
        "fi": "ke 18.11.2026 klo 9.00",
        "sv": "ons 18.11.2026 kl. 09.00",
        "en": "Wed 18 November 2026, 09:00",
    }
    assert when[language] in text(mail)


def test_nothing_of_other_people_and_no_link_of_the_mail_is_in_it() -> None:
    world = Days()
    world.mail()
    world.move()
    mail = world.mail()
    ((_, content),) = files(mail)
    plain = content.decode().replace("\r\n ", "")
    others = [p for p in world.case(world.id).parties if p.email != AINO]
    assert [p.name for p in others[1:] if p.name in plain] == []
    assert [p.email for p in others if p.email in plain] == []
    assert "/api/" not in plain
    assert world.case(world.id).answers["name"] not in plain
    assert "/api/t/" in text(mail)


def test_meeting_moves_twice_and_is_called_off() -> None:
    world = Days()
    events = [world.event()]
    world.move()
    events.append(world.event())
    world.move(start="2026-11-19T13:00")
    events.append(world.event())
    world.withdraw()
    events.append(world.event())
    assert [e.value("STATUS") for e in events] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    for name in ("UID", "ORGANIZER", "ATTENDEE"):
        assert len({e.value(name) for e in events}) == 1, name
    numbers = [int(e.value("SEQUENCE")) for e in events]
    assert numbers == sorted({*numbers})
    assert [e.value("DTSTART") for e in events[1:]] == ["20261119T123000", *["20261119T130000"] * 2]
    assert events[1].value("DTEND") == "20261119T140000"
    assert events[1].value("LOCATION") == "Library"


@pytest.mark.parametrize(
    "said", [{"place": "Attic"}, {"minutes": "120"}, {"link": "https://example.org/x"}]
)
def test_each_part_of_it_makes_the_number_rise(said: Mapping[str, str]) -> None:
    world = Days()
    world.move()
    first = world.deliver_all()[-1]
    world.move(**said)
    assert int(world.event().value("SEQUENCE")) > int(event_of(first).value("SEQUENCE"))


def test_what_changes_nothing_leaves_the_number() -> None:
    world = Days()
    first = world.event()
    world.clock.time = datetime(2026, 11, 15, 6, tzinfo=START.tzinfo)
    world.wait(days=1)
    reminder = world.event()
    assert world.last_mail(AINO) == "remind"
    assert reminder.value("SEQUENCE") == first.value("SEQUENCE")
    assert reminder.value("DTSTAMP") > first.value("DTSTAMP")


def test_mail_that_waited_has_the_time_as_it_is_when_it_leaves() -> None:
    world = Days()
    world.move()
    sent = world.deliver_all()
    assert len(sent) == 2
    assert {event_of(mail).value("DTSTART") for mail in sent} == {"20261119T123000"}
    assert len({event_of(mail).value("SEQUENCE") for mail in sent}) == 1
    assert all("Wed 18 November" not in text(mail) for mail in sent)


def test_mail_that_waited_till_the_meeting_was_called_off_does_not_leave() -> None:
    world = Days()
    world.move()
    world.withdraw()
    (mail,) = world.deliver_all()
    assert event_of(mail).value("STATUS") == "CANCELLED"
    assert world.last_mail(AINO) == "cancelled"


def test_time_that_has_been_is_refused() -> None:
    world = Days()
    world.deliver_all()
    for start in ("2026-08-02T12:00", "2026-08-03T23:59"):
        with pytest.raises(Invalid) as refused:
            world.move(start=start)
        assert [(p.field, p.code) for p in refused.value.problems] == [("start", "start_ahead")]
    assert world.deliver_all() == []
    world.move(start="2026-08-04T00:00")
    assert world.event().value("DTSTART") == "20260804T000000"


def test_every_calendar_line_in_the_mail_is_true() -> None:
    world = Days()
    assert "calendar file of this email, too" in text(world.mail())
    world.withdraw()
    assert "takes it out" in text(world.mail())


def test_reader_who_may_not_see_the_place_gets_none(
    definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = {
        **definition.visibility,
        "place": {"coordinator": ALWAYS},
        "party.coordinator": {"coordinator": ALWAYS},
    }
    monkeypatch.setattr(
        "functions.services.mail.deliver.pinned", lambda *_: replace(definition, visibility=hidden)
    )
    event = Days().event()
    assert event.value("LOCATION") == "https://video.example.org/theme-day"
    assert event.one("ORGANIZER").params["CN"] == "Kapula"


@pytest.mark.parametrize(
    ("start", "minutes", "dtstart", "dtend"),
    [
        ("2027-03-28T02:30", "60", "20270328T023000", "20270328T043000"),
        ("2026-10-25T02:30", "60", "20261025T023000", "20261025T033000"),
        ("2026-10-25T03:30", "60", "20261025T033000", "20261025T013000Z"),
        ("2026-10-25T03:30", "120", "20261025T033000", "20261025T043000"),
        ("2026-10-25T10:00", "60", "20261025T100000", "20261025T110000"),
        ("2026-10-26T10:00", "60", "20261026T100000", "20261026T110000"),
        ("2027-03-28T10:00", "60", "20270328T100000", "20270328T110000"),
    ],
)
def test_weeks_of_changing_clocks(start: str, minutes: str, dtstart: str, dtend: str) -> None:
    world = Days()
    world.deliver_all()
    world.move(start=start, minutes=minutes)
    event = world.event()
    assert (event.value("DTSTART"), event.value("DTEND")) == (dtstart, dtend)


@pytest.mark.parametrize(
    "place",
    [
        "A, B; C\\D:E",
        'Room "4"',
        "x" * 120,
        "🎉" * 60,
        "Ääkköstie 5 B 12 " * 7,
        "BEGIN:VEVENT\\nEND:VEVENT",
        "a;CN=b",
        "^n^'",
    ],
)
def test_hostile_places_are_text(place: str) -> None:
    world = Days()
    world.deliver_all()
    world.move(place=place.strip())
    assert world.event().value("LOCATION") == place.strip()


def edited(definition: Definition, **changed: object) -> list[str]:
    try:
        check(replace(definition, **changed), known())  # type: ignore[arg-type]
    except WrongDefinition as wrong:
        return [line.removeprefix("themeday: ") for line in str(wrong).splitlines()]
    return []


def test_what_a_meeting_cannot_be_is_found(definition: Definition) -> None:
    (meeting,), mails = definition.meetings, definition.mails
    assert edited(definition) == []
    for attribute, name, kind in (
        ("start", "participants", "datetime"), ("minutes", "place", "number"),
        ("venue", "link", "text"), ("link", "place", "weburl"),
    ):  # fmt: skip
        wrong = edited(definition, meetings=(replace(meeting, **{attribute: name}),))  # type: ignore[arg-type]
        assert f"meeting day: {attribute} names {name}; name a field of kind {kind}" in wrong
    assert any(
        "names the field nowhere" in f
        for f in edited(definition, meetings=(replace(meeting, start="nowhere"),))
    )
    assert any("names the meeting day" in f for f in edited(definition, meetings=()))
    silent = tuple(replace(m, meetings=()) for m in mails)
    assert "meeting day is in no mail; let a mail bring it into calendars" in edited(
        definition, mails=silent
    )
    mute = tuple(replace(m, shows=()) if m.name == "moved" else m for m in mails)
    assert edited(definition, mails=mute) == [
        "mail moved brings meeting day and does not say when; let it show start"
    ]
    kept = tuple(replace(m, meetings=()) if m.name == "cancelled" else m for m in mails)
    assert edited(definition, mails=kept) == [
        "meeting day is called off in no mail; let one go where its states are left"
    ]
    told = tuple(replace(m, shows=("start", "link")) if m.name == "moved" else m for m in mails)
    assert edited(definition, mails=told) == [
        "mail moved shows link of kind weburl, which others could read; leave it to the page"
    ]
    unseen = {**definition.visibility, "minutes": {"coordinator": ALWAYS}}
    assert any("tells contact of minutes" in f for f in edited(definition, visibility=unseen))
    assert "meetings: day stands twice; give one of them another name" in edited(
        definition, meetings=(meeting, meeting)
    )


def test_later_mails_of_a_day_have_later_stamps() -> None:
    world = Days()
    first = world.event()
    world.clock.forward(seconds=1)
    world.move()
    second = world.event()
    assert first.value("DTSTAMP") < second.value("DTSTAMP")
    assert int(second.value("SEQUENCE")) - int(first.value("SEQUENCE")) == 61


def test_mail_that_is_sent_again_has_the_time_as_it_is_by_then() -> None:
    world = Days()
    world.deliver_all()
    contact = world.case(world.id).holders("contact")[0]
    anna = next(p.email for p in world.case(world.id).holders("coordinator"))
    world.clock.forward(minutes=5)
    world.move()
    first = world.event()
    world.clock.forward(minutes=5)
    assert given_up(world.services, f"{world.id}-{contact.id}-moved", AINO)
    world.deliver_all()
    handover.resend(world.services, anna, world.id, contact.id)
    world.move(start="2026-11-20T10:00")
    sent = [m for m in world.deliver_all() if m["To"] == AINO]
    assert [m["X-Kapula-Origin"].rpartition("-")[2] for m in sent] == ["moved", "moved"]
    again, newest = map(event_of, sent)
    assert again.value("SEQUENCE") == newest.value("SEQUENCE")
    assert again.value("DTSTART") == "20261120T100000"
    assert again.value("UID") == first.value("UID")
    assert int(again.value("SEQUENCE")) > int(first.value("SEQUENCE"))


def test_who_has_left_the_case_gets_the_meeting_taken_out(definition: Definition) -> None:
    world = Days()
    first = world.event()
    world.clock.forward(minutes=5)
    world.move()
    record = world.cases.case(world.id)
    assert record is not None
    gone = record.case.holders("contact")[0].leaving(record.case.revision)
    (file,) = calendar_files(world.services, definition, record, gone, "moved")
    event = event_in(file.method, file.content)
    assert (event.value("STATUS"), event.value("UID")) == ("CANCELLED", first.value("UID"))
    assert int(event.value("SEQUENCE")) > int(first.value("SEQUENCE"))
    (file,) = calendar_files(
        world.services, definition, record, replace(gone, present=True), "moved"
    )
    assert file.method == "REQUEST"
