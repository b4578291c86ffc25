"""The services container: the ports and settings that ``bootstrap`` puts together for the use
cases."""

from dataclasses import dataclass
from datetime import date, timedelta

from functions.kernel.directory import DirectoryStore
from functions.kernel.durations import day_of
from functions.services.ports import CaseStore, Clock, DeskStore, GrantStore, Limits, Post
from functions.services.timers import TimerStore


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of an installation that the use cases need."""

    base_url: str
    sender: str
    secret: bytes
    task_link: timedelta = timedelta(days=14)
    status_link: timedelta = timedelta(days=180)
    desk_unopened: timedelta = timedelta(days=7)
    desk_link: timedelta = timedelta(hours=12)  # from its opening
    desk_shared: timedelta = timedelta(hours=1)  # the same, on a device of several people
    least_fill_time: timedelta = timedelta(seconds=1)
    limit_per_source: int = 200
    limit_per_wide_source: int = 800
    limit_freed: int = 20
    source_window: timedelta = timedelta(minutes=10)
    suppression: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Services:
    """The implementations of all ports. Each entry has one of these, and there are no globals."""

    cases: CaseStore
    grants: GrantStore
    directory: DirectoryStore
    post: Post
    clock: Clock
    rules: Rules
    limits: Limits
    desks: DeskStore
    timers: TimerStore

    def today(self) -> date:
        """Today's date in Finland; deadlines and wished dates are dates in Finland."""
        return day_of(self.clock.now())
