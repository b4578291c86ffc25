"""Lambda's way into `functions.entry.mailer`."""

from typing import Any

from functions.entry.mailer import handle
from infra.deploy.handlers import start

_services = start.services()


def handler(event: dict[str, Any], _context: object) -> object:
    """One event."""
    return handle(_services, event)
