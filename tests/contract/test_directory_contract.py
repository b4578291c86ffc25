"""One suite for the directory in DynamoDB and for the one in memory that stands in for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.directory import FRESH, DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.kernel.directory import ChangeStamp, DirectoryEntry, DirectoryFile, DirectoryStore
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.duties import DUTIES
from functions.kernel.errors import Conflict, Unavailable
from functions.kernel.people import Listing, Person
from functions.services.directory.importing import read_directory
from tests.fake_directory import MemoryDirectory
from tests.in_process_aws import made

DEMO = Path("infra/demo/directory.yaml")
MARK = ChangeStamp(datetime(2026, 8, 3, 9, 0, tzinfo=UTC), "coordinators/anna")
Move = Callable[[str, str, str, int], None]


def opened(seconds: "Seconds", endpoint: str | None) -> DynamoDirectory:
    """The directory as another process would open it: a place is for one."""
    return DynamoDirectory(DynamoSettings("eu-north-1", "kapula-test", endpoint), seconds)


class Seconds:
    """A monotonic clock that stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def dynamo(_anew: None, endpoint: str | None, seconds: Seconds) -> Iterator[DynamoDirectory]:
    directory = opened(seconds, endpoint)
    with made(directory.row, directory._outbox_row):
        yield directory


@pytest.fixture
def row(dynamo: DynamoDirectory) -> Any:
    return dynamo.row


@pytest.fixture(params=["memory", "dynamo"])
def both(request: pytest.FixtureRequest, endpoint: str | None) -> tuple[DirectoryStore, Move]:
    """A directory, and how a case's transaction moves a counter of it."""
    if request.param == "memory":
        memory = MemoryDirectory()
        return memory, memory.move
    dynamo = request.getfixturevalue("dynamo")
    row = dynamo.row

    def move(source: str, key: str, counter: str, step: int) -> None:
        row(source, key).update(actions=[getattr(row, counter).add(step)])

    return dynamo, move


@pytest.fixture
def directory(both: tuple[DirectoryStore, Move]) -> DirectoryStore:
    return both[0]


@pytest.fixture
def move(both: tuple[DirectoryStore, Move]) -> Move:
    return both[1]


def named(name: str) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), name)


def coordinator(key: str, *, retired: bool = False) -> DirectoryEntry:
    facts: dict[str, Any] = {"email": f"{key}@example.org", "language": "sv", "duties": DUTIES}
    return DirectoryEntry("coordinators", key, named(key.title()), facts, retired)


def unit(key: str, *coordinators: str, name: str = "", retired: bool = False) -> DirectoryEntry:
    facts: dict[str, Any] = {"employer": "Esimerkki", "language": "fi"}
    facts["coordinators"] = coordinators
    names = {"fi": name or key, "sv": f"{key} sv", "en": f"{key} en"}
    return DirectoryEntry("units", key, names, facts, retired)


def supervisor(key: str, *, retired: bool = False, **facts: Any) -> DirectoryEntry:
    own: dict[str, Any] = {"email": f"{key}@example.org", "language": "fi", "maximum": 3}
    return DirectoryEntry("supervisors", key, named(key.title()), {**own, **facts}, retired)


def domain(name: str, *, retired: bool = False) -> DirectoryEntry:
    return DirectoryEntry("domains", name, named(name), {}, retired)


def save(directory: DirectoryStore, *entries: DirectoryEntry) -> int:
    return directory.save(DirectoryFile(entries))


def test_directory_empty(directory: DirectoryStore) -> None:
    lists = [directory.listings("no such list"), directory.entries("units")]
    people = [directory.people(source, "a") for source in ("units", "supervisors")]
    names = [directory.named(source, "a") for source in ("units", "supervisors")]
    assert [*lists, *people, *names] == [(), (), (), (), None, None]
    assert directory.knows_domain("example.org") is False


def test_entries_demo_file_saved(directory: DirectoryStore) -> None:
    file = read_directory(DEMO.read_text(encoding="utf-8"), "yaml")
    assert directory.save(file) == 15
    stored = {s: directory.entries(s) for s in ("units", "domains", "coordinators", "supervisors")}
    assert stored == {s: tuple(sorted(file.of(s), key=lambda e: e.key)) for s in stored}


