"""``python -m infra.site.glossary``: write docs/glossary.md from the public classes.

The Finnish and Swedish words are kept from the page itself; a new class gets empty cells, which a
guard refuses until they are filled.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "glossary.md"
_HEAD = """\
# Glossary: the words of the code

Every public class of `functions/` and `infra/`: what it is, what it is called in Finnish and in
Swedish, and where it lives. One word has one meaning, and no two classes have the same name.
`python -m infra.site.glossary` writes the English line and the place from the code and keeps the
other words; a guard (`tests/guards/test_guard_glossary.py`) fails on a class that is not here.

What people read on pages and in mails has its own rules: [ADR 26](adr/0026-words.md).

| Word | What it is | Finnish | Swedish | Lives in |
|---|---|---|---|---|
"""
MAX_CHARACTERS = 150
_ROW = re.compile(r"\| `(\w+)` \| (.*) \| (.*?) \| (.*?) \| `(\S+)` \|")


@dataclass(frozen=True, slots=True)
class PublicClass:
    """A class that other modules may use: its name, the first sentence about it, its module."""

    name: str
    meaning: str
    module: str


def public_classes(root: Path = ROOT) -> Iterator[PublicClass]:
    """Every public class at the top of a module, in the order of the modules."""
    for top in ("functions", "infra"):
        for path in sorted((root / top).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    docstring = " ".join((ast.get_docstring(node) or "").split())
                    where = path.relative_to(root).as_posix()
                    yield PublicClass(node.name, _first_sentence(docstring), where)


def _first_sentence(text: str) -> str:
    """The first sentence; of a long one what stands before its first colon or semicolon."""
    first = re.split(r"(?<=\.)\s", text, maxsplit=1)[0]
    if len(first) > MAX_CHARACTERS:
        first = re.split(r"(?<=[:;])\s", first, maxsplit=1)[0]
    return first.rstrip(":;").replace("|", "/").replace("``", "`")


def rows(page: str) -> dict[str, tuple[str, str, str, str]]:
    """What a page says of each word: meaning, Finnish, Swedish, where it lives."""
    return {m[1]: (m[2], m[3], m[4], m[5]) for m in _ROW.finditer(page)}


def page(words: Mapping[str, tuple[str, str]]) -> str:
    """The whole page; ``words`` are the Finnish and Swedish by class."""
    lines = []
    for each in sorted(public_classes(), key=lambda c: c.name):
        finnish, swedish = words.get(each.name, ("", ""))
        lines.append(
            f"| `{each.name}` | {each.meaning} | {finnish} | {swedish} | `{each.module}` |"
        )
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    known = {name: (row[1], row[2]) for name, row in rows(FILE.read_text(encoding="utf-8")).items()}
    FILE.write_text(page(known), encoding="utf-8")
