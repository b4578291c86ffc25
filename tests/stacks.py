"""A whole Kapula of a test's own, which cannot reach anybody's AWS account by mistake."""

from collections.abc import Iterator
from contextlib import contextmanager
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
            yield stack
