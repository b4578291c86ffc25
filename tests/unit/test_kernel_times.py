"""Times of day, halves and web addresses as they are typed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import LANGUAGES
from functions.kernel.errors import Problem
from functions.kernel.fields import Field, Value
from functions.kernel.local_times import exists, moment_of
from functions.kernel.parse import complete, value_in
from functions.render.form.widgets import typed_from
from functions.render.text import dates, numbers
from functions.render.text.words import problem_text


def read(kind: str, typed: str, **more: int) -> Value | Problem | None:
    return value_in(Field("x", kind, **more), {"x": typed})  # type: ignore[arg-type]


NINE = "2026-10-07T09:00"


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("datetime", NINE, NINE),
        ("datetime", "2026-10-07T09:00:00", NINE),
        ("datetime", "2026-10-07 09:00", NINE),
        ("datetime", " 7.10.2026 klo 9.00 ", NINE),
        ("datetime", "07. 10. 2026, kl. 09:00", NINE),
        ("datetime", "7.10.2026 at 9:00", NINE),
        ("datetime", "7.10.2026 9.00", NINE),
        ("datetime", "7.10.2026\u00a0Klo\u00a09.00", NINE),
        ("halves", "1,5", 3),
        ("halves", "1.50", 3),
        ("halves", "2", 4),
        ("halves", "0,5", 1),
        ("halves", "0", 0),
        ("weburl", "https://example.org", "https://example.org"),
        ("weburl", "HTTPS://Video.Example.org/A?b=%20c#d", "https://video.example.org/A?b=%20c#d"),
        ("weburl", "<https://example.org/a>.", "https://example.org/a"),
        ("weburl", "https://example.org:443/ä", "https://example.org/%C3%A4"),
        ("weburl", "https://hyvä.example/x", "https://xn--hyv-sla.example/x"),
    ],
)  # fmt: skip
def test_is_read(kind: str, typed: str, value: Value) -> None:
    assert read(kind, typed) == value
    assert read(kind, typed_from(Field("x", kind), value)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *(("datetime", t) for t in (
            "7.10.2026", "7.10.2026 klo 9", "klo 9.00", "7.10.2026 24.00", "7.10.2026 9.60", "31.4.2026 9.00",
            "2026-10-07T09:00Z", "2026-10-07T09:00+03:00", "2026-10-07T09:00:30", "1899-12-31T09:00",
            "2101-01-01T00:00", "10/7/2026 9:00 AM", "\u0662.10.2026 9.00", "huomenna klo 9",
        )),
        *(("halves", t) for t in ("1,3", "1,25", "-1", "1e1", "½", "much", "1,5,5", "9" * 40, "\u0663", ",5")),
        *(("weburl", t) for t in (
            "example.org", "http://example.org", "ftp://example.org", "javascript:alert(1)", "data:text/html,x",
            "https://aino@example.org/", "https://aino:x@example.org", "https://example.org:8443/", "https://127.0.0.1/",
            "https://[::1]/", "https://localhost/", "https://", "https:///x", "https://example.org\\@example.net",
            'https://example.org/"><script>', "https://example.org/a b", "https://example.org/%zz", "https://[x/",
            "https://example.org/a\nb", "https://example.org:99999/", "//example.org", "https://xn--a.example/",
        )),
    ],
)  # fmt: skip
def test_is_refused(kind: str, typed: str) -> None:
    found = read(kind, typed)
    assert isinstance(found, Problem)
    assert found.code in (kind, "line_break")
    assert all(problem_text(language, found) for language in LANGUAGES)


def test_web_address_that_is_too_long_is_told_so() -> None:
    for longest in ("https://example.org/" + "x" * 980, "https://example.org/" + "ä" * 300):
        code = "long" if "ä" in longest else None
        found = read("weburl", longest)
        assert (found.code if isinstance(found, Problem) else None) == code
    assert read("weburl", "https://example.org/" + "x" * 981) == Problem("x", "long", 1000)


@pytest.mark.parametrize("year", [2026, 2027, 2038, 2100])
def test_hour_that_clocks_leave_out_is_refused_and_that_which_comes_twice_is_the_first(
    year: int,
) -> None:
    march, october = sunday(year, 3), sunday(year, 10)
    for minute in (0, 30, 59):
        assert read("datetime", f"{march}T03:{minute:02}") == Problem("x", "no_such_time")
    for day, hour in ((march, "02:59"), (march, "04:00"), (october, "03:00"), (october, "03:59")):
        assert read("datetime", f"{day}T{hour}") == f"{day}T{hour}"
    twice = datetime.fromisoformat(f"{october}T03:30")
    assert moment_of(twice) == datetime.fromisoformat(f"{october}T00:30").replace(tzinfo=UTC)
    assert moment_of(twice + timedelta(hours=1)) - moment_of(twice) == timedelta(hours=2)


def sunday(year: int, month: int) -> str:
    day = datetime(year, month, 31)
    return str((day - timedelta(days=(day.weekday() + 1) % 7)).date())


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 12, 31, 23, 59)))
def test_every_time_is_kept_as_typed_or_refused(moment: datetime) -> None:
    local = moment.replace(second=0, microsecond=0, fold=0)
    found = read("datetime", local.isoformat(timespec="minutes"))
    assert (found == local.isoformat(timespec="minutes")) is exists(local)
    for language, word in (("fi", " klo "), ("sv", " kl. "), ("en", " at ")):
        typed = f"{local.day}.{local.month}.{local.year}{word}{local.hour}.{local.minute:02}"
        assert read("datetime", typed) == found, language


@given(st.text(), st.sampled_from(["datetime", "halves", "weburl"]))
def test_anything_typed_is_a_value_or_a_problem(typed: str, kind: str) -> None:
    field = Field("x", kind, required=False)  # type: ignore[arg-type]
    found = value_in(field, {"x": typed})
    if found is not None and not isinstance(found, Problem):
        assert complete([field], {"x": found})
        assert read(kind, typed_from(field, found)) == found


def test_bounds_in_halves_are_told_in_units() -> None:
    low, high = read("halves", "0", lowest=1), read("halves", "8", highest=15)
    assert (low, high) == (Problem("x", "low", 0.5), Problem("x", "high", 7.5))
    assert read("halves", "8", highest=14) == Problem("x", "high", 7)
    assert isinstance(low, Problem)
    told = {language: problem_text(language, low) for language in LANGUAGES}
    assert [("0,5" in told["fi"]), ("0,5" in told["sv"]), ("0.5" in told["en"])] == [True] * 3


def test_words() -> None:
    when = datetime.fromisoformat(NINE)
    assert [dates.local_moment(when, x) for x in LANGUAGES] == [
        "ke 7.10.2026 klo 9.00", "ons 7.10.2026 kl. 09.00", "Wed 7 October 2026, 09:00",
    ]  # fmt: skip
    assert [dates.plain_moment(when, x) for x in LANGUAGES] == [
        "7.10.2026 klo 9.00", "7.10.2026 kl. 09.00", "7 October 2026, 09:00",
    ]  # fmt: skip
    assert [numbers.halves(n, "fi") for n in range(4)] == ["0", "0,5", "1", "1,5"]
    assert numbers.halves(3, "en") == "1.5"


def test_engine_takes_the_right_types_alone() -> None:
    fields = [Field("u", "halves"), Field("s", "datetime"), Field("l", "weburl")]
    good: dict[str, Value] = {"u": 3, "s": NINE, "l": "https://example.org"}
    assert complete(fields, good)
    for name, wrong in (("u", "1,5"), ("s", 3), ("l", 3)):
        assert not complete(fields, {**good, name: wrong})
