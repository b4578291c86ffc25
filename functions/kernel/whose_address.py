"""Whose an address in a paste is, by what stands in its row and in the others.

The words of an address may prove that it is its row's, and they may contradict it: a word of it
that stands elsewhere in the paste, and not in the name beside it, says that it is somebody else's.
"""

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from functions.kernel import LANGUAGES
from functions.kernel.address_words import (
    LEAST,
    LONGEST,
    halves,
    letters_of,
    local_part,
    may_hold_more,
    parts_of,
    spelt,
)
from functions.kernel.names import names_several, words
from functions.kernel.split_addresses import SIGN, WORD

PersonRow = dict[str, str]

LEFT = "; "  # between a name and what else is left of a line, which `names.not_a_name` refuses
_BEGINNING = 4  # letters that a word of an address and one of a name have in common
_SHORTEST = 2  # letters of a word that an address has of another name
_PROOF = 4  # letters that prove an address to be its row's
_SIGNED = re.compile(rf"[^\s<>,;\"]{{0,{LONGEST}}}{SIGN.pattern}[^\s<>,;\"]*")
_LINES = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")


def settled(rows: list[PersonRow], pasted: str, *, parted: bool = False) -> list[PersonRow]:
    """The rows, with the address beside the name, where it is refused, wherever it may be that of
    somebody else.

    That is where a word of it stands elsewhere in the paste. Where there is such a row, refused
    or not, or one without a name or an address, every address may be the next person's: only those
    stay that are words and initials of their own name alone, with four letters that are nobody
    else's, or all of it; and where first and last names are ``parted`` by columns, all of it. Where
    one row has a name too many and another an address too many, none stays.
    """
    if _shifted(rows):
        return [_doubted(row) for row in rows]
    paste = _read(rows, pasted, parted=parted)
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
    an address: the words of its lines, and initials of them; and the initials of its names, also
    one alone where columns part first and last names."""

    times: Counter[str] = field(default_factory=Counter)
    companions: dict[str, set[str]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)  # the first letters of words
    initials: set[str] = field(default_factory=set)
    parted: bool = False


def _read(rows: Sequence[PersonRow], pasted: str, *, parted: bool) -> _Paste:
    paste = _Paste(parted=parted)
    for line in filter(None, map(str.strip, _LINES.split(pasted))):
        found = words(_unsigned(line))
        paste.times.update(found)
        parts = parts_of(found) if len(line) <= LONGEST else {""}
        for word in found:
            if len(word) >= LEAST:
                paste.begun.update((word[:LEAST], word[:_BEGINNING]))
            if len(word) >= _SHORTEST:
                paste.companions.setdefault(word, set()).update(parts)
    for row in rows:
        name = _unsigned(row["name"])[:LONGEST]
        whole = [next(iter(words(word)), "")[:1] for word in name.split()]  # O'Brien has one
        for first in ("".join(whole), "".join(word[0] for word in words(name))):
            paste.initials.update(first if parted else "")
            if len(first) >= _SHORTEST:
                ends = {first[0] + first[-1], first[-1] + first[0]}
                paste.initials |= {first, first[-1] + first[:-1], *ends}
    return paste


def _unsigned(text: str) -> str:
    return " ".join(word for word in WORD.findall(text) if not SIGN.search(word))


def _standing(row: PersonRow, paste: _Paste) -> str:
    """Whether an address is ``proven`` its row's, ``another's``, ``doubtful`` or ``unknown``. One
    that stands beside the name of a row that is refused tells as much of the others."""
    found = [word for cell in row.values() for word in WORD.findall(cell) if SIGN.search(word)]
    named = words(_unsigned(row["name"])[:LONGEST])
    if len(found) == 1 and _is_anothers(found[0], named, paste):
        return "another's"
    if may_hold_more(row["name"], row["email"]):
        return "doubtful"
    telling = {word for word in named if paste.times[word] <= named[word]}
    whole = max(LEAST, len("".join(named)))
    letters = [letters_of(word, named, telling) for word in spelt(row["email"])]
    proven = min(letters, default=-1) >= 0 and sum(letters) >= min(whole, _PROOF)
    if paste.parted:
        proven &= sum(letters_of(word, named, named) for word in spelt(row["email"])) >= whole
    return "proven" if proven else "unknown"


def _is_anothers(address: str, named: Counter[str], paste: _Paste) -> bool:
    """Whether an address has what stands elsewhere in the paste and not in a name: a word, its
    beginning, several words of one line and initials of them, or the initials of a name alone; or
    an own word with such an initial."""
    untagged = local_part(address).partition("+")[0]
    whole = "".join(words("".join(filter(str.isalpha, untagged))))
    found = {word for word in {whole, *spelt(address)} if len(word) >= _SHORTEST}
    names = {word for word in spelt(address) if len(word) >= LEAST and paste.times[word]}
    others = names - named.keys() | {word for word in found if letters_of(word, named, ()) < 0}
    if whole in paste.initials and whole in others and not any(map(str.isdigit, untagged)):
        return True
    own = parts_of(named)
    for word in others:
        first = word[:_BEGINNING]
        if first in paste.begun and not any(each.startswith(first) for each in named):
            return True
        for long, other in halves(word, _SHORTEST):
            if long in named and len(other) == 1 and other in paste.initials:
                return True
            if long not in paste.companions or paste.times[long] <= named[long]:
                continue
            if not (other and long in LANGUAGES) and _is_joined_of(
                other, (own, paste.companions.get(long, ()))
            ):
                return True
    return False


def _is_joined_of(word: str, parts: Sequence[Container[str]]) -> bool:
    """Whether a word is one of these parts, or two of them."""
    return any(
        any(word[:at] in each for each in parts) and any(word[at:] in each for each in parts)
        for at in range(len(word) + 1)
    )
