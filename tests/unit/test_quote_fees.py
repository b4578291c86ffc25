"""What a cancellation costs: the table of the rule, days as they are in Finland, and cents."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.durations import HELSINKI, day_of
from functions.processes.quote.fees import TERMS, CancellationTerms, Fee, fee

START = date(2026, 9, 15)
DATES = st.dates(date(2026, 1, 1), date(2032, 12, 31))
SUMS = st.integers(0, 10_000_000_00)
FREE = ("provider", "substitution")


def told(days: int, **more: Any) -> Fee:
    """The fee of a notice this many days before the start."""
    given = {"signed": True, "start": START, "base": 100_000, **more}
    return fee(notice=START - timedelta(days=days), **given)


@pytest.mark.parametrize(
    ("days", "reason", "percent"),
    [
        (400, "early", 0),
        (8, "early", 0),
        (7, "late", 50),
        (6, "late", 50),
        (1, "late", 50),
        (0, "same_day", 100),
        (-1, "same_day", 100),
        (-30, "same_day", 100),
    ],
)
def test_by_days(days: int, reason: str, percent: int) -> None:
    found = told(days)
    assert found == Fee(reason, days, 100_000, percent, 1000 * percent, "2026-1")  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [30, 7, 1, 0, -1])
@pytest.mark.parametrize(
    ("more", "reason", "percent"),
    [
        ({"signed": False}, "not_signed", 0),
        ({"signed": False, "by": "no_show"}, "not_signed", 0),
        ({"by": "provider"}, "provider", 0),
        ({"by": "substitution"}, "substitution", 0),
        ({"by": "provider", "signed": False}, "provider", 0),
        ({"by": "no_show"}, "no_show", 100),
    ],
)
def test_whatever_the_day(days: int, more: dict[str, Any], reason: str, percent: int) -> None:
    found = told(days, **more)
    assert (found.reason, found.days, found.percent) == (reason, days, percent)
    assert found.fee == 1000 * percent


@pytest.mark.parametrize("by", ["client", "no_show"])
def test_no_date_is_agreed(by: str) -> None:
    found = told(0, start=None, by=by)
    assert found == Fee("no_dates", None, 100_000, 0, 0, "2026-1")


def test_terms_are_settings_and_are_told() -> None:
    terms = CancellationTerms("2027-1", free_above_days=14, early_percent=10, late_percent=30)
    found = [told(days, terms=terms) for days in (15, 14, 1, 0)]
    assert [f.percent for f in found] == [10, 30, 30, 100]
    assert {f.terms for f in found} == {"2027-1"}
    assert told(0, terms=replace(TERMS, same_day_percent=80)).fee == 80_000
    with pytest.raises(FrozenInstanceError):
        found[0].fee = 0  # type: ignore[misc]


@pytest.mark.parametrize(("base", "due"), [(0, 0), (1, 1), (2, 1), (3, 2), (99_999, 50_000)])
def test_half_a_cent_is_rounded_up(base: int, due: int) -> None:
    assert told(3, base=base).fee == due


@given(SUMS, DATES, DATES, st.sampled_from(["client", "no_show", *FREE]), st.booleans())
def test_never_more_than_the_base(
    base: int, notice: date, start: date, by: Any, signed: bool
) -> None:
    found = fee(signed=signed, notice=notice, start=start, base=base, by=by)
    assert 0 <= found.fee <= base
    assert found.days == (start - notice).days
    assert found.fee * 100 >= base * found.percent
    assert (found.fee - 1) * 100 < base * found.percent or not found.fee
    if not signed or by in FREE:
        assert found.fee == 0


@given(SUMS, DATES, DATES, st.integers(0, 20))
def test_never_less_as_the_start_comes_nearer(
    base: int, notice: date, start: date, later: int
) -> None:
    sooner = fee(signed=True, notice=notice, start=start, base=base)
    after = fee(signed=True, notice=notice + timedelta(days=later), start=start, base=base)
    assert sooner.fee <= after.fee


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T21:59", date(2026, 3, 28)),  # 23:59 of the evening before summer time
        ("2026-03-28T22:00", date(2026, 3, 29)),
        ("2026-03-29T20:59", date(2026, 3, 29)),  # 23:59 in summer time
        ("2026-03-29T21:00", date(2026, 3, 30)),
        ("2026-10-24T20:30", date(2026, 10, 24)),  # 23:30 of the evening before winter time
        ("2026-10-24T21:00", date(2026, 10, 25)),
        ("2026-10-25T21:30", date(2026, 10, 25)),  # 23:30 in winter time
        ("2026-10-25T22:00", date(2026, 10, 26)),
        ("2026-12-31T21:59", date(2026, 12, 31)),
        ("2026-12-31T22:00", date(2027, 1, 1)),
        ("2028-02-28T22:00", date(2028, 2, 29)),
        ("2028-02-29T22:00", date(2028, 3, 1)),
    ],
)
def test_day_of_a_notice_is_the_day_in_finland(moment: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == day


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("local", "start", "reason", "days"),
    [
        ("2026-03-28T23:30", date(2026, 4, 5), "early", 8),  # an hour is lost between
        ("2026-03-29T00:30", date(2026, 4, 5), "late", 7),
        ("2026-10-24T23:30", date(2026, 11, 1), "early", 8),  # an hour is won between
        ("2026-10-25T00:30", date(2026, 11, 1), "late", 7),
        ("2026-03-28T23:30", date(2026, 3, 29), "late", 1),
        ("2026-10-25T23:30", date(2026, 10, 26), "late", 1),
        ("2026-12-31T23:30", date(2027, 1, 1), "late", 1),
        ("2027-01-01T00:00", date(2027, 1, 1), "same_day", 0),
        ("2028-02-21T23:30", date(2028, 2, 29), "early", 8),
        ("2028-02-22T00:00", date(2028, 2, 29), "late", 7),
        ("2028-02-22T12:00", date(2028, 3, 1), "early", 8),  # 29 February counts
        ("2027-02-22T12:00", date(2027, 3, 1), "late", 7),
    ],
)
def test_days_over_summer_time_year_end_and_leap_day(
    local: str, start: date, reason: str, days: int
) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=HELSINKI).astimezone(UTC)
    found = fee(signed=True, notice=day_of(moment), start=start, base=10_000)
    assert (found.reason, found.days) == (reason, days)


@given(DATES, st.integers(0, 23), st.integers(0, 59), st.integers(-5, 12))
def test_any_hour_of_a_day_is_that_day(day: date, hour: int, minute: int, ahead: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=HELSINKI)
    noticed = day_of(moment.astimezone(UTC))
    start = day + timedelta(days=ahead)
    assert noticed == day
    assert fee(signed=True, notice=noticed, start=start, base=100).days == ahead
