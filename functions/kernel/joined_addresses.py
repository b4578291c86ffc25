"""Addresses in a paste to which something else may be joined, or from which a space may have cut a
part: their row is refused."""

import re
from functools import cache
from pathlib import Path

from functions.kernel import clean
from functions.kernel.address_words import (
    LONGEST,
    is_joined,
    letters_of,
    local_part,
    names_owner,
    spelt,
)
from functions.kernel.list_words import language_of, unlisted
from functions.kernel.names import words

_TOP_LEVEL = Path(__file__).with_name("top_level_domains.txt")
_RESERVED = frozenset(("example", "invalid", "localhost", "test"))  # RFC 2606
# What people have before the @. Other signs that mail allows are more likely between two things,
# and five digits before letters are a telephone number.
_LOCAL_PART = re.compile(
    r"(?!\d{1,3}\.|(?i:mailto|www\.)|\d{5,}[A-Za-z]|.*(?:'[.+_-]|[.+_-]'|'$))[A-Za-z0-9][A-Za-z0-9.+_'-]*"
)
_CAPITAL_AT_END = re.compile(
    rf"[{clean.FULL_STOPS}][^{clean.FULL_STOPS}]*[A-Z][^{clean.FULL_STOPS}]*$"
)
_ODD_SIGNS = re.compile(f"{clean.ODD_DASHES.pattern}|[{clean.FULL_STOPS[1:]}]")
_USUAL_ENDS = frozenset(("com", "org", "net", "edu", "info", "example"))
_LONGEST_CODE = 3  # letters of the code of a language, such as "fin"


@cache
def _top_level() -> frozenset[str]:
    lines = _TOP_LEVEL.read_text("ascii").lower().splitlines()
    return _RESERVED | {line for line in lines if not line.startswith("#")}


def stands_alone(written: str, read: str) -> bool:
    """Whether a word is an address and nothing else: no list mark, name or dash is joined to it,
    its domain ends in one that there is, and in small letters unless all of it is in capitals."""
    local, _, domain = read.rpartition("@")
    host = clean.bare(written).rpartition("@")[2]
    return (
        bool(_LOCAL_PART.fullmatch(local))
        and not _ODD_SIGNS.search(written)
        and domain.rpartition(".")[2] in _top_level()
        and (host.isupper() or not _CAPITAL_AT_END.search(host))
    )


def completes(address: str, word: str) -> bool:
    """Whether a word after an address makes another domain of it: ``a@x.co``, ``m``."""
    return f"{address.rpartition('.')[2]}{word}".casefold() in _top_level()


def cut_by_space(before: str, address: str, after: str) -> bool:
    """Whether a space alone stands between an address and a word that may be a part of it:
    ``Aino ain o@x.fi``, ``aino@edu.hel fi``.

    A name of two words or more stands before it, whose last word has a capital that the address
    does not have; or the address tells the name, as one that stands before the name does.
    """
    if _may_end(address, after):
        return True
    named = unlisted(f"{before.strip()} ").strip()
    if not named and after[:1] == " " and after.strip()[:1].isalnum():
        later = after.split()
        later = later[:-1] if language_of(later[-1]) else later
        rest = bool(later) and later[0].islower() and len(later[0]) <= _LONGEST_CODE
        return rest or (bool(later) and not names_owner(" ".join(later), address, least=1))
    spaced = before[-1:] == " " and named[-1:].isalnum() and address[:1].isalnum()
    return spaced and _begins(named, address)


def _may_end(address: str, after: str) -> bool:
    """Whether the code of a language after an address may be the end of its domain, which has one
    already that few domains have."""
    code = after.split()[0] if after[:1] == " " and after.strip() else ""
    end = address.rpartition(".")[2].casefold()
    few = len(end) > len("fi") and end not in _USUAL_ENDS
    return few and len(code) <= _LONGEST_CODE and bool(language_of(code))


def _begins(name: str, address: str) -> bool:
    """Whether the last word of a name may be the beginning of the address after it, or an end of
    the name is joined to it."""
    *others, last = name[-LONGEST:].split()
    if any(map(str.isdigit, last)) or is_joined(name, address):
        return True
    flat = list(words(last))
    named = words(" ".join(others))
    whole = (flat or [""])[-1] + next(iter(spelt(address)), "")
    if last.isascii() and (
        any(word.startswith(flat[-1]) for word in named) or letters_of(whole, named, named) > 0
    ):
        return True
    local = local_part(address)
    small = local == local.lower() and (local != local.upper() or last != last.upper())
    apart = bool(others) and small and (last[0].isupper() or not last.isascii())
    return not apart and not names_owner(name, address, least=1)
