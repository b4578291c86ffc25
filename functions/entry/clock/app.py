"""On a schedule: timers that are due are run, mails that the stream lost are sent, and once
a week (``{"digest": true}``) coordinators are told what waits; every night a sample of
histories is checked (``{"check_histories": true}``)."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from functions.entry.logs import tell
from functions.kernel.errors import Unavailable
from functions.services.case.timers import put_off, run_due_timer
from functions.services.container import Services
from functions.services.integrity import check_sample
from functions.services.mail.deliver import deliver
from functions.services.mail.digest import order_digests

_log = logging.getLogger("kapula.clock")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Do what time has made due; ``acted`` counts what was done, ``overdue`` says
    for how many seconds the mail that waits longest should have been gone."""
    now = services.clock.now()
    if event.get("check_histories"):
        check_sample(services)
    ordered = order_digests(services) if event.get("digest") else 0
    oldest = services.cases.oldest_unsent(now)
    run = _each(services.cases.due(now), lambda case: _run_timer(services, case))
    sent = _each(services.cases.unsent(now), lambda mail: deliver(services, *mail) == "sent")
    overdue = (now - oldest).total_seconds() if oldest else 0.0
    return {"acted": ordered + run + sent, "overdue": overdue}


def _run_timer(services: Services, case_id: str) -> bool:
    """As ``run_due_timer``. A case that fails by what it is, not by the time, is put off."""
    try:
        return run_due_timer(services, case_id)
    except Unavailable:
        raise
    except Exception:
        put_off(services, case_id)
        raise


def _each(items: Iterable[Any], do: Callable[[Any], bool]) -> int:
    """How many could be done. One that fails is left for the next time."""
    done = 0
    for item in items:
        try:
            done += do(item)
        except Exception as error:  # noqa: BLE001  # the next one is somebody else's case
            tell(_log, "left for later", error)
    return done
