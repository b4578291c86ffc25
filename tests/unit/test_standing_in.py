"""Where nobody has a duty, who keeps the directory stands in: whatever becomes of the duties, no
case is nobody's, and it goes on to whoever has the duty now."""

import random
from dataclasses import replace

import pytest

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.directory import ChangeStamp, DirectoryEntry
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.duties import DIRECTORY, DUTIES
from functions.lists import duties_for
from functions.processes import pinned
from functions.services.access.offices import Offices
from functions.services.directory.importing import import_directory
from tests.unit.test_directory_told import BY, Kept
from tests.unit.test_duties import WHO, _person

KEEPERS = {"kim", "kira"}


@pytest.fixture
def office() -> Kept:
    return Kept()


def cases(office: Kept) -> dict[str, str]:
    """A case of each duty, in the hands of the one who has it."""
    return {"units": office.supervision, "topics": office.order, "finance": office.invoice}


def saved(office: Kept, after: DirectoryEntry) -> None:
    office.clock.forward(minutes=1)
    mark = ChangeStamp(office.clock.now(), BY)
    before = office.directory.entry(after.source, after.key)
    change = DirectoryChange(before, after, mark)
    told = change if change.kinds or change.moves else None
    office.directory.replace(after, mark, office.directory.revision(), told)


def with_duties(office: Kept, key: str, *duties: str) -> DirectoryEntry:
    entry = office.directory.entry("coordinators", key) or _person(key, "")
    return replace(entry, facts={**entry.facts, "duties": duties}, retired=not duties)


def listed(office: Kept, case_id: str) -> tuple[Definition, Case, Offices]:
    case = office.case(case_id)
    return pinned(case.process, case.version), case, Offices(office.services)


def holding(office: Kept, duty: str) -> set[str]:
    """Who can act in the places that are there for a duty, in the case of it."""
    definition, case, offices = listed(office, cases(office)[duty])
    there = (
        p
        for p in case.parties
        if p.present and duty in duties_for(definition.role(p.role), case.answers)
    )
    return {p.ref for p in there if offices.holds(definition, case, p)}


def nobodys(office: Kept) -> list[str]:
    """The roles from the directory, in cases under way, in which nobody can act."""
    found = []
    for case_id in cases(office).values():
        definition, case, offices = listed(office, case_id)
        for role in {p.role for p in case.parties if p.present and definition.role(p.role).source}:
            if not any(offices.holds(definition, case, p) for p in case.holders(role)):
                found.append(f"{case.process} {role}")
    return found


@pytest.mark.parametrize("duty", ["units", "topics", "finance"])
@pytest.mark.parametrize("way", ["added", "given", "back", "imported"])
def test_duty_taken_over_from_stand_ins_takes_their_cases_along(
    office: Kept, duty: str, way: str
) -> None:
    had = WHO[duty]
    saved(office, with_duties(office, had))
    office.sent()
    assert holding(office, duty) == KEEPERS
    new = {"given": "fiona" if duty != "finance" else "tom", "back": had}.get(way, "rahel")
    own = () if way != "given" else (("finance",) if duty != "finance" else ("topics",))
    entry = with_duties(office, new, *own, duty)
    if way == "imported":
        facts = f"name: Rahel, email: rahel@example.org, language: fi, duties: [{duty}]"
        text = f"coordinators:\n  - {{key: rahel, {facts}}}\n"
        import_directory(text.encode(), "yaml", office.directory, office.clock.now())
    else:
        saved(office, entry)
    assert nobodys(office) == []  # also while the change is not followed yet
    to = {m["To"] for m in office.sent() if m["Subject"]}
    assert holding(office, duty) == {new}
    assert f"{new}@example.org" in to


@pytest.mark.parametrize("seed", range(6))
def test_no_case_is_nobodys_after_any_changes_of_the_directory(office: Kept, seed: int) -> None:
    chance = random.Random(seed)  # no secret
    people = ["una", "tom", "fiona", "kim", "rahel"]  # kira keeps the directory all along
    for _ in range(12):
        key = chance.choice(people)
        duties = [d for d in DUTIES if chance.random() < 0.3]
        if chance.random() < 0.2:
            duties = []
        entry = with_duties(office, key, *duties)
        if chance.random() < 0.15:
            facts = {**entry.facts, "email": f"{key}{chance.randrange(9)}@example.org"}
            entry = replace(entry, facts=facts)
        saved(office, entry)
        if chance.random() < 0.7:
            office.sent()
            assert nobodys(office) == []
    office.sent()
    office.clock.forward(hours=25)
    office.sent()
    assert nobodys(office) == []
    for case_id in cases(office).values():  # and nobody stands in where somebody has the duty
        definition, case, offices = listed(office, case_id)
        assert offices.gone(definition, case) == ()
    assert DIRECTORY in office.kept("coordinators", "kira").facts["duties"]  # type: ignore[operator]
