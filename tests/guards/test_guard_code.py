"""House rules that no linter knows: sizes, imports, words in code, locks, templates."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
MODULES = sorted(FUNCTIONS.rglob("*.py"))
TEMPLATES = sorted((FUNCTIONS / "render" / "templates").glob("*.html"))
LOCKS = sorted((ROOT / "infra" / "locks").glob("*.txt"))
MOST_LINES, MOST_IN_ENTRY, MOST_IN_FUNCTION = 400, 100, 40

# Larger than an entry should be, and why.
LARGE_ENTRIES = {
    "entry/web.py": "what all web functions share, kept in one place",
}
# Letters with dots that are no words for people, and why.
LETTERS = {
    "kernel/directory.py": "the order of the Finnish alphabet",
    "kernel/list_words.py": "how columns and languages are called in what people paste",
}


def short(path: Path) -> str:
    return path.relative_to(FUNCTIONS).as_posix()


def too_long(name: str, source: str) -> list[str]:
    """Modules and functions longer than they may be."""
    count = len(source.splitlines())
    entry = name.startswith("entry/") and name not in LARGE_ENTRIES
    found = [f"{name}: {count} lines"] * (count > (MOST_IN_ENTRY if entry else MOST_LINES))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            found += [f"{name}: {node.name}: {length} lines"] * (length > MOST_IN_FUNCTION)
    return found


def words(source: str) -> list[str]:
    """Strings with letters of Finnish or Swedish words; docstrings and comments may have them."""
    tree = ast.parse(source)
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant)
        and isinstance(n.value, str)
        and id(n) not in docs
        and re.search("[äöåÄÖÅ]", n.value)
    ]


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_module_is_small(path: Path) -> None:
    assert too_long(short(path), path.read_text(encoding="utf-8")) == []


def test_too_long_is_found() -> None:
    long = "def f():\n" + "    x = 1\n" * 40
    assert too_long("kernel/x.py", long) == ["kernel/x.py: f: 41 lines"]
    assert too_long("kernel/x.py", "x = 1\n" * 401) == ["kernel/x.py: 401 lines"]
    assert too_long("entry/x.py", "x = 1\n" * 101) == ["entry/x.py: 101 lines"]
    assert too_long("entry/x.py", "x = 1\n" * 100) == []


@pytest.mark.parametrize("name", LARGE_ENTRIES)
def test_large_entry_is_still_large(name: str) -> None:
    count = len((FUNCTIONS / name).read_text(encoding="utf-8").splitlines())
    assert MOST_IN_ENTRY < count <= 2 * MOST_IN_ENTRY


@pytest.mark.parametrize("path", [p for p in MODULES if short(p) not in LETTERS], ids=short)
def test_module_has_no_words_for_people(path: Path) -> None:
    assert words(path.read_text(encoding="utf-8")) == []


def test_words_are_found() -> None:
    source = '"""Työ."""\nx = f"hyvä {1}"  # työ\ndef f():\n    "Työ."\n    return "på"\n'
    assert words(source) == ["hyvä ", "på"]


IMPORT_ALL = """
import importlib, os, pkgutil, sys
os.environ.clear()
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith(".handler"):  # Lambda imports it with its settings
        importlib.import_module(module.name)
"""


def imported_bare(package: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Import every module of a package in a process with an empty environment."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(path)!r})\n{IMPORT_ALL}",
            package,
        ],
        env={},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_with_an_empty_environment() -> None:
    done = imported_bare("functions", ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_import_that_reads_the_environment_is_found(tmp_path: Path) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "__init__.py").write_text("")
    (tmp_path / "wrong" / "module.py").write_text("import os\nX = os.environ['KAPULA']\n")
    done = imported_bare("wrong", tmp_path)
    assert done.returncode == 1
    assert "KeyError: 'KAPULA'" in done.stderr


def addresses(lock: str) -> list[str]:
    """Lines of a lock file that say where to download from."""
    return [
        x for x in lock.splitlines() if re.search(r"://|--(extra-)?index-url|--find-links|^-i ", x)
    ]


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.name)
def test_lock_has_no_download_address(path: Path) -> None:
    lock = path.read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert addresses(lock) == []


def test_addresses_are_found() -> None:
    lock = "--index-url https://x\na @ https://x/a.whl\n-i x\nb==1 \\\n    --hash=sha256:aa\n"
    assert addresses(lock) == ["--index-url https://x", "a @ https://x/a.whl", "-i x"]


def inline(template: str) -> list[str]:
    """Scripts, styles and event handlers inside a page, which its policy would block."""
    bare = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", bare)
    found += re.findall(r"<style\b[^>]*>", bare)
    return found + re.findall(r"\s(?:style|on[a-z]+)=", bare)


def foreign(template: str) -> Iterator[str]:
    """References that leave the site."""
    for value in re.findall(r"\b(?:href|src|action|formaction|srcset)=\"([^\"]*)", template):
        if not re.match(r"/(?!/)|#|\?|mailto:|\{\{", value):
            yield value
    yield from re.findall(r"https?:[^\"\s]*|@import|url\(", template)


@pytest.mark.parametrize(
    "path", [t for t in TEMPLATES if t.name != "mail.html"], ids=lambda p: p.name
)
def test_template_has_nothing_inline(path: Path) -> None:
    assert inline(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_template_refers_to_the_site_alone(path: Path) -> None:
    assert list(foreign(path.read_text(encoding="utf-8"))) == []


def test_template_faults_are_found() -> None:
    page = '<p style="x"><a onclick="y"><script>z</script><style>q</style><script src="/a.js">'
    assert inline(page) == ["<script>", "<style>", " style=", " onclick="]
    links = '<a href="/x"><img src="//evil.example/x"><a href="x"><a href="https://evil.example/">'
    assert list(foreign(links)) == [
        "//evil.example/x",
        "x",
        "https://evil.example/",
        "https://evil.example/",
    ]


def unbounded(name: str, source: str) -> list[str]:
    """Reads whose cost grows with what there is: any scan; on desks, a query without a limit."""
    found = [f"{name}: scan"] * len(re.findall(r"\.(?:scan|rate_limited_scan)\(|\bScan\b", source))
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        bound = "limit" in {k.arg for k in node.keywords}
        if node.func.attr == "query" and name == "adapters/desks.py" and not bound:
            found.append(f"{name}: query without a limit")
    return found


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_module_reads_no_more_than_it_shows(path: Path) -> None:
    assert unbounded(short(path), path.read_text(encoding="utf-8")) == []


def test_unbounded_reads_are_found() -> None:
    assert (
        unbounded("adapters/x.py", "row.scan()\nclient.make('Scan')\n")
        == ["adapters/x.py: scan"] * 2
    )
    query = "rows = list(table.query(key, page=3))\n"
    assert unbounded("adapters/desks.py", query) == ["adapters/desks.py: query without a limit"]
    assert unbounded("adapters/desks.py", "table.query(key, limit=3)") == []
    assert unbounded("adapters/cases.py", "table.query(key)") == []
