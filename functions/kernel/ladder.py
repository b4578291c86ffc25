"""What time does: the rungs of a state's ladder, climbed one at a time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count, islice, takewhile

from functions.kernel.case import Case, Decision, Order, Step
from functions.kernel.definition import BY_ITSELF, CLOCK, Definition, Rung
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import transition
from functions.kernel.pace import pace
from functions.kernel.spans import (
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

REMIND = "remind"  # the step a reminder leaves in the history
AGAIN = timedelta(days=28)  # after which the last escalation comes again, until somebody acts
VACANT = timedelta(days=14)  # for which a place is vacant before others hear of it
OVERDUE = "overdue"  # the mail to those who keep the directory that nobody has acted
DUE_BY_LAW = "due_by_law"  # the one before, that the law wants it done by a day


def next_rung(definition: Definition, case: Case) -> Rung | None:
    """The rung the case comes to next, or None when nothing waits for time."""
    return next(_left(definition, case), None)


def _left(definition: Definition, case: Case) -> Iterator[Rung]:
    """The rungs that the case has not climbed; those that have become due at once come first.
    Where the last one escalates, they have no end."""
    soon = [r for r in pace(definition, case).ladder[case.rung :] if _at_once(r, case)]
    rest = islice(_climbing(definition, case), case.rung, None)
    left = (r for r in rest if not any(each(r, case) for each in (_too_late, _of_others)))
    able = (r for r in left if not r.action or transition(definition, case, r.action))
    return iter(soon) if soon else (r for r in able if not _too_early(definition, r, case))


def _climbing(definition: Definition, case: Case) -> Iterator[Rung]:
    """The rungs of a state, and its last one again and again if it escalates. While a place is
    vacant in a case that waits for nobody otherwise, it escalates, too."""
    ladder = pace(definition, case).ladder
    yield from ladder
    last = ladder[-1] if ladder and ladder[-1].escalates else None
    if last is None and definition.is_vacant(case):
        last = Rung(timedelta(), escalates=True)
    if last:
        yield from (replace(last, again=number) for number in count(1))


def _of_others(rung: Rung, case: Case) -> bool:
    """Whether it is for cases of other forms, or with other answers, only."""
    span = rung.after.of(case.answers) if isinstance(rung.after, ByAnswer) else rung.after
    return span is None or (bool(rung.forms) and case.form not in rung.forms)


def _too_late(rung: Rung, case: Case) -> bool:
    """Whether it is a mail for a day that had begun before it could be waited for."""
    day = rung.after.of(case.answers) if isinstance(rung.after, OnDate) else None
    return bool(rung.mail) and day is not None and day <= day_of(case.entered_at)


def _too_early(definition: Definition, rung: Rung, case: Case) -> bool:
    """Whether it would tell others of a delay before the deadline has passed, which an answer
    can have made a long one, or of a place that has been vacant for some days only."""
    due = _due(definition, case, rung) if rung.escalates else None
    if due is None:
        return False
    last = deadline(definition, case)
    vacant = definition.is_vacant(case) and due < case.since + VACANT
    return vacant or (last is not None and day_of(due) <= last)


def due_at(definition: Definition, case: Case) -> datetime | None:
    """When the next rung is due (aware UTC), or None."""
    rung = next_rung(definition, case)
    return _due(definition, case, rung) if rung else None


def _due(definition: Definition, case: Case, rung: Rung) -> datetime | None:
    """When a rung is due.

    An action follows when the last day is over. A mail before the deadline is sent in the
    morning of its day; later ones, which say that the day has passed, in the morning of the
    next working day.
    """
    if _at_once(rung, case):
        return case.entered_at
    own = last_day(definition.begun(case), rung.after, case.answers)
    if own is None:
        return None
    own += rung.again * AGAIN
    day = _moved(definition, case, rung.after, own)
    if isinstance(rung.after, OnDate):
        return day_begins(day) if rung.action else morning(day)
    if rung.action:
        return day_ends(day)
    limit = pace(definition, case).deadline
    last = last_day(definition.begun(case), limit, case.answers) if limit else None
    if last and own < last:
        return morning(own)
    return morning(working_from(day + timedelta(days=1)))


def _at_once(rung: Rung, case: Case) -> bool:
    return rung.sooner is not None and rung.sooner.holds(case)


def _told_day(definition: Definition, case: Case, length: Length) -> date | None:
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
    return _told_day(definition, case, state.deadline) if state.deadline else None


def is_late(definition: Definition, case: Case, now: datetime) -> bool:
    """Whether the deadline of the present turn has passed: not before its day is over."""
    day = deadline(definition, case)
    return day is not None and day_of(now) > day


def erased_on(definition: Definition, case: Case) -> date | None:
    """The last day on which a case that is over is kept, or None if time does not erase it."""
    rung = next_rung(definition, case) if definition.is_over(case.state) else None
    return _told_day(definition, case, rung.after) if rung else None


def due_rung(definition: Definition, case: Case, now: datetime) -> Rung | None:
    """The rung whose time has come: to be reminded of, or an action to be taken.

    Where several have become due (nothing was run for days), an action comes before all mails,
    and of mails only those of the latest moment are sent.
    """
    due = ((_due(definition, case, rung), rung) for rung in _left(definition, case))
    come = [(at, rung) for at, rung in takewhile(lambda x: x[0] and x[0] <= now, due)]
    acts = [rung for _, rung in come if rung.action]
    latest = [rung for at, rung in come if at == come[-1][0]]
    return next(iter(acts or latest), None)


def remind(definition: Definition, case: Case, rung: Rung, now: datetime) -> Decision:
    """Climb a rung that is a mail: to all it concerns who have not answered yet, or to those who
    keep the directory. While a place is vacant, whoever looks after the case is reminded of that
    instead."""
    ladder = pace(definition, case).ladder
    climbed = len(ladder) + rung.again if rung.again else ladder.index(rung, case.rung) + 1
    instead = definition.vacant_mail if definition.is_vacant(case) else None
    if instead and rung.mail:  # one mail for all that would be sent at this moment
        same = takewhile(lambda r: r.mail and r.after == rung.after, ladder[climbed:])
        climbed += len(tuple(same))
    moved = replace(case, rung=climbed, revision=case.revision + 1)
    if rung.escalates or rung.warns:
        name = OVERDUE if rung.escalates else DUE_BY_LAW
        told = Order(name, "", DIRECTORY, case.state, case.round)
        step = Step(moved.revision, now, REMIND, CLOCK, "", case.state, case.state)
        return Decision(moved, step, {}, (told,))
    mail = instead or definition.mail(rung.mail)
    orders = tuple(
        Order(mail.name, party.id, mail.purpose, case.state, case.round)
        for role in definition.readers(mail, case)
        for party in case.holders(role)
        if party.id not in case.votes
    )
    step = Step(moved.revision, now, REMIND, CLOCK, "", case.state, case.state)
    return Decision(moved, step, {"mail": mail.name}, orders)
