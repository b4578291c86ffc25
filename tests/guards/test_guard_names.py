"""No process is named where all of them are served: one more needs a folder and no other line."""

import ast
import re
from pathlib import Path

import pytest

from functions import lists
from functions.processes import NAMES
from infra.new_process import LAYERS, spoken

FUNCTIONS = Path(__file__).parents[2] / "functions"
MODULES = sorted(path for layer in LAYERS for path in (FUNCTIONS / layer).rglob("*.py"))
# Where a list of the directory is named, and why.
OF_LISTS = {
    ("render/directory/supervisors.py", "supervisors"): "their public page",
    ("adapters/directory.py", "domains"): "of which managers may have addresses",
}
RULED = {"coordinators", "units"}  # lists with rules of their own between them (ADR 30)


def short(path: Path) -> str:
    return path.relative_to(FUNCTIONS).as_posix()


def named(source: str) -> set[str]:
    """The processes that a module names."""
    words = {word for text in spoken(source) for word in re.findall(r"\w+", text)}
    return words & {*NAMES}


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_process_is_named(path: Path) -> None:
    assert named(path.read_text(encoding="utf-8")) == set()


def lists_named(source: str) -> set[str]:
    """The lists of the directory that a module names."""
    found = {n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)}
    return {each.name for each in lists.known()} & found - RULED


def test_no_list_is_named_but_where_it_is_told_why() -> None:
    found = {
        (short(path), name)
        for path in MODULES
        for name in lists_named(path.read_text(encoding="utf-8"))
    }
    assert found == OF_LISTS.keys()
    assert lists_named('x = "supervisors"; y = "units"') == {"supervisors"}


def test_names_are_found() -> None:
    assert named('path = f"/api/forms/supervision/{form}"') == {"supervision"}
    assert named("from functions.processes.quote import forms") == {"quote"}
    assert named("from functions.processes import contact") == {"contact"}
    assert named('"""Like contact."""\nx = "form_of_supervision"\ncontact.name = quote') == set()
