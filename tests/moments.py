"""Moments at which a process may begin and which have been too early, too late or no working day."""

from datetime import date, datetime, timedelta

from functions.kernel.durations import HELSINKI, day_ends, morning, working_from
from infra.local.stack import Stack


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


def wait(stack: Stack, moment: datetime) -> None:
    """Let time pass on a local stack until a moment."""
    stack.advance_by(moment - stack.clock.now())


def lapses(begun: date, days: int) -> datetime:
    """When what began on a day and has ``days`` to be done is over."""
    return day_ends(working_from(begun + timedelta(days=days)))


def reminds(begun: date, days: int) -> datetime:
    """When people are reminded of a deadline that is still ahead."""
    return morning(begun + timedelta(days=days))


def chides(begun: date, days: int) -> datetime:
    """When people are reminded of a deadline that has passed."""
    last = working_from(begun + timedelta(days=days))
    return morning(working_from(last + timedelta(days=1)))
