"""Typed text made safe: what is true of it whatever was typed."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.kernel import clean

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MARKS = "[\u0300-\u036f]+"
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


@given(ANYTHING)
def test_line_twice_is_as_once(raw: str) -> None:
    for cleaner in (clean.line, clean.plain):
        assert cleaner(cleaner(raw)) == cleaner(raw)


SEEN_NOWHERE = "\u00ad\u034f\u200b\u200c\u200d\u200e\u202e\u2060\u2066\u3164\ufeff\U000e0041"


UNSEEN_IN_LATIN = [c for c in map(chr, range(0x110000)) if clean.ANY_UNSEEN.fullmatch(c)]


@given(st.text(alphabet=SEEN_NOWHERE + " \u00a0\u2003\u3000\t\n", max_size=20))
def test_what_nobody_sees_is_nothing(unseen: str) -> None:
    assert clean.text(unseen) == clean.line(unseen) == ""
    assert clean.line(f"{unseen}Aino{unseen}") == clean.text(f"{unseen}Aino{unseen}") == "Aino"


@given(st.sampled_from(UNSEEN_IN_LATIN), st.integers(1, 3))
@example("\ufe0f", 2)
@example("\u115f", 2)
@example("\u180e", 2)
@example("\u17b4", 2)
def test_what_nobody_sees_makes_no_other_name(char: str, at: int) -> None:
    typed = f"{'Aino'[:at]}{char}{'Aino'[at:]}"
    assert clean.line(typed) in ("Aino", "Ai no", "A ino", "Ain o")
    assert (" " in clean.line(typed)) == (char in "\u2800\u3164\uffa0")


@pytest.mark.parametrize(
    "name",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0d9a\u0dca\u200d\u0dc2",
        "\u8fbb\U000e0100\u672c",
        "\u1820\u180e\u1821",
        "\U0001f469\u200d\u2695",
    ],
)
def test_what_shapes_a_letter_stays_beside_it(name: str) -> None:
    assert clean.line(name) == name
    shaping = next(c for c in name if clean.ANY_UNSEEN.fullmatch(c))
    assert clean.line(f"Ai{shaping}no") == "Aino"


@pytest.mark.parametrize(
    "name", ["Bertt\u0430", "\uff22ertta", "BERTTA", "Ber\ufe0ftta", "B\u0435rtta", "\u0392ertta",
     "\u0299\u1d07\u0280\u1d1b\u1d1b\u1d00", "Bertta.", "(Bertta)", "\u201cBertta\u201d", "-Bertta", "Bertta\u00b7", "Bertta,", "\u2018Bertta\u2019",
     "\U0001d401ertta", "[Bertta] \U0001f642"],
)  # fmt: skip
def test_what_looks_alike_is_alike(name: str) -> None:
    assert clean.look(name) == clean.look("Bertta")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Aino-Maria", "Aino Maria"), ("O'Brien", "O\u2019Brien"), ("Äiti", "\u04d2iti"), ("Joo", "J0o"),
     ("Pia", "P\u0131\u0307a"), ("Ville", "Vi\u01c0\u01c0e"), ("Mill", "Mil1")],
)  # fmt: skip
def test_what_hardly_differs_is_alike(one: str, other: str) -> None:
    assert clean.look(one) == clean.look(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Aino", "Äinö"), ("Aino", "A\u00efno"), ("Aino 1", "Aino 2"), ("Aino (1)", "Aino"), ("Ali", "All"), ("!", "?")],
)  # fmt: skip
def test_what_can_be_told_apart_is_not_alike(one: str, other: str) -> None:
    assert clean.look(one) != clean.look(other)


@given(ANYTHING)
def test_look_twice_is_as_once(raw: str) -> None:
    assert clean.look(clean.look(raw)) == clean.look(raw) == clean.look(clean.line(raw))


# Signs before or over a number, and hieroglyphs' joints, are seen; variation selectors are by rule.
SEEN = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


def test_no_control_of_format_is_a_text() -> None:
    controls = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Cf"]
    unseen = [c for c in controls if not re.match(f"[{SEEN}]", c)]
    fillers = [chr(n) for n in (0xFFF0, 0xFFFC, 0x115F, 0x17B4, 0xE0FFF)]
    assert [hex(ord(c)) for c in unseen + fillers if clean.line(c) or clean.text(c)] == []


@pytest.mark.parametrize(
    ("char", "refused"),
    [
        ("\ue000", True),
        ("\U000f0000", True),
        ("\U0010fffd", True),
        ("\u0378", True),
        ("\uffff", True),
        ("\U0002ffff", True),
        ("\U0001fa77", False),  # an emoji that is newer than our Unicode
        ("\U00031350", False),  # an ideograph, likewise
        ("\U00020000", False),
    ],
)
def test_what_has_no_meaning_is_refused(char: str, refused: bool) -> None:
    assert clean.has_controls(f"A{char}", lines=False) is refused
    assert clean.has_controls(f"A{char}", lines=True) is refused


@given(st.text(alphabet=SEEN_NOWHERE, max_size=3), st.integers(0, 17))
def test_unseen_characters_are_no_part_of_an_address(unseen: str, at: int) -> None:
    address = "o'b+x@hyvä.example"
    typed = f"{address[:at]}{unseen}{address[at:]}"
    assert clean.email(typed) == "o'b+x@xn--hyv-sla.example"


@pytest.mark.parametrize("around", ["mailto:{}", "MAILTO:{}", "<mailto:{}>", "mailto:{}?subject=x"])
def test_address_in_a_link_is_the_address(around: str) -> None:
    assert clean.email(around.format("aino@example.org")) == "aino@example.org"


@pytest.mark.parametrize("before", ["mailto://", "mailto:/", "//", "/", "mailto:%2F%2F"])
def test_rest_of_a_link_is_no_part_of_an_address(before: str) -> None:
    assert clean.email(f"{before}aino@example.org") is None


@pytest.mark.parametrize("end", ["fi-osoite", "123a", "1", "f", "fi_", "xn--"])
def test_domain_ends_in_letters(end: str) -> None:
    """What is written right after an address is no part of it, and leads nowhere."""
    assert clean.email(f"aino@example.{end}") is None


@pytest.mark.parametrize("end", ["fi", "museum", "xn--p1ai", "рф", "Ä".lower() + "x"])
def test_domain_ends_in_letters_of_any_alphabet(end: str) -> None:
    assert clean.email(f"aino@example.{end}")


def test_dashes_and_spaces_of_any_kind() -> None:
    every = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Pd", "Zs")]
    for char in every:
        wanted = "+358-40" if unicodedata.category(char) == "Pd" else "+358 40"
        assert clean.plain(f"+358{char}40") == wanted, hex(ord(char))
        assert clean.phone(f"+358{char}40 123") == f"{wanted} 123"


@pytest.mark.parametrize(
    "raw",
    [
        "a" + "\u0316\u0301" * 10_000,
        "\u0301\u0316" * 10_000 + "a",
        "a" + "\u0344" * 10_000,
        "(" * 20_000 + "a@example.org" + ")" * 20_000,
        "<" * 40_000,
        "a." * 30_000 + "@example.org",
        "a@" + "ä." * 20_000,
        "mailto:" * 8_000 + "a@example.org",
        "+" + "1 " * 30_000,
        "\u200d" * 20_000 + "\u4e00",
        "\u00a0" * 20_000 + "x",
        "x" + " " * 60_000 + "x",
    ],
    ids=lambda raw: f"{raw[:12]!r}",
)
def test_long_text_is_cleaned_at_once(raw: str) -> None:
    """In time that grows with the length: marks took half a second when it grew with its square."""

    def once(typed: str) -> float:
        began = time.process_time()
        for cleaner in (clean.text, clean.line, clean.plain, clean.email, clean.phone):
            cleaner(typed)
        clean.has_controls(typed, lines=True)
        return time.process_time() - began

    assert min(once(raw) for _ in range(3)) < 0.1


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("etu@xn--hyv-sla.example", "etu@hyvä.example"),
        ("etu@example.org", "etu@example.org"),
        ("xn--strae-oqa.de", "straße.de"),
        ("a@xn--xample-2of.org", "a@\u0435xample.org (xn--xample-2of.org)"),
        ("a@xn--zzzzzz.org", "a@xn--zzzzzz.org"),
    ],
)
def test_domains_are_shown_as_people_write_them(address: str, shown: str) -> None:
    assert clean.readable(address) == shown
    written = clean.writable(address)
    assert (clean.email(written) if "@" in written else clean.domain(written)) in (address, None)


def meaningless(char: str) -> bool:
    newer = range(0x1F000, 0x1FB00), range(0x20000, 0x2FFFE), range(0x30000, 0x3FFFE)
    return unicodedata.category(char) == "Cn" and not any(ord(char) in each for each in newer)


@given(ANYTHING, st.booleans())
def test_has_controls_never_overlooks_one(raw: str, lines: bool) -> None:
    refused = any(
        (unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") or meaningless(c))
        and not (lines and c in "\n\t")
        for c in raw
    )
    refused = refused or len(max(re.findall(MARKS, raw), key=len, default="")) > clean.MAX_MARKS
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
        ("ＨＹＶÄ．ｆｉ", "xn--hyv-sla.fi"),
        ("hyva\u0308\u3002fi", "xn--hyv-sla.fi"),
        ("ΑΣ.fi", "xn--mxa0b.fi"),
        *((f"example.fi{sign}", None) for sign in "¹²⁴①ªᵃ™ſⅰ\u00ad"),
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


def test_two_phone_numbers_are_not_one() -> None:
    assert clean.phone("040 123 4567 / 050 1") is None
    assert clean.phone("040 123 4567/050 123 4567") is None
    assert clean.phone("+358 40/123 4567") == "+358 40/123 4567"
    assert clean.phone("09 / 123 4567") == "09 / 123 4567"


def test_punycode_that_is_none_is_no_domain() -> None:
    assert clean.email("a@xn--zzzzzz.fi") is None
    assert clean.email("a@xn--hyv-sla.example") == "a@xn--hyv-sla.example"
