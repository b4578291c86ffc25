"""The days that are no working days are those of the library, and the table reaches far enough."""

from datetime import UTC, datetime

from functions.kernel.holidays import DAYS
from infra.holidays import TARGET, written

ENOUGH = 5  # years


def test_holidays_are_those_of_the_library() -> None:
    assert TARGET.read_text(encoding="utf-8") == written(), "run `make holidays`"


def test_holidays_reach_far_enough() -> None:
    assert max(DAYS) >= datetime.now(UTC).year + ENOUGH, "write more years in infra/holidays.py"
