"""The mailbox of the local stack: every mail sent, and the clock, under `/_mailbox/`.

Works without scripts. It exists on a developer's machine only and is never deployed.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from infra.local.mail import Outgoing, SentMail

HELSINKI = ZoneInfo("Europe/Helsinki")
STEPS = (("1 hour", "hours", 1), ("1 day", "days", 1), ("4 days", "days", 4), ("7 days", "days", 7))
FARTHEST = timedelta(days=3660)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "sandbox allow-top-navigation-by-user-activation allow-popups; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
TO_TOP = '<base target="_top">'  # a link in a mail opens in the window, not in the frame


class Now(Protocol):
    """What the mailbox needs of a clock."""

    def now(self) -> datetime:
        """Aware, in UTC."""


def create_app(
    outgoing: Outgoing, clock: Now, advance: Callable[[timedelta], object], base_url: str
) -> Flask:
    """The mailbox's application; `advance` moves the clock on and lets everything happen."""
    app = Flask(__name__)
    app.name = "mailbox"
    app.jinja_env.filters["local"] = local_time
    mailbox = Mailbox(outgoing, clock, advance, base_url)
    app.add_url_rule("/_mailbox/", "mailbox", mailbox.overview)
    app.add_url_rule("/_mailbox/messages.json", "messages", mailbox.messages)
    app.add_url_rule("/_mailbox/clock", "clock", mailbox.move_clock, methods=["POST"])
    app.add_url_rule("/_mailbox/<identifier>", "message", mailbox.message)
    app.add_url_rule("/_mailbox/<identifier>/html", "html", mailbox.html)
    path = "/_mailbox/<identifier>/attachments/<int:number>"
    app.add_url_rule(path, "attachment", mailbox.attachment)
    app.after_request(_protect)
    return app


def local_time(moment: datetime) -> str:
    """A moment as the clock on the wall in Helsinki shows it."""
    return f"{moment.astimezone(HELSINKI):%Y-%m-%d %H:%M:%S}"


def as_json(mail: SentMail, base_url: str) -> dict[str, Any]:
    """A mail as `messages.json` shows it."""
    return {
        "id": mail.id,
        "to": mail.to,
        "subject": mail.subject,
        "language": mail.language,
        "text": mail.text,
        "html": mail.html,
        "links": list(mail.links),
        "attachments": [
            {
                "name": part.name,
                "type": part.type,
                "size": len(part.content),
                "url": f"{base_url}/_mailbox/{mail.id}/attachments/{number}",
            }
            for number, part in enumerate(mail.attachments)
        ],
        "sent_at": mail.sent_at.isoformat(),
    }


@dataclass(frozen=True)
class Mailbox:
    """The views."""

    outgoing: Outgoing
    clock: Now
    advance: Callable[[timedelta], object]
    base_url: str

    def overview(self) -> str:
        """All mails, newest first, and the clock."""
        to = request.args.get("to")
        mails = self.outgoing.mails(to)[::-1]
        now = self.clock.now()
        return render_template("mailbox.html", mails=mails, to=to, now=now, steps=STEPS)

    def messages(self) -> ResponseReturnValue:
        """All mails for programs, newest last."""
        mails = self.outgoing.mails(request.args.get("to"))
        return [as_json(mail, self.base_url) for mail in mails]

    def move_clock(self) -> ResponseReturnValue:
        """Add days, hours and minutes of the form to the clock."""
        try:
            fields = ("days", "hours", "minutes")
            numbers = {field: int(request.form.get(field) or 0) for field in fields}
            step = timedelta(**numbers)
        except (ValueError, OverflowError):
            abort(400, "Give whole numbers.")
        if min(numbers.values()) < 0 or not timedelta() < step <= FARTHEST:
            abort(400, "The clock moves forward only, by at most ten years at a time.")
        self.advance(step)
        return redirect(url_for("mailbox"), 303)

    def message(self, identifier: str) -> str:
        """One mail."""
        return render_template("message.html", mail=self._find(identifier))

    def html(self, identifier: str) -> ResponseReturnValue:
        """The HTML of a mail, for the frame: it can do nothing but show links."""
        html = self._find(identifier).html
        before, head, after = html.partition("<head>")
        opened = before + head + TO_TOP + after if head else TO_TOP + html
        return opened, {"Content-Security-Policy": MAIL_POLICY}

    def attachment(self, identifier: str, number: int) -> Response:
        """A file that came with a mail."""
        parts = self._find(identifier).attachments
        if number >= len(parts):
            abort(404, "There is no such attachment.")
        part = parts[number]
        content = io.BytesIO(part.content)
        return send_file(content, part.type, as_attachment=True, download_name=part.name)

    def _find(self, identifier: str) -> SentMail:
        return self.outgoing.find(identifier) or abort(404, "There is no such mail.")


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
