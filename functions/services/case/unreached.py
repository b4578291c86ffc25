"""Keeps time from ending the turn of people whom no mail has told of it: their mails have not left,
or left late."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.states import BY_ITSELF
from functions.kernel.timers import due_at
from functions.services.container import Services
from functions.services.ports import OutboxItem

NEXT_LOOK = timedelta(days=1)  # until it is looked at again whether a mail has left
LEAST = timedelta(days=7)  # for which a turn lasts from the mail on, if it lasts so long at all
_AT_ONCE = timedelta(hours=1)  # a mail that left within this was in time
_WAITING = ("pending", "parked")


def waits_for_mail(services: Services, definition: Definition, case: Case) -> datetime | None:
    """Until when time may not end the turn of a case that is due: the next day, while a mail that
    asks one of its people was tried and has not left; for seven days, or as long as the turn lasts
    if that is less, after the first one left late. None if all were told in time, or no mail
    asks them."""
    now, due = services.clock.now(), due_at(definition, case)
    if due is None or definition.state(case.state).turn in BY_ITSELF:  # it ends nobody's turn
        return None
    length = min(LEAST, due - case.since)
    until = [
        _until(services.cases.mails_to(case.id, party.id).values(), case, now, length)
        for party in case.holders(definition.turn(case))
    ]
    return max((moment for moment in until if moment and moment > now), default=None)


def _until(
    items: Iterable[OutboxItem], case: Case, now: datetime, length: timedelta
) -> datetime | None:
    """The same for one person, by the mails to them."""
    turn = ("task", case.state, case.round)
    orders = ((item, item.order) for item in items)
    asking = [item for item, each in orders if (each.purpose, each.state, each.round) == turn]
    left = [item.settled_at for item in asking if item.outcome == "sent" and item.settled_at]
    if left:
        late = min(left) > case.since + _AT_ONCE
        return min(left) + length if late else None
    failed = any(item.attempts and item.outcome in _WAITING for item in asking)
    return now + NEXT_LOOK if failed else None
