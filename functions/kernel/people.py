"""People and the directory, as far as the pure core needs to know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a case can be handed to. ``ref`` is their key in the directory, or the case
    that they come from; ``unit`` the key of their unit, where that matters."""

    name: str
    email: str
    language: str
    ref: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a directory list: its key, its name by language, and what is told of it."""

    key: str
    names: Mapping[str, str]
    facts: Mapping[str, object] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in ``language``, else in whichever language it has."""
        return self.names.get(language) or next(iter(self.names.values()), self.key)


class Directory(Protocol):
    """What an organisation tells Kapula about itself: units, domains, people by role."""

    def listings(self, source: str) -> Sequence[Listing]:
        """The current entries of a list such as ``units``, in the order to show them."""
        ...

    def named(self, source: str, key: str) -> Listing | None:
        """One entry, also if it has been retired, so that old cases can still name it."""
        ...

    def people(self, source: str, key: str) -> Sequence[Person]:
        """Who stands behind ``key`` in a list: the coordinators of a unit, one supervisor; of
        ``topics``, those who answer it, else all who answer any, else the directory's keepers."""
        ...

    def knows_domain(self, domain: str) -> bool:
        """Whether managers may have addresses in this domain (compared in IDNA form)."""
        ...
