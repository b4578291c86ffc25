"""Saving one entry of the directory: the same rules as an import, two editors, one key each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import lists
from functions.kernel import LANGUAGES, clean
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    DirectoryError,
    DirectoryFile,
)
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.errors import Conflict, Refused, Unavailable
from functions.kernel.fields import Field, Written
from functions.kernel.several_values import written
from functions.services.container import Services
from functions.services.directory.edit import EntryChanged, EntryEdit, save, snapshot
from functions.services.directory.entries import new_key
from functions.services.directory.fields import asked_of, form_from, typed_from
from functions.services.directory.importing import read_directory
from functions.services.directory.sent_forms import fingerprint
from tests.fake_directory import MemoryDirectory
from tests.fakes import World
from tests.unit.test_directory import as_csv

DEMO = read_directory(Path("infra/demo/directory.yaml").read_text(encoding="utf-8"), "yaml")
ANNA, STEN = "coordinators/anna", "coordinators/sten"
KEEPING = {"duties.directory": "yes"}
UNIT = {
    "name_fi": "Äidin ja lapsen talo",
    "name_sv": "Mor och barn",
    "name_en": "House",
    "employer": "Esimerkki",
    "language": "fi",
    "coordinators.anna": "yes",
}


class Desk:
    """A desk on the demo directory."""

    def __init__(self, *entries: DirectoryEntry) -> None:
        self.world = World()
        self.directory = MemoryDirectory(*(entries or DEMO.entries))
        self.services = replace(self.world.services, directory=self.directory)

    def entry(self, source: str, key: str) -> DirectoryEntry:
        return snapshot(self.services).entry(source, key)

    def wish(self, source: str, key: str, **typed: str) -> EntryEdit:
        """The form of an entry as it is now, with some fields typed anew."""
        return self.wish_of(source, key, typed)

    def wish_of(
        self, source: str, key: str, typed: Mapping[str, str], by: str = ANNA, own: bool = False
    ) -> EntryEdit:
        present = self.entry(source, key) if key else None
        coordinators = self.directory.entries("coordinators")
        asked = asked_of(source, present, coordinators, own=own)
        form = form_from(asked, present) if present else {}
        return EntryEdit(
            source, key, {**form, **typed}, fingerprint(present) if present else "", asked, by
        )

    def save(self, source: str, key: str, **typed: str) -> DirectoryEntry:
        return save(self.services, self.wish(source, key, **typed))

    def problems(self, wish: EntryEdit) -> list[tuple[str, str, Mapping[str, Any]]]:
        with pytest.raises(DirectoryError) as caught:
            save(self.services, wish)
        return [(p.field, p.code, p.values) for p in caught.value.problems]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_save_new_unit(desk: Desk) -> None:
    made = save(desk.services, desk.wish_of("units", "", UNIT))
    names = {"fi": "Äidin ja lapsen talo", "sv": "Mor och barn", "en": "House"}
    facts: dict[str, Any] = {"employer": "Esimerkki", "language": "fi", "coordinators": ("anna",)}
    expected = DirectoryEntry("units", "aidin-ja-lapsen-talo", names, facts)
    assert made == desk.entry("units", "aidin-ja-lapsen-talo") == expected
    assert made.changed == desk.entry("units", made.key).changed
    assert made.changed == ChangeStamp(desk.world.clock.now(), ANNA)


def test_save_new_twice_is_saved_once(desk: Desk) -> None:
    wish = desk.wish_of("units", "", UNIT)
    person = {"name": "Uusi Henkilö", "email": "uusi@example.org", "language": "fi"}
    person["duties.finance"] = "yes"
    hire = desk.wish_of("coordinators", "", person)
    domain = desk.wish_of("domains", "", {"domain": "Uusi.Example"})
    for each in (wish, hire, domain):
        first = save(desk.services, each)
        revision = desk.directory.revision()
        assert (save(desk.services, each), desk.directory.revision()) == (first, revision)


def test_save_new_of_the_same_name_gets_another_key(desk: Desk) -> None:
    keys = [
        save(desk.services, desk.wish_of("units", "", {**UNIT, "employer": e})).key for e in "ab"
    ]
    assert keys == ["aidin-ja-lapsen-talo", "aidin-ja-lapsen-talo-2"]


def test_save_edit_keeps_what_is_not_asked(desk: Desk) -> None:
    testi = replace(
        desk.entry("supervisors", "testi"),
        facts={**desk.entry("supervisors", "testi").facts, "picture": "testi.jpg"},
    )
    desk.directory.save(DirectoryFile((testi,)))
    saved = desk.save("supervisors", "testi", maximum="9")
    assert saved == replace(testi, facts={**testi.facts, "maximum": 9})


def test_save_field_emptied(desk: Desk) -> None:
    told = desk.entry("supervisors", "testi").facts["sectors"]
    assert isinstance(told, tuple)
    unticked = {f"sectors.{key}": "" for key in told}
    saved = desk.save("supervisors", "testi", licence=" ", online="", **unticked)
    assert {"licence", "sectors", "online"} & set(saved.facts) == set()


def test_save_nothing_changed_writes_nothing(desk: Desk) -> None:
    revision, before = desk.directory.revision(), desk.entry("units", "nuorten-talo")
    assert desk.save("units", "nuorten-talo") == before
    assert desk.directory.revision() == revision


def test_save_keeps_the_order_of_coordinators(desk: Desk) -> None:
    """``asumispalvelut`` asks sten before anna; ticks are drawn in the order of names."""
    saved = desk.save("units", "asumispalvelut", employer="Muu")
    assert saved.coordinators == ("sten", "anna")


def test_save_retire_and_bring_back(desk: Desk) -> None:
    assert desk.save("units", "nuorten-talo", retired="yes").retired is True
    assert [x.key for x in desk.directory.listings("units")].count("nuorten-talo") == 0
    assert desk.save("units", "nuorten-talo", retired="no").retired is False
    assert desk.entry("units", "nuorten-talo") in DEMO.entries


def test_save_retired_domain_added_anew_comes_back(desk: Desk) -> None:
    desk.save("domains", "example.org", retired="yes")
    assert desk.directory.knows_domain("example.org") is False
    save(desk.services, desk.wish_of("domains", "", {"domain": " EXAMPLE.org "}))
    assert desk.directory.knows_domain("example.org") is True


def test_save_last_coordinator_stays(desk: Desk) -> None:
    desk.save("coordinators", "sten", **KEEPING)
    units = [{"unit": "kotihoito-pohjoinen"}, {"unit": "perhekeskus"}]
    expected = [("retired", "no_coordinator_left", values) for values in units]
    assert desk.problems(desk.wish("coordinators", "anna", retired="yes")) == expected
    assert desk.entry("coordinators", "anna").retired is False


def test_save_rules_of_the_whole(desk: Desk) -> None:
    taken = desk.wish("coordinators", "sten", email="ANNA.esimerkki@example.org")
    assert desk.problems(taken) == [("email", "address_taken", {"owner": "anna"})]
    wish = desk.wish_of("units", "", {**UNIT, "coordinators.nobody": "yes"})
    unknown = ("coordinators", "unknown_entry", {"value": "nobody"})
    assert desk.problems(wish) == [unknown]
    assert desk.problems(desk.wish_of("units", "", {})) == [
        *((n, "empty", {}) for n in ("name_fi", "name_sv", "name_en", "employer")),
        ("language", "unchosen", {}),
        ("coordinators", "none_ticked", {}),
    ]


def test_save_over_another_change_refused(desk: Desk) -> None:
    mine = desk.wish("supervisors", "testi", place="Mallila")
    theirs = desk.save("supervisors", "testi", place="Muualla")
    with pytest.raises(EntryChanged) as caught:
        save(desk.services, mine)
    assert (caught.value.present, caught.value.status) == (theirs, 409)
    assert desk.entry("supervisors", "testi").facts["place"] == "Muualla"
    again = replace(mine, seen=fingerprint(theirs))
    assert save(desk.services, again).facts["place"] == "Mallila"


def test_save_edit_sent_twice_is_no_conflict(desk: Desk) -> None:
    wish = desk.wish("supervisors", "testi", place="Mallila")
    assert save(desk.services, wish) == save(desk.services, wish)


def interrupted(desk: Desk, *events: Callable[[], object]) -> None:
    """Each of these happens just before somebody's write."""
    waiting, write = list(events), desk.directory.replace

    def late(
        entry: DirectoryEntry, mark: ChangeStamp, since: int, change: DirectoryChange | None = None
    ) -> None:
        if waiting:
            waiting.pop(0)()
        write(entry, mark, since, change)

    desk.directory.replace = late  # type: ignore[method-assign]


