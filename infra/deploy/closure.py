"""What a function imports, read from the sources and not from a run.

A run shows only the imports of the branches it took; the sources show those inside
functions too, which are lazy for speed and needed all the same.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.deploy.plan import ALWAYS, ROOT, Function, Target

OURS = ("functions", "infra")


def modules_of(function: Function) -> tuple[dict[str, Path], frozenset[str]]:
    """Our modules that a function's handler reaches, and the foreign top-level names it imports.

    Every package on the way to a module counts too, and so does every process and every list of the
    directory: their registries import them by name.
    """
    todo = [function.handler, *_processes(), *_lists()]
    found: dict[str, Path] = {}
    foreign: set[str] = set()
    while todo:
        name = todo.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        if "." in name:
            todo.append(name.rpartition(".")[0])
        for imported in _imports(path):
            top = imported.partition(".")[0]
            if top in OURS:
                todo.append(imported)
            elif top not in sys.stdlib_module_names:
                foreign.add(top)
    return found, frozenset(foreign)


def distributions_of(function: Function, foreign: Iterable[str], target: Target) -> set[str]:
    """The distributions to install for these imports, with all that they require themselves."""
    known = packages_distributions()
    todo = [known[name][0] for name in foreign] + list(ALWAYS)
    found: set[str] = set()
    while todo:
        name = canonicalize_name(todo.pop())
        if name not in found and name not in function.leaves_out:
            found.add(name)
            todo += _requirements(name, target)
    return found


def _requirements(name: str, target: Target) -> Iterator[str]:
    environment = {
        "extra": "",
        "python_version": target.python,
        "python_full_version": f"{target.python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
    }
    for line in requires(name) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield requirement.name


def _processes() -> Iterator[str]:
    folder = ROOT / "functions" / "processes"
    for path in sorted(folder.rglob("definition.py")):  # those of subprocesses, too
        yield ".".join(("functions.processes", *path.relative_to(folder).with_suffix("").parts))


def _lists() -> Iterator[str]:
    for path in sorted((ROOT / "functions" / "lists").glob("*.py")):
        yield f"functions.lists.{path.stem}".removesuffix(".__init__")


def _file_of(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _imports(path: Path) -> Iterator[str]:
    """Names that a file imports; `from a import b` gives `a` and `a.b`, which may be a module."""
    for node in _runtime_nodes(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but what stands under `if TYPE_CHECKING:`, which never runs, and under a test of
    `CHECKED`, which does not run in a package."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and re.search("TYPE_CHECKING|CHECKED", ast.dump(node.test)):
            continue
        yield node
        yield from _runtime_nodes(node)
