"""Runs the timers of cases that are due. What fails is tried again after growing delays, and
parked after some tries."""

import logging
from datetime import datetime

from functions.kernel.case import Actor, is_of
from functions.kernel.definition import Definition
from functions.kernel.errors import Conflict, Newer, Unknown
from functions.kernel.states import CLOCK
from functions.kernel.timers import (
    ERASING,
    STATE,
    due_lasting,
    due_timer,
    moments,
    notify,
    remind,
)
from functions.processes import pinned
from functions.services import commit
from functions.services.case.decide import decided
from functions.services.case.unreached import waits_for_mail
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.erasing import erase_rest
from functions.services.integrity import require_sound
from functions.services.ports import NEWER, UNTIL_UPDATED, CaseRecord
from functions.services.timers import CaseTimer

_log = logging.getLogger("kapula.timers")
MAX_TRIES = 8  # of a timer, in some ten hours
PARKED = "timer parked: %s of case %s %s"  # logged once it is; the clock's metric is the alarm
KILLED = "killed the clock"  # what happened to one that neither came to its end nor failed


def run_timer(services: Services, timer: CaseTimer) -> bool:
    """Run a timer that came due; whether something was done. It is moved back first, so that it
    waits its time however it fails, and nobody else runs it meanwhile. What it fails by is raised;
    after ``MAX_TRIES`` it is parked. What a newer release made is put off, and no failure."""
    leased = services.timers.lease(timer, services.clock.now())
    if leased is None:
        return False
    if leased.attempts > MAX_TRIES:
        _park(services, leased, KILLED)
        return False
    try:
        return _run(services, leased)
    except Newer:
        services.timers.settle(leased, services.clock.now() + UNTIL_UPDATED)
        return False
    except Exception as error:
        if leased.attempts == MAX_TRIES:
            _park(services, leased, f"failed by {type(error).__name__}")
        raise


def _park(services: Services, leased: CaseTimer, why: str) -> None:
    if services.timers.park(leased, services.clock.now()):
        _log.error(PARKED, leased.name, leased.case, why)


def _run(services: Services, leased: CaseTimer) -> bool:
    if leased.name == ERASING:
        done = erase_rest(services, leased.case)
    else:
        done = run_due_timer(services, leased.case, leased.name)
    if done:
        return True
    now, record = services.clock.now(), services.cases.case(leased.case)
    if record:
        _require_known(record, leased.name)
    moment = _moments(record).get(leased.name) if record else None
    if record and moment and leased.name == STATE:
        definition = pinned(record.case.process, record.case.version)
        moment = waits_for_mail(services, definition, record.case) or moment
    if moment is None or moment > now:  # else it was overtaken, and is tried again
        services.timers.settle(leased, moment)
    return False


def _require_known(record: CaseRecord, name: str) -> None:
    """``Newer`` if this release has no timer of that name, so that it cannot say when it comes."""
    if name in (STATE, ERASING):
        return
    try:
        pinned(record.case.process, record.case.version).timer(name)
    except Unknown as error:
        _log.warning(NEWER, f"timer {name} of {record.case.id}")
        raise Newer from error


def _moments(record: CaseRecord) -> dict[str, datetime]:
    """When each timer of a case is to come, as the case stands."""
    due = moments(pinned(record.case.process, record.case.version), record.case)
    return {**due, ERASING: record.case.entered_at} if record.unerased else due


def resume_parked(services: Services, case_id: str = "") -> int:
    """Have every parked timer tried anew by the clock's next round, or those of one case, named by
    its id or its reference; how many there were."""
    now = services.clock.now()
    parked = [t for t in services.timers.parked() if is_of(t.case, case_id)]
    return sum(services.timers.resume(timer, now) for timer in parked)


def run_due_timer(services: Services, case_id: str, name: str = STATE) -> bool:
    """Run one timer of a case if it is due; whether it was, and was not overtaken. ``Broken``
    if its history is not as it was written."""
    record = services.cases.case(case_id)
    if record is None:
        return False
    require_sound(services, record)
    definition, now = pinned(record.case.process, record.case.version), services.clock.now()
    changes = _changes(services, definition, record, name, now)
    if not changes:
        return False
    try:
        commit.commit(services, *changes)
    except Conflict:  # somebody acted meanwhile: their act is what counts
        return False
    return True


def _changes(
    services: Services, definition: Definition, record: CaseRecord, name: str, now: datetime
) -> tuple[PendingWrite, ...]:
    """What is to be written when a timer of a case runs; nothing if it is not due, or would end
    the turn of somebody whom no mail has reached."""
    case = record.case
    if name == STATE:
        timer = due_timer(definition, case, now)
        if timer and not timer.action:
            return (PendingWrite(definition, remind(definition, case, timer, now), record),)
        actor, action = Actor(CLOCK), timer.action if timer else ""
        if action and waits_for_mail(services, definition, case):
            return ()
    else:
        lasting = due_lasting(definition, case, name, now)
        if lasting and lasting.mail:
            return (PendingWrite(definition, notify(definition, case, lasting, now), record),)
        actor, action = Actor(CLOCK, timer=name), lasting.action if lasting else ""
    return decided(services, definition, record, actor, action, {}) if action else ()
