"""What a log may say of an error: its type and where it happened, never what it says.

An exception's message can carry what somebody typed, or the token in a path.
"""

import logging
import traceback


def tell(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error that nobody expected, without its message or its values."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", what, type(error).__name__, places)
