"""`python -m infra.local.import_directory FILE`: load people into the local stack.

Into the one that runs, if one does; else into its data, which the next start finds.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from functions import bootstrap
from functions.entry.directory import import_file
from infra.local.aws_clients import use_dummy_credentials
from infra.local.child import ChildFailedError
from infra.local.clock import MovableClock
from infra.local.stack import Stack, environment
from infra.local.state import FolderInUseError, running_stack


def main() -> None:
    """Import one file and say how many entries it had."""
    parser = argparse.ArgumentParser(description="Load a directory file into the local stack.")
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    if not file.is_file():
        sys.exit(f"There is no file {file}.")
    try:
        count = load(file, Path(os.environ.get("STATE_DIR") or ".local").absolute())
    except (ChildFailedError, FolderInUseError) as error:
        sys.exit(str(error))
    print(f"{count} entries loaded from {file}.")


def load(file: Path, state_dir: Path) -> int:
    """Import into the running stack, or into a stack that runs for this alone."""
    running = running_stack(state_dir)
    if running is None:
        with Stack(state_dir, site=None) as stack:
            return import_file(stack.services, file)
    use_dummy_credentials()
    secret = (state_dir / "secret").read_text()
    settings = bootstrap.settings_from(environment(running["url"], running["endpoint"], secret))
    return import_file(bootstrap.build(settings, MovableClock(state_dir / "clock.json")), file)


if __name__ == "__main__":
    main()
