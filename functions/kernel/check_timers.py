"""What the timers of a state must not lack: silence ends in something, and time goes forward."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import pairwise, product

from functions.kernel.definition import Definition, Transition
from functions.kernel.durations import ByAnswer, Length, OnDate, last_day
from functions.kernel.fields import Answers
from functions.kernel.states import BY_ITSELF, CLOCK, LastingTimer, State, Timer
from functions.kernel.timers import ERASING, STATE
from functions.kernel.urgency import paces

MONDAY = date(2026, 1, 12)  # no holiday near
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(7))
MAX_YEARS = 12  # for which anything is kept once it is over; no voucher is kept longer than seven


def silence(d: Definition) -> Iterator[str]:
    """A fault for each state that could wait for a person for ever.

    The person must be reminded, or told what happens otherwise; at last a timer must act, or
    escalate.
    """
    for form in d.forms:
        for state in d.for_form(form.name).states:
            where, person = f"{state.name} of {form.name}", {*state.turn_roles} - {*BY_ITSELF}
            if state.end or (state.unhurried and not person):
                continue
            if state.unhurried:
                yield f"{where}: somebody is waited for, and yet it is unhurried"
                continue
            for timers in (_timers(s, a) for s in paces((state,)) for a in _answers_that_differ(s)):
                yield from (f"{where}: {fault}" for fault in _silent(timers))


def _silent(timers: list[Timer]) -> Iterator[str]:
    """What is wrong with timers that leave a silent person alone."""
    if not timers or not (timers[-1].action or timers[-1].escalates):
        yield "silence comes to nobody"
    if not any(timer.mail or timer.action for timer in timers):
        yield "nobody is reminded"


def by_law(d: Definition) -> Iterator[str]:
    """A fault for each deadline set by law before which the turn's holder and the keepers of the
    directory are not mailed."""
    for state in paces(d.states):
        limit = state.deadline if isinstance(state.deadline, ByAnswer) else ByAnswer("", {})
        for choice in limit.by_law:
            answers = {limit.field: choice}
            last = last_day(MONDAY, limit, answers)
            before = [r for r in _timers(state, answers) if _day(r, answers) < (last or date.min)]
            if not any(r.mail for r in before) or not any(r.warns for r in before):
                yield f"{state.name}: the law's deadline for {choice} passes without a warning"
        if not limit.by_law and any(timer.warns for timer in state.timers):
            yield f"{state.name}: it warns of a deadline that is not the law's"


def _day(timer: Timer, answers: Answers) -> date:
    return last_day(MONDAY, timer.after, answers) or date.max


def _answers_that_differ(state: State) -> list[Answers]:
    """Answers by which the lengths of a state differ: none, and each choice that one names."""
    lengths = (state.deadline, *(timer.after for timer in state.timers))
    named = [(s.field, choice) for s in lengths if isinstance(s, ByAnswer) for choice in s.spans]
    return [{}, *({field: choice} for field, choice in dict.fromkeys(named))]


def _timers(state: State, answers: Answers) -> list[Timer]:
    """The timers of a state that there are with these answers."""
    return [r for r in state.timers if not isinstance(r.after, ByAnswer) or r.after.of(answers)]


def rises(state: State, start: date) -> bool:
    """Whether each timer comes after the one before it, if the state was entered then."""
    return all(_in_order(state, start, answers) for answers in _answers_that_differ(state))


def _in_order(state: State, start: date, answers: Answers) -> bool:
    lengths = [r.after for r in _timers(state, answers) if not isinstance(r.after, OnDate)]
    due = [last_day(start, length, answers) for length in lengths]
    return due == sorted(day for day in due if day) and _named_in_order(state)


def _named_in_order(state: State) -> bool:
    """Whether of the timers that wait for the same answer each comes after the one before it."""
    named = [(r.after, r.forms) for r in state.timers if isinstance(r.after, OnDate)]
    for (one, forms), (other, others) in pairwise(named):
        if (one.field, forms) != (other.field, others) or one.days < other.days:
            continue
        timed = isinstance(one.at, time) and isinstance(other.at, time)
        if one.days > other.days or (timed and str(one.at) > str(other.at)):
            return False
    return True


def in_time(d: Definition) -> Iterator[str]:
    """Time does nothing before the deadline that people are told."""
    for state in paces(d.states):
        acts = (r for r in state.timers if r.action and r.sooner is None)
        early = {
            timer.action
            for timer, answers, day in product(acts, _answers_that_differ(state), WEEK)
            if _is_before(timer.after, state.deadline, answers, day)
        }
        for action in sorted(early):
            yield (
                f"{state.name}: time takes {action} before the deadline that people are told; let "
                "its timer come on that day or later"
            )


def _is_before(after: Length, deadline: Length | None, answers: Answers, start: date) -> bool:
    """Whether one length is over before the other. A day that is named and a length that is
    counted say nothing of each other."""
    if isinstance(after, OnDate) and isinstance(deadline, OnDate):
        return after.field == deadline.field and after.days < deadline.days
    if deadline is None or isinstance(after, OnDate) or isinstance(deadline, OnDate):
        return False
    last, limit = last_day(start, after, answers), last_day(start, deadline, answers)
    return last is not None and limit is not None and last < limit


def lasting(d: Definition) -> Iterator[str]:
    """Timers that outlast their state have names of their own, run somewhere, and send a mail or
    take an action."""
    for timer in d.timers:
        where = f"timer {timer.name}"
        if timer.name in ("", STATE, ERASING):
            yield f"{where} needs a name of its own"
        if not timer.starts:
            yield f"{where} never starts; name the states that start it"
        if bool(timer.mail) == bool(timer.action):
            yield f"{where} is either a mail or an action"
        if timer.action:
            yield from _lasting_action(d, timer)


def _lasting_action(d: Definition, timer: LastingTimer) -> Iterator[str]:
    """It is the clock's, possible somewhere where the timer runs, comes before no deadline that
    people are told, and erases nothing."""
    where = f"timer {timer.name} takes {timer.action}"
    rows = [t for t in d.transitions if t.action == timer.action and t.source in timer.states]
    if not rows:
        yield f"{where}, which is no way out of a state where it runs"
    if any(a.role != CLOCK for a in d.actions if a.name == timer.action):
        yield f"{where}, which is not the clock's"
    for row in rows:
        state = next(s for s in d.states if s.name == row.source)
        if row.erases:
            yield f"{where}, which erases in {row.source}; let a timer of the state do so"
        if state.deadline and state.turn not in BY_ITSELF:
            yield f"{where} in {row.source}, whatever the deadline that people are told there"


def carried_out(d: Definition) -> Iterator[str]:
    """What time does in a state is possible in cases of each form that come there, and is done
    whatever the case: not behind a single guard that may never hold."""
    for form in d.forms:
        own = d.for_form(form.name)
        for state in paces(own.states):
            taken = dict.fromkeys(r.action for r in state.timers if r.action)
            rows = [t for t in own.transitions if t.source == state.name and t.action in taken]
            for action in sorted(taken.keys() - {t.action for t in rows}):
                yield (
                    f"{state.name} of {form.name}: its timers take {action}, which is no way out "
                    "for such a case; add the row, or name the forms of the timer"
                )
            guards = {t.guard for t in rows}
            heard = bool(state.timers) and state.timers[-1].escalates
            if len(guards) == 1 and None not in guards and not heard:
                guard = rows[0].guard.name if rows[0].guard else ""
                yield (
                    f"{state.name} of {form.name}: what time does there depends on {guard} alone; "
                    "add a row for when that does not hold"
                )


def erased(d: Definition) -> Iterator[str]:
    """What is over is erased within some years, whatever was answered."""
    limit = MONDAY.replace(year=MONDAY.year + MAX_YEARS)
    for form in d.forms:
        own = d.for_form(form.name)
        for state in (s for s in own.states if d.is_over(s.name) and not s.end):
            rows = [t for t in own.transitions if t.source == state.name]
            for answers in _answers_that_differ(state):
                kept = [r for r in _timers(state, answers) if _erases(r, rows)]
                if not any(_day(r, answers) <= limit for r in kept):
                    yield (
                        f"{state.name} of {form.name} is kept for more than {MAX_YEARS} years; "
                        "let a timer with a length of its own erase it sooner"
                    )


def _erases(timer: Timer, rows: list[Transition]) -> bool:
    return any(t.action == timer.action and t.erases and t.guard is None for t in rows)
