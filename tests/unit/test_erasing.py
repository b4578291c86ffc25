"""Cases are erased whole, however long they are, and whatever fails meanwhile."""

import logging

import pytest

from functions.entry.clock.app import handle
from functions.entry.party import app as party
from functions.kernel.errors import Unavailable
from functions.services import erasing
from functions.services.ports import ERASED_AT_ONCE
from tests.fakes import MemoryCases, World, day_after


class Killed(BaseException):
    """The process ends here."""


class Failing(MemoryCases):
    """Cases of which portions fail: what is raised ``before`` and ``after`` they are erased."""

    before: list[BaseException | None]
    after: list[BaseException | None]

    def erase_some(self, case_id: str) -> int | None:
        if self.before and (error := self.before.pop(0)):
            raise error
        left = super().erase_some(case_id)
        if self.after and (error := self.after.pop(0)):
            raise error
        return left


def fail(world: World, before: list, after: list) -> None:  # type: ignore[type-arg]
    world.cases.__class__ = Failing
    world.cases.before, world.cases.after = before, after  # type: ignore[attr-defined]


def closed(entries: int) -> tuple[World, str]:
    """A supervision of so many entries that is over, at the moment when time erases it."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    while world.case(case_id).revision < entries - 2:
        day = day_after(31 + world.case(case_id).revision % 2)
        world.do(case_id, "redate", "status", first_session=day)
    world.clock.forward(days=32)
    world.do(case_id, "interrupt", "status")
    world.cases.outbox.clear()
    world.wait(case_id)
    return world, case_id


def nothing_is_left(world: World, case_id: str) -> bool:
    folder = world.cases.folders[case_id]
    emptied = all(e.answers is None and not e.salt for e in folder.told)
    return emptied and not any(folder.salts) and not folder.unerased


@pytest.mark.parametrize("entries", [10, 98, 99, 120])
def test_case_is_erased_at_once_if_nothing_fails(
    entries: int, caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id = closed(entries)
    caplog.set_level(logging.INFO)
    handle(world.services, {})
    assert world.case(case_id).parties == ()
    assert len(world.cases.folders[case_id].told) >= entries
    assert nothing_is_left(world, case_id)
    assert "I want to learn" not in repr(world.cases.folders)
    assert caplog.messages == [erasing.ERASED % case_id]
    handle(world.services, {"check_histories": True})
    assert caplog.messages == [erasing.ERASED % case_id]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("portion", range(4))
def test_crash_at_each_portion(when: str, portion: int, caplog: pytest.LogCaptureFixture) -> None:
    world, case_id = closed(3 * ERASED_AT_ONCE + 20)
    link = world.token(case_id, "coordinator", "status")
    caplog.set_level(logging.INFO)
    crash = [*[None] * portion, Killed()]
    fail(world, crash if when == "before" else [], crash if when == "after" else [])
    with pytest.raises(Killed):
        handle(world.services, {})
    assert world.case(case_id).parties == ()  # nothing is shown any more
    got = party.create_app(world.services).test_client().get(f"/api/t/{link}?lang=en")
    assert (got.status_code, "Aino" in got.text) == (404, False)
    last = when == "after" and portion == 3
    assert nothing_is_left(world, case_id) is last
    assert not [m for m in caplog.messages if "erased" in m]
    for _ in range(2):
        world.clock.forward(minutes=5)
        handle(world.services, {"check_histories": True})
        assert nothing_is_left(world, case_id)
        assert caplog.messages == ([] if last else [erasing.ERASED % case_id])


def test_who_erases_a_case_waits_for_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """What fails at once is done by the clock; one that fails is moved back."""
    world = World()
    case_id = world.case_at()
    fail(world, [Unavailable("throttled")], [])
    world.do(case_id, "disown")
    assert world.case(case_id).parties == ()
    assert not nothing_is_left(world, case_id)
    fail(world, [ValueError()], [])
    handle(world.services, {})
    assert not nothing_is_left(world, case_id)
    assert "left for later" in caplog.text
    world.clock.forward(minutes=4)
    handle(world.services, {})
    assert not nothing_is_left(world, case_id)
    world.clock.forward(minutes=1)
    handle(world.services, {})
    assert nothing_is_left(world, case_id)
