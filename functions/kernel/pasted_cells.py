"""The cells of a line of a paste: what stands between separators, outside ``<>`` and quotes."""

import re
from collections.abc import Iterator

from functions.kernel.list_words import SURNAMES, language_of, unlisted
from functions.kernel.split_addresses import SEPARATORS

_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c\u201d", "'": "'"}
_MAILED = re.compile(r"([^<>,;|\"\t]*[^<>,;|\"\s]), *([^<>,;|\"\s][^<>,;|\"\t]*)<[^<>\s]+>")
_MAX_FIRST = 3  # first names
_INNER_BAR = re.compile(r"(?<=[^\s|])\|(?=[^\s|])")


def _quoted(line: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it stands outside quotes and ``<>``.

    A quote begins with a cell, and only if it ends somewhere.
    """
    last = {separator: line.rfind(separator) for separator in {*"".join(_QUOTES.values()), ">"}}
    closing, depth, at_cell_start = "", 0, True
    for at, char in enumerate(line):
        if closing:
            closing = "" if char in closing and _ends_there(line, at) else closing
            yield char, False
            continue
        closers = _QUOTES.get(char, "") if at_cell_start and not depth else ""
        closing = closers if any(last[separator] > at for separator in closers) else ""
        depth += char == "<" and last[">"] > at
        yield char, not (closing or depth)
        depth -= char == ">" and depth > 0
        at_cell_start = char in SEPARATORS or (at_cell_start and char.isspace())


def _ends_there(line: str, at: int) -> bool:
    """Whether what is in quotes ends with this one: the cell or the name does."""
    return at + 1 == len(line) or line[at + 1] in f"{SEPARATORS} <"


def separator_of(line: str, separators: str = SEPARATORS) -> str:
    """The strongest separator that stands in a line outside quotes and ``<>``, or ""."""
    outside = {char for char, free in _quoted(line) if free}
    ruled = " | " in line or line.startswith("|")  # else a sign that an address may have
    return next((s for s in separators if s in outside and (s != "|" or ruled)), "")


def cells_of(line: str, separator: str) -> list[str]:
    """The texts between separators that stand outside quotes and ``<>``.

    Where bars have spaces around them, one without is a part of its word.
    """
    if not separator or (separator == "," and last_first(line)):
        return [line.strip()]
    spaced = separator == "|" and " | " in line
    found, begin = [], 0
    for at, (char, free) in enumerate(_quoted(line)):
        if free and char == separator and not (spaced and _INNER_BAR.match(line, at)):
            found.append(line[begin:at].strip())
            begin = at + 1
    return [*found, line[begin:].strip()]


def unquoted(text: str) -> str:
    """What is in the quotes that are around a text, or ""."""
    closing = _QUOTES.get(text[:1], "")
    return text[1:-1].replace('""', '"').strip() if text[1:] and text[-1] in closing else ""


def last_first(text: str) -> bool:
    """Whether this is ``Last, First <address>``, as mail programs write one person. What may be two
    names or a title after the comma is not."""
    match = _MAILED.fullmatch(unlisted(text.strip()))
    if not match:
        return False
    *particles, last = match[1].split()
    first = match[2].split()
    return (
        all(map(str.islower, particles))
        and len(first) <= _MAX_FIRST
        and not any(word[0].islower() for word in (last, *first))
        and not any(map(language_of, first))
        and (not language_of(last) or last.casefold() in SURNAMES)
    )
