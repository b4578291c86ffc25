"""What ``make process`` makes is whole: it is made in a copy of the repository, which then holds the
new process to what every process is held to, walks it to its ends and builds its pages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME, PAGE = "guided_tour", "guided-tour"
NEEDED = ("Makefile", "functions", "infra", "site", "tests", "docs", "mkdocs.yml", "pyproject.toml")
# What a copy has no use for: caches, pictures, and what comes of a build.
LEFT = shutil.ignore_patterns("__pycache__", "screenshots", ".*", "node_modules")
# Guards of each process have its name; those of words read all texts at once. Texts with numbers
# in two forms are pages' own.
GUARDS = f"{NAME} or (test_guard_words and not test_mail and not test_both_forms)"
FEWEST = 300  # tests that this selects


def python(copy: Path, *order: str) -> str:
    """What a command says that works on the copy; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-B", *order],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with one process more."""
    folder = tmp_path_factory.mktemp("copy")
    for name in NEEDED:
        here, there = ROOT / name, folder / name
        if here.is_dir():
            shutil.copytree(here, there, ignore=LEFT)
        else:
            shutil.copy(here, there)
    told = python(folder, "-m", "infra.new_process", NAME)
    assert f"functions/processes/{NAME}/" in told
    assert f"/{PAGE}/" in told
    return folder


def test_new_process_passes_every_guard_and_is_walked_to_its_ends(copy: Path) -> None:
    of_each = re.compile(r"processes(?:\.| import .*)NAMES")
    files = sorted(p for room in ("guards", "unit") for p in copy.glob(f"tests/{room}/test_*.py"))
    chosen = [p for p in files if of_each.search(p.read_text("utf-8")) or NAME in p.name]
    tests = [str(path.relative_to(copy)) for path in chosen]
    said = python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", GUARDS, *tests)
    passed = int(said.rpartition(" passed")[0].rpartition("\n")[2].rpartition(" ")[2])
    assert passed >= FEWEST


def test_pages_of_a_new_process_are_on_the_site(copy: Path) -> None:
    python(copy, "-m", "infra.site.build", "--out", "built/site")
    for language in ("", "sv", "en"):
        page = (copy / "built" / "site" / language / PAGE / "index.html").read_text("utf-8")
        assert f'action="/api/forms/{NAME}/request' in page
        assert page.count("<svg") > 0
        assert page.count("<table") > 0
        assert f"{PAGE}/" in (copy / "built" / "site" / language / "sitemap.xml").read_text("utf-8")


def test_style_of_a_new_process_is_that_of_the_house(copy: Path) -> None:
    new = (f"functions/processes/{NAME}", f"tests/unit/test_{NAME}.py")
    python(copy, "-m", "ruff", "check", "--no-cache", *new)
    python(copy, "-m", "ruff", "format", "--check", "--no-cache", *new)
