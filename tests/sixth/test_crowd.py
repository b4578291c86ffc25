"""Many press at the same moment, over the real adapters: four get in, all others wait."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from functions.adapters.cases import DynamoCases
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.kernel.case import MailOrder
from functions.kernel.definition import Definition
from functions.kernel.directory import DirectoryFile
from functions.kernel.errors import Unavailable
from functions.services.access import links
from functions.services.case.act import act
from tests.fakes import DIRECTORY, KEYS
from tests.sixth.test_races import DAY, Days


@pytest.fixture
def world(definition: Definition, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    one_at_a_time, answer = threading.Lock(), BotocoreStubber.__call__

    def locked(*args: Any, **more: Any) -> Any:
        with one_at_a_time:  # moto is not made for threads
            return answer(*args, **more)

    monkeypatch.setattr(BotocoreStubber, "__call__", locked)
    with mock_aws():
        place = DynamoSettings("eu-north-1", "kapula-test")
        directory = DynamoDirectory(place)
        cases = DynamoCases(place, directory.row, KEYS)
        for row in (directory.row, *cases.rows):
            row.create_table(wait=True)
        directory.save(DirectoryFile(DIRECTORY))
        world = Days(definition, 0)
        world.services = replace(world.services, cases=cases, directory=directory)
        yield world


def crowd(world: Days, many: int) -> list[str]:
    """Links to confirm with, of as many people."""
    services, found = world.services, []
    for number in range(many):
        case_id = world.opened("1", number)
        file = services.cases.load(case_id)
        assert file is not None
        party = file.case.holders("contact")[0]
        order = MailOrder("any", party.id, "task", file.case.state, file.case.round)
        found.append(links.mint(services, case_id, order, party.email).rpartition("/")[2])
    return found


def test_crowd(world: Days) -> None:
    many, services = 12, world.services
    tokens = crowd(world, many)
    gate = threading.Barrier(many)

    def press(token: str) -> int:
        gate.wait()
        for tries in range(1, 6):
            try:
                act(services, token, {"action": "confirm"}, "fi")
            except Unavailable:  # told to try again; the button is still there
                continue
            return tries
        raise Unavailable

    with ThreadPoolExecutor(many) as pool:
        assert max(pool.map(press, tokens)) < 3
    queue = services.cases.waitlist(f"themeday#{DAY}")
    assert (len(queue.occupying), len(queue.waiting), queue.revision) == (4, many - 4, many)
    for case_id in (*queue.occupying, *queue.waiting):
        file = services.cases.load(case_id)
        assert file is not None
        assert file.case.state == ("placed" if case_id in queue.occupying else "waiting")
        assert len(file.history) == 2
