"""Tables of their own for each class: in this process, or where a class says so (``served``) in a
local AWS of its own process, which is asked over a socket."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import botocore.endpoint
import pytest

from infra.local import child
from infra.local.child import LocalAws
from tests.faults.rig import Rig, local_aws
from tests.in_process_aws import InProcessAws, routed
from tests.local_stack import no_account

_numbers = count()


class _NoSleep:
    """``time`` for the clients, which need not really wait before they try again."""

    @staticmethod
    def sleep(_: float) -> None:
        return None


@pytest.fixture(scope="class")
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    state = tmp_path_factory.mktemp("aws")
    kind = LocalAws if getattr(request.cls, "served", False) else InProcessAws
    with pytest.MonkeyPatch.context() as patch, no_account(), routed():
        patch.setattr(botocore.endpoint, "time", _NoSleep)
        patch.setattr(child, "PROGRAM", Path(__file__).with_name("unsaved_aws.py"))
        with local_aws(state, kind) as running:
            yield Rig(running, state, f"rig{next(_numbers)}")
