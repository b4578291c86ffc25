"""What time does: the rungs of a case's ladder that are due are climbed."""

from functions.kernel.errors import Conflict
from functions.kernel.ladder import climb
from functions.processes import pinned
from functions.services import writing
from functions.services.wiring import Services


def pass_time(services: Services, case_id: str) -> bool:
    """Climb one case's next rung if it is due; whether it was, and was not overtaken."""
    file = services.cases.load(case_id)
    if file is None:
        return False
    definition = pinned(file.case.process, file.case.version)
    decision = climb(definition, file.case, services.clock.now(), services.directory)
    if decision is None:
        return False
    try:
        writing.commit(services.cases, definition, decision, file)
    except Conflict:  # somebody acted meanwhile: their act is what counts
        return False
    return True
