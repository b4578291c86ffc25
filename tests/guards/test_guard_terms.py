"""The text of the terms of each version is recorded: another text is another version."""

import tomllib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.processes import NAMES, current
from functions.render.text.terms import Terms, terms_of

RECORD = tomllib.loads(Path("docs/terms.toml").read_text(encoding="utf-8"))
SELLING = [name for name in NAMES if current(name).terms]


def texts(definition: Definition) -> list[Terms]:
    return [found for lang in LANGUAGES if (found := terms_of(definition, lang))]


def mark(found: list[Terms]) -> str:
    """What changes with any word of the terms in any language, or with their order."""
    said = [[(p.name, p.title, p.sentences) for p in terms.points] for terms in found]
    return sha256(repr(said).encode()).hexdigest()


@pytest.mark.parametrize("name", SELLING)
def test_text_of_terms_is_that_of_their_version(name: str) -> None:
    found = texts(current(name))
    version = found[0].version
    assert RECORD[name].get(version) == mark(found), (
        f"the terms of {name} are not those of {version}: give them a new version and record it "
        f'in docs/terms.toml as "<version>" = "{mark(found)}"'
    )


def test_one_changed_word_is_found() -> None:
    found = texts(current(SELLING[0]))
    point = found[-1].points[-1]
    changed = replace(point, sentences=(*point.sentences[:-1], point.sentences[-1] + "!"))
    other = replace(found[-1], points=(*found[-1].points[:-1], changed))
    assert mark([*found[:-1], other]) != mark(found)
