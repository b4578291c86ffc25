"""Histories that are not as they were written: found, told to those on duty, never written to."""

import logging
import random
from collections.abc import Sequence

from functions.kernel.errors import Broken
from functions.services.ports import File
from functions.services.wiring import Services

_log = logging.getLogger("kapula.sealing")


def is_sound(file: File) -> bool:
    """Whether a case's history is as it was written; logs an error, which is an alarm, if not."""
    if file.sound:
        return True
    broken(file.case.id)
    return False


def broken(case_id: str) -> None:
    """Log that a history is not as it was written, which is an alarm."""
    _log.error("history broken: %s", case_id)


def broken_among(services: Services, case_ids: Sequence[str]) -> frozenset[str]:
    """Those of some cases whose histories are not as they were written; an alarm for each.

    One that was written to meanwhile is read anew before it is judged.
    """
    suspected = [i for i, file in services.cases.files(case_ids).items() if not file.sound]
    files = (services.cases.load(case_id) for case_id in suspected)
    return frozenset(file.case.id for file in files if file and not is_sound(file))


def hold(file: File, known: int = 0) -> None:
    """``Broken`` if a case's history is not as it was written, or the case is in an earlier turn
    than one that is ``known`` of it: then it was put back in the store."""
    if not is_sound(file):
        raise Broken
    if known > file.case.round:
        broken(file.case.id)
        raise Broken


def check_sample(services: Services) -> int:
    """Read a random sample of cases with their histories; how many of them are broken."""
    ids = services.cases.sample(random.random())  # noqa: S311  # chance, no secret
    return sum(not _is_whole(services, case_id) for case_id in ids)


def _is_whole(services: Services, case_id: str) -> bool:
    """Whether a history is as it was written, and not older than what lies on desks for it."""
    laid = services.desks.revision(case_id)
    file = services.cases.load(case_id)
    if file and not is_sound(file):
        return False
    put_back = laid > (file.case.revision if file else -1)
    if put_back:
        broken(case_id)
    return not put_back
