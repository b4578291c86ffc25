"""Meetings: what mails put into the calendars of those who read them."""

from dataclasses import dataclass
from datetime import datetime

from functions.kernel.case import Case, Event
from functions.kernel.summary import HistorySummary


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that a case is about, made of its answers.

    They say when it has its ``start`` (a ``datetime``), how many ``minutes`` it takes, and at which
    ``venue`` or ``link``. It is on while the case is in one of ``states``; elsewhere it is called
    off. ``host`` is the role in whose name calendars have it. Its title there is the text
    ``meetings.<name>.summary``.
    """

    name: str
    start: str
    minutes: str
    states: tuple[str, ...]
    venue: str = ""
    link: str = ""
    host: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The answers that it is made of."""
        return tuple(filter(None, (self.start, self.minutes, self.venue, self.link)))

    def is_on(self, state: str) -> bool:
        """Whether it takes place in a case in this state."""
        return state in self.states


def start_of(meeting: Meeting, case: Case) -> datetime | None:
    """When it starts (naive, in Finland) as the case stands; None while that or its length is not
    known."""
    start, minutes = (case.answers.get(name) for name in (meeting.start, meeting.minutes))
    return datetime.fromisoformat(start) if isinstance(start, str) and minutes else None


def changed_at(meeting: Meeting, summary: HistorySummary) -> datetime | None:
    """When its time, its length or its place was said last, or it came on or was called off."""
    answered = [event.at for event, names in summary.answered if {*names} & {*meeting.fields}]
    return max((*answered, *(e.at for e in summary.last if _turns(meeting, e))), default=None)


def _turns(meeting: Meeting, event: Event) -> bool:
    return meeting.is_on(event.source) != meeting.is_on(event.target)
