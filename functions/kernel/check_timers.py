"""What the timers of a state must not lack: silence ends in something, and time goes forward."""

from collections.abc import Iterator
from datetime import date

from functions.kernel.definition import Definition
from functions.kernel.durations import ByAnswer, OnDate, last_day
from functions.kernel.fields import Answers
from functions.kernel.states import BY_ITSELF, State, Timer
from functions.kernel.urgency import paces

MONDAY = date(2026, 1, 12)  # no holiday near


def silence(d: Definition) -> Iterator[str]:
    """Whoever is silent is reminded, or told of what happens then; at last something is done, or
    somebody else hears, again and again."""
    for form in d.forms:
        for state in d.for_form(form.name).states:
            where, person = f"{state.name} of {form.name}", {*state.turn_roles} - {*BY_ITSELF}
            if state.end or (state.unhurried and not person):
                continue
            if state.unhurried:
                yield f"{where}: somebody is waited for, and yet it is unhurried"
                continue
            for timers in (_timers(s, a) for s in paces((state,)) for a in _told(s)):
                yield from (f"{where}: {fault}" for fault in _silent(timers))


def _silent(timers: list[Timer]) -> Iterator[str]:
    """What is wrong with timers that leave a silent person alone."""
    if not timers or not (timers[-1].action or timers[-1].escalates):
        yield "silence comes to nobody"
    if not any(timer.mail or timer.action for timer in timers):
        yield "nobody is reminded"


def by_law(d: Definition) -> Iterator[str]:
    """Where the law sets a deadline, whose turn it is and somebody else are told before it."""
    for state in paces(d.states):
        limit = state.deadline if isinstance(state.deadline, ByAnswer) else ByAnswer("", {})
        for choice in limit.by_law:
            said = {limit.field: choice}
            last = last_day(MONDAY, limit, said)
            before = [r for r in _timers(state, said) if _day(r, said) < (last or date.min)]
            if not any(r.mail for r in before) or not any(r.warns for r in before):
                yield f"{state.name}: the law's deadline for {choice} passes without a warning"
        if not limit.by_law and any(timer.warns for timer in state.timers):
            yield f"{state.name}: it warns of a deadline that is not the law's"


def _day(timer: Timer, answers: Answers) -> date:
    return last_day(MONDAY, timer.after, answers) or date.max


def _told(state: State) -> list[Answers]:
    """Answers by which the lengths of a state differ: none, and each choice that one names."""
    lengths = (state.deadline, *(timer.after for timer in state.timers))
    named = [(s.field, choice) for s in lengths if isinstance(s, ByAnswer) for choice in s.spans]
    return [{}, *({field: choice} for field, choice in dict.fromkeys(named))]


def _timers(state: State, answers: Answers) -> list[Timer]:
    """The timers of a state that there are with these answers."""
    return [r for r in state.timers if not isinstance(r.after, ByAnswer) or r.after.of(answers)]


def rises(state: State, start: date) -> bool:
    """Whether each timer comes after the one before it, if the state was entered then."""
    return all(_in_order(state, start, answers) for answers in _told(state))


def _in_order(state: State, start: date, answers: Answers) -> bool:
    lengths = [r.after for r in _timers(state, answers) if not isinstance(r.after, OnDate)]
    due = [last_day(start, length, answers) for length in lengths]
    return due == sorted(day for day in due if day)
