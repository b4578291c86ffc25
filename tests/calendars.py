"""Reads calendar files as strictly as RFC 5545 is written, without the library that makes them."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

import vobject

LONGEST = 75  # octets of a line
_LINE = re.compile(
    r'(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*):(?P<value>.*)'
)
_PARAM = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^";:,]*)')
_TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION"}


@dataclass(frozen=True, slots=True)
class Property:
    value: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    components: list["Component"] = field(default_factory=list)

    def one(self, name: str) -> Property:
        (found,) = self.properties[name]
        return found

    def value(self, name: str) -> str:
        return self.one(name).value


def parsed(content: bytes) -> Component:
    """The one calendar of a file; AssertionError for whatever the standard forbids."""
    assert content.endswith(b"\r\n")
    for line in content[:-2].split(b"\r\n"):
        assert len(line) <= LONGEST, line
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), line
        line.decode()  # no character is cut by a fold
    lines = content.decode().replace("\r\n ", "").replace("\r\n\t", "")[:-2].split("\r\n")
    stack = [Component("")]
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, line
        name, value = match["name"], match["value"]
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            done = stack.pop()
            assert done.name == value
            stack[-1].components.append(done)
        else:
            params = {key: _param(raw) for key, raw in _PARAM.findall(match["params"])}
            value = _text(value) if name in _TEXTS else value
            stack[-1].properties.setdefault(name, []).append(Property(value, params))
    (calendar,) = stack[0].components
    assert calendar.name == "VCALENDAR"
    return calendar


def _param(raw: str) -> str:
    """A value of a parameter (RFC 6868)."""
    marks = {"n": "\n", "^": "^", "'": '"'}
    return re.sub(r"\^([n^'])", lambda m: marks[m[1]], raw.strip('"'))


def _text(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]|(?<!\\)(?:\\\\)*\\(?![\\,;nN])", value), value
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def files(mail: EmailMessage) -> list[tuple[str, bytes]]:
    """The method in its header and the bytes of each calendar file of a mail, as it is sent."""
    from email import message_from_bytes, policy

    whole = message_from_bytes(mail.as_bytes(), policy=policy.default)
    parts = [p for p in whole.walk() if p.get_content_type() == "text/calendar"]
    assert all(p.get_filename("").endswith(".ics") for p in parts)
    assert all(p.get_content_charset() == "utf-8" for p in parts)
    return [(str(p.get_param("method")), p.get_payload(decode=True)) for p in parts]


def event_of(mail: EmailMessage) -> Component:
    """The meeting of a mail with one calendar file, held to all that calendar programs need."""
    ((method, content),) = files(mail)
    return event_in(method, content)


def event_in(method: str, content: bytes) -> Component:
    calendar = parsed(content)
    assert calendar.value("METHOD") == method
    assert calendar.value("VERSION") == "2.0"
    zone, event = calendar.components
    assert [zone.name, event.name] == ["VTIMEZONE", "VEVENT"]
    assert {half.name: half.value("RRULE") for half in zone.components} == {
        "DAYLIGHT": "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "STANDARD": "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    }
    assert {
        h.name: (h.value("DTSTART"), h.value("TZOFFSETFROM"), h.value("TZOFFSETTO"))
        for h in zone.components
    } == {
        "DAYLIGHT": ("19700329T030000", "+0200", "+0300"),
        "STANDARD": ("19701025T040000", "+0300", "+0200"),
    }
    assert event.one("DTSTART").params["TZID"] == zone.value("TZID") == "Europe/Helsinki"
    assert event.one("ATTENDEE").params["RSVP"] == "FALSE"
    assert event.value("CLASS") == "PRIVATE"
    assert event.value("STATUS") == {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}[method]
    assert re.fullmatch(r"\d{8}T\d{6}Z", event.value("DTSTAMP"))
    vobject.readOne(content.decode())  # another reader takes it, too
    return event
