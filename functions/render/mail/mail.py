"""Mails: text and HTML of equal content, with one link and nothing from the case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from functions.kernel.case import reference
from functions.render.templates import template
from functions.render.text import dates
from functions.render.text.organisation import help_lines, organisation, refund, setting
from functions.render.text.texts import mail_text, page_text

if TYPE_CHECKING:
    from email.message import EmailMessage

LONGEST_SUBJECT = 60
_DAY = "{deadline"  # as it stands in a text, in its long or its short form


@dataclass(frozen=True, slots=True)
class MailContent:
    """All that a mail tells: which text, to whom, its link, its deadline.

    A paragraph that names a deadline is left out where there is none.
    ``origin`` (case and party) travels along, so that a bounce finds its way back. A mail of
    a desk belongs to no process and no case; ``lines`` are what it lists. ``told`` are the answers
    that it tells; ``names`` the cases that it concerns where there are several. ``code`` lets
    its reader send a form where forms in their name are refused. An ``urgent`` case is told of in
    words of its own, also in the subject of a mail that ``asks`` for something; one that ``helps``
    says where there is help at once. One that is ``late`` says so: the day by which it asks for
    something has passed.
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
    told: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    code: str = ""
    urgent: bool = False
    asks: bool = False
    helps: bool = False
    late: bool = False


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
    mail["Content-Language"] = content.language  # after the parts, which take such headers along
    return mail


def names_day(process: str, mail: str, language: str) -> bool:
    """Whether a mail is about a deadline, not only a paragraph of it: without one it says
    nothing that holds."""
    text = mail_text(process, mail, language)
    return any(_DAY in part for part in (text.subject, text.ask, text.why, text.silence))


def _subject(content: MailContent, told: str, known: dict[str, str]) -> str:
    """The subject; of what is urgent it says so first, and no more than fits an inbox."""
    if not (content.urgent and content.asks):
        return told
    whole = page_text(content.language, "urgent.subject", subject=told)
    if len(whole) <= LONGEST_SUBJECT:
        return whole
    form = "by" if known["deadline_short"] else "see"
    return page_text(content.language, f"urgent.{form}", **known)


def _late(content: MailContent) -> tuple[str, ...]:
    """That a mail is late, where the day by which it asks for something has passed."""
    return (page_text(content.language, "mail.late"),) if content.late else ()


def _body(content: MailContent, body: tuple[str, ...], known: dict[str, str]) -> list[str]:
    return [text.format(**known) for text in body if content.deadline or _DAY not in text]


def _parts(content: MailContent) -> dict[str, object]:
    text = mail_text(content.process, content.mail, content.language, urgent=content.urgent)
    known = {
        "reference": reference(content.case_id) if content.case_id else "",
        "organisation": setting("name", content.language),
        "refund": refund(content.language),
        **content.told,
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
        "body": [*_late(content), *_body(content, text.body, known)],
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
