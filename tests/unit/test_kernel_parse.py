"""What was typed becomes values, or every problem with it, in the order of the fields."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import clean
from functions.kernel.directory import DirectoryEntry
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import Answers, Check, Field, Value
from functions.kernel.parse import complete, read
from functions.kernel.people import Directory
from functions.processes import current
from tests.fake_directory import MemoryDirectory
from tests.fakes import APPLICATION, DIRECTORY

TODAY = date(2026, 8, 3)
PEOPLE = MemoryDirectory(*DIRECTORY)


def outcome(*fields: Field, checks: tuple[Check, ...] = (), **typed: str) -> object:
    """The values, or the problems, of a form of these fields."""
    try:
        return read(fields, checks, typed, PEOPLE, TODAY)
    except Invalid as error:
        return error.problems


def one(field: Field, typed: str) -> object:
    """What comes of one field: its value, None if it is absent, or its problem's code."""
    found = outcome(field, **{field.name: typed})
    if isinstance(found, dict):
        return found.get(field.name)
    assert isinstance(found, tuple)
    (problem,) = found
    assert problem.field == field.name
    return problem


def wrong(code: str, limit: int | None = None) -> Problem:
    return Problem("x", code, limit)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("text", "empty"),
        ("longtext", "empty"),
        ("email", "empty"),
        ("phone", "empty"),
        ("number", "empty"),
        ("date", "empty"),
        ("choice", "unchosen"),
        ("yesno", "unchosen"),
        ("tick", "untick"),
    ],
)
@pytest.mark.parametrize("typed", ["", "   ", "\r\n\t", "\u202e\u2066", "\u3000"])
def test_read_empty(kind: str, code: str, typed: str) -> None:
    required = Field("x", kind, choices=("a",))  # type: ignore[arg-type]
    optional = Field("x", kind, required=False, choices=("a",))  # type: ignore[arg-type]
    assert (one(required, typed), one(optional, typed)) == (wrong(code), None)


