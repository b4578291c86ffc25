"""One running stack for each module, with a clock of its own."""

from collections.abc import Iterator

import pytest

from tests.abuse.http_client import Kit
from tests.local_stack import running


@pytest.fixture(autouse=True)
def _forgiven(kit: Kit) -> None:
    kit.forgive()


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    with running(tmp_path_factory.mktemp("kapula"), None) as stack:
        yield Kit(stack)
