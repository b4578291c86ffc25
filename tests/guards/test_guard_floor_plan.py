"""The floor plan shows the rooms that there are, and leads to files that exist."""

import re
from pathlib import Path

import pytest

from infra.site.floor_plan import FILE, ROOT, packages, table, with_table

PAGES = sorted(
    p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if p.name != "CHANGELOG.md"
)
_PATH = re.compile(
    r"`((?:(?:functions|infra|tests|docs|site)/|(?:kernel|services|render|entry|adapters)/)"
    r"[\w./-]+\.(?:py|toml|md|txt|yml|mk|html|typ|sh))`"
)


def lost(text: str) -> list[str]:
    """Paths of files that a page names and the tree does not have."""
    named = _PATH.findall(text)
    return [p for p in named if not (ROOT / p).exists() and not (ROOT / "functions" / p).exists()]


def test_rooms_are_those_of_the_tree() -> None:
    page = FILE.read_text(encoding="utf-8")
    assert page == with_table(page)


def test_every_room_says_what_it_is() -> None:
    assert [line for line in table().splitlines() if "|  |" in line] == []
    assert len(packages()) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_pages_name_files_that_exist(page: Path) -> None:
    assert lost(page.read_text(encoding="utf-8")) == []


def test_lost_file_is_found() -> None:
    assert lost("`kernel/case.py` and `services/nowhere.py`, `infra/site/build.py`") == [
        "services/nowhere.py"
    ]
