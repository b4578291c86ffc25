"""Histories that are not as they were written: found, told to those on duty, never written to."""

import logging
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from functions.kernel.claims import claims
from functions.kernel.errors import Broken
from functions.kernel.ladder import due_at
from functions.processes import pinned
from functions.services.ports import BROKEN, File
from functions.services.wiring import Services

_log = logging.getLogger("kapula.sealing")
LATER = timedelta(hours=1)  # until a case that failed is seen to again


def is_sound(file: File) -> bool:
    """Whether a case's history is as it was written; logs an error, which is an alarm, if not."""
    if file.sound:
        return True
    broken(file.case.id)
    return False


def broken(case_id: str) -> None:
    """Log that a history is not as it was written, which is an alarm."""
    _log.error(BROKEN, case_id)


def broken_among(services: Services, case_ids: Sequence[str]) -> frozenset[str]:
    """Those of some cases whose histories are not as they were written; an alarm for each.

    One that was written to meanwhile is read anew before it is judged.
    """
    suspected = [i for i, file in services.cases.files(case_ids).items() if not file.sound]
    files = (services.cases.load(case_id) for case_id in suspected)
    return frozenset(file.case.id for file in files if file and not is_sound(file))


def readable(services: Services, case_ids: Iterable[str]) -> Iterator[File]:
    """Those of some cases that there are, without those that cannot be read: each is an alarm."""
    for case_id in case_ids:
        with suppress(Broken):
            if file := services.cases.load(case_id):
                yield file


def hold(file: File, known: int = 0) -> None:
    """``Broken`` if a case's history is not as it was written, or the case is in an earlier turn
    than one that is ``known`` of it: then it was put back in the store."""
    if not is_sound(file):
        raise Broken
    if known > file.case.round:
        broken(file.case.id)
        raise Broken


def is_due_in_time(services: Services, file: File) -> bool:
    """Whether the clock comes to a case no later than something is due in it, or than one hour
    from now, if it could not be seen to; an alarm if not. What can be done in it stays the same:
    the next step writes anew when it is due."""
    due = due_at(pinned(file.case.process, file.case.version), file.case)
    if due is None:
        return True
    if file.due_at and file.due_at <= max(due, services.clock.now() + LATER):
        return True
    broken(file.case.id)
    return False


def is_latest(services: Services, file: File) -> bool:
    """Whether a case is not older than what lies on desks for it; an alarm if it is: then it was
    put back in the store, together with its history. One that was written to since it was read is
    not."""
    laid = services.desks.revision(file.case.id)
    if laid <= file.case.revision:
        return True
    now = services.cases.load(file.case.id)
    if now and laid <= now.case.revision:
        return True
    broken(file.case.id)
    return False


def hold_latest(services: Services, file: File) -> None:
    """``Broken`` if a case was put back in the store."""
    if not is_latest(services, file):
        raise Broken


def _is_claimed(services: Services, file: File) -> bool:
    """Whether the values that a case has for itself are kept as its own; an alarm if not."""
    case = file.case
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
        file = services.cases.load(case_id)
    except Broken:  # the alarm has been raised
        return False
    if file is None:  # a row of the index that is gone
        broken(case_id)
        return False
    checks = (is_due_in_time, _is_claimed, is_latest)
    return is_sound(file) and all(check(services, file) for check in checks)
