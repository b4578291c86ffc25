"""Which scripts the letters of a name are of: letters of two that are mixed in one word, or of one
that few names are written in, are there to look like others."""

import unicodedata
from itertools import groupby

# Those that UAX #31 recommends for identifiers (table 5), by the first word of the names of their
# letters; and two more without look-alikes of Latin letters.
_NAMES = """
    ARABIC ARMENIAN BENGALI CJK CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI
    HEBREW KANNADA KHMER LAO LATIN MALAYALAM MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI
    TIBETAN MONGOLIAN SYRIAC
"""
_USUAL = frozenset(_NAMES.split())
_TOGETHER = frozenset(  # in China, Japan and Korea
    ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO")
)
_MODIFIER = "MODIFIER"  # letters that stand beside those of any script, such as an apostrophe


def oddly_lettered(text: str) -> bool:
    """Whether a word has letters of more than one script, or of one that is not usual, or signs of
    mathematics that look like letters."""
    if text.isascii():
        return False
    if any(unicodedata.decomposition(char).startswith("<font>") for char in text):
        return True  # as in formulas
    usual = "".join(unicodedata.normalize("NFKC", char) for char in text)
    for spelt, word in groupby(usual, lambda char: unicodedata.category(char)[0] in "LM"):
        found = {_script(char) for char in set(word) if unicodedata.category(char)[0] == "L"}
        if spelt and (len(found - {_MODIFIER}) > 1 or not found <= _USUAL | {_MODIFIER}):
            return True
    return False


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if first in _TOGETHER else first