def test_read_absent_field_is_empty() -> None:
    assert outcome(Field("x"), Field("y", required=False)) == (wrong("empty"),)


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("text", "  Aino  ", "Aino"),
        ("text", "a" * 120, "a" * 120),
        ("text", "a" * 121, wrong("long", 120)),
        ("text", " " + "a" * 120 + " ", "a" * 120),
        ("text", "two\nlines", wrong("line_break")),
        ("text", "two\rlines", wrong("line_break")),
        ("text", "tab\there", wrong("line_break")),
        ("text", "a\x00b", wrong("characters")),
        ("text", "a\x1bb", wrong("characters")),
        ("text", "a\x7fb", wrong("characters")),
        ("text", "a\x85b", wrong("characters")),
        ("text", "a\u2028b", wrong("characters")),
        ("text", "a\ud800b", wrong("characters")),
        ("text", "cafe\u0301", "caf\u00e9"),
        ("text", "e\u0301" * 120, "\u00e9" * 120),
        ("text", "a\u202eb\u2069c\u200fd\u061ce", "abcde"),
        ("text", "<b>{{ x }}</b>", "<b>{{ x }}</b>"),
        ("text", "\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("longtext", "one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("longtext", "tab\there", "tab\there"),
        ("longtext", "a\x00b", wrong("characters")),
        ("longtext", "a\x0bb", wrong("characters")),
        ("longtext", "a" * 2000, "a" * 2000),
        ("longtext", "a" * 2001, wrong("long", 2000)),
        ("longtext", "a\r\n" * 999 + "a", "a\n" * 999 + "a"),
        ("email", "aino@example.org", "aino@example.org"),
        ("email", "  Aino.A+x@EXAMPLE.Org ", "Aino.A+x@example.org"),
        ("email", "aino", wrong("email")),
        ("email", "@example.org", wrong("email")),
        ("email", "aino@", wrong("email")),
        ("email", "aino@localhost", wrong("email")),
        ("email", "a b@example.org", wrong("email")),
        ("email", ".a@example.org", wrong("email")),
        ("email", "a..b@example.org", wrong("email")),
        ("email", "a@b@example.org", wrong("email")),
        ("email", '"a b"@example.org', wrong("email")),
        ("email", "a@127.0.0.1", wrong("email")),
        ("email", "a@[127.0.0.1]", wrong("email")),
        ("email", "a@example..org", wrong("email")),
        ("email", "a@-example.org", wrong("email")),
        ("email", "a@example.org.", "a@example.org"),
        ("email", "a@example.org..fi", wrong("email")),
        ("email", "\ufeffa\u200b@exa\u00admple.org\u2060", "a@example.org"),
        ("email", "<mailto:a@example.org?subject=x>,", "a@example.org"),
        ("email", "MAILTO:a%2Bb@example.org", "a+b@example.org"),
        ("email", "\u201ca@example.org\u201d;", "a@example.org"),
        ("email", "'o'brien@example.org'", "o'brien@example.org"),
        ("email", "o\u2019brien@example.org", wrong("email")),
        ("email", "a\uff20example.org", wrong("email")),
        ("phone", "+358\u00a040\u2011123\u20094567", "+358 40-123 4567"),
        ("phone", "(09) 123 4567", "(09) 123 4567"),
        ("phone", "+358 (0)40 123\u00ad4567.", "+358 (0)40 1234567"),
        ("phone", "tel:+358\u2013401\u2212234", "+358-401-234"),
        ("phone", "\u202a+358 40 1234567\u202c", "+358 40 1234567"),
        ("phone", "(09 123 4567", wrong("phone")),
        ("text", "\ufeff Aino\u00a0\u2003Aa\u00adlto\u200d", "Aino Aalto"),
        (
            "text",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("text", "\u3164\u200b\u2800\u115f", wrong("empty")),
        ("text", "a" + "\u0316\u0301" * 20, wrong("characters")),
        ("date", "3.\u00a012.\u200b 2026.", "2026-12-03"),
        ("date", "2026\u201112\u201103", "2026-12-03"),
        ("number", "\u200b12\u00a0", 12),
        ("email", "a@exa_mple.org", wrong("email")),
        ("email", "a@example.org\nBcc: b@example.org", wrong("line_break")),
        ("email", "a@example.org,b@example.org", wrong("email")),
        ("email", "a@example.org>, <b@example.org", wrong("email")),
        ("email", "ä@example.org", wrong("email")),
        ("email", "=?utf-8?q?evil=40evil=2Ecom=2C_x?=@example.org", wrong("email")),
        ("email", "=?utf-8?q?a=0D=0ABcc=3A_x=40evil=2Ecom?=@example.org", wrong("email")),
        ("email", "a=b?c@example.org", "a=b?c@example.org"),
        ("email", "a" * 64 + "@example.org", "a" * 64 + "@example.org"),
        ("email", "a" * 65 + "@example.org", wrong("email")),
        ("email", "a@" + "b" * 63 + ".org", "a@" + "b" * 63 + ".org"),
        ("email", "a@" + "b" * 64 + ".org", wrong("email")),
        ("email", "a" * 255, wrong("long", 254)),
        ("email", "a@hyvä.fi", "a@xn--hyv-sla.fi"),
        ("email", "a@hyva\u0308.fi", "a@xn--hyv-sla.fi"),
        ("email", "a@ex\u0430mple.org", "a@xn--exmple-4nf.org"),  # a Cyrillic а
        ("email", "a@\uff45xample.org", "a@example.org"),  # full width
        ("email", "a@example\u3002org", "a@example.org"),  # ideographic full stop
        ("email", "a@\u2603\ufe0f\u200d.fi", wrong("email")),
        ("phone", "+358 (40) 123-4567", "+358 (40) 123-4567"),
        ("phone", "09/12.34", "09/12.34"),
        ("phone", "12345", "12345"),
        ("phone", "1234", wrong("phone")),
        ("phone", "1" * 17, "1" * 17),
        ("phone", "1" * 18, wrong("phone")),
        ("phone", "1" * 31, wrong("long", 30)),
        ("phone", "call me", wrong("phone")),
        ("phone", "++35840123", wrong("phone")),
        ("phone", "\u0661\u0662\u0663\u0664\u0665", wrong("phone")),
        ("phone", "040 1234\x00", wrong("characters")),
        ("number", "0", 0),
        ("number", "007", 7),
        ("number", "999999999", 999999999),
        ("number", "1000000000", wrong("number")),
        ("number", "-1", wrong("number")),
        ("number", "+1", wrong("number")),
        ("number", "1.5", wrong("number")),
        ("number", "1e3", wrong("number")),
        ("number", "1_000", wrong("number")),
        ("number", "1 000", wrong("number")),
        ("number", "\u0663", wrong("number")),
        ("number", "\u00b2", wrong("number")),
        ("date", "2026-12-03", "2026-12-03"),
        ("date", "3.12.2026", "2026-12-03"),
        ("date", "03.12.2026", "2026-12-03"),
        ("date", "3. 12. 2026", "2026-12-03"),
        ("date", "29.2.2028", "2028-02-29"),
        ("date", "29.2.2026", wrong("date")),
        ("date", "31.4.2026", wrong("date")),
        ("date", "2026-13-01", wrong("date")),
        ("date", "2026-1-1", wrong("date")),
        ("date", "12/3/2026", wrong("date")),
        ("date", "3.12.26", wrong("date")),
        ("date", "1899-12-31", wrong("date")),
        ("date", "1900-01-01", "1900-01-01"),
        ("date", "2100-12-31", "2100-12-31"),
        ("date", "2101-01-01", wrong("date")),
        ("date", "0000-00-00", wrong("date")),
        ("date", "\u0662\u0660\u0662\u0666-12-03", wrong("date")),
        ("date", "2026-12-03T10:00", wrong("date")),
        ("yesno", "yes", True),
        ("yesno", "no", False),
        ("yesno", "YES", wrong("unchosen")),
        ("yesno", "1", wrong("unchosen")),
        ("tick", "yes", True),
        ("tick", "no", wrong("untick")),
        ("tick", "on", wrong("untick")),
    ],
)
def test_read_one_field(kind: str, typed: str, expected: Value | Problem) -> None:
    found = one(Field("x", kind), typed)  # type: ignore[arg-type]
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (Field("x", shortest=3), "ab", wrong("short", 3)),
        (Field("x", shortest=3), "  ab  ", wrong("short", 3)),
        (Field("x", shortest=3), "abc", "abc"),
        (Field("x", longest=3), "abc", "abc"),
        (Field("x", longest=3), "abcd", wrong("long", 3)),
        (Field("x", "longtext", longest=3), "a\r\nb", "a\nb"),
        (Field("x", "number", lowest=1, highest=60), "0", wrong("low", 1)),
        (Field("x", "number", lowest=1, highest=60), "1", 1),
        (Field("x", "number", lowest=1, highest=60), "60", 60),
        (Field("x", "number", lowest=1, highest=60), "61", wrong("high", 60)),
        (Field("x", "choice", choices=("a", "b")), "b", "b"),
        (Field("x", "choice", choices=("a", "b")), "c", wrong("unknown")),
        (Field("x", "choice", choices=("a", "b")), "a\x00", wrong("unknown")),
        (Field("x", "choice", source="units"), "north", "north"),
        (Field("x", "choice", source="units"), "west", wrong("unknown")),
        (Field("x", "choice", source="units"), "sulo", wrong("unknown")),
        (Field("x", "choice", source="cats"), "north", wrong("unknown")),
    ],
)
def test_read_limits(field: Field, typed: str, expected: Value | Problem) -> None:
    assert one(field, typed) == expected


