"""Every text that people read, by language, with where it stands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from functions.render.text.texts import _leaves

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "words.toml"
SITE = {"fi": "mkdocs.yml", "sv": "site/sv.yml", "en": "site/en.yml"}
# What is no words: addresses, links, placeholders, blocks, tags, anchors, code.
_NO_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|\[\[[^\]]*\]\]|\{[^}]*\}|<[^>]*>|\]\([^)]*\)|`[^`]*`|\S*/\S*/\S*"
)


@dataclass(frozen=True)
class Said:
    """One text: the file it stands in, its key or line there, and the text."""

    file: str
    key: str
    text: str

    @property
    def where(self) -> str:
        """The place, for a message."""
        return f"{self.file}: {self.key}"

    @property
    def words(self) -> str:
        """The text without what is no words."""
        return _NO_WORDS.sub(" ", self.text)


def said(language: str) -> Iterator[Said]:
    """Every text of ``functions`` and of the site in a language."""
    yield from keyed(language)
    for path in sorted((ROOT / "site" / language).rglob("*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if not line.startswith(("langs:", "template:", "[[", "---")):
                yield Said(
                    _name(path), str(number), _values(line) if "---" in lines[number:] else line
                )
    config = yaml.safe_load((ROOT / SITE[language]).read_text(encoding="utf-8"))
    names = [name for entry in config["nav"] if isinstance(entry, dict) for name in entry]
    head = {"site_description": config["site_description"], "nav": ", ".join(names)}
    yield from (Said(SITE[language], key, text) for key, text in head.items())
    yield from (Said(SITE[language], key, text) for key, text in config["extra"]["text"].items())


def keyed(language: str) -> Iterator[Said]:
    """The texts that have a key: of pages, processes, mails and the organisation."""
    functions = ROOT / "functions"
    paths = [
        *(functions / "render" / "texts").glob(f"*.{language}.toml"),
        *(functions / "lists" / "texts").glob(f"*.{language}.toml"),
        *functions.rglob(f"texts/{language}.toml"),
        functions / "render" / "texts" / "processes" / f"{language}.toml",
        *functions.rglob(f"mails/*/{language}.toml"),
    ]
    for path in sorted(paths):
        yield from (Said(_name(path), key, text) for key, text in flat(path).items())
    whole = flat(functions / "organisation.toml")
    for key, text in whole.items():
        if key.endswith(f".{language}"):
            yield Said("functions/organisation.toml", key.removesuffix(f".{language}"), text)


def flat(path: Path) -> dict[str, str]:
    """The texts of a file by dotted key."""
    return dict(_leaves(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def by_key(language: str) -> dict[str, str]:
    """The texts that have a key, under a name that is the same in every language."""
    return {re.sub(rf"\b{language}\.toml", "toml", one.where): one.text for one in keyed(language)}


def _values(line: str) -> str:
    """A line of a page's head without its keys and without where its links lead."""
    bare = re.sub(r"\b(icon|to|apply|quote|contact|header|is_\w+): [^,}]*", " ", line)
    return re.sub(r"^\s*(?:- )?\{?\w+:|\{|\}|\b(title|text|time|lead|note|more):", " ", bare)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
