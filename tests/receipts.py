"""What a receipt is expected to say of who gets a mail."""

from collections.abc import Sequence

from functions.render.case.receipt import mailed_sentence
from functions.render.text.words import Words


def who_hears(words: Words, roles: Sequence[str], reader: str) -> str:
    """A sentence on which roles of a case get a mail; the one who reads it comes first."""
    others = [r for r in roles if r != reader]
    several = bool(others) and bool(words.definition.role(others[0]).rows)
    mentioned = [*map(words.mention, others)]
    return mailed_sentence(words, mentioned, own=reader in roles, several=several)
