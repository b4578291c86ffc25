"""Read the mails that the local AWS kept: one JSON file each, with the raw MIME inside."""

from __future__ import annotations

import base64
import email
import email.policy
import email.utils
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

LINK = re.compile(r"https?://[^\s<>\"]+")
AFTER_LINK = ".,;:!?)]}'"  # what follows a link in running text

MailPart = MIMEPart | None


@dataclass(frozen=True)
class Attachment:
    """A part of a mail that is not its text or HTML: a calendar file, say."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class SentMail:
    """A sent mail. `id` is the message id that SES answered; `sent_at` is moved time, UTC."""

    id: str
    to: str
    subject: str
    language: str
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    sent_at: datetime


class Outgoing:
    """The folder of sent mails. Each file is parsed once: a kept mail never changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parsed: dict[str, SentMail] = {}

    def mails(self, to: str | None = None) -> list[SentMail]:
        """All mails, or those to one address, in the order of sending."""
        for path in self._folder.glob("*.json"):
            if path.name not in self._parsed:
                self._parsed[path.name] = parse(json.loads(path.read_bytes()))
        everything = [self._parsed[name] for name in sorted(self._parsed)]
        return [mail for mail in everything if to is None or mail.to.lower() == to.lower()]

    def find(self, identifier: str) -> SentMail | None:
        """The mail with this id."""
        return next((mail for mail in self.mails() if mail.id == identifier), None)


def parse(record: dict[str, Any]) -> SentMail:
    """A mail from `{"MessageId": …, "Request": the body of SES v2 SendEmail}`.

    The recipient is the envelope's, which decides where a mail goes, whatever its header says.
    """
    request = record["Request"]
    raw = base64.b64decode(request["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    addresses = request.get("Destination", {}).get("ToAddresses") or [str(message["To"])]
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    text = _text(plain)
    return SentMail(
        id=record["MessageId"],
        to=email.utils.parseaddr(addresses[0])[1],
        subject=str(message["Subject"] or "").strip(),
        language=_language(message),
        text=text,
        html=_text(html),
        links=links_in(text),
        attachments=_attachments(message, [plain, html]),
        sent_at=_sent_at(message),
    )


def links_in(text: str) -> tuple[str, ...]:
    """The absolute URLs of a text, in order, each once."""
    found = (match.rstrip(AFTER_LINK) for match in LINK.findall(text))
    return tuple(dict.fromkeys(found))


def _language(message: EmailMessage) -> str:
    """From the header, which may sit in a part: the email package moves `Content-*` inwards."""
    stated = (part["Content-Language"] for part in message.walk())
    return str(next(filter(None, stated), ""))


def _text(part: MailPart) -> str:
    if part is None:
        return ""
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def _attachments(message: EmailMessage, bodies: Sequence[MailPart]) -> tuple[Attachment, ...]:
    """Every leaf that is not a body: an invitation's calendar part sits among the alternatives."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    found: list[Attachment] = []
    for part in leaves:
        if any(part is body for body in bodies):
            continue
        kind = part.get_content_type()
        fallback = "invite.ics" if kind == "text/calendar" else f"part-{len(found) + 1}"
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        found.append(Attachment(part.get_filename() or fallback, kind, content))
    return tuple(found)


def _sent_at(message: EmailMessage) -> datetime:
    stated = message["Date"].datetime if message["Date"] else None
    return stated.astimezone(UTC) if stated else datetime.fromtimestamp(0, UTC)
