"""The search of the site reads the text of a page alone: words that only the layout keeps apart are
apart there, too."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from markdown import Markdown  # type: ignore[import-untyped]

from functions.kernel import LANGUAGES
from functions.processes import NAMES
from infra.site.blocks import KINDS, BlocksExtension

SETTINGS = {"fi": "mkdocs.yml", "sv": "site/sv.yml", "en": "site/en.yml"}
SEARCH = Path("site/theme/assets/kapula/search.js")
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


class _Loader(yaml.SafeLoader):
    """Reads settings that name functions of Python."""


_Loader.add_multi_constructor("tag:yaml.org,2002:python", lambda *_: None)


def synonyms(language: str) -> list[list[str]]:
    text = Path(SETTINGS[language]).read_text(encoding="utf-8")
    settings = yaml.load(text, _Loader)  # our own file, by a safe loader
    return [pair.split("=") for pair in settings["extra"]["search_synonyms"].split()]


def pages_of(language: str) -> str:
    found = Path("site", language).rglob("*.md")
    return " ".join(path.read_text(encoding="utf-8") for path in found).lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_synonyms_lead_to_a_word_that_pages_have(language: str) -> None:
    text = pages_of(language)
    assert len(synonyms(language)) > 3
    for theirs, ours in synonyms(language):
        assert not re.search(rf"\b{theirs}", text), f"{theirs} is found by itself"
        assert re.search(rf"\b{ours}", text), ours


ASKED = {
    "fi": {"esimies": 1, "esimiehelle": 1, "esimi": 1, "pomo": 1, "qwertyu": 0},
    "sv": {"avbokning": 1, "avboka": 1, "avbo": 1, "avbeställa": 1, "förman": 1, "av": 0},
    "en": {"boss": 1, "login": 1, "bo": 0},
}


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
@pytest.mark.parametrize("language", LANGUAGES)
def test_search_finds_what_people_call_otherwise(language: str) -> None:
    """The functions of the search alone, with pages that have our word and not theirs."""
    source = SEARCH.read_text(encoding="utf-8")
    functions = source[source.index("  /* As people type it") : source.index("  function excerpt")]
    pairs = " ".join("=".join(pair) for pair in synonyms(language))
    ours = " ".join({pair[1] for pair in synonyms(language)})
    script = f"""
      var box = {{ getAttribute: function () {{ return {json.dumps(pairs)}; }} }};
      {functions}
      var doc = {{ t: [], w: words({json.dumps(ours)}) }};
      console.log(JSON.stringify({json.dumps([*ASKED[language]])}.map(
        function (asked) {{ return score(doc, words(asked)) > 0 ? 1 : 0; }})));
    """
    said = subprocess.run(  # what was put together above
        [shutil.which("node") or "", "-e", script], capture_output=True, text=True, check=True
    )
    assert dict(zip(ASKED[language], json.loads(said.stdout), strict=True)) == ASKED[language]
