"""One local AWS for each test process; tables of its own for each module."""

from collections.abc import Iterator
from itertools import count

import botocore.endpoint
import pytest

from infra.local.child import LocalAws
from tests.faults.rig import Rig, local_aws

_numbers = count()


class _NoSleep:
    """``time`` for botocore, which need not really wait before it tries again."""

    @staticmethod
    def sleep(_: float) -> None:
        return None


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalAws, object]]:
    state = tmp_path_factory.mktemp("aws")
    with pytest.MonkeyPatch.context() as patch, local_aws(state) as running:
        for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
            patch.setenv(name, value)
        patch.setattr(botocore.endpoint, "time", _NoSleep)
        yield running, state


@pytest.fixture(scope="class")
def rig(aws) -> Rig:
    running, state = aws
    return Rig(running, state, f"rig{next(_numbers)}")
