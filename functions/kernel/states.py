"""States of a process: whose turn it is in each, its deadline, and what time does there."""

from dataclasses import dataclass, replace

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.durations import Length

CLOCK = "clock"  # the actor of what time does by itself
LINK = "link"  # the actor of what happens to a case through one that is linked to it
TURN = "turn"  # as the reader of a mail: whoever has the turn in the state the case is in then
BY_ITSELF = (CLOCK, LINK)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer of a state: ``after`` it was entered, a mail is sent or an action taken, or it
    ``escalates``: those who keep the directory hear that the deadline has passed and nobody has
    acted, for they can put others in. The last timer, if it escalates, comes again every 28 days
    until somebody acts; the engine counts each ``repetition``. One that ``warns`` tells them before
    the deadline by which day the law wants it done.

    ``sooner``: at once when this holds, whatever the timers before it. A mail for a day that had
    begun when the state was entered is not sent. It is only for cases of ``forms``, if any are
    named.
    """

    after: Length
    mail: str = ""
    action: str = ""
    sooner: Guard | None = None
    forms: tuple[str, ...] = ()
    escalates: bool = False
    warns: bool = False
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Hurry:
    """The deadline and the timers that a state has in urgent cases, instead of its own."""

    deadline: Length
    timers: tuple[Timer, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A role that has the turn instead of the state's own: in cases of ``forms``, if any are named,
    and while ``when`` holds, if it is given."""

    role: str
    when: Guard | None = None
    forms: tuple[str, ...] = ()

    def counts(self, case: Case) -> bool:
        """Whether it is this role's turn."""
        here = not self.forms or case.form in self.forms
        return here and (self.when is None or self.when.holds(case))


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. ``turn`` is the role that must act; a final state has none. A turn of the
    clock waits for nobody but time, and may name the ``holder`` in whose hands the case is; one of
    a linked case ``runs`` where nobody is waited for there either.

    ``turns`` say whose turn it is instead, on conditions; the first that holds counts, as of
    ``variants``, on which other words say what comes next. ``recorded_by`` is who records what the
    turn's holder does elsewhere. ``begins`` is the answer with the day on which what the state is
    called begins: nothing is counted from an earlier one. ``deadline`` is what the turn's holder is
    told, and may depend on an answer; ``timers`` is what happens if they are silent; ``unhurried``
    says why one that takes no action is right. ``hurry`` is for urgent cases.
    """

    name: str
    turn: str = ""
    deadline: Length | None = None
    timers: tuple[Timer, ...] = ()
    end: bool = False
    holder: str = ""
    turns: tuple[Turn, ...] = ()
    recorded_by: str = ""
    unhurried: str = ""
    begins: str = ""
    variants: tuple[Guard, ...] = ()
    hurry: Hurry | None = None
    runs: bool = False

    @property
    def turn_roles(self) -> tuple[str, ...]:
        """Every role whose turn it can be here."""
        return tuple(dict.fromkeys(r for r in (self.turn, *(t.role for t in self.turns)) if r))

    def for_form(self, form: str) -> "State":
        """The same state as it is for cases of one form."""
        here = [t for t in self.turns if not t.forms or form in t.forms]
        turn = next((t.role for t in here if t.when is None), self.turn)
        turns, timers = tuple(t for t in here if t.when), _of_form(self.timers, form)
        hurry = self.hurry and Hurry(self.hurry.deadline, _of_form(self.hurry.timers, form))
        return replace(self, turn=turn, turns=turns, timers=timers, hurry=hurry)


def _of_form(timers: tuple[Timer, ...], form: str) -> tuple[Timer, ...]:
    return tuple(r for r in timers if not r.forms or form in r.forms)
