"""Lengths of time as people agree on them: days, working days, months, as an answer says, or
until a day that was agreed. All are counted in days of Finland, and a day lasts to its end."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from functions.kernel.fields import Answers
from functions.kernel.holidays import is_holiday

HELSINKI = ZoneInfo("Europe/Helsinki")
_MORNING = time(8)  # mails that wait for a day are sent then
_SATURDAY = 5
_MONTHS = 12
_DAY = timedelta(days=1)
_DAY_LENGTH = len("2026-10-07")  # the part of an answer with a time that is its day


@dataclass(frozen=True, slots=True)
class Calendar:
    """A length that only a calendar measures: whole ``months``, or else ``working`` days.

    Working days are Monday to Friday without public holidays, Christmas Eve and Midsummer Eve.
    """

    working: int = 0
    months: int = 0


Span = timedelta | Calendar  # a timedelta of whole days


@dataclass(frozen=True, slots=True)
class ByAnswer:
    """A length that depends on a choice: ``spans`` by the answer to ``field``, else ``otherwise``;
    None: there is no such length.

    ``by_law`` are the choices whose length the law sets: before it is over a timer must warn.
    """

    field: str
    spans: Mapping[str, Span | None]
    otherwise: Span | None = None
    by_law: tuple[str, ...] = ()

    def of(self, answers: Answers) -> Span | None:
        """The length these answers lead to, or None."""
        return self.spans.get(str(answers.get(self.field, "")), self.otherwise)


SAME_TIME: Literal["same"] = "same"  # the time of day that an answer has itself


@dataclass(frozen=True, slots=True)
class OnDate:
    """Until the day in the answer ``field``, or ``days`` later (earlier, if negative); where
    there is no such answer, for ever.

    A timer comes ``at`` this time of day in Finland, on whatever day of the week, or at the
    ``SAME_TIME`` that the answer, a ``datetime``, has. Without it an action comes as the day
    begins, and a mail at 8.
    """

    field: str
    days: int = 0
    at: time | Literal["same"] | None = None

    def of(self, answers: Answers) -> date | None:
        """The day these answers lead to, or None."""
        answer = answers.get(self.field)
        if not isinstance(answer, str) or not answer:
            return None
        return date.fromisoformat(answer[:_DAY_LENGTH]) + timedelta(days=self.days)

    def moment(self, answers: Answers, later: timedelta = timedelta()) -> datetime | None:
        """The moment (UTC) these answers lead to, or whole days ``later``, if it has a time of day
        of its own.

        A time that is there twice, as clocks go back, is the first; one that is left out is an hour
        later.
        """
        day = self.of(answers)
        if day is None or self.at is None:
            return None
        answer = datetime.fromisoformat(str(answers[self.field]))
        at = answer.time() if self.at == SAME_TIME else self.at
        return datetime.combine(day + later, at, HELSINKI).astimezone(UTC)


Length = Span | ByAnswer | OnDate


def day_of(moment: datetime) -> date:
    """The day it is in Finland at a moment (aware); ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    return moment.astimezone(HELSINKI).date()


def day_begins(day: date) -> datetime:
    """The moment (UTC) at which a day begins in Finland."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


def day_ends(day: date) -> datetime:
    """The moment (UTC) at which a day is over in Finland."""
    return day_begins(day + _DAY)


def morning(day: date) -> datetime:
    """The moment (UTC) at which it is 8 o'clock on a day in Finland."""
    return datetime.combine(day, _MORNING, HELSINKI).astimezone(UTC)


def is_working(day: date) -> bool:
    """Whether it is a working day."""
    return day.weekday() < _SATURDAY and not is_holiday(day)


def working_from(day: date) -> date:
    """This day if it is a working day, else the next one that is."""
    while not is_working(day):
        day += _DAY
    return day


def last_day(begun: date, length: Length, answers: Answers) -> date | None:
    """The last day of a length that began on a day, or None for never.

    The day it began on does not count. A month after 31 January is the last of February.
    """
    if isinstance(length, OnDate):
        return length.of(answers)
    span = length.of(answers) if isinstance(length, ByAnswer) else length
    if span is None:
        return None
    if isinstance(span, timedelta):
        return begun + span
    years, month = divmod(begun.month - 1 + span.months, _MONTHS)
    year, month = begun.year + years, month + 1
    day = begun.replace(
        year=year, month=month, day=min(begun.day, calendar.monthrange(year, month)[1])
    )
    for _ in range(span.working):
        day = working_from(day + _DAY)
    return day
