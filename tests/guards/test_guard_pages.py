"""The guard of pages itself: each fault is found, a sound page has none."""

import pytest

from tests.guards.pages import page_faults

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