def test_read_email_grown_past_the_limit_by_idna() -> None:
    typed = "a" * 60 + "@" + ".".join(["ä" * 45] * 4) + ".org"
    assert len(typed) <= 254
    assert one(Field("x", "email"), typed) == wrong("email")


def test_read_retired_choice_refused() -> None:
    retired = DirectoryEntry("units", "old", {"fi": "Old"}, {"coordinators": ()}, retired=True)
    directory = MemoryDirectory(*DIRECTORY, retired)
    with pytest.raises(Invalid) as caught:
        read([Field("x", "choice", source="units")], (), {"x": "old"}, directory, TODAY)
    assert caught.value.problems == (wrong("unknown"),)


UNIT = Field("unit", "choice", required=False, source="units")
EMPLOYER = Field("employer", required=False, default="unit.employer")
NAME = Field("name", required=False)
TITLE = Field("title", required=False, default="name")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"unit": "north"}, {"unit": "north", "employer": "Employer of north"}),
        ({"unit": "north", "employer": " "}, {"unit": "north", "employer": "Employer of north"}),
        ({"unit": "north", "employer": "Other"}, {"unit": "north", "employer": "Other"}),
        ({}, {}),
        ({"employer": "Other"}, {"employer": "Other"}),
        ({"unit": "west"}, (Problem("unit", "unknown"),)),
    ],
)
def test_read_default_from_the_directory(typed: dict[str, str], expected: object) -> None:
    assert outcome(UNIT, EMPLOYER, **typed) == expected


def test_read_default_fact_not_told() -> None:
    field = Field("employer", required=False, default="unit.phone")
    assert outcome(UNIT, field, unit="north") == {"unit": "north"}


def test_read_default_from_another_answer() -> None:
    assert outcome(NAME, TITLE, name="Aino") == {"name": "Aino", "title": "Aino"}
    assert outcome(NAME, TITLE) == {}


def test_read_default_checked_like_typed_text() -> None:
    short = Field("title", default="name", longest=3)
    assert outcome(NAME, short, name="Aino") == (Problem("title", "long", 3),)


def test_read_required_without_its_default() -> None:
    assert outcome(NAME, Field("title", default="name")) == (Problem("title", "empty"),)


def test_read_undeclared_field_ignored() -> None:
    assert outcome(NAME, name="Aino", supervisor="testi", state="active") == {"name": "Aino"}


