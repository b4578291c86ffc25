"""What makes pages and their tests fail now and then in a browser is not used."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
STYLES = sorted((ROOT / "site" / "theme" / "assets" / "kapula").glob("*.css"))
# Our policy lets no string be evaluated in a page again and again; a pause is too short or too long.
WAITS = re.compile(r"\.wait_for_(function|timeout)\(")
# What has the focus is asked once, maybe before it came: `Eyes.focused` waits for it.
FOCUS = re.compile(r"assert [^\n]*document\.activeElement\.(name|id|className)\b[^\n]*==")
# Chromium lays out a page while it arrives, and may lose parts of such an element for good.
ARRIVES = re.compile(r"@container|container-type|content-visibility")


def faults(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0] for match in pattern.finditer(text)]


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_test_waits_in_a_way_that_fails_now_and_then(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert faults(WAITS, text) == []
    assert faults(FOCUS, text) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_no_style_depends_on_when_a_page_arrives(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert faults(ARRIVES, text) == []


def test_faults_are_found() -> None:
    waiting = "page.wait_for_" + "function('x')"
    asked = "assert " + f'page.evaluate("document.{"activeElement"}.name") == "x"'
    assert faults(WAITS, waiting)
    assert faults(FOCUS, asked)
    assert faults(ARRIVES, ".x { container-type: inline-size }")
