"""One suite for the cases in DynamoDB and for those in memory that stand in for them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.adapters.cases import DynamoCases
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.limits import DynamoLimits
from functions.adapters.rows import SHARDS, entry_to_plain, history_part, shard
from functions.kernel.capacity import Waitlist
from functions.kernel.case import Claim, Decision, MailOrder
from functions.kernel.digests import case_id_of
from functions.kernel.directory import DirectoryFile, DirectoryStore
from functions.kernel.errors import (
    Broken,
    Conflict,
    SinceErased,
    Taken,
    TooMany,
    TooManyFromSource,
    Unavailable,
)
from functions.kernel.history import SealedEvent, SealKeys, seal_order
from functions.kernel.summary import HistorySummary, erased
from functions.processes import current
from functions.services.commit import sealed
from functions.services.ports import (
    CaseRecord,
    CaseStore,
    HistoryEntry,
    Limits,
    OutboxItem,
    RateLimit,
    Write,
)
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, KEYS, START, MemoryCases, MemoryLimits
from tests.in_process_aws import InProcessAws, made
from tests.paths import Walk, opened, step

SUPERVISION = current("supervision")
PEOPLE = MemoryDirectory(*DIRECTORY)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LEASE, GRACE = timedelta(seconds=60), timedelta(minutes=2)


@dataclass(frozen=True)
class Stores:
    """A case store with the directory whose counters it moves, and with limits in its table."""

    cases: CaseStore
    directory: DirectoryStore
    limits: Limits


@pytest.fixture(scope="module")
def adapters(endpoint: str | None) -> tuple[DynamoCases, DynamoDirectory, DynamoLimits]:
    """One client for the whole file: making one takes longer than any of its tests."""
    place = DynamoSettings("eu-north-1", "kapula-test", endpoint)
    directory = DynamoDirectory(place)
    return DynamoCases(place, directory.row, KEYS), directory, DynamoLimits(place)


@pytest.fixture
def dynamo(
    _anew: None, adapters: tuple[DynamoCases, DynamoDirectory, DynamoLimits]
) -> Iterator[Stores]:
    cases, directory, limits = adapters
    with made(directory.row, *cases.rows):
        directory.save(DirectoryFile(DIRECTORY))
        yield Stores(cases, directory, limits)


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest, endpoint: str | None) -> Stores:
    if request.param == "dynamo":
        found: Stores = request.getfixturevalue("dynamo")
        return found
    directory, limits = MemoryDirectory(*DIRECTORY), MemoryLimits()
    return Stores(MemoryCases(directory, limits), directory, limits)


@pytest.fixture
def cases(stores: Stores) -> CaseStore:
    return stores.cases


@pytest.fixture
def rows(dynamo: Stores) -> tuple[Any, Any, Any]:
    """The models of the tables of cases, quotas and timers."""
    found: Any = dynamo.cases
    return found.rows


def walked(*actions: str, case_id: str = "one", at: datetime = START) -> Walk:
    """A case of this id after these actions; ``at`` is when it was opened."""
    decision = opened(SUPERVISION, "individual", PEOPLE).decisions[0]
    case = replace(decision.case, id=case_id, entered_at=at, opened_at=at)
    walk = Walk((replace(decision, case=case, event=replace(decision.event, at=at)),))
    for name in actions:
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


def kept(walk: Walk) -> list[tuple[Decision, SealedEvent, str]]:
    """The decisions of a walk with their entries and salts, chained."""
    found: list[tuple[Decision, SealedEvent, str]] = []
    for decision in walk.decisions:
        previous = found[-1][1].seal if found else ""
        found.append((decision, *sealed(decision, previous, KEYS)))
    return found


def store(cases: CaseStore, walk: Walk) -> list[SealedEvent]:
    """Write all decisions of a walk; their entries."""
    (first, entry, salt), *rest = kept(walk)
    assert cases.create(Write(first, entry, salt), f"mailbox#{walk.case.id}")
    for each in rest:
        cases.commit(Write(*each))
    return [entry, *(e for _, e, _ in rest)]


def letters(cases: CaseStore, case_id: str, now: datetime) -> list[tuple[str, str]]:
    """Mails of a case that should have left by now, in a fixed order."""
    return sorted(key for key in cases.unsent(now) if key[0] == case_id)


@pytest.mark.parametrize("case_id", ["", "x" * 3000, "å" * 1100])
def test_load_what_cannot_be_a_case(cases: CaseStore, case_id: str) -> None:
    assert cases.load(case_id) is None
    assert cases.several([case_id, "nowhere"]) == {}


def test_load_unknown_case(cases: CaseStore) -> None:
    assert cases.load("nowhere") is None


def test_create_then_load(cases: CaseStore) -> None:
    walk = walked()
    ((decision, entry, salt),) = kept(walk)
    assert cases.create(Write(decision, entry, salt), "q") is True
    assert cases.load("one") == CaseRecord(walk.case, (HistoryEntry(entry, decision.answers),))


def test_create_twice_is_one_case(cases: CaseStore) -> None:
    walk = walked()
    ((decision, entry, salt),) = kept(walk)
    again = replace(decision, case=replace(decision.case, language="sv"))
    later = [Write(again, *sealed(again, "", KEYS)) for _ in range(3)]  # each sealed anew
    told = [cases.create(w, "q") for w in (Write(decision, entry, salt), *later)]
    assert told == [True, False, False, False]
    assert cases.load("one") == CaseRecord(walk.case, (HistoryEntry(entry, decision.answers),))
    assert letters(cases, "one", START + GRACE) == [("one", "00000#0")]


def test_create_again_after_it_moved_on(cases: CaseStore) -> None:
    walk = walked("confirm")
    store(cases, walk)
    (decision, entry, salt), *_ = kept(walk)
    assert cases.create(Write(decision, entry, salt), "other") is False
    found = cases.load("one")
    assert found is not None
    assert found.case == walk.case


@pytest.mark.parametrize("full", [False, True])
def test_create_again_after_it_was_erased_says_so(cases: CaseStore, full: bool) -> None:
    walk = walked("disown", case_id="gone")
    store(cases, walk)
    for number in range(3 if full else 0):
        ((decision, entry, salt),) = kept(walked(case_id=f"c{number}"))
        assert cases.create(Write(decision, entry, salt), "q")
    (decision, entry, salt), *_ = kept(walk)
    stored = cases.load("gone")
    for _ in range(2):
        with pytest.raises(SinceErased):
            cases.create(Write(decision, entry, salt), "q")
        assert cases.load("gone") == stored
        cases.erase_some("gone")
        stored = cases.load("gone")


def test_is_there_once_it_was_created_however_often_it_was_asked_before(cases: CaseStore) -> None:
    walk = walked("confirm")
    told = [cases.is_there("one") for _ in range(2)]
    store(cases, walk)
    stored = cases.load("one")
    told += [cases.is_there("one") for _ in range(2)]
    assert told == [False, False, True, True]
    assert cases.is_there("two") is False
    assert cases.load("one") == stored
    assert cases.load("two") is None


def test_is_there_says_that_it_was_erased(cases: CaseStore) -> None:
    store(cases, walked("disown", case_id="past"))
    for _ in range(2):  # as soon as it is decided, and when nothing is left to erase
        stored = cases.load("past")
        with pytest.raises(SinceErased):
            cases.is_there("past")
        assert cases.load("past") == stored
        cases.erase_some("past")


def test_create_quota_of_three_in_24_hours(cases: CaseStore) -> None:
    def create(number: int, at: datetime, quota: str = "mailbox#a") -> bool:
        ((decision, entry, salt),) = kept(walked(case_id=f"c{number}", at=at))
        try:
            return cases.create(Write(decision, entry, salt), quota)
        except TooMany:
            return False

    times = [START, START + HOUR, START + 2 * HOUR]
    assert [create(n, at) for n, at in enumerate(times)] == [True] * 3
    assert create(3, START + 3 * HOUR) is False
    assert cases.load("c3") is None
    assert letters(cases, "c3", START + DAY) == []
    assert create(4, START + 3 * HOUR, "mailbox#b") is True
    assert create(5, START + DAY - SECOND) is False
    assert create(6, START + DAY) is True
    assert create(7, START + DAY + SECOND) is False
    assert create(8, START + DAY + HOUR) is True


def test_create_counts_with_the_case_or_not_at_all(stores: Stores) -> None:
    """Each counter is of its own limit, the same as what is counted alone; a case that is there,
    and one for which no slot is free, count nothing."""
    narrow, wide = (RateLimit(f"source#{n}", most, HOUR) for n, most in (("a", 8), ("b", 12)))

    def create(number: int, *rate_limits: RateLimit, quota: str = "") -> bool:
        ((decision, entry, salt),) = kept(walked(case_id=f"c{number}"))
        return stores.cases.create(
            Write(decision, entry, salt), quota or f"mailbox#{number}", rate_limits
        )

    for number in range(4):
        assert create(number, narrow, wide, quota="mailbox#a" if number < 3 else "")
    assert create(0, narrow, wide) is False
    with pytest.raises(TooMany) as refused:
        create(9, narrow, wide, quota="mailbox#a")
    assert not isinstance(refused.value, TooManyFromSource)
    for _ in range(3):
        stores.limits.take(narrow, START)
    assert create(4, narrow, wide)
    with pytest.raises(TooManyFromSource):
        create(5, narrow, wide)
    for number in range(5, 12):
        assert create(number, wide)
    with pytest.raises(TooMany):
        stores.limits.take(wide, START)
    with pytest.raises(TooManyFromSource):
        create(12, wide)
    assert stores.cases.load("c12") is None


def test_create_known_case_is_known_when_the_quota_is_full(cases: CaseStore) -> None:
    for number in range(3):
        ((decision, entry, salt),) = kept(walked(case_id=f"c{number}"))
        assert cases.create(Write(decision, entry, salt), "q")
    assert cases.create(Write(decision, entry, salt), "q") is False


def test_free_gives_all_places_back(cases: CaseStore) -> None:
    order = MailOrder("fresh_link", "p1", "task", "unconfirmed", 1)
    for minute in range(3):
        cases.post("one", order, START + timedelta(minutes=minute), "q")
        cases.post("one", order, START + timedelta(minutes=minute, seconds=11), "other")
    cases.free("q")
    cases.free("never used")
    for minute in range(3, 6):
        cases.post("one", order, START + timedelta(minutes=minute), "q")
    with pytest.raises(TooMany):
        cases.post("one", order, START + timedelta(minutes=6), "q")
    with pytest.raises(TooMany):
        cases.post("one", order, START + timedelta(minutes=7), "other")


@pytest.mark.parametrize(
    "actions",
    [
        ("confirm", "endorse", "offer", "accept"),
        ("confirm", "return", "correct", "withdraw"),
        ("confirm", "endorse", "offer", "decline", "offer", "expire"),
    ],
)
def test_commit_keeps_the_whole_case(cases: CaseStore, actions: tuple[str, ...]) -> None:
    walk = walked(*actions)
    entries = store(cases, walk)
    found = cases.load("one")
    said = [d.answers for d in walk.decisions]
    assert found == CaseRecord(walk.case, tuple(map(HistoryEntry, entries, said)))
    assert found is not None
    assert found.sound


def test_commit_values_keep_their_types(cases: CaseStore) -> None:
    walk = walked("confirm", "endorse")
    store(cases, walk)
    found = cases.load("one")
    assert found is not None
    types = {name: type(value) for name, value in found.case.answers.items()}
    assert types == {name: type(value) for name, value in walk.case.answers.items()}
    assert {bool, int, str} == set(types.values())
    assert found.case.entered_at.utcoffset() == timedelta(0)


def test_commit_of_two_who_read_the_same_only_one(cases: CaseStore) -> None:
    base = walked("confirm")
    entries = store(cases, base)
    winner, loser = (
        step(SUPERVISION, base, "endorse", PEOPLE),
        step(SUPERVISION, base, "withdraw", PEOPLE),
    )
    cases.commit(Write(*kept(winner)[-1]))
    before = letters(cases, "one", START + 9 * DAY)
    decision = loser.decisions[-1]
    with pytest.raises(Conflict):
        cases.commit(Write(decision, *sealed(decision, entries[-1].seal, KEYS)))
    found = cases.load("one")
    assert found is not None
    assert found.case == winner.case
    assert [t.sealed.event.action for t in found.history] == ["open", "confirm", "endorse"]
    assert letters(cases, "one", START + 9 * DAY) == before


def test_commit_twice_is_a_conflict_and_one_step(cases: CaseStore) -> None:
    walk = walked("confirm")
    store(cases, walk)
    with pytest.raises(Conflict):
        cases.commit(Write(*kept(walk)[-1]))
    found = cases.load("one")
    assert found is not None
    assert len(found.history) == 2


def test_commit_of_an_unknown_case(cases: CaseStore) -> None:
    with pytest.raises(Conflict):
        cases.commit(Write(*kept(walked("confirm"))[-1]))
    assert cases.load("one") is None


def test_commit_conflict_moves_no_counter(stores: Stores) -> None:
    base = walked("confirm", "endorse")
    store(stores.cases, base)
    offered = step(SUPERVISION, base, "offer", PEOPLE)
    stores.cases.commit(Write(*kept(offered)[-1]))
    with pytest.raises(Conflict):
        stores.cases.commit(Write(*kept(offered)[-1]))
    assert counts(stores) == (0, 1)


def counts(stores: Stores) -> tuple[object, object]:
    listed = stores.directory.named("supervisors", "sulo")
    assert listed is not None
    return listed.facts["ongoing"], listed.facts["queued"]


@pytest.mark.parametrize(
    ("actions", "ongoing_and_queued"),
    [
        (("offer",), (0, 1)),
        (("offer", "decline"), (0, 0)),
        (("offer", "expire", "offer"), (0, 1)),
        (("offer", "accept"), (1, 0)),
    ],
)
def test_commit_moves_the_counters(
    stores: Stores, actions: tuple[str, ...], ongoing_and_queued: tuple[int, int]
) -> None:
    store(stores.cases, walked("confirm", "endorse", *actions))
    assert counts(stores) == ongoing_and_queued


def moving(cases: CaseStore, case_id: str, queue: Waitlist) -> Write:
    """A new case's first step, ready to be written with a queue."""
    base = walked(case_id=case_id)
    (entry,) = store(cases, base)
    confirmed = replace(step(SUPERVISION, base, "confirm", PEOPLE).decisions[-1], waitlist=queue)
    return Write(confirmed, *sealed(confirmed, entry.seal, KEYS))


