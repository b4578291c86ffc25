"""A case, its parties and what changes it: plain values that are stored without conversion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from functions.kernel.fields import Answers
from functions.kernel.subcases import Subcases, root_of

if TYPE_CHECKING:  # few processes have one
    from functions.kernel.capacity import Waitlist

REFERENCE_LENGTH = 6  # characters of a case's id that people tell it apart by, after "K-"


def reference(case_id: str) -> str:
    """The short code by which people tell cases apart, such as ``K-7FQ2MX``."""
    return f"K-{case_id[:REFERENCE_LENGTH].upper()}"


def is_of(case_id: str, named: str) -> bool:
    """Whether it is the case that somebody named by its id or its reference, or one of its
    subcases; "" names all."""
    return named in ("", case_id, root_of(case_id), reference(case_id))


@dataclass(frozen=True, slots=True)
class Party:
    """One person in one role of one case. ``id`` is a pseudonym within the case.

    A party that is no longer ``present`` stays in the history and may not act; ``left_at`` is the
    revision by which they left. Mail to one who is
    not ``reachable`` came back. ``ref`` is their key in the directory, or the linked case that
    brought them; ``unit`` the key of their unit, where a case joins several. ``missed`` is the last
    mail to them that may not have arrived, until they act or it is sent again. The place of who is
    ``vacant`` has no right to act any more and waits for somebody else.
    """

    id: str
    role: str
    name: str
    email: str
    language: str
    ref: str = ""
    present: bool = True
    reachable: bool = True
    unit: str = ""
    missed: str = ""
    vacant: bool = False
    left_at: int = 0

    def leaving(self, revision: int) -> "Party":
        """The same party after leaving the case by the write of this revision."""
        return replace(self, present=False, left_at=revision)


@dataclass(frozen=True, slots=True)
class Case:
    """One application, order or message, and where it is in its process. ``version`` is the version
    of the definition that it was opened with.

    ``round`` counts entries into states, so that a link knows which turn it was made for;
    ``revision`` counts writes, so that of two writers one wins; ``next_timer`` is the next step of
    the state's timers; ``parties_named`` counts the parties there ever were, for their pseudonyms.
    ``entered_at`` is when the timers of the state started; ``turned_at`` is when the present turn
    began, if that is another moment. ``votes`` are the answers of the present round by party;
    ``linked`` the ids of other cases that are moved together with this one; ``started`` when each
    timer that outlasts its state was started (ISO), by its name. ``subcases`` is what it keeps of
    its subcases, by the name of their subprocess. In a subcase, ``parent`` is the case that it is a
    part of, as it was read with it: its parties are those of that case.
    """

    id: str
    process: str
    version: int
    form: str
    language: str
    state: str
    entered_at: datetime
    opened_at: datetime
    answers: Answers
    parties: tuple[Party, ...] = ()
    round: int = 1
    revision: int = 0
    next_timer: int = 0
    parties_named: int = 0
    votes: Mapping[str, bool] = field(default_factory=dict)
    linked: tuple[str, ...] = ()
    turned_at: datetime | None = None
    started: Mapping[str, str] = field(default_factory=dict)
    subcases: Mapping[str, Subcases] = field(default_factory=dict)
    parent: "Case | None" = None

    @property
    def open_subcases(self) -> tuple[str, ...]:
        """The ids of its open subcases."""
        kept = self.subcases.items()
        return tuple(each for name, those in kept for each in those.open_ids(self.id, name))

    def inside(self, parent: "Case") -> "Case":
        """A subcase as a part of its case: with the people of that."""
        return replace(self, parent=parent, parties=parent.parties)

    def alone(self) -> "Case":
        """The case as it is stored: a subcase has no people of its own."""
        return replace(self, parent=None, parties=()) if self.parent else self

    @property
    def since(self) -> datetime:
        """Since when the case has been in this state with the same turn."""
        return self.turned_at or self.entered_at

    def since_moment(self, moment: datetime) -> "Case":
        """The same case with its present turn counted from ``moment``."""
        return replace(self, turned_at=None if moment == self.entered_at else moment)

    def without_timer(self, name: str) -> "Case":
        """The same case after a timer that outlasts its state has come."""
        if name not in self.started:
            return self
        return replace(self, started={n: at for n, at in self.started.items() if n != name})

    def timed_anew(self, now: datetime) -> "Case":
        """The same case with the deadline and the timers of its state counted from ``now``."""
        return replace(self, entered_at=now, next_timer=0)

    def party(self, party_id: str) -> Party | None:
        """The party with this pseudonym, present or not; None if there never was one."""
        return next((p for p in self.parties if p.id == party_id), None)

    def holders(self, role: str) -> tuple[Party, ...]:
        """Everybody who holds ``role`` now."""
        return tuple(p for p in self.parties if p.role == role and p.present)

    def waits_for_others(self, role: str) -> bool:
        """Whether nobody who holds ``role`` may act in it any more."""
        holders = self.holders(role)
        return bool(holders) and all(p.vacant for p in holders)

    def without(self, roles: tuple[str, ...]) -> "Case":
        """The same case after everybody in ``roles`` has left it."""
        return replace(
            self,
            parties=tuple(
                p.leaving(self.revision) if p.present and p.role in roles else p
                for p in self.parties
            ),
        )

    def agreeing(self, role: str) -> tuple[Party, ...]:
        """Those who hold ``role`` and have voted yes."""
        return tuple(p for p in self.holders(role) if self.votes.get(p.id))

    def all_voted(self, role: str) -> bool:
        """Whether everybody who holds ``role`` has voted, either way."""
        return all(p.id in self.votes for p in self.holders(role))

    def speaking(self, party_id: str, language: str) -> "Case":
        """The same case with one party's language changed to the one they acted in: whoever acts
        has had their mail."""
        return replace(
            self,
            parties=tuple(
                replace(p, language=language, missed="") if p.id == party_id else p
                for p in self.parties
            ),
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a party of the case, or the clock or a linked case (with no ``party``). ``timer``
    is the name of the timer by which the clock acts, if it outlasts its state."""

    role: str
    party: str = ""
    language: str = ""
    case: str = ""
    timer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case's history: pseudonyms and states, and nothing that anybody typed."""

    number: int
    at: datetime
    action: str
    role: str
    party: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class MailOrder:
    """A mail to be sent: which, to whom, and for which turn its link is made."""

    mail: str
    party: str
    purpose: str
    state: str
    round: int


@dataclass(frozen=True, slots=True)
class CounterChange:
    """A directory counter to move, in the same transaction as the case."""

    source: str
    ref: str
    counter: str
    step: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that only one answer of one case may have: ``value`` in its compared form, in the
    set of values called ``name``, said in ``field``. It is never given back."""

    name: str
    value: str
    field: str


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one act changes; written whole or not at all.

    ``waitlist`` is the changed waitlist, one revision after the one that was read.
    """

    case: Case
    event: Event
    answers: Answers
    mail_orders: tuple[MailOrder, ...] = ()
    counter_changes: tuple[CounterChange, ...] = ()
    erases: bool = False
    waitlist: "Waitlist | None" = None
    claims: tuple[Claim, ...] = ()
