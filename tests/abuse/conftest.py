"""One running stack for each module, with a clock of its own. Where a module says so (``SERVED``), its
local AWS is in a process of its own, as in `make run`."""

from collections.abc import Iterator

import pytest

from tests.abuse.http_client import Kit
from tests.local_stack import running


@pytest.fixture(autouse=True)
def _forgiven(kit: Kit) -> None:
    kit.forgive()


@pytest.fixture(scope="module")
def kit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    served = getattr(request.module, "SERVED", False)
    with running(tmp_path_factory.mktemp("kapula"), None, served=served) as stack:
        yield Kit(stack)
