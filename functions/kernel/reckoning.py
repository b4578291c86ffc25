"""What an action works out by itself: computed, told before it is chosen, and held to."""

from collections.abc import Mapping
from datetime import datetime

from functions.kernel.case import Case
from functions.kernel.consequences import Reckoning
from functions.kernel.definition import Action
from functions.kernel.digests import canonical, sha256
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import Answers
from functions.kernel.spans import day_of

STAMP = "_reckoned-"  # with the action's name: the input that says what was told


def worked_out(reckoning: Reckoning, case: Case, said: Answers, now: datetime) -> Answers:
    """What follows from a case and from what is said on the present day in Finland."""
    known = reckoning.knows(case) if reckoning.knows else {}
    return reckoning.of({**case.answers, **said, **known}, day_of(now))


def foretold(action: Action, case: Case, now: datetime) -> Answers:
    """What is told before the action is chosen; empty if there is nothing to tell."""
    if not action.reckons or not action.reckons.shown:
        return {}
    found = worked_out(action.reckons, case, {}, now)
    return {name: found[name] for name in action.reckons.shown if name in found}


def stamp(told: Answers) -> str:
    """A short mark of what was told, to find out whether it still holds."""
    return sha256(canonical(dict(told)))[:16]


def hold_to(action: Action, case: Case, typed: Mapping[str, str], now: datetime) -> None:
    """``Invalid`` if something else would be worked out now than was told."""
    told = foretold(action, case, now)
    if told and typed.get(STAMP + action.name) != stamp(told):
        raise Invalid((Problem("action", "reckoned"),))
