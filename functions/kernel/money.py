"""Money: sums in whole cents, value added tax, and lines of what is sold.

VAT is computed for each rate from the sum of its lines, as EN 16931 has it (BR-CO-17), and
halves are rounded away from zero, so that a credit is its invoice with the sign turned.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

Cents = int

MAX_CENTS: Cents = 10_000_000_00
# Thousands apart by spaces, dots or commas, never by two of them; no mark can be of both kinds.
# Commas between thousands need a dot before cents, or two commas, and dots a comma, or two dots:
# `1,250` and `1.250` could be either.
_SUM = re.compile(
    r"(\d{1,9}|[1-9]\d{0,2}(?: \d{3}){1,2})(?:[.,](\d{1,2}))?"
    r"|([1-9]\d{0,2}(?:\.\d{3}){1,2}),(\d{1,2})|([1-9]\d{0,2}(?:\.\d{3}){2})"
    r"|([1-9]\d{0,2}(?:,\d{3}){1,2})\.(\d{1,2})|([1-9]\d{0,2}(?:,\d{3}){2})",
    re.ASCII,
)
_CURRENCY = r"(?:\u20ac|EUR|euro(?:a|s|t)?)"
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY} ?)?(\d[^\u20aca-z]*?)(?: ?{_CURRENCY})?", re.ASCII | re.IGNORECASE
)
_NO_CENTS = re.compile(r"(?:(\.)|[,:]) ?[-\u2013\u2014\u2212]+$")  # as in `1250,-` and `1250:-`
_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of a quote or an invoice. ``text`` names its words, ``values`` fill them.

    ``unit_price`` is net, in cents, and negative where something is given back; ``rate`` is
    the VAT in per cent (``25.5``; ``0`` without VAT).
    """

    text: str
    unit_price: Cents
    rate: str
    quantity: int = 1
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def net(self) -> Cents:
        """Quantity times price, in cents."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Tax:
    """The VAT of all lines of one rate: what it is computed from and what it is, in cents."""

    rate: str
    base: Cents
    tax: Cents


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines in cents: without VAT, its parts by rate (highest first), and altogether."""

    net: Cents
    taxes: tuple[Tax, ...]

    @property
    def tax(self) -> Cents:
        """All VAT together."""
        return sum(t.tax for t in self.taxes)

    @property
    def gross(self) -> Cents:
        """What is to be paid."""
        return self.net + self.tax


def totals(lines: Iterable[InvoiceLine]) -> Totals:
    """The sums of lines."""
    bases: dict[str, Cents] = {}
    for line in lines:
        bases[line.rate] = bases.get(line.rate, 0) + line.net
    rates = sorted(bases, key=Decimal, reverse=True)
    taxes = tuple(Tax(r, bases[r], share(bases[r], Decimal(r))) for r in rates)
    return Totals(sum(bases.values()), taxes)


def share(base: Cents, percent: Decimal) -> Cents:
    """``percent`` per cent of a sum, to the cent; halves away from zero."""
    return int((base * percent / 100).quantize(_WHOLE, ROUND_HALF_UP))


def divided(base: Cents, parts: int) -> Cents:
    """One of ``parts`` (from 1) of a sum, to the cent; halves away from zero."""
    return int((Decimal(base) / parts).quantize(_WHOLE, ROUND_HALF_UP))


def read_sum(typed: str) -> Cents | None:
    """Cents from a sum as people write it (``1 250,50``, ``1,250.50 €``, ``1250,- EUR``); None if
    it is none."""
    amount = _AMOUNT.fullmatch(" ".join(typed.split()))
    plain = _NO_CENTS.sub(lambda m: f"{m[1] or ','}00", amount[1]) if amount else ""
    match = _SUM.fullmatch(plain)
    if not match:
        return None
    whole = match[1] or match[3] or match[5] or match[6] or match[8]
    part = match[2] or match[4] or match[7] or ""
    cents = int(re.sub("[ .,]", "", whole)) * 100 + int(part.ljust(2, "0"))
    return cents if cents <= MAX_CENTS else None
