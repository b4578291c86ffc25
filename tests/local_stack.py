"""A whole Kapula of a test's own, which cannot reach anybody's AWS account by mistake.

KAPULA_TEST_START, an ISO moment ahead of now with its zone, is when its clock begins.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.child import LocalAws
from infra.local.stack import Stack
from tests.in_process_aws import InProcessAws, routed

_ACCOUNT = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "CONFIG_FILE", "SHARED_CREDENTIALS_FILE")


@contextmanager
def no_account() -> Iterator[None]:
    """What the local AWS sets in the environment is put back at the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*_ACCOUNT, "EC2_METADATA_DISABLED"):
            patch.setenv(f"AWS_{name}", "")
        yield


@contextmanager
def running(state_dir: Path, site: Path | None, *, served: bool = False) -> Iterator[Stack]:
    """A stack with its state in ``state_dir``; what it sets in the environment goes with it.

    Its local AWS is in this process, or where it is ``served`` in one of its own, as in
    `make run`.
    """
    aws: Any = LocalAws if served else InProcessAws
    with no_account(), routed(), Stack(state_dir, site=site, aws=aws) as stack:
        _begin(stack, os.environ.get("KAPULA_TEST_START", ""))
        yield stack


def _begin(stack: Stack, start: str) -> None:
    """Move the clock to the moment at which the tests are to begin, if one is given."""
    if start:
        stack.advance_by(datetime.fromisoformat(start) - stack.clock.now())
