"""Finds histories that were altered after they were written, alarms the operators and refuses to
change such cases."""

import logging
import random
from collections.abc import Callable, Iterable
from contextlib import suppress

from functions.kernel.claims import claims
from functions.kernel.errors import Broken, KapulaError, Newer, Unavailable
from functions.kernel.timers import ERASING, moments
from functions.processes import pinned
from functions.services.container import Services
from functions.services.logs import log_error
from functions.services.ports import BROKEN, CaseRecord
from functions.services.timers import LONGEST_DELAY

_Check = Callable[[Services, CaseRecord], bool]
_log = logging.getLogger("kapula.sealing")


def is_sound(services: Services, record: CaseRecord) -> bool:
    """Whether what was read of a case's history is as it was written; and, once a break was found
    in it, whether all of it is. Logs an error, which is an alarm, if not."""
    if record.sound and not record.has_break:
        return True
    if record.sound:
        with suppress(Broken):
            whole = services.cases.load(record.case.id)
            if whole and whole.sound:
                return True
    broken(record.case.id)
    return False


def is_sound_or_recorded(services: Services, record: CaseRecord) -> bool:
    """The same, and a break that is found is recorded with the case: nothing is done in it any more
    until its whole history verifies again. For who may write to cases."""
    if is_sound(services, record):
        return True
    if not record.has_break:
        with suppress(KapulaError):  # the alarm has been raised, and whoever reads it next finds it
            services.cases.record_break(record)
    return False


def broken(case_id: str) -> None:
    """Log that a history is not as it was written, which is an alarm."""
    _log.error(BROKEN, case_id)


def require_sound(services: Services, record: CaseRecord, known: int = 0) -> None:
    """``Broken`` if a case's history is not as it was written, or the case is in an earlier turn
    than one that is ``known`` of it: then it was put back in the store."""
    if not is_sound(services, record):
        raise Broken
    if known > record.case.round:
        broken(record.case.id)
        raise Broken


def is_due_in_time(services: Services, record: CaseRecord) -> bool:
    """Whether the clock comes to a case no later than each thing is due in it, or than a timer that
    fails is moved back; an alarm if not. One that is parked has an alarm already. What can be done
    in the case stays the same: the next step writes its timers anew."""
    due = moments(pinned(record.case.process, record.case.version), record.case)
    latest = services.clock.now() + LONGEST_DELAY
    if record.unerased:
        due[ERASING] = latest
    kept = {timer.name: timer for timer in services.timers.of(record.case.id)} if due else {}
    for name, moment in due.items():
        timer = kept.get(name)
        if timer is None or not (timer.parked or timer.due_at <= max(moment, latest)):
            now = services.cases.case(record.case.id)
            if now and now.case.revision != record.case.revision:
                return True  # it was written to since it was read
            broken(record.case.id)
            return False
    return True


def is_latest(services: Services, record: CaseRecord) -> bool:
    """Whether a case is not older than what lies on desks for it; an alarm if it is: then it was
    put back in the store, together with its history. One that was written to since it was read is
    not."""
    laid = services.desks.revision(record.case.id)
    if laid <= record.case.revision:
        return True
    now = services.cases.case(record.case.id)
    if now and laid <= now.case.revision:
        return True
    broken(record.case.id)
    return False


def require_latest(services: Services, record: CaseRecord) -> None:
    """``Broken`` if a case was put back in the store."""
    if not record.latest and not is_latest(services, record):
        raise Broken


def _is_claimed(services: Services, record: CaseRecord) -> bool:
    """Whether the values that a case has for itself are kept as its own; an alarm if not."""
    case = record.case
    fields = pinned(case.process, case.version).fields().values()
    if services.cases.claimed(case.id, claims(fields, case.answers)):
        return True
    broken(case.id)
    return False


def check_sample(services: Services, *more: _Check) -> int:
    """Read a random sample of cases with their histories; how many of them are broken. ``more``
    is what is asked of each beside what this module knows. One that cannot be looked at is broken,
    too, and holds up no other."""
    ids = services.cases.sample(random.random())  # noqa: S311  # chance, no secret
    checks = (is_due_in_time, _is_claimed, is_latest, *more)
    return sum(not _passes(services, case_id, checks) for case_id in ids)


def _passes(services: Services, case_id: str, checks: Iterable[_Check]) -> bool:
    try:
        return _is_whole(services, case_id, checks)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  # the next one is another case
        log_error(_log, "not looked at", error)
        broken(case_id)
        return False


def _is_whole(services: Services, case_id: str, checks: Iterable[_Check]) -> bool:
    """Whether a history is as it was written, and its case passes each check: it is not older than
    what lies on desks for it, its values are its own, and the clock comes to it in time."""
    try:
        record = services.cases.load(case_id)
    except Newer:  # nobody here can tell, and nothing says that it is not
        return True
    except Broken:  # the alarm has been raised
        return False
    if record is None:  # a row of the index that is gone
        broken(case_id)
        return False
    sound = is_sound_or_recorded(services, record)
    return sound and all(check(services, record) for check in checks)
