"""Note how long each file or class of tests takes, from pytest's report of a whole run:

    make test T=--junitxml=report.xml && .venv/bin/python -m tests.seconds report.xml

What is noted decides what begins first, and which are the shortest, that `make test-fast` runs.
"""

import json
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

NOTED = Path(__file__).with_name("seconds.json")
LEAST = 0.2  # seconds; what takes less is not noted


def read(report: str) -> dict[str, float]:
    """The seconds of each file or class in a report in JUnit's format."""
    seconds: Counter[str] = Counter()
    for case in ElementTree.fromstring(report).iter("testcase"):
        seconds[scope(case.get("classname", ""))] += float(case.get("time", 0))
    return {name: round(found, 1) for name, found in sorted(seconds.items()) if found >= LEAST}


def scope(classname: str) -> str:
    """``tests.unit.test_x.TestY`` as pytest's node ids have it: ``tests/unit/test_x.py::TestY``."""
    parts = classname.split(".")
    file = next((n for n, part in enumerate(parts, 1) if part.startswith("test_")), len(parts))
    return "::".join(["/".join(parts[:file]) + ".py", *parts[file:]])


def noted() -> dict[str, float]:
    """The seconds of each file or class; what is short or new is not there."""
    found: dict[str, float] = json.loads(NOTED.read_text("utf-8"))
    return found


def shortest(scopes: Iterable[str], seconds: Mapping[str, float], within: float) -> set[str]:
    """The shortest files and classes, as many as take so long together."""
    ordered = sorted(scopes, key=lambda name: (seconds.get(name, 0.0), name))
    whole = list(accumulate(seconds.get(name, 0.0) for name in ordered))
    return {*ordered[: bisect_right(whole, within)]}


def of_files(scopes: Iterable[str], seconds: Mapping[str, float]) -> dict[str, float]:
    """The seconds of whole files: their classes follow each other, for they may share what their
    file makes."""
    files: dict[str, float] = {}
    for name in scopes:
        file = name.partition("::")[0]
        files[file] = files.get(file, 0.0) + seconds.get(name, 0.0)
    return files


def write(seconds: Mapping[str, float], path: Path = NOTED) -> None:
    path.write_text(json.dumps(seconds, indent=1) + "\n")


if __name__ == "__main__":
    write(read(Path(sys.argv[1]).read_text("utf-8")))
