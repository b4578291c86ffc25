"""Write ``functions/render/text/letters.txt``: the letters that the typefaces of documents have.

Run it (``python -m infra.letters``, half a minute) when ``functions/adapters/document.typ`` names
other typefaces, or typst brings newer ones. Its library lists no letters, so each is tried: PDF/UA
refuses a document with a letter that has no shape.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

import typst

from functions.adapters.typesetting import SOURCE
from functions.render.text.letters import LETTERS

BLOCK = 0x80  # letters that are tried together: those of one script
_LAST = 0x1FB00  # pictures, ideographs and what is not assigned lie above
_LARGE = ((0x3400, 0x9FFF), (0xAC00, 0xD7FF), (0x12000, 0x1CFFF))  # ideographs, Hangul, old scripts
_NONE = ("Cn", "Cc", "Cs", "Co", "Zl", "Zp")  # unassigned, controls, and breaks of lines


def has_shapes(letters: list[str]) -> bool:
    """Whether the typefaces have all of these letters."""
    fonts = re.search(r"font: (\([^)]*\))", SOURCE.read_text(encoding="utf-8"))
    if fonts is None:
        raise ValueError("document.typ names no fonts")
    document = (
        f"#set text(font: {fonts[1]}, fallback: false)\n"
        "#set document(title: [x])\n#sys.inputs.letters"
    )
    inputs = {"letters": " x ".join(letters)}  # apart: each as in a word of its own
    compiler = typst.Compiler(document.encode(), ignore_system_fonts=True, sys_inputs=inputs)
    try:
        compiler.compile(
            format="pdf", pdf_standards="ua-1", timestamp=datetime(2026, 1, 1, tzinfo=UTC)
        )
    except typst.TypstError:
        return False
    return True


def found(letters: list[str]) -> list[str]:
    """Those of the letters that the typefaces have."""
    if not letters or has_shapes(letters):
        return letters
    half = len(letters) // 2
    return [*found(letters[:half]), *found(letters[half:])] if half else []


def ranges(codes: list[int]) -> Iterator[str]:
    """Code points in rising order as ranges in hexadecimal."""
    first = 0
    for n, code in enumerate(codes, 1):
        if n == len(codes) or codes[n] != code + 1:
            yield f"{codes[first]:04X}-{code:04X}" if first < n - 1 else f"{code:04X}"
            first = n


def main() -> None:
    """Try every letter and write the list."""
    codes: list[int] = []
    blocks = (n for n in range(0, _LAST, BLOCK) if not any(a <= n <= b for a, b in _LARGE))
    for block in blocks:
        letters = [chr(code) for code in range(block, block + BLOCK)]
        codes += map(ord, found([x for x in letters if unicodedata.category(x) not in _NONE]))
    LETTERS.write_text("\n".join(ranges(codes)) + "\n", encoding="ascii")
    sys.stdout.write(f"{len(codes)} letters\n")


if __name__ == "__main__":
    main()