def test_listings_units_in_finnish_order(directory: DirectoryStore) -> None:
    names = ["Öljy", "Ääni", "Åbo", "Zeta", "yksi", "Üxkyl", "Alfa", "éka"]
    save(directory, *(unit(f"u{n}", "a", name=name) for n, name in enumerate(names)))
    shown = [x.name("fi") for x in directory.listings("units")]
    assert shown == ["Alfa", "éka", "yksi", "Üxkyl", "Zeta", "Åbo", "Ääni", "Öljy"]


def test_listings_units_tell_employer_and_language(directory: DirectoryStore) -> None:
    save(directory, unit("a", "anna", name="Alfa"))
    names = {"fi": "Alfa", "sv": "a sv", "en": "a en"}
    facts = {"employer": "Esimerkki", "language": "fi", "coordinators": ("anna",)}
    assert directory.listings("units") == (Listing("a", names, facts),)


def test_listings_retired_left_out(directory: DirectoryStore) -> None:
    save(directory, unit("a", "x"), unit("b", "x", retired=True), supervisor("s", retired=True))
    assert [x.key for x in directory.listings("units")] == ["a"]
    assert directory.listings("supervisors") == ()


def test_named_retired_unit(directory: DirectoryStore) -> None:
    save(directory, unit("b", "x", name="Beta", retired=True))
    names = {"fi": "Beta", "sv": "b sv", "en": "b en"}
    facts = {"employer": "Esimerkki", "language": "fi", "coordinators": ("x",), "retired": True}
    assert directory.named("units", "b") == Listing("b", names, facts)


def test_named_retired_supervisor(directory: DirectoryStore) -> None:
    save(directory, supervisor("s", retired=True))
    listed = directory.named("supervisors", "s")
    assert listed is not None
    assert (listed.name("en"), listed.facts["retired"]) == ("S", True)


def test_listings_supervisor_tells_own_data_and_counts(
    directory: DirectoryStore, move: Move
) -> None:
    own: dict[str, Any] = {
        "forms": ("group", "pair"),
        "online": False,
        "contact": "Soita!",
        "ongoing_elsewhere": 2,
    }
    save(directory, supervisor("s", **own))
    move("supervisors", "s", "ongoing", 1)
    move("supervisors", "s", "queued", 2)
    move("supervisors", "s", "queued", -1)
    basic = {"email": "s@example.org", "language": "fi", "maximum": 3}
    expected = Listing("s", named("S"), {**basic, **own, "ongoing": 3, "queued": 1})
    assert directory.listings("supervisors") == (expected,)
    assert directory.named("supervisors", "s") == expected


def test_listings_supervisor_counts_never_cached(directory: DirectoryStore, move: Move) -> None:
    save(directory, supervisor("s"))
    seen = []
    for _ in range(3):
        seen.append(directory.listings("supervisors")[0].facts["ongoing"])
        move("supervisors", "s", "ongoing", 1)
    assert seen == [0, 1, 2]


def test_save_keeps_counts(directory: DirectoryStore, move: Move) -> None:
    save(directory, supervisor("s", ongoing_elsewhere=1))
    move("supervisors", "s", "ongoing", 2)
    move("supervisors", "s", "queued", 1)
    save(directory, supervisor("s", place="Mallila"))
    facts = directory.listings("supervisors")[0].facts
    expected = {"email": "s@example.org", "language": "fi", "maximum": 3, "place": "Mallila"}
    assert facts == {**expected, "ongoing": 2, "queued": 1}


def test_save_leaves_what_is_not_mentioned(directory: DirectoryStore) -> None:
    save(directory, coordinator("anna"), coordinator("sten"))
    assert save(directory, coordinator("sten", retired=True)) == 1
    assert directory.entries("coordinators") == (
        coordinator("anna"),
        coordinator("sten", retired=True),
    )


def test_save_keeps_who_and_when(directory: DirectoryStore) -> None:
    directory.save(DirectoryFile((coordinator("anna"),)), MARK)
    assert [e.changed for e in directory.entries("coordinators")] == [MARK]
    save(directory, coordinator("anna"))
    assert [e.changed for e in directory.entries("coordinators")] == [None]


def test_replace_adds_and_replaces_one_entry(directory: DirectoryStore, move: Move) -> None:
    save(directory, coordinator("anna"), supervisor("s"))
    move("supervisors", "s", "ongoing", 2)
    directory.replace(supervisor("s", place="Mallila"), MARK, directory.revision())
    directory.replace(supervisor("t"), MARK, directory.revision())
    assert directory.entries("supervisors") == (supervisor("s", place="Mallila"), supervisor("t"))
    assert [e.changed for e in directory.entries("supervisors")] == [MARK, MARK]
    assert directory.listings("supervisors")[0].facts["ongoing"] == 2
    assert directory.entries("coordinators")[0].changed is None


