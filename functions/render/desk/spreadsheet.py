"""Rows for a spreadsheet: CSV that opens by a double click, and in which nothing is a formula."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from functions.kernel.clean import UNSEEN
from functions.kernel.money import Cents

Cell = str | int | Decimal | date | datetime | None

# Excel and LibreOffice compute a cell that begins so, in full width too (OWASP, CSV Injection):
# after white space, quotes or characters that nobody sees. A cell may also begin within a text,
# where a program splits it: at another separator than the file's, or at a line break.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
_SKIPPED = f"\\s{UNSEEN}\\x00-\\x1f\ufe00-\ufe0f\"'`\u00b4\u2018-\u201f\u00ab\u00bb"
_FORMULA = re.compile(f"(?:^|(?<=[,;|\t\r\n]))(?=[{_SKIPPED}]*[{_SIGNS}])")
_BROKEN = re.compile("^(?=[\t\r\n])")
_NUMBER = re.compile(r"-\d+(?:[.,]\d+)?", re.ASCII)
_COMMA = ("fi", "sv")
# Formats that every program knows: text, two decimals, a short date as it writes one, and that
# with a time of day.
_AS_TEXT, _AS_SUM, _AS_DAY, _AS_TIME = 49, 4, 14, 22
_CENTS = -2  # the exponent of a sum
# Limits of Excel, in characters; the widest column, in pixels.
_LONGEST_CELL, _LONGEST_NAME, _WIDEST = 32_767, 31, 420


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[Cell]], language: str) -> bytes:
    """A table in UTF-8 with its mark, with semicolons: Excel asks nothing when it opens one.

    Every cell is in quotes. Numbers have a decimal comma in Finnish and Swedish, dates are ISO,
    None is empty. Text that a spreadsheet could take for a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_text(name) for name in header)
    writer.writerows([_cell(cell, language) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(
    title: str, header: Iterable[str], rows: Iterable[Iterable[Cell]], made: date
) -> bytes:
    """A table as a workbook (Office Open XML) with one sheet named ``title``.

    Text is text, whatever it begins with; sums and days are numbers that can be computed with
    and are shown as the reader's program shows them. The names of columns stay in sight.
    """
    from xlsxwriter import Workbook  # large; only this file needs it

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        created = datetime.combine(made, time(), UTC)
        book.set_properties({"title": _whole(title), "created": created})
        sheet = book.add_worksheet(sheet_name(title))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": _AS_TEXT})
        sums = book.add_format({"num_format": _AS_SUM})
        day = book.add_format({"num_format": _AS_DAY})
        time_of_day = book.add_format({"num_format": _AS_TIME})
        for column, name in enumerate(header):
            sheet.write_string(0, column, _whole(name), bold)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    sheet.write_string(at, column, _whole(cell), text)
                elif isinstance(cell, Decimal | int):
                    sheet.write_number(at, column, cell, sums if _is_sum(cell) else None)
                else:
                    timed = isinstance(cell, datetime)
                    sheet.write_datetime(at, column, cell, time_of_day if timed else day)
        sheet.freeze_panes(1, 0)
        sheet.autofit(_WIDEST)
    return out.getvalue()


def sheet_name(title: str) -> str:
    """A title as the name of a sheet: at most 31 characters, without those that Excel refuses."""
    plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", _whole(title)).split())
    return plain[:_LONGEST_NAME].strip(" '") or "1"


def euros(cents: Cents) -> Decimal:
    """A sum as a cell: euros with two decimals."""
    return Decimal(cents).scaleb(-2)


def halves(count: int) -> Decimal:
    """A whole number of halves as a cell: units with one decimal."""
    return Decimal(5 * count).scaleb(-1)


def _is_sum(cell: Decimal | int) -> bool:
    return isinstance(cell, Decimal) and cell.as_tuple().exponent == _CENTS


def _cell(cell: Cell, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Decimal):
        number = f"{cell:f}"
        return number.replace(".", ",") if language in _COMMA else number
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return str(cell)


def _text(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else _BROKEN.sub("'", _FORMULA.sub("'", text))


def _whole(text: str) -> str:
    """Text that a cell of a workbook can hold."""
    return text.encode("utf-8", "replace").decode()[:_LONGEST_CELL]
