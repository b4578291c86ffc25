"""Keeps the worklist items of a case up to date: removes those that do not hold any more and adds
the new ones."""

import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from functions.kernel.case import Case
from functions.kernel.desk import ACTED, WHO, confirmed, lasting, placements
from functions.kernel.errors import Newer
from functions.kernel.mailboxes import mailbox, plain
from functions.kernel.people import Person
from functions.kernel.summary import HistorySummary
from functions.processes import pinned
from functions.services.access.linked_cases import linked_cases_of_turns
from functions.services.access.people import person_key
from functions.services.commit import retried
from functions.services.container import Services
from functions.services.integrity import broken, is_due_in_time
from functions.services.ports import MAX_CHANGES, CaseRecord, WorklistItem

_TRIES = 6
_LOOKED_FOR = 50  # items of one case in a night
_INDEXED = timedelta(hours=1)  # by then a case lies on desks as it was written
_NOTHING_DONE = HistorySummary()


def index_case(services: Services, case_id: str, *, anew: bool = False) -> bool:
    """Write the worklist items of a case as it is now, and those of linked cases whose turn it may
    affect; whether any item changed.

    The stored items are read before the case, and each write is refused if they have changed since:
    so a late run with an older case starts over, and repeating is harmless. A case that is older
    than its items was put back in the store: that raises an alarm. What a newer release saved keeps
    the items that it has, and is left for that release. ``anew``: all of them are written, so that
    what was removed or edited is put right.
    """
    try:
        case, changed = retried(_TRIES, partial(_change, services, case_id, anew=anew))
    except Newer:
        services.desks.leave(case_id)
        return False
    linked = services.cases.several(case.linked).values() if case and case.linked else ()
    for other in linked_cases_of_turns(services, linked):
        changed |= retried(_TRIES, partial(_change, services, other))[1]
    return changed


def is_laid(services: Services, record: CaseRecord) -> bool:
    """Whether what should lie on desks for a case does, as it was laid; an alarm if not. Of many
    items some are looked for. What was written in the last hour, or in a case linked to it, may not
    lie there yet."""
    case = record.case
    records = (record, *services.cases.records(case.linked).values())
    written = max(each.summary.last[-1].at for each in records if each.summary.last)
    if services.clock.now() - written < _INDEXED:
        return True
    items = list(worklist_items(services, case, record.summary))
    some = random.sample(items, min(len(items), _LOOKED_FOR))
    if all(_lies(services, item) for item in some):
        return True
    broken(case.id)
    return False


def _lies(services: Services, item: WorklistItem) -> bool:
    """Whether an item lies in its place. A query, as the clock may not read desks otherwise."""
    return list(services.desks.page(item.desk, item.sort_key, "", 1)) == [item]


def worklist_items(
    services: Services, case: Case, summary: HistorySummary = _NOTHING_DONE
) -> Iterator[WorklistItem]:
    """The worklist items that a case should have in its present state, with this history.
    Their tags are those that last: a search reads the others from the case."""
    yield from _acted(services, case, summary)
    linked = linked_cases_of_turns(services, [case]).get(case.id, ())
    for slot in placements(pinned(case.process, case.version), case, linked):
        party = slot.party
        person = None
        if slot.sort_key.startswith(WHO):
            person = Person(party.name, party.email, party.language, party.ref)
        desk = person_key(services, party.email)
        yield WorklistItem(desk, slot.sort_key, case.id, party.id, lasting(slot.tags), person)


def _acted(services: Services, case: Case, summary: HistorySummary) -> Iterator[WorklistItem]:
    """For each who has done something in the case by another spelling than the plain one of their
    mailbox, that they have: nobody else can write it, however often they name that spelling."""
    if not confirmed(pinned(case.process, case.version), case):
        return
    for party in case.parties:
        if plain(party.email) != mailbox(party.email) and summary.acted(party.id):
            desk = person_key(services, party.email)
            yield WorklistItem(desk, f"{ACTED}{case.id}#{party.id}", case.id, party.id)


def _change(services: Services, case_id: str, *, anew: bool = False) -> tuple[Case | None, bool]:
    """The case as it stands, and whether its items had to be changed."""
    seen = services.desks.indexed(case_id)
    record = services.cases.case(case_id)
    case = record.case if record else None
    if record:
        is_due_in_time(services, record)
    items = worklist_items(services, case, record.summary) if case and record else ()
    current = {_print(item): item for item in items}
    found = {(item.desk, item.sort_key) for item in current.values()}
    if seen.revision > (case.revision if case else -1):
        broken(case_id)
    there = set() if anew else set(seen.fingerprints.values())
    put = {tag: item for tag, item in current.items() if tag not in there}
    drop = [key for key in seen.fingerprints if key not in found]
    writes: list[tuple[str, tuple[str, str]]] = [(m, (c.desk, c.sort_key)) for m, c in put.items()]
    writes += [("", key) for key in drop]
    revision = case.revision if case else 0
    for start in range(0, len(writes), MAX_CHANGES):
        part = writes[start : start + MAX_CHANGES]
        laid = {tag: put[tag] for tag, _ in part if tag}
        seen = services.desks.change(
            case_id, seen, laid, [key for tag, key in part if not tag], revision
        )
    return case, bool(writes)


def _print(item: WorklistItem) -> str:
    """An item's fingerprint: two items with the same one are the same."""
    return hashlib.sha256(repr(item).encode()).hexdigest()[:20]
