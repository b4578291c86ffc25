"""What time does: the rungs of a state's ladder, climbed one at a time."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Case, Decision, Order, Step
from functions.kernel.definition import CLOCK, Definition, Rung
from functions.kernel.spans import OnDate, until

REMIND = "remind"  # the step a reminder leaves in the history


def next_rung(definition: Definition, case: Case) -> Rung | None:
    """The rung the case comes to next, or None when nothing waits for time."""
    rest = definition.state(case.state).ladder[case.rung :]
    soon = [r for r in rest if r.sooner and r.sooner.holds(case)]
    left = soon or [r for r in rest if not _too_late(r, case)]
    return left[0] if left else None


def _too_late(rung: Rung, case: Case) -> bool:
    """Whether it is a mail for a day that had begun before it could be waited for."""
    day = rung.after.of(case.answers) if isinstance(rung.after, OnDate) else None
    return bool(rung.mail) and day is not None and day <= case.entered_at


def due_at(definition: Definition, case: Case) -> datetime | None:
    """When the next rung is due (aware UTC), or None."""
    rung = next_rung(definition, case)
    if rung is None:
        return None
    if _at_once(rung, case):
        return case.entered_at
    return until(case.entered_at, rung.after, case.answers)


def _at_once(rung: Rung, case: Case) -> bool:
    return rung.sooner is not None and rung.sooner.holds(case)


def deadline(definition: Definition, case: Case) -> datetime | None:
    """By when the one whose turn it is has been asked to act, or None."""
    within = definition.state(case.state).deadline
    return until(case.entered_at, within, case.answers) if within else None


def erased_at(definition: Definition, case: Case) -> datetime | None:
    """When time will erase a case that is over, or None."""
    rung = next_rung(definition, case) if definition.is_over(case.state) else None
    return due_at(definition, case) if rung else None


def due_rung(definition: Definition, case: Case, now: datetime) -> Rung | None:
    """The next rung if its time has come: to be reminded of, or an action to be taken."""
    due = due_at(definition, case)
    return next_rung(definition, case) if due is not None and now >= due else None


def remind(definition: Definition, case: Case, rung: Rung, now: datetime) -> Decision:
    """Climb a rung that is a mail: to all it concerns who have not answered yet."""
    mail = definition.mail(rung.mail)
    climbed = definition.state(case.state).ladder.index(rung, case.rung) + 1
    moved = replace(case, rung=climbed, revision=case.revision + 1)
    orders = tuple(
        Order(mail.name, party.id, mail.purpose, case.state, case.round)
        for party in case.holders(mail.to)
        if party.id not in case.votes
    )
    step = Step(moved.revision, now, REMIND, CLOCK, "", case.state, case.state)
    return Decision(moved, step, {"mail": mail.name}, orders)