def test_replace_first_entry_of_all(directory: DirectoryStore) -> None:
    directory.replace(coordinator("anna"), MARK, directory.revision())
    assert directory.entries("coordinators") == (coordinator("anna"),)


def test_replace_one_winner_of_two(directory: DirectoryStore) -> None:
    """Two entries, even of two lists: each was checked with the other as it had been."""
    save(directory, coordinator("anna"), coordinator("sten"), unit("u", "anna", "sten"))
    since = directory.revision()
    directory.replace(coordinator("anna", retired=True), MARK, since)
    with pytest.raises(Conflict):
        directory.replace(coordinator("sten", retired=True), MARK, since)
    assert [e.retired for e in directory.entries("coordinators")] == [True, False]
    assert directory.revision() > since


def test_replace_after_an_import_refused(directory: DirectoryStore) -> None:
    since = directory.revision()
    save(directory, coordinator("anna"))
    with pytest.raises(Conflict):
        directory.replace(coordinator("anna", retired=True), MARK, since)
    assert directory.entries("coordinators") == (coordinator("anna"),)


def test_replace_drops_the_cache(directory: DirectoryStore) -> None:
    save(directory, unit("u", "anna"))
    before = len(directory.listings("units"))
    directory.replace(unit("v", "anna"), MARK, directory.revision())
    assert (before, len(directory.listings("units"))) == (1, 2)


def test_counter_moved_without_entry(directory: DirectoryStore, move: Move) -> None:
    move("supervisors", "ghost", "queued", 1)
    told = [directory.listings("supervisors"), directory.named("supervisors", "ghost")]
    assert (*told, directory.entries("supervisors")) == ((), None, ())


def test_people_unit_has_its_coordinators_in_order(directory: DirectoryStore) -> None:
    save(directory, coordinator("anna"), coordinator("sten"), unit("u", "sten", "anna"))
    assert directory.people("units", "u") == (
        Person("Sten", "sten@example.org", "sv", "sten"),
        Person("Anna", "anna@example.org", "sv", "anna"),
    )


def test_people_retired_coordinator_left_out(directory: DirectoryStore) -> None:
    save(directory, coordinator("anna"), coordinator("sten", retired=True))
    save(directory, unit("u", "sten", "anna", retired=True))
    anna = Person("Anna", "anna@example.org", "sv", "anna")
    assert directory.people("units", "u") == (anna,)
    assert directory.people("coordinators", "anna") == (anna,)
    assert directory.people("coordinators", "sten") == ()


def test_people_without_the_duty_left_out(directory: DirectoryStore) -> None:
    sten = coordinator("sten")
    sten = replace(sten, facts={**sten.facts, "duties": ("finance",)})
    kim = coordinator("kim")
    kim = replace(kim, facts={**kim.facts, "duties": ("directory",)})
    save(directory, coordinator("anna"), sten, unit("u", "sten", "anna"))
    assert [p.ref for p in directory.people("units", "u")] == ["anna"]
    assert [p.ref for p in directory.people("duties", "finance")] == ["anna", "sten"]
    save(directory, kim, coordinator("anna", retired=True))
    assert [p.ref for p in directory.people("duties", "finance")] == ["sten"]
    assert [p.ref for p in directory.people("topics", "general")] == ["kim"]


def test_entry_is_as_stored_now(directory: DirectoryStore) -> None:
    assert directory.entry("coordinators", "anna") is None
    save(directory, coordinator("anna"))
    assert directory.entry("coordinators", "anna") == coordinator("anna")
    save(directory, coordinator("anna", retired=True))
    told = directory.entry("coordinators", "anna")
    assert told == coordinator("anna", retired=True)


def test_change_is_remembered_with_the_entry_or_not_at_all(directory: DirectoryStore) -> None:
    save(directory, coordinator("anna"), coordinator("sten"))
    anna = replace(coordinator("anna"), facts={**coordinator("anna").facts, "email": "a@b.fi"})
    change = DirectoryChange(coordinator("anna"), anna, MARK)
    with pytest.raises(Conflict):
        directory.replace(anna, MARK, directory.revision() - 1, change)
    assert (directory.change(change.id), directory.changes(change.batch)) == (None, ())
    directory.replace(anna, MARK, directory.revision(), change)
    assert directory.change(change.id) == change
    new = DirectoryChange(None, supervisor("s"), MARK)
    directory.save(DirectoryFile((supervisor("s"),)), MARK, (new,))
    found = directory.changes(change.batch)
    assert [(c.id, c.kinds) for c in found] == [(change.id, ("address",)), (new.id, ("added",))]
    assert found[1].before is None
    assert directory.entries("coordinators")[0].facts["email"] == "a@b.fi"
    assert [e.key for e in directory.entries("supervisors")] == ["s"]


