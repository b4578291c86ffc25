"""Puts locked distributions into a folder, for another machine than this one, without Docker."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from infra.deploy.plan import ROOT, Target

LOCK = ROOT / "infra" / "locks" / "run.txt"
PATIENCE = 300  # seconds for one installer; the next one is tried then
_BLOCK = re.compile(r"(?m)^(?=[a-z0-9])")
_ENV = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_HTTP_TIMEOUT": "15"}


class PackagingError(RuntimeError):
    """A package could not be made; the message says why in a line."""


def locked(names: Iterable[str]) -> str:
    """The lines of the lock for these distributions, with their hashes."""
    blocks = {
        canonicalize_name(block.partition("==")[0]): block
        for block in _BLOCK.split(LOCK.read_text(encoding="utf-8"))
        if "==" in block
    }
    required = sorted(canonicalize_name(name) for name in names)
    if strange := [name for name in required if name not in blocks]:
        raise PackagingError(f"not in {LOCK.name}: {', '.join(strange)}")
    return "".join(blocks[name] for name in required)


def install(names: Iterable[str], target: Target, folder: Path) -> None:
    """Install these distributions, checked against the hashes of the lock; wheels only.

    uv is many times faster, but knows nothing of a pip that was set up for a mirror or a
    proxy: so pip takes over when uv cannot.
    """
    requirements = folder.with_suffix(".txt")
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text(locked(names), encoding="utf-8")
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    options += ["--python-version", target.python, "--target", str(folder), "-r", str(requirements)]
    for installer in (_uv(target), _pip(target)):
        shutil.rmtree(folder, ignore_errors=True)  # a half-done one would be taken for whole
        failure = _run([*installer, *options])
        if failure is None:
            break
    else:
        raise PackagingError(f"the libraries could not be installed:\n{failure}")
    shutil.rmtree(folder / "bin", ignore_errors=True)


def _run(command: list[str]) -> str | None:
    """Run an installer; what it printed if it failed, or did not end in time."""
    try:
        done = subprocess.run(
            command, env=_ENV, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end within {PATIENCE} seconds"
    return done.stderr if done.returncode else None


def _uv(target: Target) -> list[str]:
    # Copies, for `trim` writes into these files, which must not be those of uv's cache.
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--link-mode", "copy"]
    if target.platform:
        command += ["--python-platform", f"{target.platform}-manylinux2014"]
    return command


def _pip(target: Target) -> list[str]:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    if target.platform:
        command += ["--platform", f"manylinux2014_{target.platform}"]
    return command
