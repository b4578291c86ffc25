"""Values that may be used once only: how they are compared, and what an answer claims."""

import re
import unicodedata
from collections.abc import Iterable

from functions.kernel.case import Claim
from functions.kernel.errors import Taken
from functions.kernel.fields import Answers, Field

_BETWEEN = re.compile(r"[^\w]+|_+")
_BESIDE_LETTERS = re.compile(r"(?<!\d)-|-(?!\d)")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def compared(value: str) -> str:
    """A value as it is compared: case, width, invisible characters, separators and zeros before
    a number make no difference. ``INV 2026/007``, ``inv-2026-7`` and ``INV2026-7`` are the same;
    two numbers in a row stay two."""
    plain = unicodedata.normalize("NFKC", value)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
    apart = _ZEROS.sub("", _BETWEEN.sub("-", seen).strip("-"))
    return _BESIDE_LETTERS.sub("", apart)


def claims(fields: Iterable[Field], said: Answers) -> tuple[Claim, ...]:
    """What the answers to these fields claim; ``Taken`` if two of them are the same value."""
    found: dict[tuple[str, str], Claim] = {}
    for field in fields:
        if not field.unique or field.name not in said:
            continue
        claim = Claim(field.unique, compared(str(said[field.name])), field.name)
        if found.setdefault((claim.name, claim.value), claim) is not claim:
            raise Taken(field.name)
    return tuple(found.values())
