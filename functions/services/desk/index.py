"""Keeps the worklist items of a case up to date: removes those that do not hold any more and adds
the new ones."""

import hashlib
from collections.abc import Iterator
from functools import partial

from functions.kernel.case import Case
from functions.kernel.desk import WHO, placements
from functions.kernel.people import Person
from functions.processes import pinned
from functions.services.access.linked_cases import linked_cases_of_turns
from functions.services.access.people import person_key
from functions.services.commit import retried
from functions.services.container import Services
from functions.services.integrity import broken, is_due_in_time
from functions.services.ports import MOST_CHANGES, WorklistItem

_TRIES = 6


def index_case(services: Services, case_id: str) -> bool:
    """Make the items of a case those it wants as it stands, and those of cases linked to it whose
    turn is somebody's whom a role in it may keep from acting; whether any had to be changed.

    What lies out is read before the case, and every change is refused if it moved meanwhile:
    so whoever comes late with an older case begins anew, and repeating changes nothing. A case
    that is older than what lies out for it was put back in the store: that is an alarm.
    """
    case, changed = retried(_TRIES, partial(_change, services, case_id))
    linked = services.cases.several(case.linked).values() if case and case.linked else ()
    for other in linked_cases_of_turns(services, linked):
        changed |= retried(_TRIES, partial(_change, services, other))[1]
    return changed


def worklist_items(services: Services, case: Case) -> Iterator[WorklistItem]:
    """The worklist items that a case should have in its present state."""
    linked = linked_cases_of_turns(services, [case]).get(case.id, ())
    for slot in placements(pinned(case.process, case.version), case, linked):
        party = slot.party
        person = None
        if slot.sort_key.startswith(WHO):
            person = Person(party.name, party.email, party.language, party.ref)
        desk = person_key(services, party.email)
        yield WorklistItem(desk, slot.sort_key, case.id, party.id, slot.tags, person)


def _change(services: Services, case_id: str) -> tuple[Case | None, bool]:
    """The case as it stands, and whether its items had to be changed."""
    seen = services.desks.indexed(case_id)
    record = services.cases.case(case_id)
    case = record.case if record else None
    if record:
        is_due_in_time(services, record)
    wanted = {_print(item): item for item in worklist_items(services, case)} if case else {}
    found = {(item.desk, item.sort_key) for item in wanted.values()}
    if seen.revision > (case.revision if case else -1):
        broken(case_id)
    there = set(seen.fingerprints.values())
    put = {tag: item for tag, item in wanted.items() if tag not in there}
    drop = [key for key in seen.fingerprints if key not in found]
    moves: list[tuple[str, tuple[str, str]]] = [(m, (c.desk, c.sort_key)) for m, c in put.items()]
    moves += [("", key) for key in drop]
    revision = case.revision if case else 0
    for start in range(0, len(moves), MOST_CHANGES):
        part = moves[start : start + MOST_CHANGES]
        laid = {tag: put[tag] for tag, _ in part if tag}
        seen = services.desks.change(
            case_id, seen, laid, [key for tag, key in part if not tag], revision
        )
    return case, bool(moves)


def _print(item: WorklistItem) -> str:
    """An item's fingerprint: two items with the same one are the same."""
    return hashlib.sha256(repr(item).encode()).hexdigest()[:20]
