"""What was done to an entry of the directory: who is told of it, and what can be undone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Literal

from functions.kernel import clean
from functions.kernel.directory import ChangeStamp, DirectoryEntry
from functions.kernel.duties import TOPIC_FACT, declared
from functions.kernel.mailboxes import same_address

ChangeKind = Literal[
    "added", "retired", "address", "name", "duties", "topics", "people", "fewer", "shown"
]
# By what a change is told of and undone: all that has to be remembered of an entry.
CHANGE_FACTS = ("email", "language", "duties", TOPIC_FACT, "coordinators")

IMPORT = "import"  # who changed an entry that a file brought
RESTORED = "restored"  # who changed an entry, when somebody took their own address back
UNDO = timedelta(days=7)  # as long as an address can be taken back
KEPT = timedelta(days=30)  # as long as a change is remembered
COUNTED = KEPT - 2 * UNDO  # so long after a change others let it be undone for longer
ALIKE = 0.8  # of the letters of two spellings of one name
MOMENT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """An entry before and after it was saved; ``before`` None if it is new.

    ``batch`` is the same for all that one import or one page has saved. ``undoes`` is the id of
    the change whose address was taken back by this one, "" for all other changes. ``by_person``:
    it was made at another entry's desk of the same person. ``shown``: others are shown something
    else of them by it (``DirectoryList.shown``).
    """

    before: DirectoryEntry | None
    after: DirectoryEntry
    stamp: ChangeStamp
    undoes: str = ""
    by_person: bool = False
    shown: bool = False

    @property
    def batch(self) -> str:
        """The moment of the change, as it sorts."""
        return self.stamp.at.strftime(MOMENT)

    @property
    def id(self) -> str:
        """The name of this change: its moment, list and key."""
        return f"{self.batch}.{self.after.source}.{self.after.key}"

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """What people are told of: nothing of most changes.

        A changed address or name always is, in office or not and whatever else was changed with it.
        """
        before, after = self.before, self.after
        if before is None:
            return () if after.retired else ("added",)
        found: list[ChangeKind] = []
        if before.retired != after.retired:
            found.append("retired" if after.retired else "added")
        if not same_address(address(before), address(after)):
            found.append("address")
        if dict(before.names) != dict(after.names):
            found.append("name")
        if before.retired or after.retired:
            return tuple(found)
        if self.shown and not self.own:
            found.append("shown")
        return (*found, *_in_office(before, after))

    @property
    def loses(self) -> bool:
        """Whether somebody loses places in cases by it, or takes them along to a new address."""
        before = self.before
        if before is None or before.retired or not address(before):
            return False
        lost = set(declared(before.facts)) - set(declared(self.after.facts))
        return self.after.retired or bool(lost) or "address" in self.kinds

    @property
    def regains(self) -> bool:
        """Whether somebody who was in office comes back to it."""
        return self.before is not None and self.before.retired and not self.after.retired

    @property
    def gains(self) -> bool:
        """Whether somebody of the coordinators has a duty by it that they had not in office: who
        stood in for it does so no longer. At another address another role may keep them from it."""
        before, after = self.before, self.after
        if after.retired or after.source != "coordinators":
            return False
        had = declared(before.facts) if before and not before.retired else ()
        return bool(set(declared(after.facts)) - set(had)) or "address" in self.kinds

    @property
    def moves(self) -> bool:
        """Whether places in cases may go on to others by it."""
        return self.loses or self.regains or self.gains

    @property
    def own(self) -> bool:
        """Whether somebody changed their own entry, or another did at their desk."""
        return self.by_person or self.stamp.by == f"{self.after.source}/{self.after.key}"


def _in_office(before: DirectoryEntry, after: DirectoryEntry) -> Iterator[ChangeKind]:
    """What has changed of what somebody in office does, and of who serves a unit."""
    if set(declared(before.facts)) != set(declared(after.facts)):
        yield "duties"
    if before.facts.get(TOPIC_FACT) != after.facts.get(TOPIC_FACT):
        yield "topics"
    if set(after.coordinators) - set(before.coordinators):
        yield "people"
    if set(before.coordinators) - set(after.coordinators):
        yield "fewer"


def address(entry: DirectoryEntry) -> str:
    """An entry's e-mail address; "" if it has none."""
    return str(entry.facts.get("email", ""))


def mails_of(change: DirectoryChange) -> tuple[tuple[str, str], ...]:
    """The mails of one change beside the one to who keeps the directory: (mail, to whom).

    They go to the address that the entry had ``before`` or has ``after``. What else was changed
    together with an address is told to the earlier one too.
    """
    found: list[tuple[str, str]] = []
    if "address" in change.kinds:
        restored = change.stamp.by == RESTORED
        old, new = ("address_restored",) * 2 if restored else ("address_old", "address_new")
        found += [(old, "before"), (new, "after")]
    if "name" in change.kinds and address(change.after) and not change.own:
        found.append(("name_changed", "after"))
    if "shown" in change.kinds and address(change.after):
        found.append(("details_changed", "after"))
        if "address" in change.kinds:
            found.append(("details_changed", "before"))
    if concerns_person(change):
        found.append(("duties_changed", "after"))
        if "address" in change.kinds:
            found.append(("duties_changed", "before"))
    return tuple(found)


