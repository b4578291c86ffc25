"""Build the site when something it is made of has changed, and not otherwise."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.local.aws import write_atomically
from infra.local.child import ROOT

INPUTS = ("site", "mkdocs.yml", "infra/site", "functions", "infra/locks/run.txt")
OUT = ROOT / "build" / "site"


class SiteFailedError(Exception):
    """The site could not be built; the message is what the build said."""


def ensure_site(report: Callable[[str], None], out: Path = OUT) -> Path:
    """Return the folder of the built site, building it first if need be.

    Processes that ask at the same time (test workers) build it once. `tell` gets a line of
    progress. Raises SiteFailedError.
    """
    stamp = out.parent / f"{out.name}.stamp"
    out.parent.mkdir(parents=True, exist_ok=True)
    with (out.parent / f"{out.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = fingerprint(ROOT)
        if out.is_dir() and stamp.exists() and stamp.read_text() == current:
            return out
        report("Building the site in three languages ...")
        stamp.unlink(missing_ok=True)
        from infra.site.build import SiteBuildError, build_site  # slow, and seldom needed

        try:
            build_site(out)
        except (SiteBuildError, ValueError) as error:
            raise SiteFailedError(f"The site could not be built. {error}") from error
        write_atomically(stamp, current.encode())
    return out


def script_hashes(site: Path) -> list[str]:
    """CSP sources of the site's inline scripts, as the build wrote them beside it."""
    path = site.parent / "csp.json"
    hashes: list[str] = json.loads(path.read_text())["script-src"] if path.exists() else []
    return hashes


def fingerprint(root: Path) -> str:
    """A hash of the names and contents of everything the site is made of."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        start = root / name
        found = sorted(start.rglob("*")) if start.is_dir() else [start]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)
