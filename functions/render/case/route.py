"""The route of a case: whose turn it was, whose it is, and whose comes next."""

from dataclasses import dataclass, replace
from datetime import datetime

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.durations import day_of
from functions.kernel.summary import HistorySummary
from functions.render.text import dates
from functions.render.text.texts import capital
from functions.render.text.words import Words


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of the route that is drawn on a case's page; ``standing`` is done, now or next.
    ``when`` is the day it was done, or since when it is so now, in words."""

    who: str
    what: str
    when: str
    standing: str


def route(
    words: Words, case: Case, summary: HistorySummary, now: datetime
) -> tuple[RouteStep, ...]:
    """The steps of the usual way: those that are done, the one the case is in, those to come."""
    definition, route = words.definition, words.definition.form(case.form).route
    left = {event.source: event.at for event in summary.last}
    index = _position(definition, case, summary)
    after = route[index + 1 :] if case.state in route else route[index:]
    ahead = _ahead(definition, case)
    after = tuple(n for n in after if n in ahead) if not definition.is_over(case.state) else ()
    been = [name for name in route[:index] if name in left]
    found = [_step(words, case, name, "done", left[name]) for name in been]
    here = _step(words, case, case.state, "now", case.since)
    key = "case.since" if day_of(case.since) <= day_of(now) else "case.from"
    found.append(replace(here, when=words.page(key, when=here.when)))
    return (*found, *(_step(words, case, name, "next", None) for name in after))


def _ahead(definition: Definition, case: Case) -> set[str]:
    """The states that the case can still come to."""
    way, found = definition.for_form(case.form), [case.state]
    for name in found:
        targets = (t.target for t in way.transitions if t.source == name)
        found += [n for n in dict.fromkeys(targets) if n not in found]
    return set(found)


def _position(definition: Definition, case: Case, summary: HistorySummary) -> int:
    """How far on the route the case is, or was when it left it."""
    route = definition.form(case.form).route
    states = [case.state, *(event.source for event in reversed(summary.last))]
    return next((route.index(s) for s in states if s in route), 0)


def _step(words: Words, case: Case, name: str, standing: str, when: datetime | None) -> RouteStep:
    there = replace(case, state=name)
    state = words.definition.state(name)
    over = words.definition.is_over(name)
    role = state.holder or ("" if over else words.definition.turn(there))
    who = words.role(role) if role else words.case_type(case.form)
    day = dates.day(when, words.language) if when else ""
    what = words.state(there, "name") if standing == "now" else words.text(f"states.{name}.name")
    what = words.passed(name) if standing == "done" else what
    return RouteStep(capital(who), what, day, standing)
