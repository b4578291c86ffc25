"""Handles the stream of the outbox: sends every new mail; one that fails does not stop the
others."""

import logging
from typing import Any

from functions.services.container import Services
from functions.services.logs import log_error
from functions.services.mail.deliver import deliver

OUTBOX = "outbox#"
_log = logging.getLogger("kapula.mailer")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Send what a batch of DynamoDB stream records puts into the outbox.

    Answers with the records to be tried again (Lambda's partial batch response).
    """
    failed: list[dict[str, str]] = []
    for record in event.get("Records", ()):
        keys = record.get("dynamodb", {}).get("Keys", {})
        part = keys.get("part", {}).get("S", "")
        if record.get("eventName") != "INSERT" or not part.startswith(OUTBOX):
            continue
        try:
            deliver(services, keys["case"]["S"], part.removeprefix(OUTBOX))
        except Exception as error:  # noqa: BLE001  # the next record is somebody else's mail
            log_error(_log, "mail not sent", error)
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failed}
