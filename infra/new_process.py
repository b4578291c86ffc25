"""``make process NAME=coaching``: create a small, complete process from a template.

``infra/process_template`` has the paths of the repository. In its paths and texts ``__NAME__`` is
the name, and ``__SLUG__`` the name in addresses. Python files end in ``.txt`` there.
"""

import ast
import keyword
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
TEMPLATE = Path("infra") / "process_template"
LAYERS = (
    "kernel",
    "render",
    "services",
    "entry",
    "adapters",
)  # of functions, which know no process
NAVIGATION = ("mkdocs.yml", "site/sv.yml", "site/en.yml")
HERE = re.compile(r"^( *)# Pages of new processes: make process\n", re.MULTILINE)
SHORTEST, LONGEST = 3, 30
NOT_PAGES = ("api", "assets", "definitions")  # what else the site has at its root

NEXT = """\
The process {name} is made, and whole: everything in it is yours to change.

  functions/processes/{name}/  what it asks, its states, roles and mails, and its texts
  site/*/{slug}.md  its page in three languages, which the navigation has, too
  tests/unit/test_{name}.py  a walk through it

1. make run, and open /{slug}/ and the mailbox.
2. grep -rn Decide: functions/processes/{name}  finds what you have to decide.
3. Say in the privacy notice what is kept, and how long. Rename the pages in their languages.
4. make test T="tests/guards tests/unit/test_{name}.py"

docs/adding-a-process.md tells what else a process can do."""


def spoken(source: str) -> Iterator[str]:
    """What a module imports of processes and what it quotes, but for its docstrings."""
    tree = ast.parse(source)
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", "") or ""
            named = [f"{module}.{alias.name}" for alias in node.names]
            yield from (name for name in named if name.startswith("functions.processes"))


def slug(name: str) -> str:
    """The name as it stands in addresses."""
    return name.replace("_", "-")


def made(root: Path, name: str) -> dict[Path, str]:
    """The files of a new process, by their path in the repository."""
    files = {}
    for path in sorted((root / TEMPLATE).rglob("*.*")):
        target = _filled(path.relative_to(root / TEMPLATE).as_posix(), name)
        files[Path(target.removesuffix(".txt"))] = _filled(path.read_text(encoding="utf-8"), name)
    return files


def _filled(text: str, name: str) -> str:
    return text.replace("__NAME__", name).replace("__SLUG__", slug(name))


def fault(root: Path, name: str) -> str:
    """Why a process cannot be called so; "" if it can."""
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or not SHORTEST <= len(name) <= LONGEST:
        letters = f"{SHORTEST} to {LONGEST} letters a to z"
        return f"use {letters}, with underscores between words, as in NAME=peer_group"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "Python has this word for itself"
    processes = (root / "functions" / "processes", root / "tests" / "sixth")
    if any((folder / name).exists() for folder in processes):
        return "there is a process of this name"
    if slug(name) in NOT_PAGES:
        return "the site has something else at this address"
    taken = [path for path in made(root, name) if (root / path).exists()]
    taken += [
        p for lang in ("fi", "sv", "en") if (root / (p := Path("site", lang, slug(name)))).exists()
    ]
    if taken:
        return f"{taken[0]} is there already"
    for module in sorted(p for layer in LAYERS for p in (root / "functions" / layer).rglob("*.py")):
        words = " ".join(spoken(module.read_text(encoding="utf-8")))
        if name in re.findall(r"\w+", words):
            return f"{module.relative_to(root)} has this word for something else"
    return ""


def navigation(root: Path, name: str) -> dict[Path, str]:
    """The settings of the site with the new page in each language's navigation."""
    files = {}
    for path in map(Path, NAVIGATION):
        text = (root / path).read_text(encoding="utf-8")
        files[path], count = HERE.subn(rf"\1- {slug(name)}.md\n\g<0>", text)
        if count != 1:
            raise ValueError(f"{path} does not say once where pages of new processes go")
    return files


def begin(root: Path, name: str) -> None:
    """Put a new process in its place: all of it, or nothing. ``ValueError`` says why not."""
    if reason := fault(root, name):
        raise ValueError(f"A process cannot be called “{name}”: {reason}.")
    new, changed = made(root, name), navigation(root, name)
    with TemporaryDirectory(prefix=".process-", dir=root) as folder, ExitStack() as undo:
        for path, text in {**new, **changed}.items():
            ready = Path(folder) / path
            ready.parent.mkdir(parents=True, exist_ok=True)
            ready.write_text(text, encoding="utf-8")
        own = Path("functions") / "processes" / name  # a folder moves as one
        for path in [own, *(p for p in new if own not in p.parents)]:
            undo.callback(_remove, root / path)
            (Path(folder) / path).rename(root / path)
        for path in changed:
            undo.callback((root / path).write_text, (root / path).read_text("utf-8"), "utf-8")
            (Path(folder) / path).replace(root / path)
        undo.pop_all()


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def main() -> None:
    """Command line: ``python -m infra.new_process NAME``."""
    name = " ".join(sys.argv[1:])
    try:
        begin(ROOT, name)
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    print(NEXT.format(name=name, slug=slug(name)))


if __name__ == "__main__":
    main()
