"""Folders as a zip that is the same, byte for byte, whenever the folders are."""

import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.deploy.install import PackagingError
from infra.deploy.plan import Target

_LONG_AGO = (2020, 1, 1, 0, 0, 0)
# In the interpreter the package is for, since bytecode is of one minor version. Sources stay
# beside it, for tracebacks; their times are not looked at (a zip's are not the sources').
_COMPILE = """
import compileall, py_compile, sys
if list(sys.version_info[:2]) != [int(n) for n in sys.argv[2].split(".")]:
    sys.exit("this is Python " + sys.version)
done = compileall.compile_dir(
    sys.argv[1], quiet=1, stripdir=sys.argv[1], maxlevels=40,
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
sys.exit(not done)
"""


def compile_all(folder: Path, target: Target, interpreter: str) -> None:
    """Put bytecode beside every module; without it a cold start takes three times as long."""
    command = [interpreter, "-I", "-c", _COMPILE, str(folder), target.python]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingError(f"compiling failed: {done.stdout}{done.stderr}")


def pack(roots: Sequence[Path], archive: Path) -> None:
    """Write a zip of what is in these folders together: sorted names, one time, one mode."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    files = {p.relative_to(root).as_posix(): p for root in roots for p in _files(root)}
    partial = archive.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    partial.replace(archive)


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())
