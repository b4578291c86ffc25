"""Money: sums of lines and their VAT, halves, credits, parts, and sums as people type them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.money import MAX_CENTS, InvoiceLine, Tax, divided, read_sum, share, totals

RATES = ("25.5", "13.5", "10", "0")
CENTS = st.integers(-(10**9), 10**9)
LINES = st.lists(
    st.builds(InvoiceLine, st.just("x"), CENTS, st.sampled_from(RATES), st.integers(1, 99)),
    max_size=8,
)


def rounded(exact: Fraction) -> int:
    """To a whole number, halves away from zero; another way than the code's own."""
    whole = int(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def test_totals_by_rate_highest_first() -> None:
    lines = (
        InvoiceLine("a", 10_000, "10"),
        InvoiceLine("b", 33_333, "25.5", 3),
        InvoiceLine("c", 5_001, "0"),
        InvoiceLine("d", -1_000, "10"),
        InvoiceLine("e", 2, "13.5"),
    )
    found = totals(lines)
    assert found.net == 10_000 + 99_999 + 5_001 - 1_000 + 2
    assert found.taxes == (
        Tax("25.5", 99_999, 25_500),  # 25 499.745
        Tax("13.5", 2, 0),
        Tax("10", 9_000, 900),
        Tax("0", 5_001, 0),
    )
    assert (found.tax, found.gross) == (26_400, 114_002 + 26_400)


def test_tax_is_of_the_sum_and_not_the_sum_of_taxes() -> None:
    assert totals([InvoiceLine("a", 2, "25.5")] * 2).tax == 1  # each alone: 0.51, so 1 and 1
    assert totals([]) == totals(())
    assert totals([]).gross == 0


@given(LINES)
def test_totals_of_lines(lines: list[InvoiceLine]) -> None:
    found = totals(lines)
    assert found.net == sum(line.net for line in lines) == sum(t.base for t in found.taxes)
    assert found.gross == found.net + found.tax
    assert [t.rate for t in found.taxes] == [r for r in RATES if r in {x.rate for x in lines}]
    for each in found.taxes:
        assert each.base == sum(line.net for line in lines if line.rate == each.rate)
        assert each.tax == rounded(each.base * Fraction(each.rate) / 100)


@given(LINES)
def test_credit_is_its_invoice_with_the_sign_turned(lines: list[InvoiceLine]) -> None:
    credit = totals(InvoiceLine(x.text, -x.unit_price, x.rate, x.quantity) for x in lines)
    invoice = totals(lines)
    assert (credit.net, credit.tax, credit.gross) == (-invoice.net, -invoice.tax, -invoice.gross)


@pytest.mark.parametrize(
    ("base", "percent", "part"),
    [(1, "50", 1), (-1, "50", -1), (3, "50", 2), (-3, "50", -2), (1, "49", 0), (0, "100", 0)],
)
def test_halves_go_away_from_zero(base: int, percent: str, part: int) -> None:
    assert share(base, Decimal(percent)) == part


@given(CENTS, st.integers(1, 400))
def test_divided(base: int, parts: int) -> None:
    one = divided(base, parts)
    assert one == rounded(Fraction(base, parts)) == -divided(-base, parts)
    assert 2 * abs(one * parts - base) <= parts


def test_divided_halves() -> None:
    assert [divided(n, 2) for n in (1, -1, 3, -3)] == [1, -1, 2, -2]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 250,50", 125050),
        ("1.250,50", 125050),
        ("1250.5 €", 125050),
        ("€ 1250,5", 125050),
        ("1\u00a0250,50\u00a0€", 125050),
        ("1\u202f250,50", 125050),
        ("  12  ", 1200),
        ("1.000.000", 100000000),
        ("1,250.00", 125000),
        ("1,250.5", 125050),
        ("1,000,000", 100000000),
        ("€1,000,000.99", 100000099),
        ("0,05", 5),
        ("0", 0),
        ("10 000 000", MAX_CENTS),
        ("10.000.000,00", MAX_CENTS),
        ("10000000.00", MAX_CENTS),
        ("1250 EUR", 125000),
        ("1 250,50 EUR", 125050),
        ("EUR 1250,50", 125050),
        ("eur1250", 125000),
        ("1250€", 125000),
        ("1 250 euroa", 125000),
        ("12 euros", 1200),
        ("1250,-", 125000),
        ("1250,- €", 125000),
        ("1 250,–", 125000),
        ("1250:-", 125000),
        ("1.250,-", 125000),
        ("1,250.-", 125000),
        ("1.250.000,-", 125000000),
    ],
)
def test_read_sum(typed: str, cents: int) -> None:
    assert read_sum(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "€",
        "1,234",
        "1.234",
        "12.505",
        "1,234,56",
        "12,34.50",
        "1,234.567",
        "1 250.500",
        "1.250 500",
        "1.250.50",
        "0.125",
        "0 125",
        "12 50",
        "12€50",
        "1250,",
        ",50",
        "-5",
        "−5",
        "+5",
        "1e3",
        "5 %",
        "١٢",
        "１２",
        "1²",
        "10 000 000,01",
        "999999999",
        "1234567890",
        "9" * 5000,
        "1 000 000 000 000",
        "ten",
        "1€250",
        "1 € 250",
        "1 EUR 250",
        "1250 USD",
        "1250 EURO CENT",
        "1250-",
        "1250,50,-",
        "1,250:-",
        "1,234 EUR",
        ",-",
        "EUR",
        "1250 -",
    ],
)
def test_what_is_no_sum(typed: str) -> None:
    assert read_sum(typed) is None


@given(
    st.integers(0, MAX_CENTS),
    st.sampled_from(["", " ", ".", "\u00a0"]),
    st.sampled_from(["", " €"]),
)
def test_read_sum_of_any_sum(cents: int, apart: str, unit: str) -> None:
    euros = f"{cents // 100:,}".replace(",", apart)
    assert read_sum(f"{euros},{cents % 100:02}{unit}") == cents


@given(st.text(st.sampled_from("0123456789 .,-€"), max_size=14))
def test_read_sum_reads_anything(typed: str) -> None:
    cents = read_sum(typed)
    assert cents is None or 0 <= cents <= MAX_CENTS
