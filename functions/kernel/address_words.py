"""The words of addresses in a paste, held against the words of names."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from functions.kernel.list_words import LANGUAGE_OF
from functions.kernel.names import words

LEAST = 3  # letters of a word that tells whose an address is
LONGEST = 500  # characters of a name
_LONGEST_LOCAL = 64  # characters before an @ (RFC 5321)
_APOSTROPHE = re.compile(r"([a-z]*)'([a-z]*)", re.IGNORECASE)
_LANGUAGES = tuple(word for word in LANGUAGE_OF if len(word) > len("fin") + 1)
_DIGITS_WITHIN = re.compile(r"[^\W\d_]+\d+[^\W\d_]")
_BEFORE_APOSTROPHES = ("o", "d", "l")  # as in O'Brien
_MANY = 4  # words of what may be two names


def local_part(address: str) -> str:
    """What stands before the @; nothing if it is longer than that of any address."""
    local = address.removeprefix("mailto:").partition("@")[0]
    return local if len(local) <= _LONGEST_LOCAL else ""


def spelt(address: str) -> Counter[str]:
    """The words of what stands before the @, without its digits."""
    return words("".join(" " if c.isdigit() else c for c in local_part(address)))


def parts_of(named: Iterable[str]) -> set[str]:
    """Words and their initials, and nothing."""
    return {"", *(part for word in named for part in (word, word[0]))}


def halves(word: str, least: int = LEAST) -> Iterator[tuple[str, str]]:
    """The ways to read a word: as it is, or as one of so many letters or more and another before or
    after it. The longer one is first."""
    yield word, ""
    for at in range(least, len(word)):
        yield word[:at], word[at:]
        yield word[-at:], word[:-at]


def letters_of(word: str, named: Iterable[str], telling: Container[str]) -> int:
    """How many letters of telling words are in a word of an address, if it is nothing but words of
    a name, one after another, and initials of them; else -1."""
    parts = [part for part in parts_of(named) if part]
    best = [0] + [-1] * len(word)
    for at in range(len(word)):
        for part in parts if best[at] >= 0 else ():
            if word.startswith(part, at):
                more = best[at] + (len(part) if part in telling else 0)
                best[at + len(part)] = max(best[at + len(part)], more)
    return best[-1]


def names_owner(name: str, address: str, *, least: int = LEAST) -> bool:
    """Whether an address says by itself that it is this person's: what is before the @ is words and
    initials of the name, with so many letters of its words."""
    named = words(name[:LONGEST])
    letters = {word: letters_of(word, named, named) for word in spelt(address)}
    initials = all(letters[word] or len(word) <= named.total() for word in letters)
    return initials and min(letters.values(), default=-1) >= 0 and sum(letters.values()) >= least


def is_joined(name: str, address: str) -> bool:
    """Whether a word of the name begins or ends a word of the address that has more than the name
    in it: ``svaino@``. A last name may be cut short after it: ``ainoaal@``."""
    named = words(name[:LONGEST])
    begun = {word[:at] for word in named for at in range(len(word) + 1)}
    return any(
        letters_of(word, named, named) < 0
        and any(a in named and len(a) >= LEAST for a, _ in halves(word))
        and not any(a in named and b in begun and word.startswith(a) for a, b in halves(word))
        for word in spelt(address)
    )


def may_hold_more(name: str, address: str) -> bool:
    """Whether a name may end with the beginning of the address, or be several people's, or the
    address may begin with what is cut from the name or joined to it.

    So it may where a name begins with one small letter, or ends in small letters after a capital,
    in a word that is not in the address; where the address begins with the end of a word of the
    name, or with a language; or where it has capitals, or an apostrophe, and not the name alone.
    """
    *others, last = name[:LONGEST].split() or [""]
    local = local_part(address)
    first = next(iter(spelt(address)), "")
    mixed = local not in (local.lower(), local.upper())
    small = last.islower() and any(word[0].isupper() for word in others)
    apart = last[:1].isupper() and local.islower()
    cut = last.isascii() and last.isalnum() and _goes_on(others, last, first, apart=apart)
    spelt_out = local != last.lower() and len(local) > 1 and names_owner(name, address, least=0)
    return (
        (cut and not spelt_out)
        or bool(others and len(others[0]) == 1 and others[0].islower())
        or (small and not words(last).keys() <= spelt(address).keys())
        or may_be_two(name, address)
        or (mixed and not names_owner(name, address, least=1))
        or _has_more(name, local)
        or (
            len(first) > 1
            and letters_of(first, words(name[:LONGEST]), ()) < 0
            and any(word.endswith(first) for word in words(name[:LONGEST]))
        )
    )


def _has_more(name: str, local: str) -> bool:
    """Whether an address begins with a language, or with letters and digits before a name, or has
    an apostrophe within what is no name."""
    named = words(name[:LONGEST])
    own = [letters_of(word, named, named) >= 0 for word in words(local)]
    begins = local.casefold().startswith(_LANGUAGES) and not (own and own[0])
    begun = begins and local.casefold() not in _LANGUAGES
    later = any(len(word) >= LEAST and letters_of(word, named, named) > 0 for word in spelt(local))
    within = bool(_DIGITS_WITHIN.match(local)) and later and not (own and own[0])
    return (
        begun
        or within
        or any(
            (len(before) > 1 and letters_of(before, named, named) < 0)
            or (before not in _BEFORE_APOSTROPHES and letters_of(after, named, named) < 0)
            for before, after in _APOSTROPHE.findall(local.lower())
        )
    )


def _goes_on(others: Iterable[str], last: str, first: str, *, apart: bool) -> bool:
    """Whether the last word of a name makes words of it with the first of the address; or begins
    another one, if it is not ``apart``, written otherwise than the address."""
    named = words(" ".join(others))
    flat = "".join(words(last))
    begins = any(word.startswith(flat) for word in named)
    telling = {word for word in named if len(word) > 1}
    return (begins and not apart) or letters_of(flat + first, named, telling) > 0


def may_be_two(name: str, address: str) -> bool:
    """Whether a name of four words or more may be two people's: the address does not spell words of
    both halves of it."""
    found = [word for word in name[:LONGEST].split() if not word.islower()]
    local, half = "".join(spelt(address)), len(found) // 2
    seen = [any(len(w) >= LEAST and w in local for w in words(word)) for word in found]
    return len(found) >= _MANY and not (any(seen[:half]) and any(seen[-half:]))