def test_queue_that_nobody_is_in(cases: CaseStore) -> None:
    assert cases.waitlist("p#day") == Waitlist("p#day")


def test_commit_keeps_the_queue_in_its_order(cases: CaseStore) -> None:
    waiting = {f"c{n}": n for n in (9, 2, 11, 1)}
    queue = Waitlist("p#day", {"a": 3}, waiting, 1)
    cases.commit(moving(cases, "one", queue))
    found = cases.waitlist("p#day")
    assert found == queue
    assert list(found.waiting.items()) == list(waiting.items())
    assert cases.waitlist("p#other") == Waitlist("p#other")
    after = Waitlist("p#day", {}, {}, 2)
    cases.commit(moving(cases, "two", after))
    assert cases.waitlist("p#day") == after


def claiming(
    cases: CaseStore, case_id: str, value: str, field: str = "number", *, forgets: bool = False
) -> Write:
    """A new case's first step, ready to be written with a claimed value."""
    base = walked(case_id=case_id)
    (entry,) = store(cases, base)
    confirmed = step(SUPERVISION, base, "confirm", PEOPLE).decisions[-1]
    claimed = replace(confirmed, claims=(Claim("vouchers", value, field),), erases=forgets)
    return Write(claimed, *sealed(claimed, entry.seal, KEYS))


