"""Words of the code: each public class is in the glossary, once, and old words do not come back."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from functions.kernel.desk import GROUPS
from infra.site.glossary import FILE, ROOT, page, public_classes, rows
from tests.guards.old_words import (
    CLASS_NAMES,
    FIELDS,
    GROUPS_BEFORE,
    OWN,
    PHRASES,
    RETIRED,
    STEMS,
)

PAGE = FILE.read_text(encoding="utf-8")
CLASSES = tuple(public_classes())
MODULES = sorted(p for top in ("functions", "infra") for p in (ROOT / top).rglob("*.py"))
TEMPLATES = sorted((ROOT / "functions" / "render" / "templates").glob("*.html"))
TEXTS = sorted(p for top in ("functions", "infra") for p in (ROOT / top).rglob("texts/**/*.toml"))
STYLES = sorted((ROOT / "site" / "theme").rglob("*.css"))


def parts(name: str) -> list[str]:
    """The words of a name: of ``next_rung`` and ``NextRung`` they are next and rung."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [x for x in spaced.lower().split("_") if x]


def names(source: str) -> Iterator[str]:
    """Every name that a module gives: classes, functions, parameters, attributes, locals."""
    for n in ast.walk(ast.parse(source)):
        match n:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield n.name
            case ast.arg():
                yield n.arg
            case ast.Name(ctx=ast.Store()):
                yield n.id
            case ast.Attribute(ctx=ast.Store()):
                yield n.attr
            case ast.alias(asname=str()):
                yield n.asname
            case ast.MatchAs(name=str()) | ast.MatchStar(name=str()):
                yield n.name
            case ast.keyword(arg=str()):
                yield n.arg


def is_own(where: str, name: str) -> bool:
    """Whether an old word is right in this name."""
    return any(where.startswith(w) and re.fullmatch(rx, name.lower()) for rx, w, _ in OWN)


def old_words(where: str, name: str) -> set[str]:
    """The old words in a name."""
    if is_own(where, name):
        return set()
    words = parts(name)
    joined = f"_{'_'.join(words)}_"
    return (set(words) & RETIRED.keys()) | {p for p in PHRASES if f"_{p}_" in joined}


def retired(where: str, source: str) -> set[tuple[str, str]]:
    """The old words in the names of a module, each with the name."""
    stem, found = Path(where).stem, set(names(source))
    tree = ast.parse(source)
    classes = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    old = {(name, word) for name in found | {stem} for word in old_words(where, name)}
    old |= {(name, name) for name in classes & CLASS_NAMES.keys()}
    old |= {(stem, stem)} if stem in STEMS else set()
    if where == "functions/kernel/definition.py":
        fields = {x.target.id for n in ast.walk(tree) if isinstance(n, ast.ClassDef)
                  for x in n.body if isinstance(x, ast.AnnAssign) and isinstance(x.target, ast.Name)}  # fmt: skip
        old |= {(name, name) for name in fields & FIELDS.keys()}
    return old


def template_names(source: str) -> set[str]:
    """The variables of a template, those that it sets too."""
    tree = Environment(autoescape=True).parse(source)
    macros = {n.name for n in tree.find_all(nodes.Macro)}
    return macros | {n.name for n in tree.find_all(nodes.Name)}


def text_keys(source: str) -> set[str]:
    """Each part of the keys of a file of texts."""

    def flat(known: dict[str, Any]) -> Iterator[str]:
        for key, value in known.items():
            yield key
            yield from flat(value) if isinstance(value, dict) else ()

    return set(flat(tomllib.loads(source)))


def style_classes(source: str) -> set[str]:
    """The parts of classes, without their prefix: of ``k-seat__who`` they are seat and who."""
    return {name.replace("-", "_") for name in re.findall(r"\.[a-z]-([a-z][a-z0-9_-]*)", source)}


