"""Reads a workbook (Office Open XML) as a spreadsheet does, as far as the tests need it."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CODED = re.compile("_x([0-9A-F]{4})_")


@dataclass(frozen=True, slots=True)
class Cell:
    """``kind`` is text, number or formula; ``format`` the identifier of its number format."""

    kind: str
    value: str
    format: int


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: list[dict[str, Cell]]  # by column: A, B, ...

    def texts(self, row: int) -> list[str]:
        return [cell.value for cell in self.rows[row].values()]


def sheet_of(content: bytes) -> Sheet:
    """The only sheet of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        parts = {name: file.read(name) for name in file.namelist()}
    assert not [name for name in parts if "externalLink" in name or "vba" in name.lower()]
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    (sheet,) = book.iter(f"{MAIN}sheet")
    shared = [_text(each) for each in _items(parts, "xl/sharedStrings.xml", "si")]
    styles = ElementTree.fromstring(parts["xl/styles.xml"]).find(f"{MAIN}cellXfs")
    assert styles is not None
    formats = [int(each.attrib["numFmtId"]) for each in styles]
    root = ElementTree.fromstring(parts["xl/worksheets/sheet1.xml"])
    rows = [dict(_cells(row, shared, formats)) for row in root.iter(f"{MAIN}row")]
    return Sheet(sheet.attrib["name"], rows)


def _items(parts: dict[str, bytes], name: str, tag: str) -> Iterator[ElementTree.Element]:
    if name in parts:
        yield from ElementTree.fromstring(parts[name]).iter(MAIN + tag)


def _cells(
    row: ElementTree.Element, shared: list[str], formats: list[int]
) -> Iterator[tuple[str, Cell]]:
    for cell in row:
        column = cell.attrib["r"].rstrip("0123456789")
        style = formats[int(cell.attrib.get("s", "0"))]
        value = cell.findtext(f"{MAIN}v") or ""
        if cell.find(f"{MAIN}f") is not None:
            yield column, Cell("formula", value, style)
        elif cell.attrib.get("t") == "s":
            yield column, Cell("text", shared[int(value)], style)
        elif value:
            yield column, Cell("number", value, style)


def _text(item: ElementTree.Element) -> str:
    return _CODED.sub(
        lambda m: chr(int(m[1], 16)), "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
    )
