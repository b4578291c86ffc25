"""What the documentation tells people to type exists."""

import re
from pathlib import Path

import pytest

from functions.processes import NAMES, current

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if p.is_file())


def targets(makefile: str) -> set[str]:
    """The commands that ``make help`` lists."""
    return set(re.findall(r"^([a-z][a-z-]*):.*##", makefile, re.MULTILINE))


def told(text: str) -> set[str]:
    """The ``make`` commands that a page tells of, in a line of code or between backticks."""
    code = re.findall(r"```.*?```", text, re.DOTALL) + re.findall(r"`[^`\n]+`", text)
    code += [line for line in text.splitlines() if line.startswith("    ")]
    return {
        name
        for piece in code
        for name in re.findall(r"\bmake +(?:[A-Z_]+=\S+ +)*([a-z][a-z-]*)", piece)
    }


MAKEFILE = "".join(
    (ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "infra/deploy/deploy.mk")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_docs_make_targets_exist(page: Path) -> None:
    assert told(page.read_text(encoding="utf-8")) - targets(MAKEFILE) == set()


def test_docs_unknown_target_is_found() -> None:
    page = "Type `make rum PORT=1`, or make a cake:\n\n```sh\nPORT=1 make run\nmake A=b tets\n```\n"
    assert told(page) == {"rum", "run", "tets"}
    assert told(page) - targets(MAKEFILE) == {"rum", "tets"}


def test_makefile_every_public_target_is_listed() -> None:
    phony = set(re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE))
    assert {name for line in phony for name in line.split()} == targets(MAKEFILE)


@pytest.mark.parametrize("name", NAMES)
def test_every_act_that_stays_in_its_state_is_in_the_table_of_what_begins_anew(name: str) -> None:
    text = (ROOT / "docs/adr/0024-turns-and-receipts.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    told = {
        (action, "anew" in cells[1])
        for cells in rows
        if cells[0].startswith(f"{name}:")
        for action in re.findall(r"`(\w+)`", cells[0])
    }
    stays = [t for t in current(name).transitions if t.source == t.target]
    assert told == {(t.action, t.restarts) for t in stays}
