"""Numbers that are not whole as people write them in each language."""

_COMMA = ("fi", "sv")


def halves(count: int, language: str) -> str:
    """A whole number of halves as units: ``1,5`` for 3, in English ``1.5``."""
    return f"{count // 2}{',' if language in _COMMA else '.'}5" if count % 2 else str(count // 2)


def limit(bound: int | float | None, language: str) -> int | str:
    """A bound that a message tells: a whole number, or one with a half."""
    whole = int(bound or 0)
    return whole if whole == (bound or 0) else halves(int(2 * (bound or 0)), language)


def typed(count: int) -> str:
    """A number of halves as it stands in a field to be changed: ``1,5``."""
    return halves(count, "fi")
