"""Writes `functions/kernel/holidays.py` anew from the library `holidays`: `make holidays`.

The library is for the workshop alone: it holds every country of the world, is 9 MB and takes
half a second to import, so the functions get the days and not the library.
"""

from pathlib import Path

from holidays import country_holidays

TARGET = Path(__file__).resolve().parents[1] / "functions" / "kernel" / "holidays.py"
YEARS = range(2026, 2046)

_HEAD = '''"""The days on which offices in Finland are closed, beside Saturdays and Sundays.

Written by ``make holidays``; a guard compares it with the library that it comes from.
"""

from datetime import date

# Year → month and day of each.
DAYS = {
'''
_TAIL = '''}


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday, Christmas Eve or Midsummer Eve; False for years that
    are not in the table."""
    return f"{day:%m%d}" in DAYS.get(day.year, "")
'''


def written() -> str:
    """The whole text of the module."""
    lines = []
    for year in YEARS:
        days = " ".join(f"{day:%m%d}" for day in sorted(country_holidays("FI", years=year)))
        lines.append(f'    {year}: "{days}",\n')
    return _HEAD + "".join(lines) + _TAIL


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
