"""Lambda's way into `functions.entry.clock.app`, with the age of the oldest unsent mail and the
number of parked timers as metrics."""

import json
import os
import time
from typing import Any

from functions.entry import start
from functions.entry.clock.app import handle
from functions.kernel.release import RELEASE

_services = start.services()


def handler(event: dict[str, Any], _context: object) -> object:
    """One round of the clock."""
    done = handle(_services, event)
    print(json.dumps(_metrics(done["overdue"], done["parked"])))
    return done


def _metrics(seconds: float, parked: int) -> dict[str, Any]:
    """CloudWatch's embedded metric format: a line of the log becomes a metric, so that this
    role needs no right to put metrics, which cannot be given for less than all of them."""
    measured = {
        "Namespace": "Kapula",
        "Dimensions": [["Stage"]],
        "Metrics": [
            {"Name": "OldestUnsentMail", "Unit": "Seconds"},
            {"Name": "ParkedTimers", "Unit": "Count"},
        ],
    }
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [measured]},
        "Stage": os.environ["KAPULA_STAGE"],
        "Release": RELEASE,
        "OldestUnsentMail": round(seconds, 1),
        "ParkedTimers": parked,
    }