def aliases(source: str) -> Iterator[str]:
    """The types that a module names by an assignment: ``Answers = Mapping[str, Value]``."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if re.fullmatch(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*", name):
                yield name


def test_no_public_class_or_type_stands_twice() -> None:
    named = [alias for path in MODULES for alias in aliases(path.read_text(encoding="utf-8"))]
    counted = Counter((*(each.name for each in CLASSES), *named))
    assert [name for name, count in counted.items() if count > 1] == []


def test_types_are_found() -> None:
    source = "Answers = Mapping[str, int]\n_Named = int\nLATEST = 1\nfor x in y:\n    Z = 1\n"
    assert list(aliases(source)) == ["Answers"]


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


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_no_old_word_comes_back_in_a_template(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    found = template_names(path.read_text(encoding="utf-8")) | {path.stem}
    assert {(n, w) for n in found for w in old_words(where, n)} == set()


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_old_word_comes_back_in_a_key(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    found = text_keys(path.read_text(encoding="utf-8"))
    assert {(n, w) for n in found for w in old_words(where, n)} == set()


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_no_old_word_comes_back_in_a_style(path: Path) -> None:
    found = style_classes(path.read_text(encoding="utf-8"))
    assert {(n, w) for n in found for w in old_words("site/", n)} == set()


PLANTED = (
    ("class NextRung: ...", "rung"),
    ("def ladder(): ...", "ladder"),
    ("def f(sights): ...", "sights"),
    ("def f(*, told): ...", "told"),
    ("reckoned = 1", "reckoned"),
    ("class A:\n    seat: int", "seat"),
    ("x.beside = 1", "beside"),
    ("from a import b as said", "said"),
    ("for wanted in x: ...", "wanted"),
    ("f(most=1)", "most"),
    ("match x:\n    case [*notes]: ...", "notes"),
    ("match x:\n    case {'a': place}: ...", "place"),
    ("def pass_time(): ...", "pass_time"),
    ("def hand_on(): ...", "hand"),
    ("class Step: ...", "Step"),
)


@pytest.mark.parametrize(("source", "word"), PLANTED)
def test_old_word_is_found(source: str, word: str) -> None:
    assert {found for _, found in retired("functions/x.py", source)} == {word}


def test_old_word_is_found_in_a_module_and_a_definition() -> None:
    assert retired("functions/ladder.py", "") == {("ladder", "ladder")}
    assert retired("functions/kernel/spans.py", "") == {("spans", "spans")}
    source = "class Action:\n    fixed: bool\n    via: str\n"
    assert retired("functions/kernel/definition.py", source) == {("fixed", "fixed"), ("via", "via")}
    assert retired("functions/kernel/other.py", source) == set()


def test_old_word_is_found_in_a_template_a_key_and_a_style() -> None:
    template = "{% macro card(said) %}{% set told = 1 %}{{ place }}{% for seat in x %}{% endfor %}"
    assert template_names(template + "{% endmacro %}") == {
        "card",
        "said",
        "told",
        "place",
        "seat",
        "x",
    }
    assert text_keys('[case]\nsaid = "a"\n[case.again]\nb = "c"') == {"case", "said", "again", "b"}
    assert style_classes(".k-seat__who, .i-seats > a { b: c.d }") == {"seat__who", "seats"}


def test_names_that_are_right_are_left() -> None:
    source = "onwards_facing = 1"
    assert retired("functions/x.py", source) == {("onwards_facing", "onwards")}
    for where, name in (("functions/x.py", "hand_over"), ("functions/kernel/x.py", "MAX_MARKS")):
        assert old_words(where, name) == set()
    assert old_words("functions/services/x.py", "MAX_MARKS") == {"marks"}


def test_desk_has_no_old_groups() -> None:
    assert set(GROUPS) & GROUPS_BEFORE == set()


def test_row_is_read() -> None:
    said = rows("| `Case` | A case. | asia | ärende | `functions/kernel/case.py` |\n| `X` | y |\n")
    assert said == {"Case": ("A case.", "asia", "ärende", "functions/kernel/case.py")}