@pytest.mark.parametrize(
    ("fact", "value", "kind"),
    [
        ("email", "a@b.fi", "address"),
        ("duties", ("finance",), "duties"),
        ("topics", ("quotes",), "topics"),
        ("coordinators", ("sten",), "people"),
        ("picture", "anna.jpg", "shown"),
    ],
)
def test_what_is_told_of_a_change_is_remembered(
    directory: DirectoryStore, fact: str, value: object, kind: str
) -> None:
    anna, mark = coordinator("anna"), replace(MARK, by="coordinators/kim")
    save(directory, anna)
    after = replace(anna, facts={**anna.facts, fact: value})
    change = DirectoryChange(anna, after, mark, shown=kind == "shown")
    assert change.kinds == (kind,)
    directory.replace(change.after, mark, directory.revision(), change)
    found = directory.change(change.id)
    assert found
    assert found.kinds == (kind,)


def test_import_of_what_has_been_changed_since_it_was_read_saves_nothing(
    directory: DirectoryStore,
) -> None:
    save(directory, coordinator("anna"))
    since = directory.revision()
    directory.replace(coordinator("sten"), MARK, since)
    new = DirectoryChange(None, supervisor("s"), MARK)
    with pytest.raises(Conflict):
        directory.save(DirectoryFile((supervisor("s"),)), MARK, (new,), since)
    assert (directory.entries("supervisors"), directory.change(new.id)) == ((), None)
    directory.save(DirectoryFile((supervisor("s"),)), MARK, (new,), directory.revision())
    assert [e.key for e in directory.entries("supervisors")] == ["s"]


def test_page_that_was_read_before_a_part_of_an_import_saves_nothing(
    directory: DirectoryStore,
) -> None:
    many = DirectoryFile(tuple(supervisor(f"s{n:03}") for n in range(70)))
    changes = tuple(DirectoryChange(None, entry, MARK) for entry in many.entries)
    since = directory.revision()
    directory.save(many, MARK, changes, since)
    assert len(directory.entries("supervisors")) == 70
    assert len(directory.changes(changes[0].batch)) == 70
    for earlier in range(since, directory.revision()):
        with pytest.raises(Conflict):
            directory.replace(coordinator("anna"), MARK, earlier)


def test_forms_of_an_entry_are_kept_until_others_are_written(directory: DirectoryStore) -> None:
    anna = replace(coordinator("anna"), forms=("one", "two"))
    directory.replace(anna, MARK, directory.revision())
    save(directory, coordinator("anna", retired=True))
    (found,) = directory.entries("coordinators")
    assert (found.forms, found.retired) == (("one", "two"), True)
    directory.replace(replace(anna, forms=("three",)), MARK, directory.revision())
    told = directory.entry("coordinators", "anna")
    assert told is not None
    assert told.forms == ("three",)


def test_changes_since_a_moment_with_what_they_undo(directory: DirectoryStore) -> None:
    marks = [replace(MARK, at=MARK.at + timedelta(minutes=n)) for n in range(3)]
    first = DirectoryChange(coordinator("anna"), coordinator("anna", retired=True), marks[0])
    other = DirectoryChange(None, supervisor("s"), marks[1])
    undoing = DirectoryChange(first.after, coordinator("anna"), marks[2], first.id, by_person=True)
    for change in (first, other, undoing):
        directory.replace(change.after, change.stamp, directory.revision(), change)
    assert [c.id for c in directory.changes_since(marks[0].at)] == [first.id, other.id, undoing.id]
    assert [c.id for c in directory.changes_since(marks[1].at)] == [other.id, undoing.id]
    assert directory.changes_since(marks[2].at + timedelta(microseconds=1)) == ()
    later = directory.changes_since(marks[1].at)
    assert [(c.undoes, c.by_person) for c in later] == [("", False), (first.id, True)]


