"""For these tests there is one process more: the registry looks into this folder, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import processes
from functions.kernel.definition import Definition


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "__path__", [*processes.__path__, str(Path(__file__).parent)])
        patch.setattr(processes, "NAMES", (*processes.NAMES, "themeday"))
        yield


@pytest.fixture
def talk(registered: None) -> Definition:
    return processes.current("themeday.talk")


@pytest.fixture
def definition(registered: None) -> Definition:
    return processes.current("themeday")
