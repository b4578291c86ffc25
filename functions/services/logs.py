"""Log entries: each names the release. About errors: the type of the exception and where it was
raised, without its message, which can hold what a person typed, or the token of a link.
"""

import logging
import traceback
from typing import Any

from functions.kernel.release import RELEASE


def stamp_records() -> None:
    """Have every record of every log carry the release from now on, as ``release``: where logs are
    JSON, it is a field of each line."""
    make = logging.LogRecord

    def stamped(*parts: Any, **named: Any) -> logging.LogRecord:
        record = make(*parts, **named)
        record.release = RELEASE
        return record

    logging.setLogRecordFactory(stamped)


def log_error(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error that nobody expected, without its message or its values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", what, type(error).__name__, frames)