def test_commit_of_a_value_that_is_taken_changes_nothing(cases: CaseStore) -> None:
    cases.commit(claiming(cases, "one", "2026-1"))
    second = claiming(cases, "two", "2026-1", "credit_number")
    before = cases.load("two")
    with pytest.raises(Taken) as refused:
        cases.commit(second)
    assert refused.value.field == "credit_number"
    assert cases.load("two") == before
    cases.commit(claiming(cases, "three", "2026-2"))


def test_commit_of_two_cases_that_claim_together(cases: CaseStore) -> None:
    cases.commit(claiming(cases, "one", "2026-1"))
    free, taken = claiming(cases, "two", "2026-2"), claiming(cases, "three", "2026-1")
    with pytest.raises(Taken):
        cases.commit(free, taken)
    cases.commit(claiming(cases, "four", "2026-2"))


def test_value_stays_taken_when_its_case_was_erased(cases: CaseStore) -> None:
    cases.commit(claiming(cases, "one", "2026-1", forgets=True))
    with pytest.raises(Taken):
        cases.commit(claiming(cases, "two", "2026-1"))


def test_same_answer_claims_its_value_again_and_another_of_the_case_may_not(
    cases: CaseStore,
) -> None:
    base = walked(case_id="one")
    (entry,) = store(cases, base)
    previous = entry.seal
    walk = step(SUPERVISION, base, "confirm", PEOPLE)
    for field, free in (("number", True), ("number", True), ("credit_number", False)):
        claim = Claim("vouchers", "2026-1", field)
        decision = replace(walk.decisions[-1], claims=(claim,))
        move = Write(decision, *sealed(decision, previous, KEYS))
        if not free:
            with pytest.raises(Taken):
                cases.commit(move)
            continue
        cases.commit(move)
        previous = move.sealed.seal
        name = "return" if walk.case.state == "submitted" else "correct"
        walk = step(SUPERVISION, walk, name, PEOPLE)


def test_commit_that_was_overtaken_is_a_conflict_before_it_is_taken(cases: CaseStore) -> None:
    move = claiming(cases, "one", "2026-1")
    cases.commit(move)
    again = replace(move.decision, claims=(Claim("vouchers", "2026-1", "credit_number"),))
    with pytest.raises(Conflict):
        cases.commit(Write(again, *sealed(again, "other", KEYS)))


@pytest.mark.parametrize("revision", [1, 3])
def test_commit_of_two_who_read_the_same_queue_only_one(cases: CaseStore, revision: int) -> None:
    before = Waitlist("p#day", {"a": 1}, {}, revision - 1) if revision > 1 else Waitlist("p#day")
    for number in range(1, revision):
        cases.commit(moving(cases, f"c{number}", replace(before, revision=number)))
    first, second = (
        moving(cases, name, Waitlist("p#day", {name: 1}, {}, revision)) for name in ("one", "two")
    )
    cases.commit(first)
    with pytest.raises(Conflict):
        cases.commit(second)
    assert cases.waitlist("p#day") == first.decision.waitlist
    left = cases.load("two")
    assert left is not None
    assert (left.case.state, len(left.history)) == ("unconfirmed", 1)
    assert letters(cases, "two", START + 9 * DAY) == [("two", "00000#0")]


def test_queue_is_no_case(cases: CaseStore) -> None:
    cases.commit(moving(cases, "one", Waitlist("p#day", {"a": 1}, {}, 1)))
    assert cases.load("queue#p#day") is None
    assert list(cases.several(["queue#p#day", "one"])) == ["one"]


@pytest.mark.parametrize("action", ["disown", "purge"])
def test_commit_forgetting_erases_what_was_said(cases: CaseStore, action: str) -> None:
    walk = walked(action)
    entries = store(cases, walk)
    found = cases.load("one")
    assert found is not None
    assert found.case == walk.case
    assert found.sound
    assert cases.erase_some("one") == 0
    found = cases.load("one")
    assert found is not None
    assert [t.sealed for t in found.history] == entries
    assert not any(t.answers for t in found.history)
    assert found.sound
    assert "canary" not in repr(found)


