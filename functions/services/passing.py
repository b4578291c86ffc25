"""What time does: the rungs of a case's ladder that are due are climbed."""

from functions.kernel.case import Actor
from functions.kernel.definition import CLOCK
from functions.kernel.errors import Conflict
from functions.kernel.ladder import due_rung, remind
from functions.processes import pinned
from functions.services import writing
from functions.services.deciding import decided
from functions.services.sealing import LATER, hold
from functions.services.wiring import Services
from functions.services.writing import Change


def put_off(services: Services, case_id: str) -> None:
    """Let a case that could not be seen to wait an hour, so that many of them, of which only so
    many are read at once, do not hold up all others."""
    now = services.clock.now()
    services.cases.put_off(case_id, now, now + LATER)


def pass_time(services: Services, case_id: str) -> bool:
    """Climb one case's next rung if it is due; whether it was, and was not overtaken. ``Broken``
    if its history is not as it was written."""
    file = services.cases.load(case_id)
    if file is None:
        return False
    hold(file)
    definition, now = pinned(file.case.process, file.case.version), services.clock.now()
    rung = due_rung(definition, file.case, now)
    if rung is None:
        return False
    if rung.action:
        changes = decided(services, definition, file, Actor(CLOCK), rung.action, {})
    else:
        changes = (Change(definition, remind(definition, file.case, rung, now), file),)
    try:
        writing.commit(services, *changes)
    except Conflict:  # somebody acted meanwhile: their act is what counts
        return False
    return True
