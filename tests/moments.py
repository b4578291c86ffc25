"""Moments at which a process may begin and which have been too early, too late or no working day."""

from datetime import datetime

from functions.kernel.spans import HELSINKI


def finnish(text: str) -> datetime:
    """A moment as clocks in Finland show it, such as ``2026-08-03 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


MOMENTS = tuple(
    finnish(text)
    for text in (
        "2026-08-03 00:30",
        "2026-08-03 09:00",
        "2026-08-03 23:30",
        "2026-08-02 12:00",  # Sunday
        "2026-11-29 09:00",  # a week before Independence Day, which is a Sunday
        "2027-12-06 09:00",  # Independence Day, a Monday
        "2026-12-17 08:57",  # a week before Christmas Eve
        "2026-03-27 23:30",  # a week before Good Friday, and the clock is changed meanwhile
        "2026-03-29 00:30",  # the night in which summer time begins
        "2026-10-25 00:30",  # the night in which it ends
        "2026-10-18 23:30",
    )
)
