"""Lambda's way into `functions.entry.indexer`."""

from typing import Any

from functions.entry.indexer import handle
from infra.deploy.handlers import start

_services = start.services()


def handler(event: dict[str, Any], _context: object) -> object:
    """One event."""
    return handle(_services, event)
