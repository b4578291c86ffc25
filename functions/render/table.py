"""Rows for a spreadsheet: CSV that opens by a double click, and in which nothing is a formula."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from functions.kernel.money import Cents

Cell = str | int | Decimal | date | None

# Excel and LibreOffice compute a cell that begins so, in full width too (OWASP, CSV Injection).
_FORMULA = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"-\d+(?:[.,]\d+)?", re.ASCII)
_COMMA = ("fi", "sv")


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[Cell]], language: str) -> bytes:
    """A table in UTF-8 with its mark, with semicolons: Excel asks nothing when it opens one.

    Numbers have a decimal comma in Finnish and Swedish, dates are ISO, None is empty. Text that
    a spreadsheet could take for a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_text(name) for name in header)
    writer.writerows([_cell(cell, language) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def euros(cents: Cents) -> Decimal:
    """A sum as a cell: euros with two decimals."""
    return Decimal(cents).scaleb(-2)


def _cell(cell: Cell, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Decimal):
        number = f"{cell:f}"
        return number.replace(".", ",") if language in _COMMA else number
    return str(cell)


def _text(text: str) -> str:
    harmless = not _FORMULA.match(text) or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"