def test_people_supervisor(directory: DirectoryStore) -> None:
    save(directory, supervisor("s"), supervisor("gone", retired=True))
    assert directory.people("supervisors", "s") == (Person("S", "s@example.org", "fi", "s"),)
    assert directory.people("supervisors", "gone") == ()


def test_people_topic_has_those_who_answer_it(directory: DirectoryStore) -> None:
    anna, sten, bo = (coordinator(key) for key in ("anna", "sten", "bo"))
    gone = coordinator("gone", retired=True)
    anna = replace(anna, facts={**anna.facts, "topics": ("general", "invoicing")})
    sten = replace(sten, facts={**sten.facts, "topics": ("general",)})
    gone = replace(gone, facts={**gone.facts, "topics": ("accessibility",)})
    save(directory, anna, sten, bo, gone)
    keys = {
        topic: [person.ref for person in directory.people("topics", topic)]
        for topic in ("general", "invoicing", "accessibility", "no such topic")
    }
    everybody = ["anna", "bo", "sten"]
    assert keys == {
        "general": ["anna", "sten"],
        "invoicing": ["anna"],
        "accessibility": everybody,
        "no such topic": everybody,
    }


def test_people_domain_is_nobody(directory: DirectoryStore) -> None:
    save(directory, domain("example.org"))
    assert directory.people("domains", "example.org") == ()


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("example.org", True),
        ("EXAMPLE.ORG", True),
        ("sub.example.org", False),
        ("org", False),
        ("xn--hyv-sla.example.org", True),
        ("hyvä.example.org", True),
        ("HYVÄ.example.org", True),
        ("exаmple.org", False),  # a Cyrillic а
        ("ｅxample.org", True),  # full-width letters are the same letters in UTS 46
        ("gone.example.org", False),
        ("", False),
        ("not a domain", False),
    ],
)
def test_knows_domain(directory: DirectoryStore, asked: str, known: bool) -> None:
    save(directory, domain("example.org"), domain("xn--hyv-sla.example.org"))
    save(directory, domain("gone.example.org", retired=True))
    assert directory.knows_domain(asked) is known


def test_listings_cached_for_a_minute(
    dynamo: DynamoDirectory, seconds: Seconds, endpoint: str | None
) -> None:
    save(dynamo, coordinator("anna"), unit("u", "anna"))
    seen = [len(dynamo.listings("units"))]
    save(opened(seconds, endpoint), unit("v", "anna"))  # another process imports
    for wait in (0.0, FRESH - 0.1, 0.1):
        seconds.now += wait
        seen.append(len(dynamo.listings("units")))
    assert seen == [1, 1, 1, 2]


def test_save_drops_the_cache(dynamo: DynamoDirectory) -> None:
    save(dynamo, unit("u", "anna"))
    before = len(dynamo.listings("units"))
    save(dynamo, unit("v", "anna"))
    assert (before, len(dynamo.listings("units"))) == (1, 2)


def test_listings_more_than_a_page(dynamo: DynamoDirectory) -> None:
    long: dict[str, Any] = {
        f"fact{n}": "x" * 90_000 for n in range(4)
    }  # a page of DynamoDB is 1 MB
    save(dynamo, *(supervisor(f"s{n}", **long) for n in range(4)))
    assert [x.key for x in dynamo.listings("supervisors")] == ["s0", "s1", "s2", "s3"]


def test_listings_database_silent(dynamo: DynamoDirectory, row: Any) -> None:
    row.delete_table()
    with pytest.raises(Unavailable):
        dynamo.listings("units")
    with pytest.raises(Unavailable):
        dynamo.named("supervisors", "s")
    with pytest.raises(Unavailable):
        save(dynamo, supervisor("s"))
    with pytest.raises(Unavailable):
        dynamo.revision()
    with pytest.raises(Unavailable):
        dynamo.replace(supervisor("s"), MARK, 0)


def test_table_has_no_stream(row: Any) -> None:
    assert "StreamSpecification" not in row.describe_table()


def test_nothing_that_was_read_is_believed_when_it_is_read_anew(
    dynamo: DynamoDirectory, seconds: Seconds, endpoint: str | None
) -> None:
    """Another process has retired somebody meanwhile."""
    save(dynamo, coordinator("anna"))
    assert dynamo.people("coordinators", "anna")
    anna = dynamo.entry("coordinators", "anna")
    assert anna
    save(opened(seconds, endpoint), replace(anna, retired=True))
    assert dynamo.people("coordinators", "anna")
    dynamo.read_anew()
    assert dynamo.people("coordinators", "anna") == ()
