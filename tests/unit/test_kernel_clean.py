"""Typed text made safe: what is true of it whatever was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import clean

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANYTHING = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from(BIDI + "\r\n\t\x00\x85\u2028 \u00a0\u0301e")
    )
)


@given(ANYTHING)
def test_text_twice_is_as_once(raw: str) -> None:
    once = clean.text(raw)
    assert clean.text(once) == once


@given(ANYTHING)
def test_text_is_normal_and_stripped(raw: str) -> None:
    once = clean.text(raw)
    assert once == unicodedata.normalize("NFC", once).strip()
    assert not set(once) & set(BIDI + "\r")


@given(ANYTHING, st.booleans())
def test_has_controls_never_overlooks_one(raw: str, lines: bool) -> None:
    refused = any(
        unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and not (lines and c in "\n\t")
        for c in raw
    )
    assert clean.has_controls(raw, lines=lines) is refused


@pytest.mark.parametrize("mark", BIDI)
def test_text_bidi_mark_removed(mark: str) -> None:
    assert clean.text(f"a{mark}b") == "ab"


@given(st.text(alphabet="aä\u0430.@-x\uff45\u3002"))
def test_email_twice_is_as_once(raw: str) -> None:
    once = clean.email(f"a@{raw}") or "a@example.org"
    assert clean.email(once) == once


@given(st.text())
def test_domain_is_plain_or_none(raw: str) -> None:
    found = clean.domain(raw)
    assert found is None or (found.isascii() and found == found.lower() and " " not in found)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("example.org", "example.org"),
        ("EXAMPLE.org", "example.org"),
        ("hyvä.fi", "xn--hyv-sla.fi"),
        ("HYVÄ.fi", "xn--hyv-sla.fi"),
        ("stra\u00dfe.de", "xn--strae-oqa.de"),
        ("\u0435xample.org", "xn--xample-2of.org"),  # a Cyrillic е
        ("ex\u00e4mple\u2024org", None),
        ("example", None),
        ("", None),
        (".", None),
        ("a..b", None),
        ("1.2.3.4", None),
        ("a." + "b" * 64, None),
        ("a." * 127 + "fi", None),
        ("a b.fi", None),
        ("a\nb.fi", None),
        ("example.org\n", None),
    ],
)
def test_domain(typed: str, form: str | None) -> None:
    assert clean.domain(typed) == form
