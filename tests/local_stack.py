"""A whole Kapula of a test's own, which cannot reach anybody's AWS account by mistake.

KAPULA_TEST_START, an ISO moment ahead of now with its zone, is when its clock begins.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from infra.local.stack import Stack

_ACCOUNT = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "CONFIG_FILE", "SHARED_CREDENTIALS_FILE")


@contextmanager
def running(state_dir: Path, site: Path | None) -> Iterator[Stack]:
    """A stack with its state in ``state_dir``; what it sets in the environment goes with it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*_ACCOUNT, "EC2_METADATA_DISABLED"):
            patch.setenv(f"AWS_{name}", "")
        with Stack(state_dir, site=site) as stack:
            _begin(stack, os.environ.get("KAPULA_TEST_START", ""))
            yield stack


def _begin(stack: Stack, start: str) -> None:
    """Move the clock to the moment at which the tests are to begin, if one is given."""
    if start:
        stack.advance_by(datetime.fromisoformat(start) - stack.clock.now())
