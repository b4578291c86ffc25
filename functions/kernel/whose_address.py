"""Whose an address in a paste is, by what stands in its row and in the others.

The words of an address may prove that it is its row's, and they may contradict it: a word of it
that stands elsewhere in the paste, and not in the name beside it, says that it is somebody else's.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.kernel.address_words import (
    LEAST,
    LONGEST,
    halves,
    letters_of,
    may_hold_more,
    parts_of,
    spelt,
)
from functions.kernel.names import names_several, words
from functions.kernel.split_addresses import SIGN, WORD

PersonRow = dict[str, str]

LEFT = "; "  # between a name and what else is left of a line, which `names.not_a_name` refuses
_BEGINNING = 4  # letters that a word of an address and one of a name have in common
_SIGNED = re.compile(rf"[^\s<>,;\"]{{0,{LONGEST}}}{SIGN.pattern}[^\s<>,;\"]*")
_LINES = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")


def settled(rows: list[PersonRow], pasted: str) -> list[PersonRow]:
    """The rows, with the address beside the name, where it is refused, wherever it may be that of
    somebody else.

    That is where a word of it stands elsewhere in the paste. Where there is such a row, or one
    without a name or an address, every address may be the next person's: only those stay that
    are proven by a word of three letters that is nobody else's. Where one row has a name too many
    and another an address too many, none stays.
    """
    if _shifted(rows):
        return [_doubted(row) for row in rows]
    paste = _read(pasted)
    found = [_standing(row, paste) for row in rows]
    whole = not any(map(_lacks, rows)) and "another's" not in found
    return [
        row if each == "proven" or (whole and each == "unknown") else _doubted(row)
        for row, each in zip(rows, found, strict=True)
    ]


def _doubted(row: PersonRow) -> PersonRow:
    if not _spelt(row["name"]):
        return row  # it is refused for want of a name
    return {**row, "name": LEFT.join(filter(None, [row["name"], row["email"]])), "email": ""}


def _shifted(rows: Sequence[PersonRow]) -> bool:
    names = {at for at, row in enumerate(rows) if _has_more_names(row)}
    addresses = {at for at, row in enumerate(rows) if _has_more_addresses(row)}
    return bool(names and addresses) and len(names | addresses) > 1


def _lacks(row: PersonRow) -> bool:
    """Whether a row has no name, or no address, or several."""
    name = " ".join(word for word in row["name"].split() if not SIGN.search(word))
    around = [_spelt(text) for text in _SIGNED.split(row["name"])]
    several = len(name) > LONGEST or names_several(name.strip(LEFT)) or sum(around) > 1
    signed = len(SIGN.findall(f"{row['name']} {row['email']}"))
    return several or signed != 1 or not _spelt(name)


def _has_more_addresses(row: PersonRow) -> bool:
    signed = len(SIGN.findall(f"{row['name']} {row['email']}"))
    return signed > 1 or (signed == 1 and not _spelt(row["name"]))


def _has_more_names(row: PersonRow) -> bool:
    name, address = row["name"], row["email"]
    several = len(name) <= LONGEST and names_several(name)
    return _spelt(name) and (several or not SIGN.search(f"{name}{address}"))


def _spelt(name: str) -> bool:
    """Whether a name has a letter besides what is in addresses."""
    return any(any(map(str.isalpha, word)) for word in name.split() if not SIGN.search(word))


@dataclass(slots=True)
class _Paste:
    """How often each word of a paste stands in it beside addresses, and what it may be joined to in
    an address: the words of its lines, and initials of them."""

    times: Counter[str] = field(default_factory=Counter)
    companions: dict[str, set[str]] = field(default_factory=dict)
    begun: Counter[str] = field(default_factory=Counter)  # by the first letters of words


def _read(pasted: str) -> _Paste:
    paste = _Paste()
    for line in filter(None, map(str.strip, _LINES.split(pasted))):
        text = " ".join(word for word in WORD.findall(line) if not SIGN.search(word))
        found = words(text)
        paste.times.update(found)
        paste.begun.update(word[:_BEGINNING] for word in found if len(word) >= _BEGINNING)
        parts = parts_of(found) if len(line) <= LONGEST else {""}
        for word in found:
            if len(word) > 1:
                paste.companions.setdefault(word, set()).update(parts)
    return paste


def _standing(row: PersonRow, paste: _Paste) -> str:
    """Whether an address is ``proven`` its row's, ``another's``, ``doubtful`` or ``unknown``."""
    if may_hold_more(row["name"], row["email"]):
        return "doubtful"
    named = words(row["name"][:LONGEST])
    telling = {word for word in named if paste.times[word] <= named[word]}
    letters = 0
    for word in spelt(row["email"]):
        own = letters_of(word, named, telling)
        letters += max(own, 0)
        first = word[:_BEGINNING] if own < 0 else ""
        if paste.begun[first] and not any(each.startswith(first) for each in named):
            return "another's"
        if own < 0 and any(
            paste.times[long] > named[long] and other in paste.companions.get(long, ())
            for long, other in halves(word)
        ):
            return "another's"
    return "proven" if letters >= LEAST else "unknown"
