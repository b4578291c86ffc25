"""`python -m infra.local.import_directory FILE`: load people into the local stack.

Into the one that runs, if one does; else into its data, which the next start finds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra import import_directory
from infra.local.aws_clients import use_dummy_credentials
from infra.local.child import ChildFailedError
from infra.local.stack import Stack, environment
from infra.local.state import FolderInUseError, running_stack


def main(arguments: list[str]) -> int:
    """The exit code of `infra.import_directory`, which does the work."""
    state_dir = Path(os.environ.get("STATE_DIR") or ".local").absolute()
    running = running_stack(state_dir)
    if running:
        secret = (state_dir / "secret").read_text()
        return load(arguments, environment(running["url"], running["endpoint"], secret))
    try:
        with Stack(state_dir, site=None) as stack:
            return load(arguments, stack.environment)
    except (ChildFailedError, FolderInUseError) as error:
        print(error, file=sys.stderr)
        return 1


def load(arguments: list[str], settings: dict[str, str]) -> int:
    """Run the import against a stack."""
    use_dummy_credentials()
    os.environ.update(settings)
    return import_directory.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
