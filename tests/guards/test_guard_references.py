"""Names in docstrings and docs: each is there, so that no page tells of what was renamed."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.site.glossary import ROOT

CODE = sorted(p for top in ("functions", "infra") for p in (ROOT / top).rglob("*.py"))
PAGES = (
    *(p for p in sorted((ROOT / "docs").rglob("*.md"))),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
)
# Where other names are known from: commands, settings and what the tests give.
OTHERS = (
    "Makefile",
    "infra/deploy/deploy.mk",
    "serverless.yml",
    "mkdocs.yml",
    "pyproject.toml",
    "functions/organisation.toml",
)
# Examples of what people type, and names of other people's things.
EXAMPLES = {
    *("aakkoset", "E204503", "FI28768767", "på", "Aino.", "hyvä.example", "facts.", "SV"),
    *("maija.jpg", "x.fi1", "valgrind", "openssl", "awslambdaric", "_dmarc.your.domain"),
    *("logRetentionInDays", "maxlength"),
}
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?")
_LONGEST_KEY = 60


@cache
def known() -> frozenset[str]:
    """Every name that the code and the tests have: what they define, use, import and say."""
    found = set(dir(builtins))
    tests = (p for p in (ROOT / "tests").rglob("*.py") if p != Path(__file__))
    for path in (*CODE, *tests):
        found |= {*path.relative_to(ROOT).with_suffix("").parts}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= names_of(node)
    for name in OTHERS:
        found |= {*re.findall(r"\w+", (ROOT / name).read_text(encoding="utf-8"))}
    return frozenset(found)


def names_of(node: ast.AST) -> set[str]:
    """The names that one node of a syntax tree gives or uses."""
    found = {v for f in ("name", "id", "attr", "arg") if isinstance(v := getattr(node, f, 0), str)}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return found | {*re.findall(r"\w+", node.value if len(node.value) < _LONGEST_KEY else "")}
    return {part for name in found for part in name.split(".")}


def unknown(quoted: Iterator[str]) -> list[str]:
    """What looks like a name and is none."""
    named = (each for each in quoted if _NAME.fullmatch(each) and each not in EXAMPLES)
    return [n for n in named if not {*n.removesuffix("()").split(".")} <= known()]


def docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def quoted_in(source: str) -> Iterator[str]:
    """What stands in two backquotes in the docstrings of a module."""
    return (m for text in docstrings(source) for m in re.findall(r"``([^`]+)``", text))


def quoted_on(page: str) -> Iterator[str]:
    """What stands in one backquote on a page, outside its blocks of code."""
    return iter(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL)))


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_docstring_names_what_is_there(path: Path) -> None:
    assert unknown(quoted_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_page_names_what_is_there(path: Path) -> None:
    assert unknown(quoted_on(path.read_text(encoding="utf-8"))) == []


def test_names_of_before_are_found() -> None:
    source = 'def f():\n    """As ``pass_the_time`` of ``Case.oldseats``, in ``Case.parties``."""\n'
    assert unknown(quoted_in(source)) == ["pass_the_time", "Case.oldseats"]
    assert unknown(quoted_on("`Onwards()` and `Case`, ```\n`Gone`\n``` and `a b`")) == ["Onwards()"]
