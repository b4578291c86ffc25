"""Histories that are not as they were written: found, told to those on duty, never written to."""

import logging
import random

from functions.kernel.errors import Broken
from functions.services.ports import File
from functions.services.wiring import Services

_log = logging.getLogger("kapula.sealing")


def is_sound(file: File) -> bool:
    """Whether a case's history is as it was written; logs an error, which is an alarm, if not."""
    if file.sound:
        return True
    _log.error("history broken: %s", file.case.id)
    return False


def hold(file: File) -> None:
    """``Broken`` if a case's history is not as it was written."""
    if not is_sound(file):
        raise Broken


def check_sample(services: Services) -> int:
    """Read a random sample of cases with their histories; how many of them are broken."""
    ids = services.cases.sample(random.random())  # noqa: S311  # chance, no secret
    files = (services.cases.load(case_id) for case_id in ids)
    return sum(not is_sound(file) for file in files if file)