def test_unsent_after_a_grace(cases: CaseStore) -> None:
    store(cases, walked())
    assert list(cases.unsent(START + GRACE - SECOND)) == []
    assert list(cases.unsent(START + GRACE)) == [("one", "00000#0")]


def test_unsent_every_mail_of_a_decision(cases: CaseStore) -> None:
    walk = walked("confirm", "endorse")
    store(cases, walk)
    orders = {}
    for key in letters(cases, "one", START + 9 * DAY):
        letter = cases.lease(*key, START + 9 * DAY)
        assert letter is not None
        orders[letter.number] = letter.order
    expected = {
        f"{d.event.number:05}#{n}": order
        for d in walk.decisions
        for n, order in enumerate(d.mail_orders)
    }
    assert orders == expected
    assert len(expected) == 6


def test_ordered_by_a_step_whatever_became_of_the_mails(cases: CaseStore) -> None:
    walk = walked("confirm", "endorse")
    store(cases, walk)
    for key in letters(cases, "one", START + 9 * DAY)[:2]:
        letter = cases.lease(*key, START + 9 * DAY)
        assert letter
        cases.settle(letter, "sent", START)
    for decision in walk.decisions:
        assert tuple(cases.ordered("one", decision.event.number)) == decision.mail_orders
    assert list(cases.ordered("one", 99)) == list(cases.ordered("two", 0)) == []


def test_mails_to_one_party_and_what_became_of_them(cases: CaseStore) -> None:
    store(cases, walked("confirm", "endorse"))
    store(cases, walked("confirm", case_id="two"))
    before = cases.mails_to("one", "p2")
    assert before
    known = {(m.order.party, m.outcome, m.settled_at) for m in before.values()}
    assert known == {("p2", "pending", None)}
    first = min(before)
    letter = cases.lease("one", first, START + 9 * DAY)
    assert letter
    assert letter.order.party == "p2"
    cases.settle(letter, "sent", START + 9 * DAY)
    sent = replace(letter, outcome="sent", settled_at=START + 9 * DAY)
    assert cases.mails_to("one", "p2") == {**before, first: sent}
    assert cases.mails_to("one", "p9") == cases.mails_to("none", "p2") == {}


def test_unsent_in_the_order_they_were_written(cases: CaseStore) -> None:
    for number in range(8):
        store(cases, walked(case_id=f"c{number}", at=START + (number * 3 % 8) * HOUR))
    expected = [(f"c{n}", "00000#0") for n in sorted(range(8), key=lambda n: n * 3 % 8)]
    assert list(cases.unsent(START + DAY)) == expected


def test_oldest_unsent_is_the_one_that_waits_longest(cases: CaseStore) -> None:
    assert cases.oldest_unsent(START + DAY) is None
    for number in range(6):
        store(cases, walked(case_id=f"c{number}", at=START + (5 - number) * HOUR))
    asked = [cases.oldest_unsent(now) for now in (START, START + GRACE, START + DAY)]
    assert asked == [None, START + GRACE, START + GRACE]
    letter = cases.lease("c5", "00000#0", START + DAY)
    assert letter is not None
    cases.settle(letter, "sent", START)
    assert cases.oldest_unsent(START + DAY) == START + HOUR + GRACE


def test_lease_is_for_one(cases: CaseStore) -> None:
    store(cases, walked())
    order = MailOrder("confirm", "p1", "task", "unconfirmed", 1)
    now = START + HOUR
    assert cases.lease("one", "00000#0", now) == OutboxItem("one", "00000#0", order, 1)
    assert cases.lease("one", "00000#0", now) is None
    assert cases.lease("one", "00000#0", now + LEASE - SECOND) is None
    assert list(cases.unsent(now + LEASE - SECOND)) == []
    assert list(cases.unsent(now + LEASE)) == [("one", "00000#0")]
    assert cases.lease("one", "00000#0", now + LEASE) == OutboxItem("one", "00000#0", order, 2)


def _outbox_row(rows: tuple[Any, Any, Any], case_id: str, number: str) -> Any:
    return rows[0].get(case_id, f"outbox#{number}", consistent_read=True)


@pytest.mark.parametrize(
    "edited",
    [
        {"mail": "refused"},
        {"party": "p9"},
        {"round": 7},
        {"of_a_later_release": "x"},
        ["no order"],
        {},
    ],
)
def test_order_that_was_edited_is_not_sound(
    dynamo: Stores, rows: tuple[Any, Any, Any], edited: Any
) -> None:
    store(dynamo.cases, walked())
    row = _outbox_row(rows, "one", "00000#0")
    body = {**row.body, **edited} if isinstance(edited, dict) and edited else edited
    row.update(actions=[type(row).body.set(body)])
    letter = dynamo.cases.lease("one", "00000#0", START)
    assert letter is not None
    assert not letter.sound
    assert (list(dynamo.cases.ordered("one", 0)), dict(dynamo.cases.mails_to("one", "p1"))) == (
        [],
        {},
    )
    dynamo.cases.settle(letter, "parked", START)
    assert list(dynamo.cases.parked()) == [("one", "00000#0")]


@pytest.mark.parametrize("kept", ["none", "another's", "another key's"])
def test_order_that_was_put_into_the_table_is_not_sound(
    dynamo: Stores, rows: tuple[Any, Any, Any], kept: str
) -> None:
    store(dynamo.cases, walked())
    real = _outbox_row(rows, "one", "00000#0")
    forged = seal_order(SealKeys(b"guessed"), "one", "00000#7", real.body)
    seal = {"none": None, "another's": real.seal, "another key's": forged}[kept]
    values = {"body": real.body, "status": "pending", "attempts": 0, "seal": seal}
    rows[0]("one", "outbox#00000#7", **values).save()
    letters = [dynamo.cases.lease("one", n, START) for n in ("00000#0", "00000#7")]
    assert [letter.sound for letter in letters if letter] == [True, False]


def test_order_that_waited_through_a_change_of_secrets_is_sound(
    cases: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cases, walked())
    monkeypatch.setattr(cases, "keys", SealKeys(b"renewed", lambda: [b"secret"]))
    letter = cases.lease("one", "00000#0", START)
    assert letter is not None
    assert letter.sound


def test_lease_before_the_grace_is_over(cases: CaseStore) -> None:
    store(cases, walked())
    assert cases.lease("one", "00000#0", START) is not None
    assert list(cases.unsent(START + LEASE - SECOND)) == []
    assert list(cases.unsent(START + LEASE)) == [("one", "00000#0")]


