"""Only the kernel makes or changes a decision, and only one place turns decisions into writes."""

import ast
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
# Rows are read back into events there.
STORED = {"adapters/rows.py"}
MODULES = sorted(
    path
    for floor in ("adapters", "entry", "render", "services")
    for path in (FUNCTIONS / floor).rglob("*.py")
)


def short(path: Path) -> str:
    return path.relative_to(FUNCTIONS).as_posix()


def faults(name: str, source: str) -> list[str]:
    """Where a module makes or changes a decision, an event or a write that is not for it to make."""
    kept = {"Decision", *({"Event"} if name not in STORED else ())}
    kept |= {"Write"} if name != "services/commit.py" else set()
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in kept:
            found.append(f"{name}:{node.lineno}: makes a {called}")
        changed = ast.unparse(node.args[0]) if called == "replace" and node.args else ""
        if changed.rpartition(".")[2] in ("decision", "event") or ".decision.case" in f".{changed}":
            found.append(f"{name}:{node.lineno}: changes {changed}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_module_neither_makes_nor_changes_decisions(path: Path) -> None:
    assert faults(short(path), path.read_text(encoding="utf-8")) == []


def test_faults_are_found() -> None:
    source = """
one = Decision(case, event, {})
two = replace(decision, case=moved)
three = replace(decision.case, linked=())
four = replace(change.decision, waitlist=None)
five = Write(decision, entry, salt, timers)
six = Event(0, now, "", "", "", "", "")
"""
    assert [each.split(": ")[1] for each in faults("services/x.py", source)] == [
        "makes a Decision",
        "changes decision",
        "changes decision.case",
        "changes change.decision",
        "makes a Write",
        "makes a Event",
    ]
    assert len(faults("services/commit.py", source)) == 5
