"""How fast a case goes: as its states say, or sooner where an answer makes it urgent."""

from collections.abc import Iterator
from dataclasses import replace

from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.states import BY_ITSELF, State


def is_urgent(definition: Definition, case: Case) -> bool:
    """Whether somebody is waited for in an urgent case: it comes before others, is called urgent,
    and says where there is help at once. What has begun or is over is urgent no more."""
    return _hurries(definition, case) and definition.turn(case) not in ("", *BY_ITSELF)


def helped(definition: Definition, case: Case, party: Party) -> bool:
    """Whether the mail to a party says where help is available at once: the sender of an urgent
    case, and those whom it is about."""
    form, role = definition.form(case.form), definition.role(party.role)
    theirs = bool(role.rows) or (form.public and form.opener == role.name)
    return theirs and is_urgent(definition, case)


def asks(definition: Definition, case: Case, mail: str, purpose: str) -> bool:
    """Whether a mail asks its reader for something, now or at last."""
    timers = {timer.mail for timer in pace(definition, case).timers}
    return purpose == "task" or mail in {*timers, definition.bounced_mail.name}


def pace(definition: Definition, case: Case) -> State:
    """The state a case is in, with the deadline and the timers that it has for this case."""
    state = definition.state(case.state)
    return hurried(state) if _hurries(definition, case) else state


def paces(states: tuple[State, ...]) -> Iterator[State]:
    """Every state, and those with a hurry again as they are for urgent cases."""
    for state in states:
        yield state
        if state.hurry:
            yield hurried(state)


def hurried(state: State) -> State:
    """A state as it is for urgent cases."""
    hurry = state.hurry
    return replace(state, deadline=hurry.deadline, timers=hurry.timers) if hurry else state


def _hurries(definition: Definition, case: Case) -> bool:
    return definition.urgent is not None and definition.urgent.holds(case)
