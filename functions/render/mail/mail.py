"""Mails: text and HTML of equal content, with one link and nothing from the case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from functions.kernel.case import reference
from functions.kernel.durations import day_of
from functions.kernel.subcases import name_and_number
from functions.render.templates import template
from functions.render.text import dates
from functions.render.text.organisation import help_lines, organisation, refund, setting
from functions.render.text.texts import mail_text, page_text

if TYPE_CHECKING:
    from email.message import EmailMessage

LONGEST_SUBJECT = 60
_DAY = "{deadline"  # as it stands in a text, in its long or its short form


MAX_FILES = 12  # calendar files in one mail; of more a mail says where they are


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A meeting for a calendar: the file's name, its method (REQUEST or CANCEL) and its bytes."""

    name: str
    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailContent:
    """The content of one mail, before it is rendered.

    ``mail`` names its texts. A paragraph that names a deadline is left out where there is none.
    ``origin`` (case and party) is sent along, so that a bounce is found by it. A mail about a desk
    has no process and no case; ``lines`` are the lines that it lists. ``answers`` are the answers
    that it shows, by name; ``names`` are the cases that it is about, if they are several. ``code``
    lets its reader send forms although forms in their name are refused. ``urgent``: the case is
    urgent; the subject says so if the mail ``asks`` for something. ``helps``: it says where help is
    available at once. ``late``: the last day for what it asks has passed. ``calendar`` are files
    for the reader's calendar, up to 12; of more it has none, and says where the times are.
    """

    process: str
    mail: str
    language: str
    to: str
    case_id: str
    link: str
    deadline: date | None
    sender: str
    sent_at: datetime
    dedupe: str
    origin: str = ""
    lines: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    code: str = ""
    urgent: bool = False
    asks: bool = False
    helps: bool = False
    late: bool = False
    calendar: tuple[CalendarFile, ...] = ()


def message(content: MailContent) -> "EmailMessage":
    """The whole message, to one recipient.

    Its Message-ID is the same whenever this very mail is sent again, so that a mailbox
    can tell a repetition (RFC 5322, 3.6.4).
    """
    from email.message import EmailMessage  # large, and pages use this module too
    from email.utils import format_datetime

    parts = _parts(content)
    mail = EmailMessage()
    mail["From"] = f"{setting('service_name', content.language)} <{content.sender}>"
    mail["To"] = content.to
    mail["Reply-To"] = setting("reply_to", content.language)
    mail["Subject"] = parts["subject"]
    mail["Date"] = format_datetime(content.sent_at)
    name = re.sub("[^0-9A-Za-z.]", "-", content.dedupe)  # a colon, for one, would cut it short
    mail["Message-ID"] = f"<{name}@{content.sender.rpartition('@')[2]}>"
    mail["X-Kapula-Origin"] = content.origin
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(template("mail.txt").render(**parts))
    mail.add_alternative(template("mail.html").render(**parts), subtype="html")
    for each in content.calendar if len(content.calendar) <= MAX_FILES else ():
        mail.add_attachment(each.content, maintype="text", subtype="calendar", filename=each.name)
        part = [*mail.iter_attachments()][-1]
        for name, value in (("method", each.method), ("charset", "utf-8")):
            part.set_param(name, value)
    mail["Content-Language"] = content.language  # after the parts, which take such headers along
    return mail


def names_day(process: str, mail: str, language: str) -> bool:
    """Whether a mail is about a deadline, not only a paragraph of it: without one it says
    nothing that holds."""
    text = mail_text(process, mail, language)
    return any(_DAY in part for part in (text.subject, text.ask, text.why, text.silence))


def _subject(content: MailContent, subject: str, known: dict[str, str]) -> str:
    """The subject; of what is urgent it says so first, and no more than fits an inbox: by which
    day to act only while that day is not over."""
    if not (content.urgent and content.asks):
        return subject
    whole = page_text(content.language, "urgent.subject", subject=subject)
    if len(whole) <= LONGEST_SUBJECT:
        return whole
    last = content.deadline
    form = "by" if last and last >= day_of(content.sent_at) else "see"
    return page_text(content.language, f"urgent.{form}", **known)


def _late(content: MailContent) -> tuple[str, ...]:
    """That a mail is late, where the day by which it asks for something has passed."""
    return (page_text(content.language, "mail.late"),) if content.late else ()


def _in_calendar(content: MailContent) -> tuple[str, ...]:
    """What a mail says of its calendar files."""
    if not content.calendar:
        return ()
    if len(content.calendar) > MAX_FILES:
        return (page_text(content.language, "mail.too_many_meetings"),)
    methods = dict.fromkeys(each.method.lower() for each in content.calendar)
    return tuple(page_text(content.language, f"mail.calendar.{method}") for method in methods)


def _body(content: MailContent, body: tuple[str, ...], known: dict[str, str]) -> list[str]:
    return [text.format(**known) for text in body if content.deadline or _DAY not in text]


def _parts(content: MailContent) -> dict[str, object]:
    text = mail_text(content.process, content.mail, content.language, urgent=content.urgent)
    known = {
        "reference": reference(content.case_id) if content.case_id else "",
        "number": str(name_and_number(content.case_id)[1]),
        "organisation": setting("name", content.language),
        "refund": refund(content.language),
        **content.answers,
        "deadline": dates.day(content.deadline, content.language) if content.deadline else "",
        "deadline_short": dates.short_day(content.deadline, content.language)
        if content.deadline
        else "",
    }
    named = any("{reference}" in x for x in (text.ask, *text.body, text.why, text.silence))
    return {
        "language": content.language,
        "subject": _subject(content, text.subject.format(**known), known),
        "ask": text.ask.format(**known),
        "body": [*_late(content), *_body(content, text.body, known), *_in_calendar(content)],
        "lines": content.lines,
        "help": help_lines(content.language) if content.helps else (),
        "code": content.code,
        "button": text.button,
        "why": text.why.format(**known),
        "silence": text.silence.format(**known),
        "link": content.link,
        "service": setting("service_name", content.language),
        "organisation": known["organisation"],
        "names": content.names,
        "reference": "" if named or content.names else known["reference"],  # said once is enough
        "email": setting("email", content.language),
        "primary": organisation()["colours"]["primary"],
        "text": lambda key, **numbers: page_text(content.language, key, **numbers),
    }