def test_save_race_of_two_entries_checked_again(desk: Desk) -> None:
    """Each retirement alone is right; together they would leave a unit to nobody."""
    desk.save("coordinators", "sten", **KEEPING)
    for unit in DEMO.of("units"):
        both = replace(unit, facts={**unit.facts, "coordinators": ("anna", "sten")})
        desk.directory.save(DirectoryFile((both,)))
    sten = replace(desk.entry("coordinators", "sten"), retired=True)
    interrupted(desk, lambda: desk.directory.save(DirectoryFile((sten,))))
    wish = replace(desk.wish("coordinators", "anna", retired="yes"), by="coordinators/sten")
    assert {code for _, code, _ in desk.problems(wish)} == {
        "no_coordinator_left",
        "no_keeper_left",
    }


def test_save_race_of_others_waited_out(desk: Desk) -> None:
    interrupted(desk, *[lambda: desk.directory.save(DirectoryFile(DEMO.of("domains")))] * 2)
    assert desk.save("units", "nuorten-talo", employer="Muu").facts["employer"] == "Muu"


def test_save_race_without_end_is_said(desk: Desk) -> None:
    interrupted(desk, *[lambda: desk.directory.save(DirectoryFile(DEMO.of("domains")))] * 9)
    with pytest.raises(Unavailable):
        desk.save("units", "nuorten-talo", employer="Muu")


