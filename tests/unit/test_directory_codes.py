"""Every code of a problem has words in every language, which quote only what the problem has."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from functions import lists
from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryEntry, file_problem
from functions.kernel.errors import Problem
from functions.render.directory.forms import ListWords, operator_lines
from functions.render.text import texts
from tests.fake_directory import FIELDS

CHECKS = "directory.checks."
PARTING = {"leaving", "moving"}  # what a keeper is asked, whose codes are in a variable
PEOPLE = {
    "coordinators": {
        "anna": DirectoryEntry("coordinators", "anna", dict.fromkeys(LANGUAGES, "Anna A"), {}),
        "gone": DirectoryEntry(
            "coordinators", "gone", dict.fromkeys(LANGUAGES, "Gone G"), {}, retired=True
        ),
    },
    "units": {
        "u": DirectoryEntry("units", "u", {"fi": "Yksikkö", "sv": "Enhet", "en": "Unit"}, {})
    },
}


def calls(path: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call in a module with the last name of what is called."""
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield getattr(node.func, "attr", "") or getattr(node.func, "id", ""), node


def of_the_whole() -> Mapping[str, set[str]]:
    """The codes of what is wrong between entries, each with the names of its values."""
    found = {}
    for name, call in calls("functions/services/directory/consistency.py"):
        if name == "problem":
            assert isinstance(call.args[1], ast.Constant)
            found[str(call.args[1].value)] = {str(each.arg) for each in call.keywords}
    return found


def of_fields() -> set[str]:
    """The codes that stand in the reader of fields."""
    found = (call.args[1] for name, call in calls("functions/kernel/parse.py") if name == "Problem")
    return {str(code.value) for code in found if isinstance(code, ast.Constant)}


def codes() -> Mapping[str, set[str]]:
    """Every code that lists have words of their own for, with the names of its values."""
    coded = {f.code.name: {"value"} for fields in FIELDS.values() for f in fields if f.code}
    return {**of_the_whole(), **coded, "unknown": {"value"}, **{code: set() for code in PARTING}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_that_ask_for_its_values_alone(language: str) -> None:
    flat = texts._pages(texts.PAGES, tuple(lists.__path__), language)
    told = {k.removeprefix(CHECKS): t for k, t in flat.items() if k.startswith(CHECKS)}
    assert told.keys() == codes().keys()
    strange = {code: {*texts.placeholders(told[code])} - codes()[code] for code in told}
    assert {code: names for code, names in strange.items() if names} == {}
    problems = {k.split(".")[1] for k in flat if k.startswith("problems.")}
    assert of_fields() - problems == set()
    assert len(of_fields()) > 10


def test_every_field_is_asked_but_those_of_files() -> None:
    in_files = {known.name: [f.name for f in known.in_files] for known in lists.known()}
    assert in_files == {
        "units": ["key"],
        "coordinators": ["key"],
        "supervisors": ["key", "picture"],
        "domains": [],
    }


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (
            Problem("retired", "no_coordinator_left", values={"unit": "u"}),
            "The unit Unit would have no coordinator left. Add another one to the unit first.",
        ),
        (
            Problem("email", "address_taken", values={"owner": "gone"}),
            "This address is already in use: Gone G (no longer active). "
            "Each person must have their own address.",
        ),
        (
            Problem("coordinators", "unknown_entry", values={"value": "zz"}),
            "“zz” is not in the directory. Remove it.",
        ),
        (
            Problem("sectors", "repeated", values={"value": "a\x00{b}" + "c" * 80}),
            "“a?{b}" + "c" * 54 + "…” is here twice. Remove one.",
        ),
        (Problem("name", "long", 120), "The text is too long. It must be 120 characters or fewer."),
    ],
)
def test_problem_names_entries(problem: Problem, expected: str) -> None:
    assert ListWords("en", "coordinators", PEOPLE).problem(problem) == expected


def test_operators_are_told_where_what_and_how_to_mend_it() -> None:
    strange = Problem("maximum", "number", values={"value": "a\x1bb" + "c" * 80}, line=3)
    offered = {"value": "xx", "choices": "fi, sv, en"}
    assert operator_lines(
        [
            file_problem(1, "file", "has no entries"),
            strange,
            Problem("language", "unknown", values=offered, line=4),
        ]
    ) == [
        "line 1: file: has no entries",
        f'line 3: maximum: "a?b{"c" * 56}…": Enter a whole number in digits.',
        "line 4: language: There is no option “xx”. Select another. The options are fi, sv, en.",
    ]
