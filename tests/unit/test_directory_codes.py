"""Every code of a problem has words: for operators in English, on the desk in every language."""

import ast
from pathlib import Path

import pytest

from functions import lists
from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryEntry, DirectoryProblem
from functions.kernel.directory_lists import problem_of
from functions.kernel.directory_messages import (
    OF_CHANGES,
    OF_ENTRIES,
    OF_FILES,
    operator_message,
)
from functions.render.directory.forms import problem_text
from functions.render.text import texts
from tests.fake_directory import FIELDS

OF_PAGES = {"unchosen"}  # how "missing" is said of choices
PREFIX = "directory.problems."
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


def told(language: str) -> dict[str, str]:
    """The desk's texts by code."""
    flat = texts._flat(texts.PAGES / f"directory.{language}.toml")
    return {k.removeprefix(PREFIX): v for k, v in flat.items() if k.startswith(PREFIX)}


def bare(code: str) -> str:
    """A code without the form that its text takes by a number."""
    return code.removesuffix(".one").removesuffix(".many")


def raised() -> set[str]:
    """The codes that stand in the code which finds problems."""
    found: set[str] = set()
    for path in [
        p
        for top in ("functions", "infra")
        for p in Path(top).rglob("*.py")
        if "directory" in p.as_posix()
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"DirectoryProblem": 2, "CellError": 0, "_unreadable": 1}.get(node.func.id)
                if place is not None and len(node.args) > place:
                    codes = ast.walk(node.args[place])
                    found |= {c.value for c in codes if isinstance(c, ast.Constant)}
    return found | {problem_of(f.code) for fields in FIELDS.values() for f in fields if f.code}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_an_entry_has_words(language: str) -> None:
    assert set(map(bare, told(language))) == {*OF_ENTRIES, *OF_CHANGES} | OF_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_ask_only_for_values_that_the_code_has(language: str) -> None:
    strange = {
        code: set(texts.placeholders(text))
        - set(texts.placeholders(OF_ENTRIES.get(bare(code), "")))
        for code, text in told(language).items()
    }
    assert {code: names for code, names in strange.items() if names} == {}


def test_every_raised_code_has_a_message() -> None:
    tables = (OF_ENTRIES, OF_CHANGES, OF_FILES)
    known = {code for table in tables for code in table}
    picked = {"field_twice", "nameless_field", *OF_CHANGES}  # by a variable
    assert (raised() - known, known - raised() - picked) == (set(), set())
    assert len(known) == sum(map(len, tables))


def test_unknown_code_is_found() -> None:
    with pytest.raises(KeyError):
        operator_message("no_such", {})
    with pytest.raises(KeyError):
        operator_message("too_long", {"most": 1})


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
            DirectoryProblem(1, "retired", "no_coordinator_left", {"unit": "u"}),
            "The unit Unit would have no coordinator left. Add another one to the unit first.",
        ),
        (
            DirectoryProblem(1, "email", "address_taken", {"owner": "gone"}),
            "This address is already in use: Gone G (no longer active). "
            "Each person must have their own address.",
        ),
        (
            DirectoryProblem(1, "coordinators", "unknown_coordinator", {"coordinator": "zz"}),
            "The directory has no coordinator “zz”. Clear the box.",
        ),
        (
            DirectoryProblem(1, "sectors", "twice", {"value": "a\x00{b}" + "c" * 80}),
            "“a?{b}" + "c" * 54 + "…” is here twice. Remove one.",
        ),
    ],
)
def test_problem_text_names_entries(problem: DirectoryProblem, expected: str) -> None:
    assert problem_text("en", problem.code, problem, PEOPLE, "coordinators") == expected
