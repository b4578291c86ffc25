"""A case as it is read from the store, with a part of its history or all of it."""

from dataclasses import dataclass, field

from functions.kernel.case import Case, Event
from functions.kernel.fields import Answers
from functions.kernel.history import SealedEvent, SealKeys, digest, verifies
from functions.kernel.summary import HistorySummary


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A history entry with what was said in it, or None once that has been erased; and the salt
    of its digest."""

    sealed: SealedEvent
    answers: Answers | None
    salt: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case with that part of its history that was read, oldest first: all of it, the newest
    entries, or none.

    ``last_seal`` is the seal of the last entry as it is kept with the case: the next entry is
        chained to it. ``summary`` is that of the whole history.
    ``unerased`` are, in an erased case, how many entries still have what was said.
    ``has_break``: a break was found in its history; ``latest``: it was asked since it was read
        whether a later one lies on desks, and none does.
        ``asked`` are the numbers of the entries that were asked for; None: of all.
    """

    case: Case
    history: tuple[HistoryEntry, ...]
    last_seal: str = field(default="", compare=False)
    keys: SealKeys = field(default_factory=lambda: SealKeys(b""), compare=False, repr=False)
    summary: HistorySummary = field(default_factory=HistorySummary, compare=False, repr=False)
    asked: range | None = field(default=None, compare=False)
    unerased: int = field(default=0, compare=False)
    has_break: bool = field(default=False, compare=False)
    latest: bool = field(default=False, compare=False)

    @property
    def entries(self) -> int:
        """How many entries the whole history has: each writes the case once."""
        return self.case.revision + 1

    def event(self, number: int) -> Event | None:
        """The event of this number, if the summary has it or it was read."""
        read = (e.sealed.event for e in self.history if e.sealed.event.number == number)
        return self.summary.event(number) or next(read, None)

    @property
    def sound(self) -> bool:
        """Whether what was read of the history is whole and as it was written, with what was said
        in it, and the case stands where its last step led."""
        numbers = range(self.entries) if self.asked is None else self.asked
        if not numbers:
            return True
        if not self.unerased and any(
            (entry.answers is None) == bool(self.case.parties) for entry in self.history
        ):
            return False  # what was said is erased of the whole case, with everybody's names
        at_end = numbers.stop == self.entries
        last = self.history[-1].sealed.event if self.history and at_end else None
        if last and last.target != self.case.state:
            return False  # the case is not as its last step left it
        is_unchanged = all(
            digest(entry.answers or {}, entry.salt) == entry.sealed.digest
            for entry in self.history
            if entry.answers is not None
        )
        last_seal = self.last_seal if at_end else None
        chain = (entry.sealed for entry in self.history)
        return is_unchanged and verifies(self.keys, self.case.id, chain, last_seal, numbers)
