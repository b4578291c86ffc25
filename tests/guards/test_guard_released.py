"""What was released stays as it was: a definition that changes needs a new version. And a release is
made of a tree by one command, with all its stamps or not at all."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from functions.kernel.consequences import Guard
from functions.kernel.definition import Definition
from functions.kernel.release import RELEASE
from functions.processes import current
from infra.release import (
    CHANGES,
    PROJECT,
    RELEASED,
    ROOT,
    STAMP,
    NoReleaseError,
    faults,
    fingerprint,
    key,
    known,
    release,
    released_in,
)
from tests import planting

QUOTE = current("quote")
BY_RELEASE = {key(QUOTE): {"fingerprint": fingerprint(QUOTE), "release": "1.0.0"}}
CHANGED = (
    "quote: version 1 was released with 1.0.0 and has changed; put it back as it was, and add version "
    "2 to VERSIONS with what is new (docs/operations.md, Releases)"
)


def test_released_definitions_are_as_they_were() -> None:
    assert faults(released_in(ROOT), known()) == []


def test_release_has_one_number_and_a_heading() -> None:
    project = tomllib.loads((ROOT / PROJECT).read_text(encoding="utf-8"))
    assert project["project"]["version"] == RELEASE
    headings = re.findall(r"^## v(\S+) ", (ROOT / CHANGES).read_text("utf-8"), re.MULTILINE)
    releases = {each["release"] for each in released_in(ROOT).values()}
    assert releases <= {*headings}
    assert headings[:1] in ([], [RELEASE])


def first_state(d: Definition) -> str:
    return next(s.name for s in d.states if isinstance(s.deadline, timedelta))


def other_guard(d: Definition) -> Definition:
    row = next(t for t in d.transitions if t.guard)
    assert isinstance(row.guard, Guard)
    changed = replace(row, guard=Guard(row.guard.name, lambda case: not case.parties))
    return replace(d, transitions=tuple(changed if t is row else t for t in d.transitions))


CHANGES_OF: dict[str, Callable[[Definition], Definition]] = {
    "deadline": lambda d: planting.state(d, first_state(d), deadline=timedelta(days=999)),
    "no role": lambda d: replace(d, roles=d.roles[1:]),
    "row": lambda d: replace(d, transitions=d.transitions[1:]),
    "order of fields": lambda d: replace(
        d, forms=(replace(d.forms[0], sections=d.forms[0].sections[::-1]), *d.forms[1:])
    ),
    "code of a guard": other_guard,
}


@pytest.mark.parametrize("change", CHANGES_OF)
def test_released_definition_that_changes_is_found(change: str) -> None:
    assert faults(BY_RELEASE, [CHANGES_OF[change](QUOTE)]) == [CHANGED]


def test_new_version_beside_the_released_one_is_right() -> None:
    second = replace(CHANGES_OF["row"](QUOTE), version=2)
    assert faults(BY_RELEASE, [QUOTE, second]) == []


def test_released_definition_that_is_gone_is_found() -> None:
    second = replace(QUOTE, version=2)
    (told,) = faults(BY_RELEASE, [second])
    assert "is gone; put it back into VERSIONS" in told


def git(root: Path, *order: str) -> str:
    return subprocess.run(
        ["git", *order], cwd=root, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of the files that a release writes, with nothing released."""
    for path in (STAMP, PROJECT, CHANGES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / RELEASED).parent.mkdir()
    (tmp_path / RELEASED).write_text("{}\n")
    git(tmp_path, "init", "-q")
    for name, value in (("user.name", "Somebody"), ("user.email", "somebody@example.org")):
        git(tmp_path, "config", name, value)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "All")
    return tmp_path


def test_clean_tree_is_stamped_committed_and_tagged(tree: Path) -> None:
    assert "make deploy" in release(tree, "9.0.0", [QUOTE], "2026-12-01")
    assert git(tree, "tag").split() == ["v9.0.0"]
    assert git(tree, "status", "--short") == ""
    assert (tree / STAMP).read_text().endswith('RELEASE = "9.0.0"\n')
    assert tomllib.loads((tree / PROJECT).read_text())["project"]["version"] == "9.0.0"
    was = {"fingerprint": fingerprint(QUOTE), "release": "9.0.0"}
    assert json.loads((tree / RELEASED).read_text()) == {"quote 1": was}
    told = (tree / CHANGES).read_text(encoding="utf-8")
    assert "## Unreleased\n\n## v9.0.0 (2026-12-01)\n\n- " in told


def test_tree_with_other_changes_is_stamped_and_not_tagged(tree: Path) -> None:
    (tree / "other").touch()
    assert "tag v9.0.0" in release(tree, "9.0.0", [QUOTE], "2026-12-01")
    assert git(tree, "tag") == ""
    assert '"9.0.0"' in (tree / STAMP).read_text()


def test_next_release_keeps_the_fingerprints_of_earlier_ones(tree: Path) -> None:
    release(tree, "9.0.0", [QUOTE], "2026-12-01")
    with pytest.raises(NoReleaseError, match="says nothing under ## Unreleased"):
        release(tree, "9.1.0", [QUOTE], "2026-12-02")
    text = (tree / CHANGES).read_text(encoding="utf-8")
    told = text.replace("## Unreleased\n", "## Unreleased\n\n- Something.\n", 1)
    (tree / CHANGES).write_text(told, encoding="utf-8")
    second = replace(CHANGES_OF["row"](QUOTE), version=2)
    release(tree, "9.1.0", [QUOTE, second], "2026-12-02")
    found = released_in(tree)
    assert {name: each["release"] for name, each in found.items()} == {
        "quote 1": "9.0.0",
        "quote 2": "9.1.0",
    }


@pytest.mark.parametrize("version", ["", "9", "v9.0.0", "9.0.0-rc1", "8.9.9", "9.0.0"])
def test_version_that_is_none_or_does_not_follow_is_refused(tree: Path, version: str) -> None:
    release(tree, "9.0.0", [QUOTE], "2026-12-01")
    before = git(tree, "rev-parse", "HEAD")
    with pytest.raises(NoReleaseError):
        release(tree, version, [QUOTE], "2026-12-02")
    assert (git(tree, "rev-parse", "HEAD"), git(tree, "status", "--short")) == (before, "")


def test_definition_that_changed_is_not_released(tree: Path) -> None:
    release(tree, "9.0.0", [QUOTE], "2026-12-01")
    with pytest.raises(NoReleaseError, match=r"released with 9\.0\.0 and has changed"):
        release(tree, "9.1.0", [CHANGES_OF["deadline"](QUOTE)], "2026-12-02")
    assert git(tree, "tag").split() == ["v9.0.0"]
