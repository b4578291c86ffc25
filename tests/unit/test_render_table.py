"""Tables for spreadsheets: how they are written, numbers by language, and no formulas."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.render.desk.spreadsheet import Cell, csv_bytes, euros, sheet_name, xlsx_bytes
from tests.workbooks import Cell as Found
from tests.workbooks import Sheet, sheet_of


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
        + '"Ääni";"Summa ""€""";"n"\r\n"Åbo; akademi";"-1250,50";"3"\r\n'.encode()
        + b'"";"0,05";"2026-11-02"\r\n'
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
        "\u200b=1",
        "\u2060+1",
        "\ufeff@x",
        "\u00ad-1+1",
        '"=1+1"',
        "'=1",
        "\u201d\u200b =1",
        "\u2212\u0661",
        "\U000e0041=1",
        "\u3164=1",
        "\x00=1",
    ],
)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert cell(text)[0] == "'"
    assert cell(text).replace("'", "") == text.replace("'", "")
    assert read(csv_bytes([text], [], "en")) == [[cell(text)]]


@pytest.mark.parametrize(
    "text", ["", "-5", "-1250,50", "-0.5", "a=b", "x-1", "1+1", "a@b.fi", "'x"]
)
def test_what_is_harmless_stays(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x,=1+1,y", "x,'=1+1,y"),
        ('x;"=1+1";y', 'x;\'"=1+1";y'),
        ("x\n=1\r\u200b@y", "x\n'=1\r'\u200b@y"),
        ("x|-1", "x|'-1"),
        ("a, b; c", "a, b; c"),
        ("1,-2", "1,'-2"),
    ],
)
def test_what_could_be_a_formula_where_a_text_is_split_is_text(text: str, shown: str) -> None:
    assert cell(text) == shown


TRICKY = st.text(alphabet="=+-@;,|\t\r\n\"'\u200b\ufeff\u00a0\uff1d\u2212 x1", max_size=12)
UNSEEN = "\u200b\ufeff\u00a0 \"'\t\r\n"


@given(st.lists(st.lists(TRICKY, min_size=3, max_size=3), max_size=3), st.sampled_from(";,\t|"))
def test_no_cell_is_a_formula_wherever_a_program_splits(
    rows: list[list[str]], delimiter: str
) -> None:
    table = csv_bytes(["a", "b", "c"], rows, "en").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(table, newline=""), delimiter=delimiter):
        for found in row:
            plain = found.lstrip(UNSEEN)
            quoted = "'" in found[: len(found) - len(plain)]
            number = (
                plain.strip(UNSEEN + ";").replace(".", "").replace(",", "").lstrip("-").isdigit()
            )
            assert plain[:1] not in tuple("=+-@\uff1d\u2212") or quoted or number, (table, found)


def book(*cells: Cell, title: str = "Sheet") -> Sheet:
    return sheet_of(xlsx_bytes(title, ["n"] * len(cells), [cells], date(2026, 12, 1)))


@pytest.mark.parametrize(
    "text",
    ["003712345671", "2026-1", "00100", "1e5", "=1+1", "x,=1+1,y", "-5", "+358 40", "'x", " x ",
     "https://example.org", "{=1}", "_x0041_", "a\nb", "TRUE", "\u200b=1", "<b>&", "1.12.2026"],
)  # fmt: skip
def test_text_in_a_workbook_is_text_as_it_is(text: str) -> None:
    (found,) = book(text).rows[1].values()
    assert found == Found("text", text, 49)  # the format of text


def test_sums_and_days_in_a_workbook_are_numbers() -> None:
    found = [*book(euros(-125_050), 3, date(2026, 11, 2), None, "").rows[1].values()]
    assert found == [
        Found("number", "-1250.50", 4),
        Found("number", "3", 0),
        Found("number", "46328", 14),
    ]


def test_a_workbook_is_the_same_for_the_same_and_has_a_head() -> None:
    made = [xlsx_bytes("Laskut", ["Ääni", "n"], [["x", 1]], date(2026, 12, 1)) for _ in range(2)]
    with zipfile.ZipFile(io.BytesIO(made[0])) as file:
        sheet, core = file.read("xl/worksheets/sheet1.xml"), file.read("docProps/core.xml")
    assert b'ySplit="1"' in sheet
    assert b"<cols>" in sheet
    assert b"2026-12-01T00:00:00Z" in core
    assert sheet_of(made[0]) == sheet_of(made[1])
    assert sheet_of(made[0]).texts(0) == ["Ääni", "n"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Laskutettu", "Laskutettu"),
        ("Odottaa: hyvitystä / [x]?*", "Odottaa hyvitystä x"),
        ("'x'", "x"),
        ("", "1"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + " '", "x" * 30),
    ],
)
def test_sheets_have_names_that_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title) == book("x", title=title).name == name


@given(
    st.lists(
        st.one_of(st.text(), st.integers(-(10**9), 10**9), st.dates(date(1900, 3, 1))), max_size=4
    )
)
def test_any_row_makes_a_workbook(row: list[Cell]) -> None:
    kinds = [("text" if isinstance(each, str) else "number") for each in row if each != ""]
    sheet = sheet_of(xlsx_bytes("x", ["h"] * len(row), [row], date(2026, 12, 1)))
    found = sheet.rows[1].values() if len(sheet.rows) > 1 else ()
    assert [each.kind for each in found if each.value] == kinds


def test_half_a_character_or_a_very_long_text_breaks_no_workbook() -> None:
    found = book("a\ud800", "x" * 40_000).texts(1)
    assert found == ["a?", "x" * 32_767]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_rows_come_back(rows: list[list[str]]) -> None:
    found = read(csv_bytes(["a", "b"], rows, "sv"))
    assert len(found) == len(rows) + 1
    for row, back in zip(rows, found[1:], strict=True):
        for text, shown in zip(row, back, strict=True):
            assert shown.replace("'", "") == text.replace("'", "")
            assert not shown.startswith(("=", "+", "@", "\t", "\r"))


def test_half_a_character_breaks_nothing() -> None:
    assert cell("a\ud800") == "a?"
