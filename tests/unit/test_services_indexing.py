"""Desks come to show the cases as they stand, in whatever order and however often told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.entry.indexer import app as indexer
from functions.kernel.case import Case
from functions.kernel.desk import WHO
from functions.kernel.directory import DirectoryFile
from functions.kernel.errors import Conflict
from functions.processes import current
from functions.services.access.people import known, person_key
from functions.services.desk import index
from functions.services.desk.index import index_case, worklist_items
from functions.services.ports import IndexedItems, WorklistItem
from tests.fakes import DIRECTORY, MemoryCases, MemoryDesks, World
from tests.paths import walks

STEPS = ("confirm", "endorse", "offer", "decline", "return", "reject", "correct", "withdraw")
WAYS = (
    ("confirm", "endorse", "offer", "accept"),
    ("confirm", "endorse", "offer", "decline", "offer"),
    ("confirm", "return", "correct", "endorse"),
    ("confirm", "reject", "withdraw"),
    ("disown",),
)


class Killed(BaseException):
    """The process ended here."""


def wanted(world: World) -> dict[tuple[str, str], WorklistItem]:
    """All cards that all cases want, by desk and place."""
    every = (
        c for f in world.cases.folders.values() for c in worklist_items(world.services, f.case)
    )
    return {(card.desk, card.sort_key): card for card in every}


def right(world: World) -> bool:
    """Whether the desks show the cases as they stand, and nothing is forgotten to be there."""
    listed = {key for each in world.desks.known.values() for key in each.fingerprints}
    return world.desks.cards == wanted(world) and listed == set(wanted(world))


def test_index_follows_every_step() -> None:
    for way in WAYS:
        world = World()
        case_id = world.case_at()
        assert index_case(world.services, case_id) is False, "unconfirmed: on nobody's desk"
        for action in way:
            world.do(case_id, action)
            index_case(world.services, case_id)
            assert right(world), (way, action)
        assert index_case(world.services, case_id) is False
        assert (world.desks.cards == {}) == (way == ("disown",))


def test_index_of_a_case_that_is_not_there() -> None:
    world = World()
    assert index_case(world.services, "nowhere") is False
    assert world.desks.known == {}


@given(
    st.lists(st.tuples(st.sampled_from(range(3)), st.integers(0, 6)), max_size=25),
    st.integers(2, 60),
)
def test_index_converges(told: list[tuple[int, int]], size: int) -> None:
    """Any cases told of at any time, others not at all, killed after any change; then once all."""
    world = World()
    ids = [world.case_at() for _ in range(3)]
    left = [list(WAYS[n]) for n in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "MAX_CHANGES", size)
        for number, kill in told:
            if left[number] and kill % 2:
                world.do(ids[number], left[number].pop(0))
            world.desks.__class__ = Killing
            world.desks.left = kill  # type: ignore[attr-defined]
            try:
                index_case(world.services, ids[number])
            except Killed:
                assert set(world.desks.cards) == {
                    key for each in world.desks.known.values() for key in each.fingerprints
                }
            world.desks.__class__ = MemoryDesks
        world.index()
    assert right(world)


class Killing(MemoryDesks):
    """Desks whose user is killed after so many changes."""

    left: int

    def change(
        self,
        case_id: str,
        seen: IndexedItems,
        put: Mapping[str, WorklistItem],
        drop: Sequence[tuple[str, str]],
        revision: int = 0,
    ) -> IndexedItems:
        if not self.left:
            raise Killed
        self.left -= 1
        return super().change(case_id, seen, put, drop, revision)


class Slow(MemoryCases):
    """Cases where something else happens right after they were read."""

    meanwhile: list[Callable[[], object]]

    def case(self, case_id: str) -> Case | None:
        read = super().case(case_id)
        if self.meanwhile:
            now, *later = self.meanwhile
            self.meanwhile = []  # what happens then is not overtaken itself
            now()
            self.meanwhile = later
        return read


@pytest.mark.parametrize("times", [1, 2, 3])
def test_index_with_an_old_case_begins_anew(times: int) -> None:
    world = World()
    case_id = world.case_at("confirm")
    left = ["endorse", "offer", "accept"][:times]

    def overtake() -> None:
        if left:
            world.do(case_id, left.pop(0))
            index_case(world.services, case_id)

    world.cases.__class__ = Slow
    world.cases.meanwhile = [overtake] * times  # type: ignore[attr-defined]
    index_case(world.services, case_id)
    assert right(world)


def test_index_that_is_always_overtaken_gives_up() -> None:
    world = World()
    case_id = world.case_at("confirm")

    def touch() -> None:
        seen = world.desks.indexed(case_id)
        world.desks.known[case_id] = IndexedItems(seen.version + 1, seen.fingerprints)

    world.cases.__class__ = Slow
    world.cases.meanwhile = [touch] * 99  # type: ignore[attr-defined]
    with pytest.raises(Conflict):
        index_case(world.services, case_id)


def test_case_that_left_forgets_the_person() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    world.index()
    key = person_key(world.services, "aino@example.net")
    found = known(world.services, key)
    assert found is not None
    assert (found.person.email, found.person.name) == ("aino@example.net", "Aino Applicant")
    assert found.entries == {}
    del world.cases.folders[case_id]
    index_case(world.services, case_id)
    assert known(world.services, key) is None
    assert world.desks.cards == {}
    assert "aino" not in str(world.desks.known).lower()


def test_desks_hold_addresses_only_where_people_are_told() -> None:
    world = World()
    world.case_at("confirm", "endorse", "offer")
    world.index()
    told = {c.sort_key: c for c in world.desks.cards.values()}
    assert all((card.person is not None) == place.startswith(WHO) for place, card in told.items())
    assert "@" not in str([(c.desk, c.sort_key, c.tags) for c in told.values()])


def test_person_key_is_of_the_address_whatever_its_case() -> None:
    services = World().services
    assert person_key(services, "Aino@Example.net") == person_key(services, "aino@example.net")
    assert person_key(services, "aino@example.net") != person_key(services, "aina@example.net")


def record(case_id: str, part: str, number: str) -> dict[str, object]:
    keys = {"case": {"S": case_id}, "part": {"S": part}}
    return {"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": number}}


def test_indexer_indexes_each_case_once_and_tells_what_failed() -> None:
    world = World()
    one, two = world.case_at("confirm"), world.case_at("confirm")
    world.desks.__class__ = Breaking
    world.desks.broken = one  # type: ignore[attr-defined]
    records = [
        record(one, "case", "1"),
        record(two, "outbox#00001#0", "2"),
        record(two, "case", "3"),
        record(one, "case", "4"),
        record("desk#x", "outbox#1", "5"),
    ]
    answer = indexer.handle(world.services, {"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert {card.case for card in world.desks.cards.values()} == {two}
    world.desks.__class__ = MemoryDesks
    assert indexer.handle(world.services, {"Records": records}) == {"batchItemFailures": []}
    assert right(world)


class Breaking(MemoryDesks):
    """Desks that break for one case."""

    broken: str

    def indexed(self, case_id: str) -> IndexedItems:
        if case_id == self.broken:
            raise RuntimeError("broken")
        return super().indexed(case_id)


@pytest.mark.parametrize(("coordinators", "most"), [(1, 20), (10, 70)])
def test_step_writes_what_changed_and_little_else(coordinators: int, most: int) -> None:
    """With the row of the case itself; but for what lists the case for the first time, and what
    erases it."""
    world = World()
    keys = [f"anna{n}" for n in range(coordinators)]
    anna = next(each for each in DIRECTORY if each.key == "anna")
    annas = (replace(anna, key=k, facts={**anna.facts, "email": f"{k}@example.org"}) for k in keys)
    units = [replace(e, facts={**e.facts, "coordinators": tuple(keys)}) for e in DIRECTORY[3:5]]
    world.directory.save(DirectoryFile((DIRECTORY[0], *annas, *units, *DIRECTORY[5:])))
    written = dict[str, int]()
    for walk in walks(current("supervision"), world.directory):
        if walk.case.form != "individual" or len(walk.decisions) < 2:
            continue
        before, after = (
            {index._print(item): item for item in worklist_items(world.services, decision.case)}
            for decision in walk.decisions[-2:]
        )
        keys_after = {(item.desk, item.sort_key) for item in after.values()}
        gone = {(i.desk, i.sort_key) for i in before.values()} - keys_after
        if before and not walk.decisions[-1].erases:
            written[f"{walk.taken[-1]} → {walk.case.state}"] = (
                1 + len(gone) + len(after.keys() - before.keys())
            )
    assert len(written) > 30
    assert {step: n for step, n in written.items() if n > most} == {}
