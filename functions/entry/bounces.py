"""What SES says of mails that came back, through SNS."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from functions.services.bounced import returned
from functions.services.wiring import Services

_log = logging.getLogger("kapula.bounces")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Take note of bounces and complaints; ``noted`` counts the mailboxes that were.

    What cannot be read or was never sent by us is refused and logged, and does not stop
    the rest. Other failures are raised, so that SNS delivers the event again.
    """
    noted = 0
    for record in event.get("Records", ()):
        try:
            feedback = json.loads(record["Sns"]["Message"])
            letter = str(feedback["mail"]["tags"]["letter"][0])
            addresses = list(_addresses(feedback))
        except (KeyError, IndexError, TypeError, ValueError):
            _log.warning("feedback that is none of SES was refused")
            continue
        noted += sum(returned(services, letter, address) for address in addresses)
    return {"noted": noted}


def _addresses(feedback: dict[str, Any]) -> Iterator[str]:
    """The mailboxes that will not take mail again: hard bounces and complaints.

    Shapes as in SES event publishing; a transient bounce may pass and is left alone.
    """
    kind = feedback["eventType"]
    if kind == "Bounce" and feedback["bounce"]["bounceType"] == "Permanent":
        yield from (str(r["emailAddress"]) for r in feedback["bounce"]["bouncedRecipients"])
    if kind == "Complaint":
        yield from (str(r["emailAddress"]) for r in feedback["complaint"]["complainedRecipients"])
