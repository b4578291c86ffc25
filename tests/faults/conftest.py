"""One local AWS for each module (and process); tables of their own for each class."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import botocore.endpoint
import pytest

from infra.local import child
from infra.local.child import LocalAws
from tests.faults.rig import Rig, local_aws

_numbers = count()


class _NoSleep:
    """``time`` for the clients, which need not really wait before they try again."""

    @staticmethod
    def sleep(_: float) -> None:
        return None


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalAws, object]]:
    state = tmp_path_factory.mktemp("aws")
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "ACCESS_KEY_ID",
            "SECRET_ACCESS_KEY",
            "CONFIG_FILE",
            "SHARED_CREDENTIALS_FILE",
        ):
            patch.setenv(f"AWS_{name}", "")  # the local AWS sets them; put back at the end
        patch.setenv("AWS_EC2_METADATA_DISABLED", "")
        patch.setattr(botocore.endpoint, "time", _NoSleep)
        patch.setattr(child, "PROGRAM", Path(__file__).with_name("unsaved_aws.py"))
        with local_aws(state) as running:
            yield running, state


@pytest.fixture(scope="class")
def rig(aws) -> Rig:
    running, state = aws
    return Rig(running, state, f"rig{next(_numbers)}")
