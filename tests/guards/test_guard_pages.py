"""The guard of pages itself: each fault is found, a sound page has none."""

from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.render.text.texts import page_text
from tests.guards.pages import page_faults

SITE = Path(__file__).parents[2] / "site"
PATHS = (
    "home",
    "privacy",
    "accessibility",
    "contact",
    "terms",
    "services",
    "apply",
    "quote",
    "desk",
)

SOUND = '<html lang="fi"><body><h1>A</h1><p id="x">b<br></p><a href="/c">d</a></body></html>'


def test_page_faults_none() -> None:
    assert page_faults(SOUND, "fi") == []


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("<h1>A</h1>", "<p>A</p>", ["headings"]),
        ('lang="fi"', 'lang="sv"', ["language"]),
        ('href="/c"', 'href="https://evil.example/"', ["a leads to https://evil.example/"]),
        ('href="/c"', 'href="//evil.example/"', ["a leads to //evil.example/"]),
        ('href="/c"', 'href="javascript:x"', ["a leads to javascript:x"]),
        ('href="/c"', 'href="/c" onclick="x"', ["inline onclick"]),
        ('href="/c"', 'href="/c" style="x"', ["inline style"]),
        ("<br>", "<script>x</script>", ["inline script"]),
        ("<br>", '<i id="x"></i>', ["id x stands twice"]),
        ("<br>", '<label for="y">z</label>', ["for of nothing: y"]),
        ("<br>", "{name}", ["unfilled"]),
        ("<br>", "</b>", ["b is closed but not open", "p is closed but not open"]),
    ],
)
def test_page_faults_found(old: str, new: str, faults: list[str]) -> None:
    assert page_faults(SOUND.replace(old, new), "fi")[: len(faults)] == faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_in_the_texts_of_pages_are_on_the_site(language: str) -> None:
    """Where pages and mails lead to is a page that the site has."""
    for name in PATHS:
        path = page_text(language, f"page.{name}_path")
        inside = path.removeprefix(f"/{language}").strip("/")
        files = (SITE / language / f"{inside or 'index'}.md", SITE / language / inside / "index.md")
        assert any(f.is_file() for f in files), path
