"""Handles bounces and complaints that SES reports through SNS."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import partial
from typing import Any

from functions.services.container import Services
from functions.services.mail.bounces import given_up, returned

_Noting = Callable[[Services, str, str], bool]
_log = logging.getLogger("kapula.bounces")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Take note of bounces and complaints; ``recorded`` counts the mailboxes that were.

    What cannot be read or was never sent by us is refused and logged, and does not stop
    the rest. Other failures are raised, so that SNS delivers the event again.
    """
    recorded = 0
    for record in event.get("Records", ()):
        try:
            feedback = json.loads(record["Sns"]["Message"])
            mail_id = str(feedback["mail"]["tags"]["origin"][0])
            bounce, addresses = _what_to_do(feedback, _sent_at(feedback["mail"]))
        except (KeyError, IndexError, TypeError, ValueError):
            _log.warning("feedback that is none of SES was refused")
            continue
        recorded += sum(bounce(services, mail_id, address) for address in addresses)
    return {"noted": recorded}


def _sent_at(mail: dict[str, Any]) -> datetime | None:
    """When SES took a mail, if it says so; ValueError if that is no moment."""
    stamp = mail.get("timestamp")
    moment = datetime.fromisoformat(str(stamp)) if stamp else None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _what_to_do(feedback: dict[str, Any], sent_at: datetime | None) -> tuple[_Noting, list[str]]:
    """What to do about the feedback, and for which mailboxes.

    Shapes as in SES event publishing. Hard bounces and complaints: the mailbox will not take mail
    again. Other bounces: SES has tried for hours and given this mail up, or the mailbox
    answered by itself; the next mail may arrive. Other events ask for nothing.
    """
    kind = feedback["eventType"]
    if kind == "Complaint":
        return partial(returned, arrived=True), _mailboxes(
            feedback["complaint"]["complainedRecipients"]
        )
    if kind != "Bounce":
        return returned, []
    permanent = feedback["bounce"]["bounceType"] == "Permanent"
    noting = returned if permanent else partial(given_up, sent_at=sent_at)
    return noting, _mailboxes(feedback["bounce"]["bouncedRecipients"])


def _mailboxes(recipients: list[dict[str, Any]]) -> list[str]:
    """The addresses, which SES may give as a header has them: ``Aino <aino@example.org>``."""
    written = [str(recipient["emailAddress"]) for recipient in recipients]
    return [parseaddr(each)[1] or each for each in written]
