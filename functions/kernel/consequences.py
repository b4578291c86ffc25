"""What hangs on a case beside its states: conditions, what is worked out, what begins by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from functions.kernel.case import Case, reference
from functions.kernel.fields import Answers, Field
from functions.kernel.people import Person


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition on a case, so that a definition can be exported and drawn."""

    name: str
    holds: Callable[[Case], bool] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What an action works out by itself, as answers to ``fields``, kept with what was said.

    ``of(answers, today)`` computes it from the case's answers and what is said, and from what else
    it ``knows`` of the case as if that were answers. The ``shown``
    are told before the action is chosen, worked out from the case's answers alone; should they
    have changed by then, nothing is done and they are told anew.
    """

    fields: tuple[Field, ...]
    of: Callable[[Answers, date], Answers] = field(compare=False)
    shown: tuple[str, ...] = ()
    knows: Callable[[Case], Answers] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Opens:
    """A case that is opened beside the one that moves, and linked to it.

    ``answers`` of the case as it is then fill the ``form`` of ``process``; who holds a role of
    ``seats`` takes the role it names there. ``names`` are the answers there that name who holds a
    role here, with what else is told of them: they follow when somebody else takes the place.
    Nothing is opened unless ``when`` holds then. ``passes`` says which answers there have what was
    answered here: the table of who sees what tells of those that a role reads there alone.
    """

    process: str
    form: str
    answers: Callable[[Case], Answers] = field(compare=False)
    seats: Mapping[str, str] = field(default_factory=dict)
    when: Guard | None = None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An action that is taken on every linked case that permits it, of whatever process.

    ``says`` works out from the case as it is then what is passed on, of which the action takes
    what it asks; who holds a role of ``seats`` takes the role it names there, if the action
    fills it.
    """

    action: str
    says: Callable[[Case], Answers] | None = field(default=None, compare=False)
    seats: Mapping[str, str] = field(default_factory=dict)


def _reference(case: Case) -> Answers:
    return {"form_reference": reference(case.id)}


# What whoever confirms a form takes on the case that led on to it (``Onward``), if one did.
FORM_SENT = Call("form_sent", _reference)


def seated(seats: Mapping[str, str], case: Case) -> dict[str, list[Person]]:
    """The people whom a case passes on, by the role they take there."""
    return {
        there: [Person(p.name, p.email, p.language, p.ref) for p in case.holders(here)]
        for here, there in seats.items()
    }


@dataclass(frozen=True, slots=True)
class Onward:
    """Where ``role`` can go on with a case in ``state``: to a public form of another process.

    It is offered where the field ``choice[0]`` was answered ``choice[1]``. ``fields`` of this
    process fill those of the form; nothing is opened until the person sends it themself.
    """

    state: str
    role: str
    choice: tuple[str, str]
    process: str
    form: str
    fields: Mapping[str, str]
