"""One suite for subcases in DynamoDB and in memory: they have the people of their case, and are
written only while that is as it was read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions import processes
from functions.adapters.cases import DynamoCases
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.rows import CASE
from functions.adapters.timers import DynamoTimers
from functions.kernel.case import Actor, Case, Decision
from functions.kernel.engine import decide
from functions.kernel.errors import Broken, Conflict
from functions.kernel.handover import hand_over
from functions.kernel.nested import begin, erase_subcase, keeping, recorded
from functions.kernel.people import Person
from functions.kernel.summary import erased
from functions.processes import current
from functions.services.commit import sealed
from functions.services.ports import CaseStore, Write
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, KEYS, START, MemoryCases, MemoryTimers
from tests.in_process_aws import InProcessAws, made
from tests.paths import opened, step

PEOPLE, HOUR = MemoryDirectory(*DIRECTORY), timedelta(hours=1)
SETTINGS: list[DynamoSettings] = []  # of the store that is held to it
TALK = {"talk_day": "2026-09-01", "topic": "A canary"}


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """The example process, which has a subprocess."""
    folder = str(Path(__file__).parents[1] / "sixth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "__path__", [*processes.__path__, folder])
        patch.setattr(processes, "NAMES", (*processes.NAMES, "themeday"))
        yield


@pytest.fixture(scope="module")
def adapter(endpoint: str | None) -> DynamoCases:
    settings = DynamoSettings("eu-north-1", "kapula-sub", endpoint)
    SETTINGS.append(settings)
    return DynamoCases(settings, DynamoDirectory(settings).row, KEYS)


@pytest.fixture
def dynamo(_anew: None, adapter: DynamoCases) -> Iterator[DynamoCases]:
    with made(*adapter.rows):
        yield adapter


@pytest.fixture(params=["memory", "dynamo"])
def cases(request: pytest.FixtureRequest, engine: InProcessAws | None) -> CaseStore:
    if request.param == "dynamo":
        found: CaseStore = request.getfixturevalue("dynamo")
        return found
    return MemoryCases(PEOPLE)


def write(cases: CaseStore, *decisions: Decision) -> None:
    """Write decisions together, each onto the history of its case."""
    writes = []
    for decision in decisions:
        record = cases.case(decision.case.id) if decision.case.revision else None
        entry, salt = sealed(decision, record.last_seal if record else "", KEYS)
        summary = {"summary": erased(decision.event)} if decision.erases else {}
        writes.append(Write(decision, entry, salt, **summary))
    cases.commit(*writes)


def enrolment(cases: CaseStore) -> Case:
    """An enrolment with places."""
    walk = step(
        current("themeday"), opened(current("themeday"), "enrol", PEOPLE), "confirm", PEOPLE
    )
    for decision in walk.decisions:
        write(cases, replace(decision, waitlist=None))
    return walk.case


def begun(cases: CaseStore, case: Case) -> tuple[Case, Case]:
    """The enrolment after a talk was begun in it, and the talk."""
    definition, talk = current("themeday"), current("themeday.talk")
    spec, by = definition.subprocess("talk"), case.holders("coordinator")[0]
    actor = Actor("coordinator", by.id, "sv")
    (own,) = begin(definition, case, actor, spec, talk, "propose", TALK, START + HOUR)
    other = recorded(case, keeping(definition, case, [(talk, None, own.case)]), own)
    assert other is not None
    write(cases, own, other)
    return other.case, own.case


def answered(cases: CaseStore, talk_id: str) -> Decision:
    """What the contact person decides on a talk as it is read now, without its case."""
    record = cases.case(talk_id)
    assert record
    party, talk = record.case.holders("contact")[0], current("themeday.talk")
    actor = Actor("contact", party.id)
    return decide(talk, record.case, actor, "suits", {}, START + 2 * HOUR, PEOPLE)


def replaced(cases: CaseStore, case_id: str) -> Case:
    """The enrolment after another contact person has taken over."""
    record = cases.case(case_id)
    assert record
    case, definition = record.case, current("themeday")
    anna, aino = case.holders("coordinator")[0], case.holders("contact")[0]
    person = Person("Bo Ny", "bo@example.net", "sv")
    actor = Actor("coordinator", anna.id)
    decision = hand_over(definition, case, actor, aino.id, person, START + 2 * HOUR)
    write(cases, decision)
    return decision.case


def test_subcase_is_read_with_the_people_of_its_case(cases: CaseStore) -> None:
    whole, talk = begun(cases, enrolment(cases))
    for record in (cases.case(talk.id), cases.page(talk.id), cases.load(talk.id)):
        assert record
        assert record.sound
        assert record.case == talk.inside(whole)
    assert cases.several([talk.id]) == {talk.id: talk.inside(whole)}
    assert cases.records([talk.id, whole.id]).keys() == {talk.id, whole.id}
    after = replaced(cases, whole.id)
    record = cases.case(talk.id)
    assert record
    assert [p.name for p in record.case.holders("contact")] == ["Bo Ny"]
    assert record.case.parent == after


def test_subcase_stores_nobody(dynamo: DynamoCases) -> None:
    whole, talk = begun(dynamo, enrolment(dynamo))
    row = dynamo.row.get(talk.id, CASE)
    assert whole.parties
    assert row.body["parties"] == []
    assert "parent" not in row.body
    assert not [p.email for p in whole.parties if p.email in str(row.attribute_values)]


def test_subcase_is_not_written_once_its_case_has_moved(cases: CaseStore) -> None:
    whole, talk = begun(cases, enrolment(cases))
    decision = answered(cases, talk.id)
    replaced(cases, whole.id)
    with pytest.raises(Conflict):
        write(cases, decision)
    record = cases.load(talk.id)
    assert record
    assert (record.case.state, record.entries, record.sound) == ("proposed", 1, True)
    write(cases, answered(cases, talk.id))
    record = cases.load(talk.id)
    assert record
    assert (record.case.state, record.entries, record.sound) == ("agreed", 2, True)


def test_subcases_of_others_are_looked_at_next(cases: CaseStore) -> None:
    whole, talk = begun(cases, enrolment(cases))
    record = cases.case(whole.id)
    assert record
    case = replace(whole, revision=whole.revision + 1)
    event = replace(answered(cases, talk.id).event, number=case.revision, target="placed")
    entry, salt = sealed(Decision(case, event, {}), record.last_seal, KEYS)
    cases.commit(Write(Decision(case, event, {}), entry, salt, rechecked=(talk.id,)))
    timers = MemoryTimers(cases) if isinstance(cases, MemoryCases) else DynamoTimers(SETTINGS[-1])
    assert [(t.name, t.due_at) for t in timers.of(talk.id)] == [("state", event.at)]


def test_writing_a_subcase_leaves_its_case_as_it_is(cases: CaseStore) -> None:
    whole, talk = begun(cases, enrolment(cases))
    write(cases, answered(cases, talk.id))
    record = cases.case(whole.id)
    assert record
    assert record.case == whole


def test_subcase_of_an_erased_case_shows_nobody_until_it_is_erased(cases: CaseStore) -> None:
    whole, talk = begun(cases, enrolment(cases))
    moved = replace(whole, parties=(), answers={}, revision=whole.revision + 1, state="erased")
    event = replace(answered(cases, talk.id).event, number=moved.revision, target="erased")
    write(cases, Decision(moved, event, {}, erases=True))
    record = cases.load(talk.id)
    assert record
    assert (record.case.parties, record.sound) == ((), True)
    write(cases, erase_subcase(record.case, START + 3 * HOUR))
    assert cases.erase_some(talk.id) == 0
    record = cases.load(talk.id)
    assert record
    assert (record.case.answers, record.sound) == ({}, True)
    assert [entry.answers for entry in record.history] == [None, None]


def test_subcase_of_a_case_that_was_edited_is_broken(dynamo: DynamoCases) -> None:
    whole, talk = begun(dynamo, enrolment(dynamo))
    row: Any = dynamo.row.get(whole.id, CASE)
    row.update(actions=[dynamo.row.revision.set(99)])
    with pytest.raises(Broken):
        dynamo.case(talk.id)
    assert dynamo.several([talk.id]).broken.keys() == {talk.id}
    assert dynamo.records([talk.id]) == {}