def concerns_person(change: DirectoryChange) -> bool:
    """Whether the person is told what they may do from now on."""
    return bool({"retired", "duties", "topics"} & set(change.kinds) and address(change.after))


def undone(changes: Iterable[DirectoryChange]) -> frozenset[str]:
    """The ids of the changes that were undone: those that an address was taken back from, and
    all of the same entry between such a change and its undoing."""
    known = tuple(changes)
    return frozenset(
        change.id
        for undoing in known
        if undoing.undoes
        for change in known
        if _of_one(change, undoing) and undoing.undoes <= change.id < undoing.id
    )


def can_be_undone(changes: Iterable[DirectoryChange], now: datetime) -> tuple[DirectoryChange, ...]:
    """The changes after which somebody can still take their address back, earliest first.

    ``changes`` are all that are remembered, for what came before and after a change counts, too.
    """
    known = tuple(changes)
    over = undone(known)
    found = (c for c in known if "address" in c.kinds and not c.undoes and c.id not in over)
    return tuple(
        sorted(
            (c for c in found if now < undone_until(known, c) and _may(known, c, now)),
            key=lambda c: c.stamp.at,
        )
    )


def _may(known: tuple[DirectoryChange, ...], change: DirectoryChange, now: datetime) -> bool:
    """Whether the address before a change may be taken back. What is no longer remembered speaks
    for nobody."""
    _, began = _first(known, change)
    return began - UNDO >= now - KEPT and has_right(known, change)


def undone_until(changes: Iterable[DirectoryChange], change: DirectoryChange) -> datetime:
    """Until when an address can be taken back: so long after the last of the changes that followed
    each other faster than that, as far as all of them are remembered until then."""
    known = tuple(changes)
    over = undone(known)
    later = sorted(
        c.stamp.at
        for c in known
        if _of_one(c, change) and "address" in c.kinds and not c.undoes and c.id not in over
    )
    last = change.stamp.at
    for moment in later:
        if last < moment < min(last + UNDO, change.stamp.at + COUNTED):
            last = moment
    return last + UNDO


def has_right(changes: Iterable[DirectoryChange], change: DirectoryChange) -> bool:
    """Whether the address before a change is one that can be taken back at all."""
    known = tuple(changes)
    return stood(known, change) and not handed(known, change)


def handed(changes: Iterable[DirectoryChange], change: DirectoryChange) -> bool:
    """Whether an entry was given to another person: others than its own changed the address and,
    in the week before, with it or at any time after it, the name to one of somebody else. After a
    change at its own desk only a later name counts.

    A name that somebody gave themself is theirs, and so is the one before it.
    """
    renamed = sorted(
        (
            c
            for c in changes
            if _of_one(c, change)
            and c.before
            and "name" in c.kinds
            and change.stamp.at - UNDO < c.stamp.at
            and (c.own or not change.own or c.stamp.at > change.stamp.at)
        ),
        key=lambda c: c.stamp.at,
    )
    if all(c.own for c in renamed) or renamed[0].before is None:
        return False
    theirs = [renamed[0].before.names]
    for each in renamed:
        if each.own and each.before and _any_one(theirs, each.before.names):
            theirs.append(each.after.names)
    return not _any_one(theirs, renamed[-1].after.names)


def _any_one(theirs: Iterable[Mapping[str, str]], names: Mapping[str, str]) -> bool:
    return any(may_be_one(each, names) for each in theirs)


def may_be_one(names: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether two names may be one person's: they share a word, or are spelt much alike."""
    pairs = [(clean.look(names[n]), clean.look(others[n])) for n in names if n in others]
    return any(
        set(one.split()) & set(other.split())
        or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
        for one, other in pairs
    )


def stood(changes: Iterable[DirectoryChange], change: DirectoryChange) -> bool:
    """Whether the address before a change was the entry's for the time of undoing: none that was
    mistyped, or put there for a while, can be taken back.

    Of addresses that followed each other faster, the first had stood; none if the entry was new.
    """
    first, _ = _first(changes, change)
    earlier = address(change.before) if change.before else ""
    return bool(first) and same_address(first, earlier)


def _first(changes: Iterable[DirectoryChange], change: DirectoryChange) -> tuple[str, datetime]:
    """The first of the addresses that followed each other faster, "" if the entry was new, and when
    it was changed."""
    if change.before is None:
        return "", change.stamp.at
    known = tuple(changes)
    over = undone(known)
    earlier = [
        c
        for c in known
        if _of_one(c, change) and c.stamp.at < change.stamp.at and not c.undoes and c.id not in over
    ]
    first, began = address(change.before), change.stamp.at
    for each in sorted(earlier, key=lambda c: c.stamp.at, reverse=True):
        if each.before and "address" not in each.kinds:
            continue
        if began - each.stamp.at >= UNDO:
            break
        if each.before is None:
            return "", each.stamp.at
        first, began = address(each.before), each.stamp.at
    return first, began


def _of_one(one: DirectoryChange, other: DirectoryChange) -> bool:
    """Whether two changes are of one entry."""
    return (one.after.source, one.after.key) == (other.after.source, other.after.key)
