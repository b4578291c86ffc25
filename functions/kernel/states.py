"""States of a process: whose turn it is in each, its deadline, and what time does there."""

from dataclasses import dataclass, replace

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.durations import Length

CLOCK = "clock"  # the actor of what time does by itself
LINK = "link"  # the actor of what happens to a case through one that is linked to it
TURN = "turn"  # as the reader of a mail: whoever has the turn in the state the case is in then
BY_ITSELF = (CLOCK, LINK)
# The names of events that no process defines: the engine's own.
OWN_EVENTS = frozenset(
    ("open", "remind", "bounce", "missed", "resend", "hand_over", "vacated", "resumed")
)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer of a state: ``after`` it was entered, a mail is sent, an action is taken, or it
    ``escalates``.

    Escalating mails the keepers of the directory that the deadline has passed and nobody has acted,
    since they can replace people. The last timer, if it escalates, repeats every 28 days until
    somebody acts; the engine counts each ``repetition``. A timer that ``warns`` mails them before
    the deadline by which the law wants it done. ``sooner``: it is due at once when this holds,
    whatever the timers before it. A mail for a day that had begun when the state was entered is not
    sent. ``forms`` limits it to cases of these forms.
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
class LastingTimer:
    """A timer of a case that outlasts the state that started it, beside those of the state that the
    case is in.

    It starts each time that the case enters one of the states ``starts``, and ends where the case
    leaves these and the states ``lasts``. ``after`` its start, a ``mail`` is sent or an ``action``
    is taken, once. An action that is not possible in the present state waits for one in which it
    is; a mail for a day that had begun at the start is not sent. ``forms`` limits it to cases of
    these forms.
    """

    name: str
    starts: tuple[str, ...]
    after: Length
    mail: str = ""
    action: str = ""
    lasts: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which it runs."""
        return (*dict.fromkeys((*self.starts, *self.lasts)),)

    def of(self, case: Case) -> bool:
        """Whether cases of this form have it."""
        return not self.forms or case.form in self.forms


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
    """A state of a case.

    ``turn`` is the role that must act; a final state has none. A turn of the clock waits for time
    alone, and may name the ``holder``: the role that has the case meanwhile; one of a linked case
    ``runs`` while nobody is waited for there either. ``turns`` give the turn to others on
    conditions, the first that holds; ``variants`` in the same way select other words for what comes
    next. ``recorded_by`` is who records what the turn's holder does elsewhere. ``begins`` is the
    answer with the day on which the state's subject begins: nothing is counted from an earlier day.
    ``deadline`` is shown to the turn's holder, and may depend on an answer; ``timers`` run if they
    do not act; ``unhurried`` says why it is right that none takes an action. ``hurry`` is for
    urgent cases.
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