@pytest.mark.parametrize("number", ["00000#1", "00001#0", "", "nothing"])
def test_lease_unknown_mail(cases: CaseStore, number: str) -> None:
    store(cases, walked())
    assert cases.lease("one", number, START) is None
    assert cases.lease("two", "00000#0", START) is None


@pytest.mark.parametrize("outcome", ["sent", "suppressed", "parked"])
def test_settle_is_the_end(cases: CaseStore, outcome: str) -> None:
    store(cases, walked())
    letter = cases.lease("one", "00000#0", START)
    assert letter is not None
    cases.settle(letter, outcome, START)
    cases.settle(letter, outcome, START)
    assert cases.lease("one", "00000#0", START + DAY) is None
    assert list(cases.unsent(START + DAY)) == []


def parked(cases: CaseStore, *ids: str) -> None:
    """Store cases whose first mail was parked at the second try."""
    for each in ids:
        store(cases, walked(case_id=each))
        for now in (START, START + HOUR):
            letter = cases.lease(each, "00000#0", now)
            assert letter is not None
        cases.settle(letter, "parked", START)


def test_parked_mails_are_found_and_no_others(cases: CaseStore) -> None:
    parked(cases, *(f"c{n}" for n in range(9)))
    store(cases, walked(case_id="pending"))
    store(cases, walked(case_id="sent"))
    letter = cases.lease("sent", "00000#0", START)
    assert letter is not None
    cases.settle(letter, "sent", START)
    assert sorted(cases.parked()) == [(f"c{n}", "00000#0") for n in range(9)]
    assert list(cases.unsent(START + DAY)) == [("pending", "00000#0")]
    assert cases.oldest_unsent(START + DAY) == START + GRACE


def test_unparked_mail_is_due_and_as_new(cases: CaseStore) -> None:
    parked(cases, "one")
    now = START + DAY
    assert cases.unpark("one", "00000#0", now)
    assert list(cases.parked()) == []
    assert list(cases.unsent(now - SECOND)) == []
    assert list(cases.unsent(now)) == [("one", "00000#0")]
    order = MailOrder("confirm", "p1", "task", "unconfirmed", 1)
    assert cases.lease("one", "00000#0", now) == OutboxItem("one", "00000#0", order, 1)


def test_unpark_what_is_not_parked(cases: CaseStore) -> None:
    parked(cases, "one")
    assert cases.unpark("one", "00000#0", START + DAY)
    assert not cases.unpark("one", "00000#0", START + DAY + HOUR)
    assert not cases.unpark("one", "00001#0", START)
    assert not cases.unpark("two", "00000#0", START)
    assert list(cases.unsent(START + DAY)) == [("one", "00000#0")]
    assert cases.lease("two", "00000#0", START + DAY) is None


def test_release_waits_twice_as_long_each_time(cases: CaseStore) -> None:
    store(cases, walked())
    now, waits = START + HOUR, []
    for attempt in range(1, 8):
        letter = cases.lease("one", "00000#0", now)
        assert letter is not None
        assert letter.attempts == attempt
        cases.release(letter, now)
        wait = next(
            n
            for n in (30, 60, 120, 240, 480, 960)
            if cases.unsent(now + timedelta(seconds=n)) != ()
        )
        assert cases.lease("one", "00000#0", now + timedelta(seconds=wait - 1)) is None
        waits.append(wait)
        now += timedelta(seconds=wait)
    assert waits == [30, 60, 120, 240, 480, 480, 480]


FRESH = MailOrder("fresh_link", "p1", "status", "submitted", 2)


def test_post_adds_a_mail(cases: CaseStore) -> None:
    store(cases, walked("confirm"))
    now = START + 3 * DAY
    before = set(letters(cases, "one", now + GRACE))
    cases.post("one", FRESH, now, "fresh#one#p1")
    (key,) = set(letters(cases, "one", now + GRACE)) - before
    letter = cases.lease(*key, now)
    assert letter == OutboxItem("one", key[1], FRESH, 1)
    found = cases.load("one")
    assert found is not None
    assert len(found.history) == 2


def test_post_repeated_is_one_mail(cases: CaseStore) -> None:
    for _ in range(5):
        cases.post("one", FRESH, START, "fresh#one#p1")
    assert len(letters(cases, "one", START + GRACE)) == 1


def test_mail_that_does_not_leave_gives_its_own_place_back(cases: CaseStore) -> None:
    ((decision, entry, salt),) = kept(walked(case_id="c1"))
    assert cases.create(Write(decision, entry, salt), "q")
    for minute in (1, 2):
        cases.post("one", FRESH, START + timedelta(minutes=minute), "q")
    number = letters(cases, "one", START + DAY)[0][1]
    for hour, holder in enumerate(("c1.00000#0", f"one.{number}"), 1):
        now = START + hour * HOUR
        with pytest.raises(TooMany):
            cases.post("one", FRESH, now, "q")
        cases.give_back("other", holder, now)
        cases.give_back("q", "two.00000#0", now)
        with pytest.raises(TooMany):
            cases.post("one", FRESH, now, "q")
        cases.give_back("q", holder, now)
        cases.give_back("q", holder, now)
        cases.post("one", FRESH, now + SECOND, "q")
        cases.give_back("q", holder, now)  # it is another's now


def test_link_that_is_asked_for_twice_at_once_is_one_mail(cases: CaseStore) -> None:
    ((decision, entry, salt),) = kept(walked(case_id="c1"))
    assert cases.create(Write(decision, entry, salt), "other")
    for second in (0, 1, 9):
        cases.post("one", FRESH, START + HOUR + timedelta(seconds=second), "q")
    assert len(letters(cases, "one", START + DAY)) == 1
    for minute in (1, 2):
        cases.post("one", FRESH, START + HOUR + timedelta(minutes=minute), "q")
    with pytest.raises(TooMany):
        cases.post("one", FRESH, START + HOUR + timedelta(minutes=3), "q")


def test_post_quota_of_three(cases: CaseStore) -> None:
    for minute in range(3):
        cases.post("one", FRESH, START + timedelta(minutes=minute), "fresh#one#p1")
    with pytest.raises(TooMany):
        cases.post("one", FRESH, START + HOUR, "fresh#one#p1")
    assert len(letters(cases, "one", START + DAY)) == 3
    cases.post("one", replace(FRESH, party="p2"), START + HOUR, "fresh#one#p2")
    cases.post("one", FRESH, START + DAY, "fresh#one#p1")
    assert len(letters(cases, "one", START + 2 * DAY)) == 5


