"""Lambda's way into `functions.entry.mailer.app`."""

from typing import Any

from functions.entry import start
from functions.entry.mailer.app import handle

_services = start.services()


def handler(event: dict[str, Any], _context: object) -> object:
    """One event."""
    return handle(_services, event)
