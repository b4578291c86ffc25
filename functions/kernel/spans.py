"""Lengths of time as people agree on them: days, working days, months, as an answer says, or
until a day that was agreed."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.kernel.fields import Answers

HELSINKI = ZoneInfo("Europe/Helsinki")  # where deadlines are lived
_SATURDAY = 5
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """A length that only a calendar measures: whole ``months``, or else ``working`` days.

    Working days are Monday to Friday; public holidays are not left out, so that a deadline
    told in a mail never depends on which release of a list of holidays was installed.
    """

    working: int = 0
    months: int = 0


Span = timedelta | Calendar


@dataclass(frozen=True, slots=True)
class ByAnswer:
    """A length that depends on a choice: ``spans`` by the answer to ``field``, else
    ``otherwise``."""

    field: str
    spans: Mapping[str, Span]
    otherwise: Span

    def of(self, answers: Answers) -> Span:
        """The length these answers lead to."""
        return self.spans.get(str(answers.get(self.field, "")), self.otherwise)


@dataclass(frozen=True, slots=True)
class OnDate:
    """Until the day in the answer ``field`` begins in Finland, or ``days`` later (earlier, if
    negative); where there is no such answer, for ever."""

    field: str
    days: int = 0

    def of(self, answers: Answers) -> datetime | None:
        """The moment these answers lead to (aware), or None."""
        told = answers.get(self.field)
        if not isinstance(told, str) or not told:
            return None
        day = date.fromisoformat(told) + timedelta(days=self.days)
        return datetime.combine(day, time(), HELSINKI)


Length = Span | ByAnswer | OnDate


def until(moment: datetime, length: Length, answers: Answers) -> datetime | None:
    """When a length that began at ``moment`` is over (in the zone of ``moment``), or None for
    never."""
    if isinstance(length, OnDate):
        ends = length.of(answers)
        return ends.astimezone(moment.tzinfo) if ends else None
    return after(moment, length.of(answers) if isinstance(length, ByAnswer) else length)


def day_of(moment: datetime) -> date:
    """The day it is in Finland at a moment (aware); ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    return moment.astimezone(HELSINKI).date()


def after(moment: datetime, span: Span) -> datetime:
    """The moment a span later (aware, in UTC as ``moment`` is), at the same time of day in
    Finland where a calendar counts. A month after 31 January is the last of February."""
    if isinstance(span, timedelta):
        return moment + span
    local = moment.astimezone(HELSINKI)
    years, month = divmod(local.month - 1 + span.months, _MONTHS)
    year, month = local.year + years, month + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    local = local.replace(year=year, month=month, day=day)
    left = span.working
    while left:
        local += timedelta(days=1)
        left -= local.weekday() < _SATURDAY
    return local.astimezone(moment.tzinfo)
