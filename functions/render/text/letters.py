"""Text made ready for the typeface of printed documents, so that any text can be set.

``letters.txt`` lists the letters that the two typefaces in ``adapters/document.typ`` have, as
ranges of code points in hexadecimal, one a line; ``python -m infra.letters`` writes it. The program
that sets the documents stops or panics at some letters that it has to look for elsewhere, at very
long clusters and at line breaks inside words of some scripts. What comes from here has none of
these.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LETTERS = Path(__file__).with_name("letters.txt")
MISSING = "□"
BREAK = "\u200b"  # zero width space: a line may end here
LONG = 30  # characters: a longer word may break, since it may be wider than a line
_CLUSTER = 8  # a letter with more marks than this is no letter of any language
_JOINED = 20  # characters between breaks in scripts whose letters change shape when parted
_LINES = "\n\t"


@cache
def known() -> frozenset[str]:
    """Every letter that can be set."""
    found = (line.partition("-") for line in LETTERS.read_text(encoding="ascii").split())
    ranges = ((int(first, 16), int(last or first, 16)) for first, _, last in found)
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


def lacking(text: str) -> str:
    """The letters of ``text`` that cannot be set, each once, in their order."""
    bare = text.isascii() or known().issuperset(text)
    return "" if bare else "".join(dict.fromkeys(c for c in text if _unknown(c)))


def printable(text: str) -> str:
    """``text`` with ``MISSING`` for each letter that cannot be set, and with places to break in
    words that may be wider than a line."""
    if not text.isascii():
        text = "".join(_settable(text))
    return "".join(_broken(text)) if len(text) >= LONG else text


def _unknown(letter: str) -> bool:
    return not letter.isspace() and not _silent(letter) and not known().issuperset(_whole(letter))


def _silent(letter: str) -> bool:
    """Whether a character only changes how others are shown, and has no shape of its own."""
    return unicodedata.category(letter) in ("Cf", "Cc") or "\ufe00" <= letter <= "\ufe0f"


def _whole(letter: str) -> str:
    """The letter, or its parts if the typefaces have those alone."""
    return letter if letter in known() else unicodedata.normalize("NFD", letter)


def _settable(text: str) -> Iterator[str]:
    accents = 0
    for letter in text:
        accent = unicodedata.category(letter).startswith("M")
        accents = accents + 1 if accent else 0
        if letter.isspace():
            yield letter if letter in _LINES or letter in known() else " "
        elif _silent(letter) or accents > _CLUSTER:
            continue
        elif known().issuperset(whole := _whole(letter)):
            yield whole
        elif not accent:
            yield MISSING


def _broken(text: str) -> Iterator[str]:
    """The text in pieces, with ``BREAK`` between the letters of long words."""
    word: list[str] = []
    for letter in text:
        if letter.isspace():
            yield from _parted(word)
            yield letter
            word = []
        elif word and unicodedata.category(letter).startswith("M"):
            word[-1] += letter
        else:
            word.append(letter)
    yield from _parted(word)


def _parted(word: list[str]) -> Iterator[str]:
    if sum(map(len, word)) < LONG:
        yield from word
        return
    since = 0
    for cluster in word:
        since += len(cluster)
        yield cluster
        if since >= _JOINED or unicodedata.bidirectional(cluster[0]) == "L":
            yield BREAK
            since = 0
