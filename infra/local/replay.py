"""`python -m infra.local.replay [CASE]`: what was parked in the local stack is tried again.

In the one that runs, if one does; else in its data, which the next start finds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from functions.bootstrap import build, settings_from
from functions.kernel.errors import KapulaError
from infra.local.aws_clients import use_dummy_credentials
from infra.local.child import ChildFailedError
from infra.local.stack import Stack, environment
from infra.local.state import FolderInUseError, running_stack
from infra.resume import resume


def main(arguments: list[str]) -> int:
    """Exit code 0; 1 with a line for what went wrong."""
    state_dir = Path(os.environ.get("STATE_DIR") or ".local").absolute()
    running = running_stack(state_dir)
    try:
        if running:
            secret = (state_dir / "secret").read_text()
            use_dummy_credentials()
            settings = environment(running["url"], running["endpoint"], secret)
            resume(build(settings_from(settings)), *arguments)
        else:
            with Stack(state_dir, site=None) as stack:
                resume(stack.services, *arguments)
    except (ChildFailedError, FolderInUseError, KapulaError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
