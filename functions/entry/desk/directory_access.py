"""Checks who may see or change which entry of the directory with a desk's link."""

from dataclasses import dataclass
from typing import Protocol

from functions.kernel.directory import SOURCES, DirectoryEntry
from functions.kernel.duties import RIGHTS, declared, may
from functions.kernel.errors import Refused
from functions.services.access.offices import refusal
from functions.services.container import Services
from functions.services.directory.edit import DirectorySnapshot, snapshot

NEW = "new"  # in the place of a key


class DeskIdentity(Protocol):
    """Whose desk a link opens, as far as the directory asks: "" is not in that list."""

    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def coordinator(self) -> str: ...  # noqa: D102
    @property
    def supervisor(self) -> str: ...  # noqa: D102


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
    """Somebody who keeps the directory, at any entry; ``DutyLost`` for who kept it a moment ago,
    ``Refused`` for everybody else.

    What their own entry says now decides, not what it said when the desk was opened.
    """
    now, me = snapshot(services), ("coordinators", desk.coordinator)
    if source not in SOURCES:
        raise Refused
    entry = now.entry(*me) if desk.coordinator else None
    if entry is None or entry.retired or not may(declared(entry.facts), source):
        raise refusal(services, desk.email, RIGHTS[source]["edit"])
    key = "" if key == NEW else key
    return Visit(services, now, source, key, "/".join(me), home, desk.language)


def telling(services: Services, desk: DeskIdentity, home: str) -> Visit:
    """A supervisor in office at their own entry; ``DutyLost`` for who was one a moment ago,
    ``Refused`` for everybody else."""
    by, now = f"supervisors/{desk.supervisor}", snapshot(services)
    if not desk.supervisor or now.entry("supervisors", desk.supervisor).retired:
        raise refusal(services, desk.email, RIGHTS["own"]["edit"])
    return Visit(services, now, "supervisors", desk.supervisor, by, home, desk.language, own=True)
