"""On a schedule: timers that are due are run, what is left of erased cases goes, mails that the
stream lost are sent. Once a week (``{"digest": true}``) coordinators are told what waits; every
night (``{"check_histories": true}``) a sample of histories is checked, and what lies on desks for
them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from functions.services.case.timers import run_timer
from functions.services.container import Services
from functions.services.desk.index import is_laid
from functions.services.integrity import check_sample
from functions.services.logs import log_error
from functions.services.mail.deliver import deliver
from functions.services.mail.digest import order_digests
from functions.services.timers import CaseTimer

_Item = TypeVar("_Item")
# Of the 120 seconds that a round may take: until when timers are begun, and after them mails.
TIMERS_UNTIL, MAILS_UNTIL = timedelta(seconds=60), timedelta(seconds=100)
COUNTED = 100  # parked timers: whether there are any is what matters
_log = logging.getLogger("kapula.clock")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Do what time has made due; ``acted`` counts what was done, ``overdue`` says for how many
    seconds the mail that waits longest should have been gone, ``parked`` how many timers wait for
    a person."""
    now = services.clock.now()
    if event.get("check_histories"):
        check_sample(services, is_laid)
    ordered = order_digests(services) if event.get("digest") else 0
    oldest = services.cases.oldest_unsent(now)
    begun = partial(_each, services)
    run = begun(_once(services.timers.due(now)), now + TIMERS_UNTIL, partial(run_timer, services))
    sent = begun(services.cases.unsent(now), now + MAILS_UNTIL, partial(_deliver, services))
    overdue = (now - oldest).total_seconds() if oldest else 0.0
    parked = sum(1 for _ in islice(services.timers.parked(), COUNTED))
    return {"acted": ordered + run + sent, "overdue": overdue, "parked": parked}


def _deliver(services: Services, mail: tuple[str, str]) -> bool:
    return deliver(services, *mail) == "sent"


def _once(timers: Iterable[CaseTimer]) -> Iterator[CaseTimer]:
    """Each timer once, though it may come again further on in the index when it was run."""
    seen: set[tuple[str, str]] = set()
    for timer in timers:
        if (timer.case, timer.name) not in seen:
            seen.add((timer.case, timer.name))
            yield timer


def _each(
    services: Services, items: Iterable[_Item], until: datetime, do: Callable[[_Item], bool]
) -> int:
    """How many could be done. One that fails is left for the next time, and so are those that were
    not begun by a moment."""
    done = 0
    for item in items:
        if services.clock.now() >= until:
            break
        try:
            done += do(item)
        except Exception as error:  # noqa: BLE001  # the next one is somebody else's case
            log_error(_log, "left for later", error)
    return done
