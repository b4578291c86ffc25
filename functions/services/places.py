"""Places that are few: who may take one, and who is called when some are free."""

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.case import Actor, Case, Decision
from functions.kernel.definition import LINK, Definition
from functions.kernel.engine import decide
from functions.processes import current, pinned
from functions.services.ports import File
from functions.services.wiring import Services
from functions.services.writing import Change

if TYPE_CHECKING:
    from functions.kernel.rooms import Queue, Room

MOST_CALLED = 10  # at once; a transaction has room for so many cases


def room_of(definition: Definition) -> "Room | None":
    """The room a definition declares, with as many places as the newest version tells of."""
    room = definition.room
    newest = current(definition.name).room if room else None
    return replace(room, most={**room.most, **newest.most}) if room and newest else room


def queue_of(
    services: Services, definition: Definition, room: "Room", case: Case, action: str
) -> "Queue | None":
    """The queue for the places a case shares with others, if ``action`` may move it."""
    rows = (t for t in definition.transitions if (t.action, t.source) == (action, case.state))
    if not any(room.counts(t.source) or room.counts(t.target) for t in rows):
        return None
    return services.cases.queue(f"{definition.name}#{case.answers[room.by]}")


def passed_on(
    services: Services, room: "Room", queue: "Queue", before: Case, decision: Decision
) -> tuple[Decision, list[Change]]:
    """The decision with the queue as it leaves it, and those who are called for what is free.

    All of it is one transaction, which fails if the queue or one of those called has moved.
    """
    now = room.moved(queue, before.id, decision.case.state, room.takes(before.answers))
    called: list[Change] = []
    for case_id in tuple(now.waiting)[:MOST_CALLED]:
        file = services.cases.load(case_id)
        if case_id == before.id or file is None or not room.fits(now, case_id, file.case.answers):
            break
        change = _called(services, room, file)
        called.append(change)
        moved = change.decision.case
        now = room.moved(now, case_id, moved.state, room.takes(moved.answers))
    if now != queue:
        decision = replace(decision, queue=replace(now, revision=queue.revision + 1))
    return decision, called


def _called(services: Services, room: "Room", file: File) -> Change:
    own = pinned(file.case.process, file.case.version)
    now = services.clock.now()
    calls = (own.room or room).calls
    decision = decide(own, file.case, Actor(LINK), calls, {}, now, services.directory)
    return Change(own, decision, file)
