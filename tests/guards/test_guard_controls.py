"""What can be chosen is seen before it is chosen, in light and in dark; references stay whole."""

import re
from pathlib import Path

import pytest

from functions.render.text.unbroken import unbroken
from infra.site.organisation import contrast

CSS = Path("site/theme/assets/kapula/kapula.css").read_text(encoding="utf-8")
LEAST = 3  # WCAG 2.2, 1.4.11
INPUT = ":is(.k-choice, .k-pick__who) > input"


def tokens(start: str) -> dict[str, str]:
    block = CSS[CSS.index(start) :].partition("}")[0]
    return dict(re.findall(r"--k-(\w[\w-]*): (#[0-9a-f]{3,6});", block))


SCHEMES = {
    "light": tokens(":root {"),
    "dark": tokens(':root:not([data-md-color-scheme="default"]) {'),
    "slate": tokens(':root[data-md-color-scheme="slate"] {'),
}


def full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "tint", "mist"])
def test_border_of_a_control_is_seen_on_its_ground(scheme: str, ground: str) -> None:
    found = SCHEMES[scheme]
    assert contrast(full(found["border"]), full(found[ground])) >= LEAST


def test_controls_are_drawn_with_that_border() -> None:
    """Not by the browser, whose own border is hardly seen in dark."""
    rule = CSS[CSS.index(f"{INPUT} {{ appearance: none") :].partition("}")[0]
    assert "border: 2px solid var(--k-border)" in rule
    assert "background: var(--k-paper)" in rule
    templates = Path("functions/render/templates").glob("*.html")
    inputs = r'<(div|span) class="([\w-]+)[^"]*"[^>]*>\s*<input type="(?:radio|checkbox)"'
    for path in templates:
        text = path.read_text(encoding="utf-8")
        drawn = re.findall(inputs, text)
        assert len(drawn) == len(re.findall(r'<input type="(?:radio|checkbox)"', text)), path.name
        assert {name for _, name in drawn} <= {"k-choice", "k-pick__who"}, path.name


def test_reference_is_not_parted_at_the_end_of_a_line() -> None:
    assert re.search(r"\.k-ref \{[^}]*white-space: nowrap", CSS)
    kept = '<title>K-ABCDEF</title><a href="K-ABCDEF"><textarea>K-ABCDEF</textarea>XK-ABCDEF'
    assert unbroken(kept) == kept
    told = unbroken("<p>Order K-7FQ2MX, of K-ABCDEF.</p>")
    assert re.findall(r'<span class="k-ref">(.*?)</span>', told) == ["K-7FQ2MX", "K-ABCDEF"]
    assert re.sub(r"</?span[^>]*>", "", told) == "<p>Order K-7FQ2MX, of K-ABCDEF.</p>"
