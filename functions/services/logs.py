"""Log entries about errors: the type of the exception and where it was raised, without its message.

The message can hold what a person typed, or the token of a link.
"""

import logging
import traceback


def log_error(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error that nobody expected, without its message or its values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", what, type(error).__name__, frames)
