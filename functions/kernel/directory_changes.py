"""What was done to an entry of the directory: who is told of it, and what can be undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.kernel.directory import Entry, Mark
from functions.kernel.duties import declared
from functions.kernel.mailboxes import same_address

Kind = Literal["added", "retired", "address", "duties", "people"]

RESTORED = "restored"  # who changed an entry, when somebody took their own address back
UNDO = timedelta(days=7)  # as long as an address can be taken back
KEPT = timedelta(days=30)  # as long as a change is remembered
MOMENT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Change:
    """An entry before and after it was saved; ``before`` None if it is new.

    ``batch`` is the same for all that one import or one page has saved.
    """

    before: Entry | None
    after: Entry
    mark: Mark

    @property
    def batch(self) -> str:
        """The moment of the change, as it sorts."""
        return self.mark.at.strftime(MOMENT)

    @property
    def id(self) -> str:
        """The name of this change: its moment, list and key."""
        return f"{self.batch}.{self.after.source}.{self.after.key}"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What people are told of: nothing of most changes."""
        before, after = self.before, self.after
        if after.retired:
            return ("retired",) if before and not before.retired else ()
        if before is None or before.retired:
            return ("added",)
        found: list[Kind] = []
        if not same_address(address(before), address(after)):
            found.append("address")
        if set(declared(before.facts)) != set(declared(after.facts)):
            found.append("duties")
        if set(after.coordinators) - set(before.coordinators):
            found.append("people")
        return tuple(found)

    @property
    def loses(self) -> bool:
        """Whether somebody loses places in cases by it, or takes them along to a new address."""
        before = self.before
        if before is None or before.retired or before.source not in ("coordinators", "supervisors"):
            return False
        lost = set(declared(before.facts)) - set(declared(self.after.facts))
        return self.after.retired or bool(lost) or "address" in self.kinds

    @property
    def undone_until(self) -> datetime:
        """Until when an address can be taken back."""
        return self.mark.at + UNDO


def address(entry: Entry) -> str:
    """An entry's e-mail address; "" if it has none."""
    return str(entry.facts.get("email", ""))


def letters(change: Change) -> tuple[tuple[str, str], ...]:
    """The mails of one change beside the one to who keeps the directory: (mail, to whom).

    They go to the address that the entry had ``before`` or has ``after``.
    """
    found: list[tuple[str, str]] = []
    if "address" in change.kinds:
        restored = change.mark.by == RESTORED
        old, new = ("address_restored",) * 2 if restored else ("address_old", "address_new")
        found += [(old, "before"), (new, "after")]
    if {"retired", "duties"} & set(change.kinds) and address(change.after):
        found.append(("duties_changed", "after"))
    return tuple(found)
