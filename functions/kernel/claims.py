"""Values that must be unique: how they are compared, and which values an answer claims."""

import re
import unicodedata
from collections.abc import Iterable

from functions.kernel.case import Claim
from functions.kernel.errors import Taken
from functions.kernel.fields import Answers, Field

_BETWEEN = re.compile(r"[^\w]+|_+")
_LETTER_HYPHEN = re.compile(r"(?<!\d)-|-(?!\d)")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
# Words for "number" and "invoice" before a number; others, such as INV, may tell a series.
_LABEL = re.compile(
    r"^(?:laskun?|fakturan?|invoice)?-?(?:numero|nummer|number|nro|num|nbr|nr|no)?(?:-|(?=\d))"
)
_IN_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?![\d.])")


def compared(value: str) -> str:
    """A value as it is compared: case, width, invisible characters, separators and zeros before
    a number make no difference, nor does a word for "number" or "invoice" at the beginning.
    ``INV 2026/007``, ``inv-2026-7`` and ``INV2026-7`` are the same; two numbers in a row stay
    two."""
    plain = unicodedata.normalize("NFKC", value)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
    apart = _ZEROS.sub("", _BETWEEN.sub("-", seen).strip("-"))
    return _LETTER_HYPHEN.sub("", _LABEL.sub("", apart))


def readings(value: str) -> tuple[str, ...]:
    """All that a value may be, as it is compared: ``1 001`` and ``1.001`` may be 1-1 or 1001."""
    closed = _IN_NUMBERS.sub("", unicodedata.normalize("NFKC", value))
    closed = _THOUSANDS.sub(lambda m: m[0].replace(".", ""), closed)
    return tuple(dict.fromkeys((compared(value), compared(closed))))


def claims(fields: Iterable[Field], answers: Answers) -> tuple[Claim, ...]:
    """What the answers to these fields claim; ``Taken`` if two of them are the same value."""
    found: dict[tuple[str, str], Claim] = {}
    for field in fields:
        if not field.unique or field.name not in answers:
            continue
        for value in readings(str(answers[field.name])):
            claim = Claim(field.unique, value, field.name)
            if found.setdefault((claim.name, claim.value), claim) is not claim:
                raise Taken(field.name)
    return tuple(found.values())
