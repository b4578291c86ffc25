"""No process is named where all of them are served: one more needs a folder and no other line."""

import re
from pathlib import Path

import pytest

from functions.processes import NAMES
from infra.new_process import LAYERS, spoken

FUNCTIONS = Path(__file__).parents[2] / "functions"
MODULES = sorted(path for layer in LAYERS for path in (FUNCTIONS / layer).rglob("*.py"))
# Where the name of a process is also that of something else, and what.
OTHERWISE = {
    ("services/directory/fields.py", "contact"): "how supervisors want to be reached",
    ("services/directory/columns.py", "contact"): "how supervisors want to be reached",
}


def short(path: Path) -> str:
    return path.relative_to(FUNCTIONS).as_posix()


def named(source: str) -> set[str]:
    """The processes that a module names."""
    words = {word for text in spoken(source) for word in re.findall(r"\w+", text)}
    return words & {*NAMES}


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_process_is_named(path: Path) -> None:
    found = named(path.read_text(encoding="utf-8"))
    assert {name for name in found if (short(path), name) not in OTHERWISE} == set()


@pytest.mark.parametrize("place", OTHERWISE)
def test_what_is_named_otherwise_still_is(place: tuple[str, str]) -> None:
    assert place[1] in named((FUNCTIONS / place[0]).read_text(encoding="utf-8"))


def test_names_are_found() -> None:
    assert named('path = f"/api/forms/supervision/{form}"') == {"supervision"}
    assert named("from functions.processes.quote import forms") == {"quote"}
    assert named("from functions.processes import contact") == {"contact"}
    assert named('"""Like contact."""\nx = "form_of_supervision"\ncontact.name = quote') == set()
