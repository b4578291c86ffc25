"""One suite for the timers in DynamoDB and for those in memory that stand in for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from functions.adapters.cases import DynamoCases
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.rows import SHARDS
from functions.adapters.timers import DynamoTimers
from functions.kernel.case import Decision
from functions.kernel.errors import Conflict, Unavailable
from functions.kernel.history import SealedEvent
from functions.kernel.summary import erased
from functions.kernel.timers import ERASING, STATE
from functions.processes import current
from functions.services.commit import sealed
from functions.services.ports import CaseStore, Write
from functions.services.timers import LONGEST_DELAY, CaseTimer, TimerStore, delay
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, KEYS, START, MemoryCases, MemoryTimers
from tests.in_process_aws import made
from tests.paths import opened

SUPERVISION = current("supervision")
PEOPLE = MemoryDirectory(*DIRECTORY)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{f"{unit}s": 1}) for unit in ("second", "minute", "hour", "day")
)


@dataclass(frozen=True)
class Stores:
    """The timers, and the cases that they are written with."""

    cases: CaseStore
    timers: TimerStore


@pytest.fixture(scope="module")
def adapters(endpoint: str | None) -> tuple[DynamoCases, DynamoTimers]:
    place = DynamoSettings("eu-north-1", "kapula-test", endpoint)
    return DynamoCases(place, DynamoDirectory(place).row, KEYS), DynamoTimers(place)


@pytest.fixture
def dynamo(_anew: None, adapters: tuple[DynamoCases, DynamoTimers]) -> Iterator[Stores]:
    cases, timers = adapters
    with made(*cases.rows):
        yield Stores(cases, timers)


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest, endpoint: str | None) -> Stores:
    if request.param == "dynamo":
        found: Stores = request.getfixturevalue("dynamo")
        return found
    cases = MemoryCases()
    return Stores(cases, MemoryTimers(cases))


@pytest.fixture
def cases(stores: Stores) -> CaseStore:
    return stores.cases


@pytest.fixture
def timers(stores: Stores) -> TimerStore:
    return stores.timers


def write(case_id: str = "one", **moments: datetime | None) -> Write:
    """A new case with these timers."""
    decision = opened(SUPERVISION, "individual", PEOPLE).decisions[0]
    own = replace(decision, case=replace(decision.case, id=case_id), mail_orders=())
    return Write(own, *sealed(own, "", KEYS), moments)


def after(before: Write, **moments: datetime | None) -> Write:
    """The next write of the same case, with these timers set and ended."""
    case, event = before.decision.case, before.decision.event
    number = event.number + 1
    own = Decision(replace(case, revision=number), replace(event, number=number), {})
    return Write(own, *sealed(own, before.sealed.seal, KEYS), moments)


def begin(cases: CaseStore, case_id: str = "one", **moments: datetime | None) -> Write:
    written = write(case_id, **moments)
    assert cases.create(written, f"mailbox#{case_id}")
    return written


def due(timers: TimerStore, now: datetime) -> list[tuple[str, str]]:
    return [(timer.case, timer.name) for timer in timers.due(now)]


def leased(timers: TimerStore, now: datetime, times: int = 1) -> CaseTimer:
    """The only timer that is due, moved back so often, each time when it comes again."""
    for number in range(times):
        (timer,) = timers.due(now)
        found = timers.lease(timer, now)
        assert found
        if number < times - 1:
            now = found.due_at
    return found


def test_due_at_the_exact_moment(cases: CaseStore, timers: TimerStore) -> None:
    begin(cases, state=START + DAY)
    asked = [due(timers, START + DAY + off) for off in (-SECOND, 0 * SECOND, SECOND)]
    assert asked == [[], [("one", STATE)], [("one", STATE)]]


def test_due_earliest_first_over_all_shards(cases: CaseStore, timers: TimerStore) -> None:
    for number in range(8):
        begin(cases, f"c{number}", state=START + (number * 3 % 8) * HOUR)
    expected = [(f"c{n}", STATE) for n in sorted(range(8), key=lambda n: n * 3 % 8)]
    assert due(timers, START + DAY) == expected


def test_due_of_more_than_a_page_of_each_shard(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.adapters.timers._PAGE", 2)
    for number in range(SHARDS * 6):
        begin(dynamo.cases, f"c{number}", state=START + number * SECOND)
    expected = [(f"c{n}", STATE) for n in range(SHARDS * 6)]
    assert due(dynamo.timers, START + DAY) == expected


def test_timers_of_a_case_are_each_their_own(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START + DAY, quiet=START + 3 * DAY, review=START + 2 * DAY)
    begin(cases, "two", state=START)
    assert {(t.name, t.due_at) for t in timers.of("one")} == {
        ("state", START + DAY),
        ("quiet", START + 3 * DAY),
        ("review", START + 2 * DAY),
    }
    second = after(first, state=START + 9 * DAY, review=None)
    cases.commit(second)
    assert {(t.name, t.due_at) for t in timers.of("one")} == {
        ("state", START + 9 * DAY),
        ("quiet", START + 3 * DAY),
    }
    assert due(timers, START + 5 * DAY) == [("two", "state"), ("one", "quiet")]
    cases.commit(after(second, state=None, quiet=None))
    assert timers.of("one") == []
    assert due(timers, START + 99 * DAY) == [("two", "state")]
    assert timers.of("nowhere") == []


def test_write_that_is_refused_leaves_the_timers(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START + DAY)
    cases.commit(after(first, state=START + 2 * DAY))
    with pytest.raises(Conflict):
        cases.commit(after(first, state=START + 3 * DAY, quiet=START))
    assert [(t.name, t.due_at) for t in timers.of("one")] == [("state", START + 2 * DAY)]
    assert not cases.create(write(state=START), "q")
    assert [(t.name, t.due_at) for t in timers.of("one")] == [("state", START + 2 * DAY)]


def test_lease_moves_it_back_the_further_the_more_often(
    cases: CaseStore, timers: TimerStore
) -> None:
    begin(cases, state=START)
    now, waits = START, []
    for number in range(9):
        (timer,) = timers.due(now)
        assert timer.attempts == number
        found = timers.lease(timer, now)
        assert found
        assert found.attempts == number + 1
        assert due(timers, found.due_at - SECOND) == []
        waits.append((found.due_at - now) / MINUTE)
        now = found.due_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 320, 320]
    assert delay(99) == LONGEST_DELAY


def test_lease_of_what_is_no_longer_as_it_was_read(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START)
    (read,) = timers.due(START)
    assert timers.lease(read, START)
    assert timers.lease(read, START) is None, "somebody else has it"
    cases.commit(after(first, state=START + DAY))
    assert timers.lease(read, START + DAY) is None, "the case has moved"
    cases.commit(after(after(first), state=None))
    assert timers.lease(read, START + DAY) is None, "it has ended"
    assert timers.lease(replace(read, case="nowhere"), START) is None
    assert timers.of("nowhere") == timers.of("one") == []


def test_two_clocks_at_once_lease_it_once(dynamo: Stores) -> None:
    begin(dynamo.cases, state=START)
    (read,) = dynamo.timers.due(START)
    ready, found = Barrier(4), []

    def lease() -> None:
        ready.wait()
        found.append(dynamo.timers.lease(read, START))

    clocks = [Thread(target=lease) for _ in range(4)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()
    assert len(found) == 4
    assert sum(each is not None for each in found) == 1


def test_write_begins_a_timer_anew(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START)
    leased(timers, START, 3)
    cases.commit(after(first, state=START + DAY))
    assert [(t.due_at, t.attempts, t.parked) for t in timers.of("one")] == [(START + DAY, 0, False)]


@pytest.mark.parametrize("moment", [START + DAY, None], ids=["set", "ended"])
def test_settle(cases: CaseStore, timers: TimerStore, moment: datetime | None) -> None:
    first = begin(cases, state=START)
    held = leased(timers, START, 2)
    timers.settle(held, moment)
    expected = [(moment, 0)] if moment else []
    assert [(t.due_at, t.attempts) for t in timers.of("one")] == expected
    cases.commit(after(first, state=START + 2 * DAY))
    timers.settle(held, moment)  # which the case has moved on from
    assert [(t.due_at, t.attempts) for t in timers.of("one")] == [(START + 2 * DAY, 0)]
    timers.settle(replace(held, case="nowhere"), moment)
    assert timers.of("nowhere") == []


def test_parked_is_due_no_more_and_comes_back(cases: CaseStore, timers: TimerStore) -> None:
    for number in range(6):
        begin(cases, f"c{number}", state=START)
    at, parked = START + HOUR, []
    for number, timer in enumerate(list(timers.due(START))):
        held = timers.lease(timer, START)
        assert held
        assert timers.park(held, at + number * MINUTE)
        assert not timers.park(held, at), "it is already"
        parked.append(timer.case)
    assert due(timers, START + 99 * DAY) == []
    assert [t.case for t in timers.parked()] == parked
    assert all(t.parked for case in parked for t in timers.of(case))
    (first, *_) = timers.parked()
    assert timers.resume(first, START + DAY)
    assert not timers.resume(first, START + DAY), "it is not parked"
    assert not timers.resume(replace(first, case="nowhere"), START)
    assert [t.case for t in timers.parked()] == parked[1:]
    assert due(timers, START + DAY - SECOND) == []
    (again,) = timers.due(START + DAY)
    assert (again.case, again.attempts, again.parked) == (parked[0], 0, False)
    assert timers.lease(first, START + DAY) is None, "as it was when it was parked"
    assert timers.of("nowhere") == []


def test_what_is_parked_cannot_be_leased(cases: CaseStore, timers: TimerStore) -> None:
    begin(cases, state=START)
    (read,) = timers.due(START)
    held = timers.lease(read, START)
    assert held
    assert timers.park(held, START)
    assert timers.lease(read, START) is None
    timers.settle(held, START)
    (kept,) = timers.of("one")
    assert kept.parked


def test_parking_what_the_case_has_moved_on_from(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START)
    held = leased(timers, START)
    cases.commit(after(first, state=START + DAY))
    assert not timers.park(held, START)
    assert due(timers, START + DAY) == [("one", STATE)]


def test_write_frees_what_is_parked(cases: CaseStore, timers: TimerStore) -> None:
    first = begin(cases, state=START)
    assert timers.park(leased(timers, START), START)
    cases.commit(after(first, state=START + DAY))
    assert list(timers.parked()) == []
    assert due(timers, START + DAY) == [("one", STATE)]


def test_erasing_ends_with_its_last_portion(cases: CaseStore, timers: TimerStore) -> None:
    last = begin(cases, state=START)
    entry: SealedEvent = last.sealed
    for _ in range(60):
        last = after(last)
        cases.commit(last)
        entry = last.sealed
    event = replace(entry.event, number=61, at=START + DAY)
    case = replace(last.decision.case, parties=(), answers={}, revision=61)
    own = Decision(case, event, {}, erases=True)
    ended: dict[str, datetime | None] = {STATE: None, ERASING: event.at}
    cases.commit(Write(own, *sealed(own, entry.seal, KEYS), ended, erased(event)))
    assert due(timers, START + DAY) == [("one", ERASING)]
    assert cases.erase_some("one") == 11
    assert due(timers, START + DAY) == [("one", ERASING)]
    assert cases.erase_some("one") == 0
    assert timers.of("one") == []


def test_everything_silent_is_unavailable(dynamo: Stores) -> None:
    timer = CaseTimer("one", STATE, START)
    real: Any = dynamo.cases
    for row in real.rows:
        row.delete_table()
    calls: list[Callable[[], object]] = [
        lambda: list(dynamo.timers.due(START)),
        lambda: list(dynamo.timers.parked()),
        lambda: dynamo.timers.of("one"),
        lambda: dynamo.timers.lease(timer, START),
        lambda: dynamo.timers.settle(timer, START),
        lambda: dynamo.timers.settle(timer, None),
        lambda: dynamo.timers.park(timer, START),
        lambda: dynamo.timers.resume(timer, START),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()
