"""The timers of a state: which is next, when it is due, and what it does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count, islice, takewhile

from functions.kernel.case import Case, Decision, Event, MailOrder
from functions.kernel.definition import Definition, Mail
from functions.kernel.durations import (
    ByAnswer,
    Length,
    OnDate,
    day_begins,
    day_ends,
    day_of,
    last_day,
    morning,
    working_from,
)
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import transition
from functions.kernel.states import BY_ITSELF, CLOCK, LastingTimer, Timer
from functions.kernel.urgency import pace

REMIND = "remind"  # the step a reminder leaves in the history
REPEAT_AFTER = timedelta(
    days=28
)  # after which the last escalation comes again, until somebody acts
VACANT = timedelta(days=14)  # for which a place is vacant before others hear of it
STATE = "state"  # the timer of a case for what comes next in the state that it is in
ERASING = "erasing"  # the timer of a case that was erased, until nothing is left of its history
OVERDUE = "overdue"  # the mail to those who keep the directory that nobody has acted
DUE_BY_LAW = "due_by_law"  # the one before, that the law wants it done by a day


def next_timer(definition: Definition, case: Case) -> Timer | None:
    """The next timer of the case, or None if it has none left."""
    return next(_left(definition, case), None)


def _left(definition: Definition, case: Case) -> Iterator[Timer]:
    """The timers of the case that have not run; those that have become due at once come first.
    Where the last one escalates, they have no end."""
    soon = [r for r in pace(definition, case).timers[case.next_timer :] if _at_once(r, case)]
    rest = islice(_repeated(definition, case), case.next_timer, None)
    left = (r for r in rest if not any(each(r, case) for each in (_too_late, _of_others)))
    able = (r for r in left if not r.action or transition(definition, case, r.action))
    return iter(soon) if soon else (r for r in able if not _too_early(definition, r, case))


def _repeated(definition: Definition, case: Case) -> Iterator[Timer]:
    """The timers of a state, and its last one again and again if it escalates. While a place is
    vacant in a case that waits for nobody otherwise, it escalates, too."""
    timers = pace(definition, case).timers
    yield from timers
    last = timers[-1] if timers and timers[-1].escalates else None
    if last is None and definition.is_vacant(case):
        last = Timer(timedelta(), escalates=True)
    if last:
        yield from (replace(last, repetition=number) for number in count(1))


def _of_others(timer: Timer, case: Case) -> bool:
    """Whether it is for cases of other forms, or with other answers, only."""
    span = timer.after.of(case.answers) if isinstance(timer.after, ByAnswer) else timer.after
    return span is None or (bool(timer.forms) and case.form not in timer.forms)


def _too_late(timer: Timer, case: Case) -> bool:
    """Whether it is a mail for a moment, or a day, that had come before it could be waited for."""
    if not isinstance(timer.after, OnDate):
        return False
    if timer.after.at:
        moment = timer.after.moment(case.answers)
        return bool(timer.mail) and moment is not None and moment <= case.entered_at
    day = timer.after.of(case.answers)
    return bool(timer.mail) and day is not None and day <= day_of(case.entered_at)


def _too_early(definition: Definition, timer: Timer, case: Case) -> bool:
    """Whether it would tell others of a delay before the deadline has passed, which an answer
    can have made a long one, or of a place that has been vacant for some days only."""
    due = _due(definition, case, timer) if timer.escalates else None
    if due is None:
        return False
    last = deadline(definition, case)
    vacant = definition.is_vacant(case) and due < case.since + VACANT
    return vacant or (last is not None and day_of(due) <= last)


def due_at(definition: Definition, case: Case) -> datetime | None:
    """When the next timer is due (aware UTC), or None."""
    timer = next_timer(definition, case)
    return _due(definition, case, timer) if timer else None


def moments(definition: Definition, case: Case) -> dict[str, datetime]:
    """The moments (aware UTC) that the timers of a case wait for, by their names."""
    due = due_at(definition, case)
    found = {timer.name: lasting_due(definition, case, timer) for timer in definition.timers}
    return {name: at for name, at in ((STATE, due), *found.items()) if at}


def lasting_due(definition: Definition, case: Case, timer: LastingTimer) -> datetime | None:
    """When a timer that outlasts its state comes; None if it was not started or has come, or if
    what it does is not possible in the present state."""
    if timer.name not in case.started:
        return None
    if timer.action and transition(definition, case, timer.action) is None:
        return None
    started = datetime.fromisoformat(case.started[timer.name])
    begun = day_of(started)
    day = last_day(begun, timer.after, case.answers)
    if day is None:
        return None
    if isinstance(timer.after, OnDate):
        if moment := timer.after.moment(case.answers):
            return None if timer.mail and moment <= started else moment
        if timer.mail and day <= begun:
            return None
        return day_begins(day) if timer.action else morning(day)
    day = _moved(definition, case, timer.after, day)
    return day_ends(day) if timer.action else morning(day)


def due_lasting(
    definition: Definition, case: Case, name: str, now: datetime
) -> LastingTimer | None:
    """The timer of this name that outlasts its state, if its time has come."""
    timer = next((t for t in definition.timers if t.name == name), None)
    due = lasting_due(definition, case, timer) if timer else None
    return timer if due and due <= now else None


def notify(definition: Definition, case: Case, timer: LastingTimer, now: datetime) -> Decision:
    """Run a timer that outlasts its state and is a mail."""
    moved = replace(case.without_timer(timer.name), revision=case.revision + 1)
    return _mailed(definition, moved, definition.mail(timer.mail), now)


def _due(definition: Definition, case: Case, timer: Timer) -> datetime | None:
    """When a timer is due.

    An action follows when the last day is over. A mail before the deadline is sent in the
    morning of its day; later ones, which say that the day has passed, in the morning of the
    next working day.
    """
    if _at_once(timer, case):
        return case.entered_at
    own = last_day(definition.begun(case), timer.after, case.answers)
    if own is None:
        return None
    own += timer.repetition * REPEAT_AFTER
    day = _moved(definition, case, timer.after, own)
    limit = pace(definition, case).deadline
    last = last_day(definition.begun(case), limit, case.answers) if limit else None
    if isinstance(timer.after, OnDate):
        if moment := timer.after.moment(case.answers, timer.repetition * REPEAT_AFTER):
            return moment
        mailed = working_from(day) if last and day > last else day
        return day_begins(day) if timer.action else morning(mailed)
    if timer.action:
        return day_ends(day)
    if last and own < last:
        return morning(own)
    return morning(working_from(day + timedelta(days=1)))


def _at_once(timer: Timer, case: Case) -> bool:
    return timer.sooner is not None and timer.sooner.holds(case)


def _counted_day(definition: Definition, case: Case, length: Length) -> date | None:
    """The last day of a length, as it is told, or None for never."""
    day = last_day(definition.begun(case), length, case.answers)
    return _moved(definition, case, length, day) if day else None


def _moved(definition: Definition, case: Case, length: Length, day: date) -> date:
    """The last day of a length as it counts. Where people are waited for, one that is no working
    day moves to the next; a day that somebody has named is that day, and so is one of time
    alone."""
    by_itself = definition.state(case.state).turn in ("", *BY_ITSELF)
    return day if isinstance(length, OnDate) or by_itself else working_from(day)


def deadline(definition: Definition, case: Case) -> date | None:
    """The last day for what the one whose turn it is has been asked to do, or None."""
    state = pace(definition, case)
    return _counted_day(definition, case, state.deadline) if state.deadline else None


def is_late(definition: Definition, case: Case, now: datetime) -> bool:
    """Whether the deadline of the present turn has passed: not before its day is over."""
    day = deadline(definition, case)
    return day is not None and day_of(now) > day


def erased_on(definition: Definition, case: Case) -> date | None:
    """The last day on which a case that is over is kept, or None if time does not erase it."""
    timer = next_timer(definition, case) if definition.is_over(case.state) else None
    return _counted_day(definition, case, timer.after) if timer else None


def due_timer(definition: Definition, case: Case, now: datetime) -> Timer | None:
    """The timer whose time has come: to be reminded of, or an action to be taken.

    Where several have become due (nothing was run for days), an action comes before all mails,
    and of mails only those of the latest moment are sent.
    """
    due = ((_due(definition, case, timer), timer) for timer in _left(definition, case))
    come = [(at, timer) for at, timer in takewhile(lambda x: x[0] and x[0] <= now, due)]
    acts = [timer for _, timer in come if timer.action]
    latest = [timer for at, timer in come if at == come[-1][0]]
    return next(iter(acts or latest), None)


def remind(definition: Definition, case: Case, timer: Timer, now: datetime) -> Decision:
    """Run a timer that is a mail: to all it concerns who have not answered yet, or to those who
    keep the directory. While a place is vacant, whoever looks after the case is reminded of that
    instead."""
    timers = pace(definition, case).timers
    run = (
        len(timers) + timer.repetition
        if timer.repetition
        else timers.index(timer, case.next_timer) + 1
    )
    instead = definition.vacant_mail if definition.is_vacant(case) else None
    if instead and timer.mail:  # one mail for all that would be sent at this moment
        same = takewhile(lambda r: r.mail and r.after == timer.after, timers[run:])
        run += len(tuple(same))
    moved = replace(case, next_timer=run, revision=case.revision + 1)
    if timer.escalates or timer.warns:
        name = OVERDUE if timer.escalates else DUE_BY_LAW
        overdue_mail = MailOrder(name, "", DIRECTORY, case.state, case.round)
        event = Event(moved.revision, now, REMIND, CLOCK, "", case.state, case.state)
        return Decision(moved, event, {}, (overdue_mail,))
    return _mailed(definition, moved, instead or definition.mail(timer.mail), now)


def _mailed(definition: Definition, case: Case, mail: Mail, now: datetime) -> Decision:
    """The decision by which the clock sends a mail, after which the case is so."""
    orders = tuple(
        MailOrder(mail.name, party.id, mail.purpose, case.state, case.round)
        for role in definition.readers(mail, case)
        for party in case.holders(role)
        if party.id not in case.votes
    )
    event = Event(case.revision, now, REMIND, CLOCK, "", case.state, case.state)
    return Decision(case, event, {"mail": mail.name}, orders)