def test_save_own_retirement_wants_a_tick(desk: Desk) -> None:
    for unit in ("perhekeskus", "kotihoito-pohjoinen"):
        desk.save("units", unit, **{"coordinators.sten": "yes"})
    desk.save("coordinators", "sten", **KEEPING)
    wish = desk.wish("coordinators", "anna", retired="yes")
    assert desk.problems(wish) == [("_sure", "leaving", {})]
    sure = replace(wish, typed={**wish.typed, "_sure": "yes"})
    assert save(desk.services, sure).retired is True


def test_save_own_last_duty_to_keep_wants_a_tick_and_somebody_else(desk: Desk) -> None:
    less = {"duties.directory": ""}
    wish = desk.wish("coordinators", "anna", **less)
    assert desk.problems(wish) == [("duties", "no_keeper_left", {})]
    desk.save("coordinators", "sten", **KEEPING)
    wish = desk.wish("coordinators", "anna", **less)
    assert desk.problems(wish) == [("_sure", "leaving", {})]


def test_save_race_of_two_keepers_checked_again(desk: Desk) -> None:
    """Each gives the directory up; together they would leave it to nobody."""
    desk.save("coordinators", "sten", **KEEPING)
    sten = desk.entry("coordinators", "sten")
    less = replace(sten, facts={**sten.facts, "duties": ("units", "topics")})
    interrupted(desk, lambda: desk.directory.save(DirectoryFile((less,))))
    wish = replace(desk.wish("coordinators", "anna", **{"duties.directory": ""}), by=STEN)
    assert {code for _, code, _ in desk.problems(wish)} == {"no_keeper_left"}


def test_save_own_address_wants_a_tick(desk: Desk) -> None:
    wish = desk.wish("coordinators", "anna", email="anna@example.org")
    assert desk.problems(wish) == [("_sure", "moving", {})]
    assert save(desk.services, replace(wish, by="coordinators/sten")).facts["email"] == (
        "anna@example.org"
    )


def test_save_own_data_leaves_the_rest(desk: Desk) -> None:
    forged = {"email": "x@example.org", "retired": "yes", "key": "x", "place": "Mallila"}
    wish = desk.wish_of("supervisors", "testi", forged, "supervisors/testi", own=True)
    before = desk.entry("supervisors", "testi")
    saved = save(desk.services, wish)
    assert saved == replace(before, facts={**before.facts, "place": "Mallila"})
    assert saved.changed is not None
    assert saved.changed.by == "supervisors/testi"


def test_save_unknown_entry_refused(desk: Desk) -> None:
    wish = desk.wish("units", "nuorten-talo")
    with pytest.raises(Refused):
        save(desk.services, replace(wish, key="nowhere"))
    assert issubclass(EntryChanged, Conflict)


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("Åsa Öhman", (), "asa-ohman"),
        ("  D'Arc, Jeanne (2) ", (), "darc-jeanne-2"),
        ("Ярослав", (), "coordinator"),
        ("", ("coordinator",), "coordinator-2"),
        ("New", (), "new-2"),
        ("x" * 50, (), "x" * 40),
        ("x" * 50, ("x" * 40,), "x" * 38 + "-2"),
        ("Strauß Łø", (), "strauss-lo"),
    ],
)
def test_new_key(name: str, taken: tuple[str, ...], key: str) -> None:
    assert new_key("coordinators", name, taken) == key


def as_yaml(entry: DirectoryEntry) -> str:
    """An entry as an import would be given it."""
    import yaml

    told = {n: list(v) if isinstance(v, tuple) else v for n, v in typed_from(entry).items()}
    return str(yaml.safe_dump({entry.source: [told]}, allow_unicode=True))


def cells(asked: Iterable[Field], typed: Mapping[str, str]) -> dict[str, Written]:
    """What was typed, as a file would have it."""
    raws = {each.name: written(each, typed) for each in asked}
    return {name: raw for name, raw in raws.items() if raw}


