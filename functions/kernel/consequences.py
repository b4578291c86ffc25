"""Parts of a definition other than states: conditions, computed answers, and effects on linked
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

    ``compute(answers, today)`` gets the answers of the case and those of the form, and what
    ``knows`` finds out about the case, as if these were answers. The fields ``previewed`` are shown
    before the action is chosen, computed from the case's answers alone. If they have changed when
    the form is sent, nothing is stored and the new values are shown.
    """

    fields: tuple[Field, ...]
    compute: Callable[[Answers, date], Answers] = field(compare=False)
    previewed: tuple[str, ...] = ()
    knows: Callable[[Case], Answers] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Spawn:
    """A new case that a transition opens and links to its own.

    ``answers`` of the case fill the ``form`` of ``process``. ``roles`` maps a role here to the role
    that its holders get there. ``names`` maps a role here to the answers there that name its
    holder: they change with the holder. Nothing is opened unless ``when`` holds. ``passes`` maps a
    field here to the field there that has its answer; the table of visibility shows who reads it
    there.
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
