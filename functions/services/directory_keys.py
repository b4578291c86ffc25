"""Keys of new entries, made from their names: nobody should have to think of one."""

import re
import unicodedata
from collections.abc import Container

from functions.services.directory_entries import RESERVED

LONGEST = 40
# Letters that Unicode does not take apart into a letter of a-z and its mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def new_key(source: str, name: str, taken: Container[str]) -> str:
    """A key as ``directory_columns`` wants it: ``aakkoset``, ``aakkoset-2``, …

    A name without a single letter of ours gets the list's own: ``unit``, ``unit-2``, …
    """
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    slug = re.sub("[^a-z0-9]+", "-", re.sub("[\u0300-\u036f'’]", "", letters))
    base = slug[:LONGEST].strip("-") or source.removesuffix("s")
    number, key = 1, base
    while key in taken or key in RESERVED:
        number += 1
        end = f"-{number}"
        key = base[: LONGEST - len(end)].rstrip("-") + end
    return key
