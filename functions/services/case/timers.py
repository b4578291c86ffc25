"""Runs the timers of cases that are due."""

from functions.kernel.case import Actor
from functions.kernel.errors import Conflict
from functions.kernel.states import CLOCK
from functions.kernel.timers import due_timer, remind
from functions.processes import pinned
from functions.services import commit
from functions.services.case.decide import decided
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.integrity import LATER, hold


def put_off(services: Services, case_id: str) -> None:
    """Let a case that could not be seen to wait an hour, so that many of them, of which only so
    many are read at once, do not hold up all others."""
    now = services.clock.now()
    services.cases.put_off(case_id, now, now + LATER)


def run_due_timer(services: Services, case_id: str) -> bool:
    """Run one case's next timer if it is due; whether it was, and was not overtaken. ``Broken``
    if its history is not as it was written."""
    record = services.cases.load(case_id)
    if record is None:
        return False
    hold(record)
    definition, now = pinned(record.case.process, record.case.version), services.clock.now()
    timer = due_timer(definition, record.case, now)
    if timer is None:
        return False
    if timer.action:
        changes = decided(services, definition, record, Actor(CLOCK), timer.action, {})
    else:
        changes = (PendingWrite(definition, remind(definition, record.case, timer, now), record),)
    try:
        commit.commit(services, *changes)
    except Conflict:  # somebody acted meanwhile: their act is what counts
        return False
    return True
