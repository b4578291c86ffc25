"""Whoever types what a hint or an error message gives as an example gets it taken."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import Field
from functions.kernel.parse import answer, read
from functions.kernel.people_field import read_people
from functions.processes import NAMES, current
from functions.render.text.texts import maybe, page_text
from tests.fake_directory import FIELDS, MemoryDirectory

EMAIL = r"\S+@\w[\w.-]*\w"
SHAPES = {
    "money": r"\d[\d ,.]*\d",
    "date": r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",
    "datetime": r"\d{1,2}\.\d{1,2}\.\d{4} (?:klo |kl\. )?\d{1,2}[.:]\d{2}",
    "halves": r"\d+[,.]\d",
    "weburl": r"https://\S+\w",
    "phone": r"[+(]?\d[\d ()/-]{4,}\d",
    "email": EMAIL,
    "number": r"\d+",
}
CODE = r"\b(?=[A-Z0-9-]*\d{5}|[A-Z]{6,})[A-Z0-9][A-Z0-9-]+\b"  # long numbers, words in capitals
LIST_SHAPES = {"email": EMAIL, "domain": r"@?\b[a-z]+(?:\.[a-z]+)+\b", "language_code": r"\b[a-z]{2}\b(?= (?:on|for|för) )"}  # fmt: skip
KINDS = ("money", "date", "datetime", "halves", "weburl", "phone", "email", "number")


def examples(field: Field, text: str) -> list[str]:
    """What a text shows as it could be typed into a field."""
    shape = CODE if field.code else SHAPES.get(field.kind, "")
    return re.findall(shape, text) if shape else []


def told(language: str) -> Iterator[tuple[Field, str]]:
    """Each field of each process with each text that tells what to type into it."""
    for process in NAMES:
        for field in current(process).fields().values():
            keys = [
                f"fields.{field.name}.hint",
                *([f"checks.{field.code.name}"] if field.code else []),
            ]
            yield from ((field, maybe(process, language, key)) for key in keys)
    for kind in KINDS:
        yield Field("x", kind), page_text(language, f"problems.{kind}")  # type: ignore[arg-type]


def refused(field: Field, example: str) -> bool:
    try:
        read((field,), (), {field.name: example}, MemoryDirectory(), date(2026, 12, 1))
    except Invalid:
        return True
    return False


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_taken(language: str) -> None:
    found = [(f, example) for f, text in told(language) for example in examples(f, text)]
    assert [(f.name, example) for f, example in found if refused(f, example)] == []
    assert {*KINDS} - {"number"} <= {f.kind for f, _ in found}
    assert {"business_id", "operator"} <= {f.name for f, _ in found}


def test_languages_have_the_same_examples() -> None:
    counts = [
        [(f.name, len(examples(f, text))) for f, text in told(language)] for language in LANGUAGES
    ]
    assert counts[0] == counts[1] == counts[2]


def test_examples_that_are_not_taken_are_found() -> None:
    for kind, text in {
        "money": "for example 1,250", "date": "such as 12/31/2026", "datetime": "such as 31.4.2026 14.00", "halves": "for example 1,3", "weburl": "https://10.0.0.1/room", "phone": "020 123 (45)", "email": "a@bb",
    }.items():  # fmt: skip
        field = Field("x", kind)  # type: ignore[arg-type]
        assert [refused(field, each) for each in examples(field, text)] == [True], kind
    coded = next(f for f, _ in told("en") if f.name == "operator")
    assert [refused(coded, x) for x in examples(coded, "0037 or 003712345678 or NDEAFIHH")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_of_a_paste_is_a_person(language: str) -> None:
    hint = page_text(language, "people.pasted_hint")
    (line,) = re.findall(r"\w+ \w+; \S+@\S+; \w+", hint)
    people, problems = read_people(Field("p", "people", lowest=1), {"p-pasted": line})
    assert problems == []
    assert [p["language"] for p in people] == [language]


def columns(language: str) -> Iterator[tuple[Field, str]]:
    for source in FIELDS:
        for column in FIELDS[source]:
            for key in (
                f"directory.fields.{column.name}.hint",
                f"directory.fields.{column.name}.hint_{source}",
            ):
                yield column, text_of(language, key)
    for source, name, key in (
        ("coordinators", "email", "problems.email"),
        ("domains", "domain", "directory.checks.domain"),
    ):
        column = next(c for c in FIELDS[source] if c.name == name)
        yield column, text_of(language, key)


def text_of(language: str, key: str) -> str:
    try:
        return page_text(language, key)
    except KeyError:
        return ""


def test_example_of_each_code_of_the_directory_is_taken() -> None:
    codes = [(column, column.code) for source in FIELDS for column in FIELDS[source] if column.code]
    found = {c.name: answer(f, (c.example,) if f.many else c.example) for f, c in codes}
    assert found == {c.name: (c.example,) if column.many else c.example for column, c in codes}
    domain = next(column for column in FIELDS["domains"] if column.name == "domain")
    for typed in ("@example.org", " @Example.org.", "<@example.org>"):
        assert answer(domain, typed) == "example.org"
    for typed in ("aino@example.org", "@@example.org", "@", "example@"):
        assert isinstance(answer(domain, typed), Problem)


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_of_the_directory_are_taken(language: str) -> None:
    found = []
    for column, text in columns(language):
        shape = column.code.name if column.code else column.kind
        for example in re.findall(LIST_SHAPES.get(shape, "(?!)"), text):
            found.append(shape)
            taken = answer(column, (example,) if column.many else example)
            assert not isinstance(taken, Problem), (column.name, example)
    assert {"email", "domain"} <= {*found}
