"""Checks who may see or change which entry of the directory with a desk's link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from functions import lists
from functions.kernel.directory import DirectoryEntry
from functions.kernel.directory_lists import NEW
from functions.kernel.duties import declared
from functions.kernel.errors import Refused
from functions.services.access.offices import refusal
from functions.services.container import Services
from functions.services.desk.duties import permits, rights
from functions.services.directory.edit import DirectorySnapshot, snapshot


class DeskIdentity(Protocol):
    """Whose desk a link opens, as far as the directory asks; ``entries`` are list → key."""

    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def entries(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at an entry. ``key`` "" is a new one; ``by`` is who they are, as in
    ``ChangeStamp``."""

    services: Services
    now: DirectorySnapshot
    source: str
    key: str
    by: str
    home: str
    language: str
    own: bool = False

    @property
    def present(self) -> DirectoryEntry | None:
        """The entry as it is stored now; ``Refused`` if there is none."""
        return self.now.entry(self.source, self.key) if self.key else None


def keeping(services: Services, desk: DeskIdentity, home: str, source: str, key: str) -> Visit:
    """A person who may edit every entry of the directory.

    ``DutyLost`` if they had the duty when they opened the page and have lost it since; ``Refused``
    for everybody else. Their own entry is read now, not taken from when the desk was opened.
    """
    now, me = snapshot(services), ("coordinators", desk.entries.get("coordinators", ""))
    if not lists.find(source):
        raise Refused
    entry = now.entry(*me) if me[1] else None
    if entry is None or entry.retired or not permits(declared(entry.facts), source):
        raise refusal(services, desk.email, rights()[source]["edit"])
    key = "" if key == NEW else key
    return Visit(services, now, source, key, "/".join(me), home, desk.language)


def telling(services: Services, desk: DeskIdentity, home: str, source: str) -> Visit:
    """Somebody in office at their own entry of a list; ``DutyLost`` for who was in it a moment ago,
    ``Refused`` for everybody else."""
    key, now = desk.entries.get(source, ""), snapshot(services)
    if not key or now.entry(source, key).retired:
        raise refusal(services, desk.email, rights()[lists.named(source).own_page]["edit"])
    by = f"{source}/{key}"
    return Visit(services, now, source, key, by, home, desk.language, own=True)
