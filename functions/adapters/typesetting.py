"""The process that sets one document as PDF: what it says as JSON on stdin, the PDF on stdout.

It is a process of its own because the library may panic, use all memory or never end at a text
that nobody foresaw. Then this process alone ends, with a code that is not 0.
"""

import json
import resource
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("document.typ")
MAX_SECONDS = 10  # of processor time
MAX_BYTES = 2 * 1024**3  # of address space, most of which is never used


def typeset(content: dict[str, Any], made: datetime) -> bytes:
    """The document as PDF/UA-1 (ISO 14289-1).

    The standard wants a shape for each letter. Where a letter with its marks has none, the PDF
    is tagged all the same, tells its reader so, and claims no standard.
    """
    import typst  # 84 MB of machine code, for this process alone

    def compiled(**standard: Any) -> bytes:
        inputs = {"document": json.dumps(content, ensure_ascii=False)}
        compiler = typst.Compiler(ignore_system_fonts=True, sys_inputs=inputs)
        pdf = compiler.compile(SOURCE.read_bytes(), format="pdf", timestamp=made, **standard)
        if not isinstance(pdf, bytes):
            raise TypeError("typst gave no bytes")
        return pdf

    try:
        return compiled(pdf_standards="ua-1")
    except typst.TypstError:
        content["lacking"] = True
        return compiled()


def main() -> None:
    """Read, limit what may be used, set, write."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    asked = json.load(sys.stdin.buffer)
    pdf = typeset(asked["document"], datetime.fromisoformat(asked["made"]))
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
