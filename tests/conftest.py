"""What every test shares: examples are drawn the same way each time, and are not timed; what takes
longest begins first, so that no worker waits long for the other at the end."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore.loaders import create_loader
from hypothesis import settings

from tests.seconds import noted, of_files, shortest

if TYPE_CHECKING:
    from functions.adapters.dynamo import DynamoSettings
    from tests.stored_world import StoredWorld

settings.register_profile("kapula", deadline=None, derandomize=True, database=None)
settings.load_profile("kapula")

# A session of botocore reads its data files anew, a quarter of a second long, and a worker makes
# some thousands of them: here all share what was read first. Nobody writes into it.
botocore.session.create_loader = cache(create_loader)


@pytest.fixture(scope="module")
def stored_settings(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[DynamoSettings]":
    """Tables on the local AWS, for one file."""
    from tests.stored_world import stored_tables  # few files need it

    with stored_tables(tmp_path_factory.mktemp("aws")) as found:
        yield found


@pytest.fixture
def stored_world(stored_settings: "DynamoSettings") -> "StoredWorld":
    """The services on tables in which nothing is left of the test before."""
    from tests.stored_world import StoredWorld, emptied

    return StoredWorld(emptied(stored_settings))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--within",
        type=float,
        metavar="SECONDS",
        help="of the files and classes, run the shortest, as many as take so long together",
    )


def scope(item: pytest.Item) -> str:
    """The file or class that a test is in: what xdist gives to one worker."""
    return item.nodeid.rpartition("::")[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seconds, within = noted(), config.getoption("--within")
    if within is not None:
        chosen = shortest({scope(item) for item in items}, seconds, within)
        config.hook.pytest_deselected(items=[i for i in items if scope(i) not in chosen])
        items[:] = [item for item in items if scope(item) in chosen]
    files = of_files({scope(item) for item in items}, seconds)
    items.sort(key=lambda item: -files[item.nodeid.partition("::")[0]])
