"""The search of the site reads the text of a page alone: words that only the layout keeps apart are
apart there, too."""

import re

import pytest
from markdown import Markdown  # type: ignore[import-untyped]

from functions.kernel import LANGUAGES
from functions.processes import NAMES
from infra.site.blocks import KINDS, BlocksExtension

GLUED = re.compile(r"[a-zäöå][A-ZÄÖÅ]")
OWN = """<table><caption>First</caption><tr><th>One</th><td>Two</td></tr></table>
<ul><li><strong>Three</strong><br>Four<ul><li>Five</li></ul></li></ul>"""


def text_of(page: str, language: str) -> str:
    """What is left of a page without its drawings and tags."""
    html = Markdown(extensions=["md_in_html", BlocksExtension(lang=language)]).convert(page)
    return re.sub(r"<svg.*?</svg>|<[^>]+>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in ("diagram", "matrix")])
def test_words_of_tables_and_lists_are_apart(kind: str, name: str, language: str) -> None:
    text = text_of(f"[[{kind} {name}]]", language)
    assert len(text) > 500
    assert [text[m.start() - 20 : m.end() + 20] for m in GLUED.finditer(text)] == []


def test_words_of_a_page_are_apart() -> None:
    assert re.findall(r"\w+", text_of(OWN, "en")) == [
        "First",
        "One",
        "Two",
        "Three",
        "Four",
        "Five",
    ]
