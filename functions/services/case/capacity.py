"""Limited capacity: which case may occupy units, and which waiting cases are admitted when some are
free."""

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.case import Actor, Case, Decision
from functions.kernel.definition import Definition
from functions.kernel.engine import decide
from functions.kernel.states import LINK
from functions.processes import current, pinned
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.ports import CaseRecord

if TYPE_CHECKING:
    from functions.kernel.capacity import Capacity, Waitlist

MOST_CALLED = 10  # at once; a transaction has room for so many cases


def capacity_of(definition: Definition) -> "Capacity | None":
    """The capacity that a definition declares, with the limits of its newest version."""
    capacity = definition.capacity
    newest = current(definition.name).capacity if capacity else None
    return (
        replace(capacity, limits={**capacity.limits, **newest.limits})
        if capacity and newest
        else capacity
    )


def waitlist_of(
    services: Services, definition: Definition, capacity: "Capacity", case: Case, action: str
) -> "Waitlist | None":
    """The waitlist that a case shares with others, if ``action`` may change it."""
    rows = definition.rows(action, case.state)
    if not any(capacity.counts(t.source) or capacity.counts(t.target) for t in rows):
        return None
    return services.cases.waitlist(f"{definition.name}#{case.answers[capacity.by]}")


def with_admissions(
    services: Services, capacity: "Capacity", waitlist: "Waitlist", before: Case, decision: Decision
) -> tuple[Decision, list[PendingWrite]]:
    """The decision with the changed waitlist, and the decisions that admit waiting cases to free
    units.

    All of it is one transaction, which fails if the waitlist or one of those called has moved.
    """
    now = capacity.moved(waitlist, before.id, decision.case.state, capacity.units(before.answers))
    called: list[PendingWrite] = []
    for case_id in tuple(now.waiting)[:MOST_CALLED]:
        record = services.cases.load(case_id)
        if (
            case_id == before.id
            or record is None
            or not capacity.fits(now, case_id, record.case.answers)
        ):
            break
        change = _called(services, capacity, record)
        called.append(change)
        moved = change.decision.case
        now = capacity.moved(now, case_id, moved.state, capacity.units(moved.answers))
    if now != waitlist:
        decision = replace(decision, waitlist=replace(now, revision=waitlist.revision + 1))
    return decision, called


def _called(services: Services, capacity: "Capacity", record: CaseRecord) -> PendingWrite:
    own = pinned(record.case.process, record.case.version)
    now = services.clock.now()
    admitting = (own.capacity or capacity).admits
    decision = decide(own, record.case, Actor(LINK), admitting, {}, now, services.directory)
    return PendingWrite(own, decision, record)
