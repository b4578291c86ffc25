"""Sums as people write them in each language."""

from functions.kernel.money import Cents

_SPACE = "\u00a0"  # no-break: a sum never falls onto two lines


def euros(cents: Cents, language: str) -> str:
    """A sum in words of money: ``1 250,00 €`` in Finnish and Swedish, ``€1,250.00`` in English."""
    sign = "\u2212" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}"
    if language == "en":
        return f"{sign}€{grouped}.{rest:02}"
    return f"{sign}{grouped.replace(',', _SPACE)},{rest:02}{_SPACE}€"


def typed(cents: Cents) -> str:
    """A sum as it stands in a field to be changed: ``1250,00``."""
    return f"{cents // 100},{cents % 100:02}"
