"""Words of the code: each public class is in the glossary, once, and old words do not come back."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.site.glossary import FILE, ROOT, page, public_classes, rows

PAGE = FILE.read_text(encoding="utf-8")
CLASSES = tuple(public_classes())
MODULES = sorted(p for top in ("functions", "infra") for p in (ROOT / top).rglob("*.py"))

# A part of a name -> what the code says instead.
RETIRED = {
    "rung": "timer",
    "rungs": "timers",
    "ladder": "timers",
    "sight": "visibility",
    "sights": "visibility",
    "tally": "counter rule",
    "tallies": "counters",
    "onward": "referral",
    "reckon": "compute",
    "reckons": "computes",
    "reckoning": "computation",
    "reckoned": "computed",
    "foretold": "preview",
    "lying": "desk case",
    "seated": "occupying",
}


def parts(name: str) -> set[str]:
    """The words of a name: of ``next_rung`` and ``NextRung`` they are next and rung."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {x for x in spaced.lower().split("_") if x}


def names(source: str) -> Iterator[str]:
    """Every name that a module gives: classes, functions, parameters, fields, locals."""
    for n in ast.walk(ast.parse(source)):
        if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield n.name
        elif isinstance(n, ast.arg):
            yield n.arg
        elif isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            yield n.id


def retired(where: str, source: str) -> set[tuple[str, str]]:
    """The old words in the names of a module."""
    found = {word for name in names(source) for word in parts(name)} | parts(Path(where).stem)
    return {(where, word) for word in found & RETIRED.keys()}


def test_no_public_class_stands_twice() -> None:
    counted = Counter(each.name for each in CLASSES)
    assert [name for name, count in counted.items() if count > 1] == []


def test_every_class_is_in_the_glossary_with_words_in_three_languages() -> None:
    known = rows(PAGE)
    assert {c.name for c in CLASSES} - known.keys() == set()
    assert known.keys() - {c.name for c in CLASSES} == set()
    assert [name for name, row in known.items() if not all(row)] == []


def test_glossary_says_what_the_code_says() -> None:
    assert page({name: (row[1], row[2]) for name, row in rows(PAGE).items()}) == PAGE


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_old_word_comes_back(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    assert retired(where, path.read_text(encoding="utf-8")) == set()


def test_old_words_are_found() -> None:
    source = "class NextRung:\n    ladder: int\n\n\ndef f(sights):\n    reckoned = onwards = 1\n"
    assert {word for _, word in retired("x.py", source)} == {"rung", "ladder", "sights", "reckoned"}
    assert retired("functions/ladder.py", "") == {("functions/ladder.py", "ladder")}


def test_row_is_read() -> None:
    said = rows("| `Case` | A case. | asia | ärende | `functions/kernel/case.py` |\n| `X` | y |\n")
    assert said == {"Case": ("A case.", "asia", "ärende", "functions/kernel/case.py")}