ANYTHING = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)
SANE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1)
RIGHT = SANE.map(lambda text: f"sana{text[:30]}.")
EMAILS = ("uusi@b.example", "x@Ä.example", "a+b@sub.ä.example")


def _answer(each: Field, *, right: bool) -> st.SearchStrategy[str]:
    if each.kind == "number":
        fits = st.integers(each.lowest, each.highest).map(str)
        return fits if right else st.sampled_from(["", "-1", "1e3", "٣", "99999"])
    if each.choices or each.kind == "yesno":
        return st.sampled_from(each.choices or ("yes", "no")) if right else st.just("x")
    if each.kind == "email":
        return st.sampled_from(EMAILS) if right else st.sampled_from(["", "a@b", "a b@c.example"])
    if each.name == "domain":
        return st.sampled_from(["uusi.example", "Ä.example"]) if right else st.just("org")
    if each.many:
        return st.lists(RIGHT, max_size=3, unique=True).map("\r\n".join) if right else ANYTHING
    return RIGHT if right else ANYTHING | st.sampled_from(["", "one\ntwo", "a\tb", "x" * 200])


@st.composite
def forms(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A form filled in by anybody; half of them rightly, the others with a mistake or two."""
    source = draw(st.sampled_from(lists.saving_order()))
    asked = asked_of(source, None, DEMO.of("coordinators"))
    wrong = draw(st.just([]) | st.lists(st.sampled_from([a.name for a in asked]), max_size=2))
    typed: dict[str, str] = {}
    for each in asked:
        if each.ticked:
            least = 0 if each.name in wrong else 1
            ticked = draw(st.lists(st.sampled_from(each.choices), min_size=least, unique=True))
            typed |= {f"{each.name}.{value}": "yes" for value in ticked}
        else:
            typed[each.name] = draw(_answer(each, right=each.name not in wrong))
    return source, typed


@given(filled=forms())
def test_what_the_desk_saves_an_import_accepts(filled: tuple[str, dict[str, str]]) -> None:
    source, typed = filled
    desk = Desk()
    try:
        saved = save(desk.services, desk.wish_of(source, "", typed))
    except DirectoryError:
        return
    assert read_directory(as_yaml(saved), "yaml", DEMO.entries).entries == (saved,)
    values = [v for f in saved.facts.values() if isinstance(f, tuple) for v in f]
    if not any(";" in v for v in values):  # which CSV keeps for itself
        csv = as_csv(DirectoryFile((saved,)))
        assert read_directory(csv, "csv", DEMO.entries).entries == (saved,)


@given(filled=forms(), key=st.sampled_from(["k", "k-2"]))
def test_desk_and_import_find_the_same_problems(
    filled: tuple[str, dict[str, str]], key: str
) -> None:
    """The same texts, typed and in a file: both take them, or both name the same codes."""
    source, typed = filled
    desk = Desk()
    asked = asked_of(source, None, DEMO.of("coordinators"))
    told: dict[str, Any] = {
        n: list(v) if isinstance(v, tuple) else v for n, v in cells(asked, typed).items()
    }
    if any(clean.has_controls(str(v), lines=True) for v in told.values()):
        return  # a file with these is not even read
    if any("�" in str(v) for v in told.values()):
        return
    import yaml

    row = {**({} if source == "domains" else {"key": key}), **told}
    text = yaml.safe_dump({source: [row]}, allow_unicode=True, width=9999)
    try:
        save(desk.services, desk.wish_of(source, "", typed))
        on_desk = []
    except DirectoryError as error:
        on_desk = sorted((p.field, p.code) for p in error.problems)
    try:
        read_directory(str(text), "yaml", DEMO.entries)
        imported = []
    except DirectoryError as error:
        imported = sorted((p.field, p.code) for p in error.problems)
    assert on_desk == imported


@pytest.mark.parametrize("entry", DEMO.entries, ids=lambda e: f"{e.source}-{e.key}")
def test_what_was_imported_the_desk_saves_as_it_was(entry: DirectoryEntry) -> None:
    """Every entry goes through its form and back, unchanged, in every list."""
    desk = Desk()
    wish = desk.wish(entry.source, entry.key)
    asked = {a.name: a for a in wish.asked}
    told = {n: v for n, v in typed_from(entry).items() if n in asked}
    assert {n: sorted(v) for n, v in cells(wish.asked, wish.typed).items()} == {
        n: sorted(v) for n, v in told.items()
    }
    assert save(desk.services, wish) == entry


def test_every_language_of_names() -> None:
    unit = Desk().entry("units", "perhekeskus")
    assert set(unit.names) == set(LANGUAGES)


def test_services_are_only_read_for_what_is_shown(desk: Desk) -> None:
    services: Services = desk.services
    before = desk.directory.revision()
    snapshot(services)
    assert desk.directory.revision() == before
