"""The line of hands: through whose a case went, in whose it is, and who comes next."""

from dataclasses import dataclass, replace
from datetime import datetime

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.spans import day_of
from functions.render import dates
from functions.render.case_people import Told
from functions.render.texts import capital
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand on the line of hands; ``standing`` is done, now or next. ``when`` is the day it was
    done, or since when it is so now, in words."""

    who: str
    what: str
    when: str
    standing: str


def hands(words: Words, case: Case, told: Told, now: datetime) -> tuple[Hand, ...]:
    """The hands of a case, in order: those that are done, the one it is in, those to come."""
    definition, route = words.definition, words.definition.form(case.form).route
    left = {entry.step.source: entry.step.at for entry, _ in told}
    place = _place(definition, case, told)
    after = route[place + 1 :] if case.state in route else route[place:]
    ahead = _ahead(definition, case)
    after = tuple(n for n in after if n in ahead) if not definition.is_over(case.state) else ()
    been = [name for name in route[:place] if name in left]
    found = [_hand(words, case, name, "done", left[name]) for name in been]
    here = _hand(words, case, case.state, "now", case.since)
    key = "case.since" if day_of(case.since) <= day_of(now) else "case.from"
    found.append(replace(here, when=words.page(key, when=here.when)))
    return (*found, *(_hand(words, case, name, "next", None) for name in after))


def _ahead(definition: Definition, case: Case) -> set[str]:
    """The states that the case can still come to."""
    way, found = definition.way(case.form), [case.state]
    for name in found:
        onward = (t.target for t in way.transitions if t.source == name)
        found += [n for n in dict.fromkeys(onward) if n not in found]
    return set(found)


def _place(definition: Definition, case: Case, told: Told) -> int:
    """How far on the route the case is, or was when it left it."""
    route = definition.form(case.form).route
    states = [case.state, *(entry.step.source for entry, _ in reversed(told))]
    return next((route.index(s) for s in states if s in route), 0)


def _hand(words: Words, case: Case, name: str, standing: str, when: datetime | None) -> Hand:
    there = replace(case, state=name)
    state = words.definition.state(name)
    over = words.definition.is_over(name)
    role = state.holder or ("" if over else words.definition.turn(there))
    who = words.role(role) if role else words.document(case.form)
    told = dates.day(when, words.language) if when else ""
    what = words.state(there, "name") if standing == "now" else words.text(f"states.{name}.name")
    what = words.passed(name) if standing == "done" else what
    return Hand(capital(who), what, told, standing)
