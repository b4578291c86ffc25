"""Makes the zips of all functions: `python -m infra.deploy.package`.

No Docker, no network but the package index, and the same bytes for the same tree.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from functions import processes
from functions.render.templates import precompile
from infra.deploy import smoke
from infra.deploy.archive import compile_all, pack
from infra.deploy.closure import distributions_of, modules_of
from infra.deploy.install import PackagingError, install, locked
from infra.deploy.plan import (
    FUNCTIONS,
    LAMBDA,
    PACKAGES,
    ROOT,
    WORK,
    Function,
    Target,
    here,
)
from infra.deploy.trim import trim

LIBRARIES = WORK / "libraries"
_TEXTS = {".toml", ".html", ".txt", ".typ"}
_MOVED = "# The content is in the JSON file beside this one.\n"
_MAKERS = [Path(__file__).with_name(name) for name in ("install.py", "trim.py", "archive.py")]
_one_at_a_time = threading.Lock()


def make_packages(target: Target, out: Path = PACKAGES) -> dict[str, int]:
    """Package every function into `out`; the sizes of the zips by function, in bytes."""
    interpreter = interpreter_for(target)
    with ThreadPoolExecutor(2) as pool:
        make = partial(_make, target=target, interpreter=interpreter, out=out)
        return dict(zip((f.name for f in FUNCTIONS), pool.map(make, FUNCTIONS), strict=True))


def interpreter_for(target: Target) -> str:
    """A Python of the target's minor version on this machine; nothing is downloaded."""
    if target.minor == sys.version_info[:2]:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = (str(path) for path in sorted(pyenv.glob(f"{target.python}.*/bin/python")))
    for candidate in (f"python{target.python}", *found):
        try:  # a name on the path may be a shim that runs nothing
            asked = [candidate, "-c", "import sys; print(sys.executable)"]
            return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            continue
    raise PackagingError(
        f"Python {target.python} is not on this machine, and only it can compile for Lambda."
    )


def lay_out(function: Function, target: Target, interpreter: str, ours: Path) -> list[Path]:
    """Put our own part of a function into `ours`; the folders that make its package together."""
    # Two threads that parse at once can crash Python 3.11's ast, which reads our modules, the
    # markers of requirements and the numbers in templates.
    with _one_at_a_time:
        modules, foreign = modules_of(function)
        required = distributions_of(function, foreign, target)
        _copy_ours(modules.values(), ours)
        _read_ahead(ours)
    compile_all(ours, target, interpreter)
    return [ours, _libraries(function, required, target, interpreter)]


def _read_ahead(ours: Path) -> None:
    """What a function would work out at every cold start: definitions are checked, templates
    compiled, TOML is JSON."""
    if (ours / "functions" / "processes").is_dir():
        checked = [processes.versions(name) for name in processes.NAMES]
        marker = ours / processes.CHECKED.relative_to(ROOT)
        marker.write_text(f"{len(checked)} processes\n", encoding="utf-8")
    templates = ours / "functions" / "render" / "templates"
    if templates.is_dir():
        precompile(templates / "compiled")
    for path in sorted(ours.rglob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        ready = json.dumps(table, ensure_ascii=False, sort_keys=True)
        path.with_suffix(".json").write_text(ready, encoding="utf-8")
        path.write_text(_MOVED, encoding="utf-8")  # looked for by name, never read


def _libraries(function: Function, required: set[str], target: Target, interpreter: str) -> Path:
    """The trimmed and compiled libraries; made once for each lock, target and use."""
    makers = [path.read_text(encoding="utf-8") for path in _MAKERS]
    what = [locked(required), repr(target), interpreter, repr(function.operations), *makers]
    key = hashlib.sha256("\0".join(what).encode()).hexdigest()[:16]
    made = LIBRARIES / key
    with _one_at_a_time:
        if not made.exists():
            LIBRARIES.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(prefix=f"{key}-", dir=LIBRARIES) as work:
                folder = Path(work) / "libraries"
                install(required, target, folder)
                trim(folder, function.operations)
                compile_all(folder, target, interpreter)
                with contextlib.suppress(OSError):
                    folder.rename(made)  # unless another run was faster with the same
    return made


def _make(function: Function, target: Target, interpreter: str, out: Path) -> int:
    archive = out / f"{function.name}.zip"
    with TemporaryDirectory(prefix=f"{function.name}-") as work:
        roots = lay_out(function, target, interpreter, Path(work))
        if target.platform is None or not _compiled_code(roots):
            smoke.run(function, roots, interpreter)
        pack(roots, archive)
    size = archive.stat().st_size
    if size > function.limit:
        raise PackagingError(f"{function.name} has {size:,} bytes; its limit is {function.limit:,}")
    return size


def _compiled_code(roots: Iterable[Path]) -> bool:
    """Whether a library has machine code that it cannot do without, so that it runs only there.

    markupsafe has a plain form of its one compiled module and needs no other.
    """
    found = (path for root in roots for path in root.rglob("*.so"))
    return any(path.parent.name != "markupsafe" for path in found)


def _copy_ours(modules: Iterable[Path], folder: Path) -> None:
    """Our modules, and the texts and templates that lie in their packages."""
    chosen = list(modules)
    packages = {path.parent for path in chosen}
    for path in sorted((ROOT / "functions").rglob("*")):
        if path.suffix in _TEXTS and _package_of(path) in packages:
            chosen.append(path)
    for path in chosen:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _package_of(text: Path) -> Path:
    """The Python package that a text belongs to: the nearest folder above it that is one."""
    return next(folder for folder in text.parents if (folder / "__init__.py").is_file())


def report(sizes: dict[str, int]) -> str:
    """One line per function."""
    limits = {f.name: f.limit for f in FUNCTIONS}
    lines = (f"  {n:8} {s / 1e6:5.2f} MB of {limits[n] / 1e6:.2f}" for n, s in sizes.items())
    return "\n".join(("Packages:", *lines))


def main() -> None:
    """Command line; exit code 1 with one line if a package cannot be made."""
    parser = argparse.ArgumentParser(description="Package all functions.")
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    parser.add_argument("--out", type=Path, default=PACKAGES)
    options = parser.parse_args()
    try:
        sizes = make_packages(here() if options.here else LAMBDA, options.out)
    except PackagingError as error:
        sys.exit(f"package: {error}")
    print(report(sizes))


if __name__ == "__main__":
    main()
