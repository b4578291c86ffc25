"""``make release VERSION=1.0.0``: makes a release of the tree: its number in code, a heading with
the tag's name in CHANGELOG, the fingerprint of every definition that is released for the first
time.

A definition that was released never changes: cases are in it. ``infra/released.json`` keeps the
fingerprints, by process and version, and a guard holds the definitions to them.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

from functions.kernel.definition import Definition
from functions.kernel.digests import canonical, sha256
from functions.processes import NAMES, versions
from infra.site.export import is_default, parts

ROOT = Path(__file__).parents[1]
RELEASED, STAMP = Path("infra") / "released.json", Path("functions") / "kernel" / "release.py"
PROJECT, CHANGES = Path("pyproject.toml"), Path("CHANGELOG.md")
OPEN = "## Unreleased\n"
Released = Mapping[str, Mapping[str, str]]  # by "process version": its fingerprint and its release


class NoReleaseError(Exception):
    """No release was made; the message says why and what to do."""


def fingerprint(definition: Definition) -> str:
    """What a definition says, in 16 hex digits: all its parts but defaults and texts, and of the
    functions that it names their code, without comments, docstrings and layout."""
    return sha256(canonical(_plain(definition)))[:16]


def key(definition: Definition) -> str:
    """The name of a definition in the file of fingerprints."""
    return f"{definition.name} {definition.version}"


def faults(released: Released, definitions: Iterable[Definition]) -> list[str]:
    """What is wrong with definitions that were released, and what to do."""
    now = {key(each): fingerprint(each) for each in definitions}
    found = []
    for name, was in released.items():
        process, version = name.split()
        start = f"{process}: version {version} was released with {was['release']} and "
        if name not in now:
            found.append(f"{start}is gone; put it back into VERSIONS, for cases are in it")
        elif now[name] != was["fingerprint"]:
            found.append(
                f"{start}has changed; put it back as it was, and add version {int(version) + 1} to "
                "VERSIONS with what is new (docs/operations.md, Releases)"
            )
    return found


def released_in(root: Path) -> Released:
    """The file of fingerprints."""
    found: Released = json.loads((root / RELEASED).read_text(encoding="utf-8"))
    return found


def known() -> list[Definition]:
    """Every version of every definition in the tree."""
    return [definition for name in NAMES for definition in versions(name)]


def release(root: Path, version: str, definitions: Iterable[Definition], day: str) -> str:
    """Make a release of the tree at ``root``; what there is to do next. The commit and the tag are
    made if nothing else was changed in the tree."""
    definitions, was, is_clean = (
        list(definitions),
        released_in(root),
        not _git(root, "status", "-s"),
    )
    _require(root, version, faults(was, definitions))
    first = {key(d): {"fingerprint": fingerprint(d), "release": version} for d in definitions}
    _write(root / RELEASED, json.dumps({**first, **was}, indent=1, sort_keys=True) + "\n")
    _replace(root / STAMP, r'^RELEASE = ".*"$', f'RELEASE = "{version}"')
    _replace(root / PROJECT, r'^version = ".*"$', f'version = "{version}"')
    _replace(root / CHANGES, f"^{OPEN}", f"{OPEN}\n## v{version} ({day})\n")
    if not is_clean:
        return (
            f"Release {version} is written, beside other changes: commit, then git tag v{version}"
        )
    _git(root, "commit", "-qam", f"Release {version}")
    _git(root, "tag", "-a", f"v{version}", "-m", f"Release {version}")
    return f"Release {version} is committed and tagged v{version}: make deploy STAGE=test"


def _require(root: Path, version: str, wrong: Iterable[str]) -> None:
    """``NoReleaseError`` if the tree cannot be released as this version."""
    found = list(wrong)
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        found.append("VERSION is three numbers, such as 1.2.0")
    else:
        earlier = [tuple(map(int, each)) for each in _headings(root)]
        if earlier and tuple(map(int, version.split("."))) <= max(earlier):
            found.append(f"{version} does not follow {'.'.join(map(str, max(earlier)))}")
    text = (root / CHANGES).read_text(encoding="utf-8")
    if not text.partition(OPEN)[2].partition("\n## ")[0].strip():
        found.append(f"{CHANGES} says nothing under {OPEN.strip()}")
    if found:
        raise NoReleaseError("\n".join(found))


def _headings(root: Path) -> list[tuple[str, ...]]:
    text = (root / CHANGES).read_text(encoding="utf-8")
    return [m.groups() for m in re.finditer(r"^## v(\d+)\.(\d+)\.(\d+) ", text, re.MULTILINE)]


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, partial):
        return [_plain(value.func), _plain(value.args), _plain(value.keywords)]
    if is_dataclass(value) and not isinstance(value, type):
        values = ((f, getattr(value, f.name)) for f in parts(value))
        return {f.name: _plain(each) for f, each in values if not is_default(f, each)}
    return _code(value) if callable(value) else str(value)


def _code(function: Callable[..., object]) -> str:
    """The code of a function, as far as it has any in Python; else its name."""
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None:
        return str(getattr(function, "__qualname__", type(function).__qualname__))
    nodes = _functions(code.co_filename).get(code.co_firstlineno, [code.co_qualname])
    cells = (cell.cell_contents for cell in getattr(function, "__closure__", None) or ())
    made_with = [repr(value) for value in cells if isinstance(value, str | int | tuple)]
    return "\n".join([*sorted(nodes), *made_with])


@cache
def _functions(path: str) -> Mapping[int, list[str]]:
    """The functions of a module by the line in which they begin."""
    found: dict[int, list[str]] = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Lambda):
            found.setdefault(node.lineno, []).append(ast.unparse(node))
        if isinstance(node, ast.FunctionDef):
            if ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
            line = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found.setdefault(line, []).append(ast.unparse(node))
    return found


def _replace(path: Path, pattern: str, by: str) -> None:
    text, times = re.subn(pattern, by, path.read_text("utf-8"), count=1, flags=re.MULTILINE)
    if not times:
        raise NoReleaseError(f"{path.name} has no line like {pattern}")
    _write(path, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _git(root: Path, *order: str) -> str:
    done = subprocess.run(["git", *order], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoReleaseError(f"git {order[0]}: {done.stderr.strip()}")
    return done.stdout


def main() -> None:
    """Release this tree as VERSION; exit code 1 with what is wrong."""
    try:
        today = datetime.now(UTC).date().isoformat()
        print(release(ROOT, os.environ.get("VERSION", ""), known(), today))
    except NoReleaseError as error:
        sys.exit(f"No release was made.\n{error}")


if __name__ == "__main__":
    main()