def test_read_all_problems_at_once_in_order() -> None:
    def never(_: Answers, __: Directory, ___: date) -> bool:
        return False

    found = outcome(
        Field("a"),
        Field("b", "email"),
        Field("c"),
        Field("d", "tick"),
        Field("e", required=False),
        checks=(
            Check("of_b", "b", never),
            Check("of_c", "c", never),
            Check("again_c", "c", never),
            Check("of_e", "e", never),
        ),
        b="nobody",
        c="fine",
    )
    assert found == (
        Problem("a", "empty"),
        Problem("b", "email"),
        Problem("d", "untick"),
        Problem("c", "of_c"),
        Problem("e", "of_e"),
    )


def test_read_check_sees_answers_directory_and_today() -> None:
    seen: list[object] = []

    def look(values: Answers, directory: Directory, today: date) -> bool:
        seen.append((dict(values), directory, today))
        return True

    values = read(
        [NAME], [Check("c", "name", look)], {"name": "Aino"}, PEOPLE, TODAY, {"name": "x", "age": 7}
    )
    assert (values, seen) == ({"name": "Aino"}, [({"name": "Aino", "age": 7}, PEOPLE, TODAY)])


FORM = current("supervision").form("individual")


def application(**changed: str) -> object:
    return outcome(*FORM.fields, checks=FORM.checks, **{**APPLICATION, **changed})


def test_read_application() -> None:
    expected = {
        **APPLICATION,
        "employer": "Employer of north",
        "manager_language": "fi",
        "title": "Aino Applicant",
        "privacy_read": True,
    }
    assert application() == expected


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"desired_start": "2.8.2026"}, Problem("desired_start", "starts_ahead")),
        ({"manager_email": "AINO@example.net"}, Problem("manager_email", "manager_is_another")),
        ({"manager_email": "matti@example.com"}, Problem("manager_email", "manager_is_ours")),
        ({"manager_email": "matti@sub.example.org"}, Problem("manager_email", "manager_is_ours")),
        ({"manager_email": "matti@ex\u0430mple.org"}, Problem("manager_email", "manager_is_ours")),
        ({"manager_email": "matti@example.org.fi"}, Problem("manager_email", "manager_is_ours")),
    ],
)
def test_read_application_check(changed: dict[str, str], problem: Problem) -> None:
    assert application(**changed) == (problem,)


def test_read_application_starting_today() -> None:
    found = application(desired_start="3.8.2026")
    assert isinstance(found, dict)
    assert found["desired_start"] == "2026-08-03"


def test_read_correction_checks_known_address() -> None:
    fields = current("supervision").asked(current("supervision").action("correct"), "individual")
    typed = {**APPLICATION, "manager_email": "aino@example.org", "applicant_email": "x@example.org"}
    with pytest.raises(Invalid) as caught:
        read(fields, FORM.checks, typed, PEOPLE, TODAY, {"applicant_email": "aino@example.org"})
    assert caught.value.problems == (Problem("manager_email", "manager_is_another"),)


@given(st.text(), st.sampled_from(["text", "longtext", "email", "phone", "number", "date"]))
def test_read_anything_typed(typed: str, kind: str) -> None:
    found = one(Field("x", kind, required=False), typed)  # type: ignore[arg-type]
    if isinstance(found, str):
        lines = kind == "longtext"
        assert not clean.has_controls(found, lines=lines)
        assert found == unicodedata.normalize("NFC", found).strip()
        assert one(Field("x", kind), found) == found  # type: ignore[arg-type]
    else:
        assert found is None or isinstance(found, int | Problem)


DECLARED = (Field("a"), Field("n", "number", required=False), Field("t", "tick", required=False))


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        ({"a": "x"}, True),
        ({"a": "x", "n": 1, "t": True}, True),
        ({}, False),
        ({"n": 1}, False),
        ({"a": 1}, False),
        ({"a": None}, False),
        ({"a": "x", "n": "1"}, False),
        ({"a": "x", "t": "yes"}, False),
        ({"a": "x", "t": 1}, False),
        ({"a": "x", "b": "y"}, False),
    ],
)
def test_complete(values: Answers, whole: bool) -> None:
    assert complete(DECLARED, values) is whole


def test_emptied_answer_is_not_known_to_the_checks_any_more() -> None:
    given = Check("given", "x", lambda answers, _, __: bool(answers.get("x")))
    known = {"x": "before", "y": "before"}
    with pytest.raises(Invalid) as refused:
        read((Field("x", required=False),), (given,), {"x": ""}, PEOPLE, TODAY, known)
    assert refused.value.problems == (Problem("x", "given"),)
    assert read((Field("y", required=False),), (given,), {}, PEOPLE, TODAY, known) == {}


def test_default_that_is_a_word_itself() -> None:
    country = Field("x", "choice", required=False, choices=("FI", "SE"), default="=FI")
    assert outcome(country, x="") == {"x": "FI"}
    assert outcome(country, x="SE") == {"x": "SE"}
