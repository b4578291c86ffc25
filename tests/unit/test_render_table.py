"""Tables for spreadsheets: how they are written, numbers by language, and no formulas."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.render.table import Cell, csv_bytes, euros


def cell(value: Cell, language: str = "fi") -> str:
    """What a spreadsheet reads in the only cell."""
    return read(csv_bytes(["x"], [[value]], language))[1][0]


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_bytes() -> None:
    rows = [["Åbo; akademi", euros(-125_050), 3], [None, euros(5), date(2026, 11, 2)]]
    table = csv_bytes(["Ääni", 'Summa "€"', "n"], rows, "fi")
    assert table == (
        b"\xef\xbb\xbf"
        + 'Ääni;"Summa ""€""";n\r\n"Åbo; akademi";-1250,50;3\r\n;0,05;2026-11-02\r\n'.encode()
    )


@pytest.mark.parametrize(("language", "shown"), [("fi", "-0,10"), ("sv", "-0,10"), ("en", "-0.10")])
def test_decimals_by_language(language: str, shown: str) -> None:
    assert cell(euros(-10), language) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (euros(100_000_000_000), "1000000000,00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("25.5"), "25,5"),
        (-7, "-7"),
    ],
)
def test_numbers(value: Cell, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("https://example.org";"x")',
        "+358 40 000 0000",
        "-",
        "-1+1",
        "-1,2,3",
        "-٣",
        "--1",
        "-1 ",
        "@SUM(A1)",
        "\t=1",
        "\tx",
        "\rx",
        "\n=1",
        " =1",
        "\u00a0=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert read(csv_bytes([text], [], "en")) == [[f"'{text}"]]


@pytest.mark.parametrize(
    "text", ["", "-5", "-1250,50", "-0.5", "a=b", "x-1", "1+1", "a@b.fi", "'x"]
)
def test_what_is_harmless_stays(text: str) -> None:
    assert cell(text) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_rows_come_back(rows: list[list[str]]) -> None:
    found = read(csv_bytes(["a", "b"], rows, "sv"))
    assert len(found) == len(rows) + 1
    for row, back in zip(rows, found[1:], strict=True):
        for text, shown in zip(row, back, strict=True):
            assert shown in (text, f"'{text}")
            assert not shown.startswith(("=", "+", "@", "\t", "\r"))


def test_half_a_character_breaks_nothing() -> None:
    assert cell("a\ud800") == "a?"
