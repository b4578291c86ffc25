"""Everything the use cases work with, put together by ``bootstrap``."""

from dataclasses import dataclass
from datetime import date, timedelta

from functions.kernel.directory import Register
from functions.kernel.spans import day_of
from functions.services.ports import CaseStore, Clock, DeskStore, GrantStore, Limits, Post


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
    most_per_source: int = 200
    most_per_wide_source: int = 800
    most_freed: int = 20
    source_window: timedelta = timedelta(minutes=10)
    suppression: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Services:
    """The ports in their places. Entries hold one of these and nothing global."""

    cases: CaseStore
    grants: GrantStore
    directory: Register
    post: Post
    clock: Clock
    rules: Rules
    limits: Limits
    desks: DeskStore

    def today(self) -> date:
        """The date in Finland, where deadlines and wishes are lived."""
        return day_of(self.clock.now())
