"""Values that may be used once only: how they are compared, and what an answer claims."""

import re
import unicodedata
from collections.abc import Iterable

from functions.kernel.case import Claim
from functions.kernel.errors import Taken
from functions.kernel.fields import Answers, Field

_BETWEEN = re.compile(r"[^\w]+|_+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def compared(value: str) -> str:
    """A value as it is compared: case, width, invisible characters, the kind of separators and
    zeros before a number make no difference. ``INV 2026/007`` and ``inv-2026-7`` are the same."""
    plain = unicodedata.normalize("NFKC", value)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
    return _ZEROS.sub("", _BETWEEN.sub("-", seen).strip("-"))


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
