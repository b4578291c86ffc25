"""The timers of cases as the use cases need them stored, and how long those that fail wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

_FIRST_DELAY, _DOUBLED = timedelta(minutes=5), 6
LONGEST_DELAY = _FIRST_DELAY * 2**_DOUBLED  # for which a timer that fails is moved back


def delay(attempts: int) -> timedelta:
    """How long a timer waits after so many tries: 5, 10, 20 … 320 minutes."""
    doubled: int = 2 ** min(attempts - 1, _DOUBLED)
    return _FIRST_DELAY * doubled


@dataclass(frozen=True, slots=True)
class CaseTimer:
    """One timer of a case as it is stored: the moment it waits for, and how often it was tried. Who
    runs it has moved it back first. One that is ``parked`` waits for a person."""

    case: str
    name: str
    due_at: datetime
    attempts: int = 0
    parked: bool = False


class TimerStore(Protocol):
    """The timers of cases, which ``CaseStore`` writes with the cases. Every method is safe to
    repeat."""

    def due(self, now: datetime) -> Iterable[CaseTimer]:
        """Timers that are due, earliest first, read page by page."""
        ...

    def of(self, case_id: str) -> Sequence[CaseTimer]:
        """All timers of a case, as they are now."""
        ...

    def lease(self, timer: CaseTimer, now: datetime) -> CaseTimer | None:
        """Move a timer that is due back before it is run, the further the more often that was done,
        and count the try; None if it is no longer as it was read: somebody else runs it, or the
        case has moved."""
        ...

    def settle(self, leased: CaseTimer, moment: datetime | None) -> None:
        """Let a timer that was leased wait for this moment, as if it had not been tried; None: it
        ends. Nothing if the case has moved since."""
        ...

    def park(self, leased: CaseTimer, now: datetime) -> bool:
        """Take a timer that was leased out of those that come due, until it is resumed or the case
        moves on; False if the case has moved since."""
        ...

    def parked(self) -> Iterable[CaseTimer]:
        """All timers that are parked, the first ones first, read page by page."""
        ...

    def resume(self, timer: CaseTimer, now: datetime) -> bool:
        """Let a parked timer be tried anew from ``now`` on; False if it is not parked."""
        ...
