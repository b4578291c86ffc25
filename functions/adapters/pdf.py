"""Papers as PDF by typst: tagged, in the fonts it brings, the same bytes for the same paper.

What a paper says goes in as data and is no markup; ``paper.typ`` reads no file and fetches
nothing.
"""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.render.paper import PaperView

SOURCE = Path(__file__).with_name("paper.typ")


def pdf(view: "PaperView") -> bytes:
    """The paper as PDF/UA-1 (ISO 14289-1).

    The standard wants a letter of the font for each letter of the text. Where somebody typed
    one that no font of typst's has, it is tagged all the same, but claims no standard.
    """
    import typst  # 84 MB of machine code, for those alone who want a PDF

    said = json.dumps(asdict(view), ensure_ascii=False, default=str)
    compiler = typst.Compiler(ignore_system_fonts=True, sys_inputs={"paper": said})
    second = view.made.replace(microsecond=0)  # a PDF's day knows no parts of it
    try:
        made = compiler.compile(_source(), format="pdf", pdf_standards="ua-1", timestamp=second)
    except typst.TypstError:
        made = compiler.compile(_source(), format="pdf", timestamp=second)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no bytes")
    return made


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
