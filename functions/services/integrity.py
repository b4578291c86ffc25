"""Finds histories that were altered after they were written, alarms the operators and refuses to
change such cases."""

import logging
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from functions.kernel.claims import claims
from functions.kernel.errors import Broken
from functions.kernel.timers import due_at
from functions.processes import pinned
from functions.services.container import Services
from functions.services.ports import BROKEN, CaseRecord

_log = logging.getLogger("kapula.sealing")
LATER = timedelta(hours=1)  # until a case that failed is seen to again


def is_sound(record: CaseRecord) -> bool:
    """Whether a case's history is as it was written; logs an error, which is an alarm, if not."""
    if record.sound:
        return True
    broken(record.case.id)
    return False


def broken(case_id: str) -> None:
    """Log that a history is not as it was written, which is an alarm."""
    _log.error(BROKEN, case_id)


def broken_among(services: Services, case_ids: Sequence[str]) -> frozenset[str]:
    """Those of some cases whose histories are not as they were written; an alarm for each.

    One that was written to meanwhile is read anew before it is judged.
    """
    suspected = [i for i, record in services.cases.records(case_ids).items() if not record.sound]
    files = (services.cases.load(case_id) for case_id in suspected)
    return frozenset(record.case.id for record in files if record and not is_sound(record))


def readable(services: Services, case_ids: Iterable[str]) -> Iterator[CaseRecord]:
    """Those of some cases that there are, without those that cannot be read: each is an alarm."""
    for case_id in case_ids:
        with suppress(Broken):
            if record := services.cases.load(case_id):
                yield record


def hold(record: CaseRecord, known: int = 0) -> None:
    """``Broken`` if a case's history is not as it was written, or the case is in an earlier turn
    than one that is ``known`` of it: then it was put back in the store."""
    if not is_sound(record):
        raise Broken
    if known > record.case.round:
        broken(record.case.id)
        raise Broken


def is_due_in_time(services: Services, record: CaseRecord) -> bool:
    """Whether the clock comes to a case no later than something is due in it, or than one hour
    from now, if it could not be seen to; an alarm if not. What can be done in it stays the same:
    the next step writes anew when it is due."""
    due = due_at(pinned(record.case.process, record.case.version), record.case)
    if due is None:
        return True
    if record.due_at and record.due_at <= max(due, services.clock.now() + LATER):
        return True
    broken(record.case.id)
    return False


def is_latest(services: Services, record: CaseRecord) -> bool:
    """Whether a case is not older than what lies on desks for it; an alarm if it is: then it was
    put back in the store, together with its history. One that was written to since it was read is
    not."""
    laid = services.desks.revision(record.case.id)
    if laid <= record.case.revision:
        return True
    now = services.cases.load(record.case.id)
    if now and laid <= now.case.revision:
        return True
    broken(record.case.id)
    return False


def hold_latest(services: Services, record: CaseRecord) -> None:
    """``Broken`` if a case was put back in the store."""
    if not is_latest(services, record):
        raise Broken


def _is_claimed(services: Services, record: CaseRecord) -> bool:
    """Whether the values that a case has for itself are kept as its own; an alarm if not."""
    case = record.case
    fields = pinned(case.process, case.version).fields().values()
    if services.cases.claimed(case.id, claims(fields, case.answers)):
        return True
    broken(case.id)
    return False


def check_sample(services: Services) -> int:
    """Read a random sample of cases with their histories; how many of them are broken."""
    ids = services.cases.sample(random.random())  # noqa: S311  # chance, no secret
    return sum(not _is_whole(services, case_id) for case_id in ids)


def _is_whole(services: Services, case_id: str) -> bool:
    """Whether a history is as it was written, not older than what lies on desks for it, its values
    are its own, and the clock comes to its case in time."""
    try:
        record = services.cases.load(case_id)
    except Broken:  # the alarm has been raised
        return False
    if record is None:  # a row of the index that is gone
        broken(case_id)
        return False
    checks = (is_due_in_time, _is_claimed, is_latest)
    return is_sound(record) and all(check(services, record) for check in checks)
