"""What is signed with the secret of an installation is signed in one place, each for a purpose."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from functions.kernel.digests import is_signature, signature
from infra.local.child import ROOT

# Histories have keys of their own, which they make of the secret.
SIGNING = ("kernel/digests.py", "kernel/history.py")


def signing(source: str) -> Iterator[str]:
    """The calls by which a module signs for itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("hmac.new", "hmac.digest"):
            yield ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and node.module == "hmac":
            yield f"from hmac import {', '.join(n.name for n in node.names)}"


def test_only_these_modules_sign() -> None:
    folder = ROOT / "functions"
    found = {
        path.relative_to(folder).as_posix(): names
        for path in Path(folder).rglob("*.py")
        if (names := list(signing(path.read_text())))
    }
    assert sorted(found) == sorted(SIGNING)


def test_each_purpose_is_used_by_one_module() -> None:
    """Of a literal, or of a name that the module has for it."""
    used: dict[str, set[str]] = {}
    for path in (ROOT / "functions").rglob("*.py"):
        text = path.read_text()
        for purpose in re.findall(
            r"signature\([^\n]*?rules\.secret, (\"[a-z ]+\"|_[A-Z_]+),", text
        ):
            used.setdefault(purpose, set()).add(path.name)
    assert {'"quota"', '"code"', '"desk"', "_KEY", "_WRITTEN_TO"} == set(used)
    assert all(len(modules) == 1 for modules in used.values())


def test_signature_is_of_its_purpose_its_text_and_its_secret() -> None:
    made = signature(b"secret", "a", "b")
    assert is_signature(made, b"secret", "a", "b")
    others = (
        (b"other", "a", "b"),
        (b"secret", "b", "b"),
        (b"secret", "a", "c"),
        (b"secret", "", "a\x00b"),
    )
    assert not any(is_signature(made, *other) for other in others)
    assert not any(
        is_signature(shown, b"secret", "a", "b") for shown in ("", made[:-1], "é", "\ud800")
    )