def test_due_cases_are_spread_over_all_shards() -> None:
    assert {shard(f"case{n}") for n in range(64)} == set(range(SHARDS))


def test_everything_silent_is_unavailable(dynamo: Stores, rows: tuple[Any, Any, Any]) -> None:
    walk = walked("confirm")
    store(dynamo.cases, walk)
    ((decision, entry, salt), second) = kept(walk)
    letter = OutboxItem("one", "00000#0", decision.mail_orders[0], 1)
    for row in rows:
        row.delete_table()
    calls = [
        lambda: dynamo.cases.load("one"),
        lambda: dynamo.cases.create(Write(decision, entry, salt), "q"),
        lambda: dynamo.cases.commit(Write(*second)),
        lambda: dynamo.cases.post("one", FRESH, START, "q"),
        lambda: dynamo.cases.free("q"),
        lambda: dynamo.cases.unsent(START),
        lambda: dynamo.cases.oldest_unsent(START),
        lambda: dynamo.cases.lease("one", "00000#0", START),
        lambda: dynamo.cases.settle(letter, "sent", START),
        lambda: dynamo.cases.release(letter, START),
        lambda: list(dynamo.cases.parked()),
        lambda: dynamo.cases.unpark("one", "00000#0", START),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()


def test_forgotten_case_leaves_nothing_personal_in_the_tables(
    dynamo: Stores, rows: tuple[Any, Any, Any]
) -> None:
    store(dynamo.cases, walked())
    assert "canary" in repr([r.attribute_values for r in rows[0].scan()])
    ((_, (decision, entry, salt))) = kept(walked("disown"))
    dynamo.cases.commit(Write(decision, entry, salt))
    left = [r.attribute_values for table in rows for r in table.scan()]
    assert left
    assert "canary" not in repr(left)
    assert not any(row.get("salt") or row.get("answers") for row in left)


def test_several_of_many_and_of_none(cases: CaseStore) -> None:
    first, second = walked(case_id="one"), walked("confirm", case_id="two")
    store(cases, first)
    store(cases, second)
    assert cases.several(["two", "one", "two", "three"]) == {
        "one": first.case,
        "two": second.case,
    }
    assert cases.several([]) == {}
    assert cases.several(["three"]) == {}


def test_post_once_is_one_mail(cases: CaseStore) -> None:
    order = MailOrder("digest", "key", "desk", "", 0)
    assert cases.post_once("desk#key", "digest#2026-W32", order, START) is True
    assert cases.post_once("desk#key", "digest#2026-W32", order, START + HOUR) is False
    assert letters(cases, "desk#key", START + GRACE) == [("desk#key", "digest#2026-W32")]
    letter = cases.lease("desk#key", "digest#2026-W32", START)
    assert letter == OutboxItem("desk#key", "digest#2026-W32", order, 1)
    cases.settle(letter, "sent", START)
    assert cases.post_once("desk#key", "digest#2026-W32", order, START) is False
    assert cases.load("desk#key") is None


def test_history_is_sound_as_it_is_read(cases: CaseStore) -> None:
    store(cases, walked("confirm", "endorse", "offer", "accept"))
    store(cases, walked("disown", case_id="two"))  # what was said is erased
    for case_id, entries in (("one", 5), ("two", 2)):
        found = cases.load(case_id)
        assert found is not None
        assert (found.sound, found.entries) == (True, entries)


def test_sample_has_cases_that_wait_and_cases_at_rest(cases: CaseStore) -> None:
    assert cases.sample(0.5) == [] or cases.sample(0.5) == ()
    store(cases, walked())
    store(cases, walked("confirm", "withdraw", case_id="two"))
    for point in (0.0, 0.5, 0.999):
        assert sorted(cases.sample(point)) == ["one", "two"]


def test_nights_reach_every_case_about_as_often(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.adapters.cases._SAMPLED", 4)
    real: Any = dynamo.cases
    ids = [case_id_of(str(n)) for n in range(40)]
    for n, case_id in enumerate(ids):
        case = walked("confirm", case_id=case_id, at=START + n * DAY).case
        real.case_row(case, "", HistorySummary()).save()
    drawn = Counter(i for n in range(400) for i in real.sample(n / 400))
    assert set(drawn) == set(ids)
    assert sum(drawn.values()) == 4 * 400
    assert min(drawn.values()) >= 40 / 5
    assert max(drawn.values()) <= 40 * 3


def test_claimed_is_what_a_case_has_for_itself(cases: CaseStore) -> None:
    cases.commit(claiming(cases, "one", "2026-1"))
    claim = Claim("vouchers", "2026-1", "number")
    assert cases.claimed("one", [])
    assert cases.claimed("one", [claim])
    for case_id, other in (
        ("two", claim),
        ("one", replace(claim, field="credit_number")),
        ("one", replace(claim, value="2026-2")),
    ):
        assert not cases.claimed(case_id, [other])
        assert not cases.claimed(case_id, [claim, other])


def _edited(history: list[Any]) -> None:
    history[1].update(actions=[type(history[1]).body.set({**history[0].body})])


def _middle_gone(history: list[Any]) -> None:
    history[1].delete()


def _last_gone(history: list[Any]) -> None:
    history[-1].delete()


def _words_changed(history: list[Any]) -> None:
    history[0].update(
        actions=[type(history[0]).answers.set({**history[0].answers, "unit": "south"})]
    )


def broken_to_all(cases: CaseStore, case_id: str) -> None:
    """Whoever reads the case finds it broken: there is no way around its cover."""
    for read in (cases.load, cases.page, cases.case):
        with pytest.raises(Broken):
            read(case_id)
    found = cases.several([case_id])
    assert (found, {*found.broken}) == ({}, {case_id})
    assert cases.records([case_id]) == {}


@pytest.mark.parametrize("changed", ["answers", "parties", "state"])
def test_case_changed_past_the_store_is_found(
    dynamo: Stores, rows: tuple[Any, Any, Any], changed: str
) -> None:
    """The row of the case alone, its history and seal as they were."""
    store(dynamo.cases, walked("confirm", "endorse"))
    (row,) = rows[0].query("one", rows[0].part == "case")
    new = {"answers": {**row.body["answers"], "unit": "south"}, "parties": [], "state": "offered"}
    row.update(actions=[type(row).body.set({**row.body, changed: new[changed]})])
    broken_to_all(dynamo.cases, "one")


@pytest.mark.parametrize("parts", [("case",), ("case", "act#")], ids=["case alone", "all"])
def test_rows_of_two_cases_that_changed_places_are_found(
    dynamo: Stores, rows: tuple[Any, Any, Any], parts: tuple[str, ...]
) -> None:
    """Whoever holds a link to one case neither reads nor decides the other."""
    for case_id in ("one", "two"):
        store(dynamo.cases, walked("confirm", "endorse", case_id=case_id))
    table = rows[0]
    for part in parts:
        pairs = zip(
            *(table.query(i, table.part.startswith(part)) for i in ("one", "two")), strict=True
        )
        for first, second in [(a, b) for a, b in pairs]:
            first.case, second.case = second.case, first.case
            first.save()
            second.save()
    for case_id in ("one", "two"):
        broken_to_all(dynamo.cases, case_id)


def test_number_of_the_case_row_is_that_of_its_last_step(
    dynamo: Stores, rows: tuple[Any, Any, Any]
) -> None:
    """It guards every write: an edited one would refuse each of them, for a reason not told."""
    store(dynamo.cases, walked("confirm", "endorse"))
    (row,) = rows[0].query("one", rows[0].part == "case")
    row.update(actions=[type(row).revision.set(99)])
    broken_to_all(dynamo.cases, "one")


def test_records_are_the_cases_that_load_reads(cases: CaseStore) -> None:
    store(cases, walked("confirm", "endorse", "offer", "accept"))
    store(cases, walked("disown", case_id="two"))
    store(cases, walked(case_id="three"))
    found = cases.records(["one", "two", "three", "four", "", "x" * 65])
    assert [*found] == ["one", "two", "three"]
    for case_id, record in found.items():
        whole = cases.load(case_id)
        assert whole
        assert (record.case, record.last_seal) == (whole.case, whole.last_seal)
        assert (record.history, record.sound) == ((), True)
    assert cases.records([]) == {}


def long_history(cases: CaseStore, steps: int) -> None:
    """Case ``one`` with so many entries, each chained to the one before. Of a table the rows are
    put there one by one: that is what the local AWS does fastest."""
    walk = walked()
    (entry,) = store(cases, walk)
    real: Any = cases
    for number in range(1, steps):
        event = replace(entry.event, number=number, action="withdraw")
        case = replace(walk.case, revision=number)
        decision = Decision(case, event, {"said": "x" * 50})
        last = HistorySummary(last=(event,), picked={"n": str(number)})
        entry, salt = sealed(decision, entry.seal, KEYS)
        if isinstance(cases, MemoryCases):
            cases.commit(Write(decision, entry, salt, {}, last))
            continue
        plain, said = entry_to_plain(entry), dict(decision.answers)
        real.row("one", history_part(number), body=plain, answers=said, salt=salt).save()
        if number == steps - 1:
            real.case_row(case, entry.seal, last).save()


def erased_after(cases: CaseStore, steps: int) -> None:
    """Case ``one``, erased by its last of so many entries."""
    long_history(cases, steps - 1)
    record, walk = cases.case("one"), walked()
    assert record
    event = replace(walk.decisions[0].event, number=steps - 1, action="disown")
    case = replace(record.case, parties=(), answers={}, revision=steps - 1)
    decision = Decision(case, event, {}, erases=True)
    entry, salt = sealed(decision, record.last_seal, KEYS)
    cases.commit(Write(decision, entry, salt, {}, erased(event)))


@pytest.mark.parametrize("steps", [2, 40, 51, 98, 99, 120, 500])
def test_case_of_any_length_is_erased_in_portions(
    cases: CaseStore, engine: InProcessAws | None, steps: int
) -> None:
    if engine is None and steps > 200:
        pytest.skip("moto reads a whole table for each row: the local AWS shows this one")
    erased_after(cases, steps)
    left: int | None = steps - 1
    while left:
        before = left
        left = cases.erase_some("one")
        assert left == max(0, before - 50)
        found = cases.load("one")
        assert found
        assert found.sound, "also while it goes on"
        assert [e.sealed.event.number for e in found.history if e.answers is not None] == [
            *range(1, left)  # what opened the case was emptied with the head
        ]
        assert (found.case.parties, found.case.answers) == ((), {})
    assert cases.erase_some("one") is None
    found = cases.load("one")
    assert found
    assert "xxxx" not in repr(found)
    assert not any(entry.salt for entry in found.history)


def test_case_that_is_not_erased_loses_nothing(cases: CaseStore) -> None:
    long_history(cases, 4)
    before = cases.load("one")
    assert cases.erase_some("one") is None
    assert cases.erase_some("nowhere") is None
    assert cases.load("one") == before


def test_what_was_not_erased_of_an_erased_case_is_found(
    dynamo: Stores, rows: tuple[Any, Any, Any]
) -> None:
    erased_after(dynamo.cases, 5)
    (kept_row,) = rows[0].query("one", rows[0].part == "act#00002")
    assert dynamo.cases.erase_some("one") == 0
    kept_row.save()  # from a copy
    found = dynamo.cases.load("one")
    assert found
    assert not found.sound


def numbers(record: CaseRecord | None) -> list[int]:
    assert record is not None
    assert record.sound
    return [each.sealed.event.number for each in record.history]


def test_case_page_and_entries_are_parts_of_the_history(cases: CaseStore) -> None:
    long_history(cases, 120)
    assert numbers(cases.case("one")) == [119]
    assert numbers(cases.page("one")) == [*range(70, 120)]
    assert numbers(cases.load("one")) == [*range(120)]
    head = cases.case("one")
    assert head is not None
    assert head.summary.picked == {"n": "119"}
    assert numbers(cases.entries(head, range(20, 70))) == [*range(20, 71)]
    assert numbers(cases.entries(head, range(119, 120))) == [119]
    assert numbers(cases.entries(head, range(110, 300))) == [*range(110, 120)]
    assert cases.entries(head, range(5, 5)).sound
    for read in (cases.case, cases.page):
        assert read("nowhere") is None


def test_break_is_recorded_for_all_until_a_write_of_who_has_seen_that(
    cases: CaseStore,
) -> None:
    decision = walked("confirm").decisions[1]
    entry = store(cases, walked())[0]
    before = cases.case("one")
    assert before
    assert not before.has_break
    write = Write(decision, *sealed(decision, entry.seal, KEYS))
    cases.record_break(replace(before, case=replace(before.case, revision=7)))  # it has moved on
    assert not (same := cases.case("one")) or not same.has_break
    cases.record_break(before)
    for record in (
        cases.case("one"),
        cases.page("one"),
        cases.load("one"),
        cases.records(["one"])["one"],
    ):
        assert record
        assert record.has_break
    with pytest.raises(Conflict):  # read before
        cases.commit(write)
    cases.commit(replace(write, has_break=True))
    now = cases.case("one")
    assert now
    assert (now.case.revision, now.has_break) == (1, False)


@pytest.fixture
def asked(dynamo: Stores) -> Iterator[list[tuple[str, int]]]:
    """What is asked of DynamoDB: the operation, and the bytes of its answer."""
    table: Any = dynamo.cases
    found: list[tuple[str, int]] = []

    def note(parsed: Any, model: Any, **_: Any) -> None:
        found.append((model.name, len(json.dumps(parsed.get("Items", parsed), default=str))))

    events = table._settings.client.meta.events
    events.register("after-call.dynamodb", note)
    yield found
    events.unregister("after-call.dynamodb", note)


def test_case_is_one_read_of_constant_size(dynamo: Stores, asked: list[tuple[str, int]]) -> None:
    costs = []
    for steps in (10, 120):
        real: Any = dynamo.cases
        for row in list(real.row.query("one")):
            row.delete()
        long_history(dynamo.cases, steps)
        asked.clear()
        assert dynamo.cases.case("one")
        costs.append(list(asked))
    ((operation, small),), ((again, large),) = costs
    assert (operation, again) == ("Query", "Query")
    assert abs(large - small) < 40, "the same but for numbers of more digits"


@pytest.mark.parametrize("tamper", ["edited", "gone"])
def test_break_in_the_middle_is_found_where_it_is_read(
    dynamo: Stores, rows: tuple[Any, Any, Any], tamper: str
) -> None:
    long_history(dynamo.cases, 120)
    (row,) = rows[0].query("one", rows[0].part == "act#00030")
    if tamper == "gone":
        row.delete()
    else:
        row.update(actions=[rows[0].answers.set({"said": "y"})])
    head = dynamo.cases.case("one")
    assert head
    found = {
        "case": head.sound,
        "page": (page := dynamo.cases.page("one")) and page.sound,
        "before": dynamo.cases.entries(head, range(31, 81)).sound,
        "there": dynamo.cases.entries(head, range(20, 70)).sound,
        "whole": (whole := dynamo.cases.load("one")) and whole.sound,
    }
    assert found == {"case": True, "page": True, "before": True, "there": False, "whole": False}


def test_older_part_is_chained_to_what_follows_it(
    dynamo: Stores, rows: tuple[Any, Any, Any]
) -> None:
    """Entries of another history of the same case, such as one that was put back, each fit
    their own seals."""
    long_history(dynamo.cases, 60)
    part = rows[0].part.between("act#00000", "act#00009")
    earlier = list(rows[0].query("one", part))
    for row in list(rows[0].query("one")):
        row.delete()
    long_history(dynamo.cases, 60)
    for row in earlier:
        row.save()
    head = dynamo.cases.case("one")
    assert head
    assert not dynamo.cases.entries(head, range(10)).sound
    assert dynamo.cases.entries(head, range(10, 60)).sound


def _exchanged(history: list[Any]) -> None:
    first, second = history[1], history[2]
    mine, other = first.body, second.body
    first.update(actions=[type(first).body.set(other)])
    second.update(actions=[type(first).body.set(mine)])


@pytest.mark.parametrize(
    "tamper",
    [_edited, _middle_gone, _last_gone, _words_changed, _exchanged],
    ids=lambda f: f.__name__,
)
def test_rows_changed_past_the_store_are_found(
    dynamo: Stores, rows: tuple[Any, Any, Any], tamper: Any
) -> None:
    store(dynamo.cases, walked("confirm", "endorse", "offer"))
    tamper(list(rows[0].query("one", rows[0].part.startswith("act#"))))
    found = dynamo.cases.load("one")
    assert found is not None
    assert not found.sound


def edited(row: dict[str, Any], **body: object) -> dict[str, Any]:
    return {**row, "body": {"S": json.dumps({**json.loads(row["body"]["S"]), **body})}}


EDITS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "empty": lambda row: {**row, "body": {"S": "{}"}},
    "no JSON": lambda row: {**row, "body": {"S": "{"}},
    "no text": lambda row: {**row, "body": {"N": "1"}},
    "none": lambda row: {k: v for k, v in row.items() if k != "body"},
    "a list": lambda row: {**row, "body": {"S": "[]"}},
    "unknown key": lambda row: edited(row, evil=1),
    "bad date": lambda row: edited(row, entered_at="x"),
    "no zone": lambda row: edited(row, entered_at="2026-08-03T09:00:00"),
    "number for text": lambda row: edited(row, language=1),
    "answers": lambda row: edited(row, answers="x"),
    "party": lambda row: edited(row, parties=[{"id": "p1"}]),
    "role": lambda row: edited(row, parties=[PARTY]),
    "state": lambda row: edited(row, state="x"),
    "summary": lambda row: {**row, "summary": {"S": "[[], [], [7], {}, []]"}},
    "no summary": lambda row: {k: v for k, v in row.items() if k != "summary"},
    "revision as text": lambda row: {**row, "revision": {"S": "x"}},
}
PARTY = {"id": "p1", "role": "x", "name": "A", "email": "a@example.net", "language": "fi"}


@pytest.mark.parametrize("edit", EDITS)
def test_row_that_cannot_be_read_is_an_alarm_and_holds_up_no_other(
    dynamo: Stores, edit: str, caplog: pytest.LogCaptureFixture
) -> None:
    cases, alarm = dynamo.cases, "history broken: one"
    store(cases, walked("confirm"))
    store(cases, walked("confirm", case_id="two"))
    table: Any = cases
    place, key = table._settings, {"case": {"S": "one"}, "part": {"S": "case"}}
    client, name = place.client, f"{place.table_prefix}-cases"
    client.put_item(
        TableName=name, Item=EDITS[edit](client.get_item(TableName=name, Key=key)["Item"])
    )
    for read in (cases.load, cases.page, cases.case):
        caplog.clear()
        with pytest.raises(Broken):
            read("one")
        assert caplog.messages == [alarm]
    caplog.clear()
    assert list(cases.several(["one", "two"])) == ["two"]
    assert list(cases.records(["one", "two"])) == ["two"]
    assert caplog.messages == [alarm] * 2


def test_entry_of_a_history_that_cannot_be_read_is_an_alarm(
    dynamo: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    store(dynamo.cases, walked("confirm"))
    table: Any = dynamo.cases
    place, key = table._settings, {"case": {"S": "one"}, "part": {"S": "act#00001"}}
    client, name = place.client, f"{place.table_prefix}-cases"
    row = client.get_item(TableName=name, Key=key)["Item"]
    client.put_item(TableName=name, Item={**row, "body": {"S": "{}"}})
    for read in (dynamo.cases.load, dynamo.cases.page, dynamo.cases.case):
        with pytest.raises(Broken):
            read("one")
    assert caplog.messages == ["history broken: one"] * 3
