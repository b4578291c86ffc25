"""One meeting as a calendar file, whatever people are called; and several in a mail."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import LANGUAGES
from functions.render.mail.calendar_file import Invitation, calendar_file
from functions.render.mail.mail import MAX_FILES, message
from functions.render.text.texts import page_text
from tests.calendars import event_in, files
from tests.guards.test_guard_mails import note

MEETING = Invitation(
    uid="abc-day@example.org", sequence=7, on=True, start=datetime(2026, 10, 7, 9), minutes=90,
    venues=("Room 4", ""), summary="Meeting", description="Case K-ABCDEF.", host="Anna Ahola",
    sender="kapula@example.org", reader="aino@example.net", sent_at=datetime(2026, 8, 3, tzinfo=UTC),
)  # fmt: skip
NAMES = ('Anna "A" Ahola', "Ahola, Anna; x", "a:b", "Anna\r\nATTENDEE:mailto:x@example.org", "Åsa 🎉" * 20, "a\x00\x07b", "a\u2028b\x85c", "^n^^'", "\\n\\", "")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_and_places_stay_text(name: str) -> None:
    hostile = replace(MEETING, host=name, venues=(name, name), summary=name or "x")
    made = calendar_file(hostile, 1)
    event = event_in(made.method, made.content)
    plain = " ".join("".join(" " if c in "\u2028\x85" else c for c in name).split())
    plain = "".join(c for c in plain if c not in "\x00\x07")
    assert event.one("ORGANIZER").params.get("CN", "") == plain.replace('"', "'")
    assert event.value("SUMMARY") == (plain or "x")
    assert (
        event.properties.get("LOCATION", [None])[0] is None
        or event.value("LOCATION") == f"{plain}, {plain}"
    )
    assert event.value("ATTENDEE") == "mailto:aino@example.net"


@given(st.text(), st.text(), st.text())
def test_anything_makes_a_sound_file(host: str, place: str, summary: str) -> None:
    made = calendar_file(replace(MEETING, host=host, venues=(place,), summary=summary), 1)
    event = event_in(made.method, made.content)
    assert set(event.properties) <= {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "CLASS", "SUMMARY", "DESCRIPTION",
        "LOCATION", "ORGANIZER", "ATTENDEE",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, MAX_FILES, MAX_FILES + 1])
def test_many_meetings_are_files_up_to_twelve(count: int, language: str) -> None:
    made = tuple(
        calendar_file(replace(MEETING, uid=f"{n}@example.org"), n) for n in range(1, count + 1)
    )
    mail = message(replace(note(language=language), calendar=made))
    told = page_text(language, "mail.too_many_meetings")
    parts = files(mail)
    whole = message_from_bytes(mail.as_bytes(), policy=policy.default)
    for kind in ("plain", "html"):
        body = whole.get_body((kind,))
        assert body is not None
        assert (told in body.get_content()) is (count > MAX_FILES)
    assert len(parts) == (count if count <= MAX_FILES else 0)
    assert len({event_in(*part).value("UID") for part in parts}) == len(parts)
    assert str(whole["Content-Language"] or "") == language or any(
        part["Content-Language"] == language for part in whole.walk()
    )


def test_mail_without_a_meeting_has_no_file() -> None:
    assert files(message(note())) == []


def test_called_off_says_so_in_the_header_of_its_part() -> None:
    made = calendar_file(replace(MEETING, on=False), 1)
    ((method, content),) = files(message(replace(note(), calendar=(made,))))
    assert method == "CANCEL"
    assert event_in(method, content).value("SEQUENCE") == "7"
