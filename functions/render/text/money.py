"""Sums, rates and the numbers of payments as people write them in each language."""

from decimal import Decimal

from functions.kernel.identifiers import rf
from functions.kernel.money import Cents
from functions.render.text.dates import LOCALES


def euros(cents: Cents, language: str) -> str:
    """``1 250,00 €`` with no-break spaces, in English ``€1,250.00``."""
    from babel.numbers import format_currency  # large, and few pages tell a sum

    sum_ = Decimal(cents) / 100
    return _plain(format_currency(sum_, "EUR", locale=LOCALES[language]))


def percent(rate: str, language: str) -> str:
    """``25,5 %``, in English ``25.5%``."""
    from babel.numbers import format_percent

    share = Decimal(rate) / 100
    locale = LOCALES[language]
    return _plain(format_percent(share, locale=locale, decimal_quantization=False))


def iban(number: str) -> str:
    """An account number in groups of four."""
    plain = number.replace(" ", "")
    return " ".join(plain[n : n + 4] for n in range(0, len(plain), 4))


def national(reference: str) -> str:
    """A Finnish payment reference in groups of five from its end."""
    first = len(reference) % 5
    groups = [reference[:first], *(reference[n : n + 5] for n in range(first, len(reference), 5))]
    return " ".join(filter(None, groups))


def creditor_reference(reference: str) -> str:
    """The same reference in its international form (ISO 11649), in groups of four."""
    return iban(rf(reference))


def typed(cents: Cents) -> str:
    """A sum as it stands in a field to be changed: ``1250,00``."""
    return f"{cents // 100},{cents % 100:02}"


def _plain(text: str) -> str:
    """With the minus that is read out, and without the narrow space that not every font has."""
    return text.replace("\u202f", "\u00a0").replace("-", "\u2212")
