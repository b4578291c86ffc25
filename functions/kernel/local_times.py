"""Times of day in Finland as people type them and as answers keep them: a day and a time without
a zone, such as ``2026-10-07T09:00``."""

import re
from datetime import UTC, datetime

from functions.kernel.durations import HELSINKI

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::00)?", re.ASCII)
_TYPED = re.compile(
    r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}),?\s(?:klo\s|kl\.?\s|at\s)?(\d{1,2})[.:](\d\d)",
    re.ASCII | re.IGNORECASE,
)
_YEARS = range(1900, 2101)


def read_time(typed: str) -> datetime | None:
    """A day with a time of day (naive): ISO from a picker, or ``3.12.2026 klo 14.00`` by hand.

    None for what is neither.
    """
    iso, written = _ISO.fullmatch(typed), _TYPED.fullmatch(typed)
    if iso:
        year, month, day, hour, minute = iso.groups()
    elif written:
        day, month, year, hour, minute = written.groups()
    else:
        return None
    try:
        found = datetime(int(year), int(month), int(day), int(hour), int(minute))  # noqa: DTZ001
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def exists(local: datetime) -> bool:
    """Whether there is such a time in Finland: one hour of the last Sunday in March is left out."""
    back = moment_of(local).astimezone(HELSINKI)
    return back.replace(tzinfo=None) == local


def moment_of(local: datetime) -> datetime:
    """The moment (UTC) of a time in Finland; of the hour that is there twice in October, the
    first."""
    return local.replace(tzinfo=HELSINKI, fold=0).astimezone(UTC)
