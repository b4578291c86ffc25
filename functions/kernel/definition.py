"""What a process is: states, who acts, what is collected, who is mailed, what time does.

A definition is frozen data. Everything that people see of a process (form, pages, mails,
diagram, matrix, export) is drawn from it, and the engine permits only what it declares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeVar

from functions.kernel.case import Case
from functions.kernel.fields import Check, Field, Form

CLOCK = "clock"  # the actor of what time does by itself

Purpose = Literal["task", "status"]
_Named = TypeVar("_Named", "Form", "Role", "State", "Action", "Mail")


@dataclass(frozen=True, slots=True)
class Role:
    """A slot for people in a case. The form may fill it; it never is it.

    ``fields`` names the answers with name, email and language; ``source`` and ``key`` a
    directory list and the answer that picks from it. One of the two.
    """

    name: str
    fields: tuple[str, str, str] | None = None
    source: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a state's ladder: ``after`` it was entered, a mail is sent or an action taken."""

    after: timedelta
    mail: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can be. ``turn`` is the role that must act; an end has none, but may name
    the ``holder`` in whose hands it stays.

    ``deadline`` is what the turn's holder is told; ``ladder`` what happens if they are silent.
    """

    name: str
    turn: str = ""
    deadline: timedelta | None = None
    ladder: tuple[Rung, ...] = ()
    end: bool = False
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role can do. ``deliberate`` names the required choice that makes it a
    decision; without one the page asks for a tick beside the button.

    ``corrects`` asks the case's own form again, with its answers filled in.
    ``prefill`` takes a field's first answer from a fact of the actor's directory entry.
    """

    name: str
    role: str
    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    deliberate: str = ""
    corrects: bool = False
    via: tuple[Purpose, ...] = ("task",)
    prefill: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, to everybody in the role ``to``; its texts lie in ``mails/<name>/``.

    ``purpose`` says what its link opens: the task of the state the case is in, or its status.
    """

    name: str
    to: str
    purpose: Purpose = "status"


@dataclass(frozen=True, slots=True)
class Tally:
    """A counter of a person in the directory that a transition moves by ``step``."""

    role: str
    counter: str
    step: int


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition on a case, so that a definition can be exported and drawn."""

    name: str
    holds: Callable[[Case], bool] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: in ``source``, ``action`` leads to ``target``.

    ``fills`` are the roles whose slots are filled from the answers, ``clears`` those that
    are emptied; ``forgets`` erases what was typed and who was named.
    """

    action: str
    source: str
    target: str
    mails: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    tallies: tuple[Tally, ...] = ()
    guard: Guard | None = None
    forgets: bool = False


# Who sees a field, and in which states; no states means in all of them.
Sight = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Definition:
    """A whole process. ``sights`` maps a field, or ``party.<role>``, to those who see it.

    ``route`` is the usual way through the states, drawn as the line of hands. On desks a case
    is named by the answer ``headline``, found by the choices ``facets``, and comes first if
    ``urgent`` holds.
    """

    name: str
    version: int
    start: str
    forms: tuple[Form, ...]
    roles: tuple[Role, ...]
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    transitions: tuple[Transition, ...]
    mails: tuple[Mail, ...]
    sights: Mapping[str, Sight]
    route: tuple[str, ...]
    opening_mails: tuple[str, ...]
    fresh_mail: Mail
    bounced_mail: Mail
    headline: str = ""
    facets: tuple[str, ...] = ()
    urgent: Guard | None = None

    def form(self, name: str) -> Form:
        """The public form ``name``; KeyError if there is none."""
        return _by_name(self.forms, name)

    def role(self, name: str) -> Role:
        """The role ``name``; KeyError if there is none."""
        return _by_name(self.roles, name)

    def state(self, name: str) -> State:
        """The state ``name``; KeyError if there is none."""
        return _by_name(self.states, name)

    def action(self, name: str) -> Action:
        """The action ``name``; KeyError if there is none."""
        return _by_name(self.actions, name)

    def mail(self, name: str) -> Mail:
        """The mail ``name``; KeyError if there is none."""
        return _by_name(self.all_mails, name)

    @property
    def all_mails(self) -> tuple[Mail, ...]:
        """Every mail with texts: those of the process, the fresh link, the one on a bounce."""
        return (*self.mails, self.fresh_mail, self.bounced_mail)

    def asked(self, action: Action, form: str) -> tuple[Field, ...]:
        """The fields an action asks for: its own, or the case's form again without fixed ones."""
        if not action.corrects:
            return action.fields
        return (*(f for f in self.form(form).fields if not f.fixed), *action.fields)

    def fields(self) -> dict[str, Field]:
        """Every field of every form and action by name, in the order of the definition."""
        listed = [f for form in self.forms for f in form.fields]
        listed += [f for action in self.actions for f in action.fields]
        return {f.name: f for f in listed}


def _by_name(items: tuple[_Named, ...], name: str) -> _Named:
    for item in items:
        if item.name == name:
            return item
    raise KeyError(name)
