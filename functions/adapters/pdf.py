"""Documents as PDF by typst: tagged, in the fonts it brings, the same bytes for the same document.

What a document says goes in as data and is no markup; ``document.typ`` reads no file and fetches
nothing. The library runs in a process of its own (``typesetting``).
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from functions.adapters import typesetting
from functions.kernel.errors import Unprintable
from functions.render.text.letters import lacking, printable

if TYPE_CHECKING:
    from functions.render.document.content import DocumentView

MAX_SECONDS = 15  # by the clock; less than the function's own limit in serverless.yml


def pdf(view: "DocumentView", seconds: float = MAX_SECONDS) -> bytes:
    """The document as PDF; ``Unprintable`` if it cannot be set, or not in ``seconds``."""
    content = asdict(view)
    second = content.pop("made").replace(microsecond=0)  # a PDF's day knows no parts of it
    document = {**_printable(content), "lacking": _lacks(content)}
    asked = json.dumps({"document": document, "made": second.isoformat()})
    try:
        done = subprocess.run(
            [sys.executable, "-m", typesetting.__name__],
            input=asked.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a panic tells what was typed
            env={"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            timeout=seconds,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Unprintable from error
    return done.stdout


def _printable(content: Any) -> Any:
    """The same data with each text made ready for the typeface."""
    if isinstance(content, str):
        return printable(content)
    if isinstance(content, dict):
        return {key: _printable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_printable(value) for value in content]
    return content


def _lacks(content: Any) -> bool:
    return bool(lacking(json.dumps(content, ensure_ascii=False, default=str)))
