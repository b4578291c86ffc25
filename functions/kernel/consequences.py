"""Parts of a definition beside its states: conditions, computed answers, and effects on other
cases."""

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
class Computation:
    """Answers to ``fields`` that an action computes; they are stored with the answers that were
    typed.

    ``compute(answers, today)`` computes it from the case's answers and what is said, and from what
    else it ``knows`` of the case as if that were answers. The ``previewed`` are told before the
    action is chosen, worked out from the case's answers alone; should they have changed by then,
    nothing is done and they are told anew.
    """

    fields: tuple[Field, ...]
    compute: Callable[[Answers, date], Answers] = field(compare=False)
    previewed: tuple[str, ...] = ()
    knows: Callable[[Case], Answers] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Spawn:
    """A new case that a transition opens and links to its own.

    ``answers`` of the case as it is then fill the ``form`` of ``process``; who holds a role of
    ``roles`` takes the role it names there. ``names`` are the answers there that name who holds a
    role here, with what else is told of them: they follow when somebody else takes the place.
    Nothing is opened unless ``when`` holds then. ``passes`` says which answers there have what was
    answered here: the table of who sees what tells of those that a role reads there alone.
    """

    process: str
    form: str
    answers: Callable[[Case], Answers] = field(compare=False)
    roles: Mapping[str, str] = field(default_factory=dict)
    when: Guard | None = None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkedActions:
    """The actions that a transition takes on linked cases: of those who stay, of the others."""

    staying: str
    leaving: str

    @property
    def names(self) -> tuple[str, str]:
        """Both actions."""
        return self.staying, self.leaving


@dataclass(frozen=True, slots=True)
class Signal:
    """An action that a transition takes on every linked case that permits it, of any process.

    ``answers`` works out from the case as it is then what is passed on, of which the action takes
    what it asks; who holds a role of ``roles`` takes the role it names there, if the action fills
    it.
    """

    action: str
    answers: Callable[[Case], Answers] | None = field(default=None, compare=False)
    roles: Mapping[str, str] = field(default_factory=dict)


def _reference(case: Case) -> Answers:
    return {"form_reference": reference(case.id)}


@dataclass(frozen=True, slots=True)
class Merging:
    """How cases of a process are joined into a new one.

    ``action`` takes each of them out of its own way; ``form``, which is not public, opens the new
    case. Its answer ``members`` lists who opened the joined cases, each with their answer ``unit``,
    if it is named. Where its ``headline`` is left empty, the new case is named after the members.
    """

    action: str
    form: str
    members: str
    unit: str = ""


# What whoever confirms a form takes on the case that led on to it (``Referral``), if one did.
FORM_SENT = Signal("form_sent", _reference)


def people_by_role(roles: Mapping[str, str], case: Case) -> dict[str, list[Person]]:
    """The people whom a case passes on, by the role they take there."""
    return {
        there: [Person(p.name, p.email, p.language, p.ref) for p in case.holders(here)]
        for here, there in roles.items()
    }


@dataclass(frozen=True, slots=True)
class Referral:
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
