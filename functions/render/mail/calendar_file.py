"""Calendar files (RFC 5545, RFC 5546): one meeting of one reader in each.

Calendar programs must be able to move and to remove what they got, so the same meeting has the
same UID and ORGANIZER in each of its files, and a SEQUENCE that rises as it changes. Nobody else
is named in it but the host.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import (
    Calendar,
    Component,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
)
from icalendar import (
    Event as Vevent,
)

from functions.kernel.durations import HELSINKI
from functions.kernel.local_times import moment_of
from functions.render.mail.mail import CalendarFile

ZONE = "Europe/Helsinki"
_WINTER, _SUMMER = timedelta(hours=2), timedelta(hours=3)  # ahead of UTC
_BREAKS = ("Zl", "Zp")  # line and paragraph separators


@dataclass(frozen=True, slots=True)
class Invitation:
    """All that a calendar file says of a meeting.

    ``start`` is a time in Finland without a zone, ``host`` the
    name by which the organiser is called, ``sender`` and ``reader`` addresses. ``sequence`` counts
    the changes of the meeting; one that is not ``on`` is called off."""

    uid: str
    sequence: int
    on: bool
    start: datetime
    minutes: int
    venues: tuple[str, ...]
    summary: str
    description: str
    host: str
    sender: str
    reader: str
    sent_at: datetime


def calendar_file(invitation: Invitation, number: int) -> CalendarFile:
    """The ``number``-th calendar file of a mail."""
    method = "REQUEST" if invitation.on else "CANCEL"
    calendar = Calendar()
    calendar.add("prodid", "-//Kapula//Kapula//FI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_zone())
    calendar.add_component(_event(invitation))
    return CalendarFile(f"kapula-{number}.ics", method, calendar.to_ical())


def _event(invitation: Invitation) -> Vevent:
    event = Vevent()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.sent_at)
    event.add("dtstart", invitation.start.replace(tzinfo=HELSINKI))
    event.add("dtend", _end(invitation))
    event.add("status", "CONFIRMED" if invitation.on else "CANCELLED")
    event.add("class", "PRIVATE")
    event.add("summary", _line(invitation.summary))
    event.add("description", _line(invitation.description))
    if where := ", ".join(map(_line, filter(None, invitation.venues))):
        event.add("location", where)
    organizer = vCalAddress(f"mailto:{invitation.sender}")
    organizer.params["CN"] = vText(_line(invitation.host).replace('"', "'"))
    event.add("organizer", organizer)
    reader = vCalAddress(f"mailto:{invitation.reader}")
    for name, value in (("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION")):
        reader.params[name] = vText(value)
    reader.params["RSVP"] = vText("FALSE")
    event.add("attendee", reader)
    return event


def _end(invitation: Invitation) -> datetime:
    """The end, in Finland; in UTC if it falls in the second of the hours that October has twice,
    which a time without an offset cannot say."""
    moment = moment_of(invitation.start) + timedelta(minutes=invitation.minutes)
    local = moment.astimezone(HELSINKI)
    return moment if local.fold else local


def _zone() -> Timezone:
    """Time in Finland, by rules that hold each year."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    zone.add_component(_half(TimezoneDaylight(), 3, (_WINTER, _SUMMER), "EEST"))
    zone.add_component(_half(TimezoneStandard(), 10, (_SUMMER, _WINTER), "EET"))
    return zone


def _half(
    half: Component, month: int, offsets: tuple[timedelta, timedelta], name: str
) -> Component:
    before, after = offsets
    hour = before + timedelta(hours=1)  # clocks change at 1:00 UTC
    day = {3: 29, 10: 25}[month]  # the last Sunday of that month in 1970
    half.add("dtstart", datetime(1970, month, day) + hour)  # noqa: DTZ001
    half.add("tzoffsetfrom", before)
    half.add("tzoffsetto", after)
    half.add("tzname", name)
    half.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
    return half


def _line(text: str) -> str:
    """A text on one line, without characters that calendar files cannot have."""
    seen = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in " ".join(text.split()))
    return "".join(c for c in seen if unicodedata.category(c) not in ("Cc", "Cs"))
