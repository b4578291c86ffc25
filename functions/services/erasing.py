"""Removes what was said in the histories of cases that were erased."""

import logging
from contextlib import suppress

from functions.kernel.errors import Conflict
from functions.kernel.subcases import is_subcase
from functions.services.container import Services

_log = logging.getLogger("kapula.erasing")
ERASED = "case erased: %s"  # logged once a case is done, and counted (infra/aws)


def erase_rest(services: Services, case_id: str) -> bool:
    """Remove it portion by portion, of a case that a decision has erased; whether this was the last
    of it. Interrupted, it goes on where it was when it is run again."""
    with suppress(Conflict):  # somebody else does so
        left = services.cases.erase_some(case_id)
        while left:
            left = services.cases.erase_some(case_id)
        if left == 0:
            if not is_subcase(case_id):  # a subcase is a part of its case
                _log.info(ERASED, case_id)
            return True
    return False
