"""What time does: the rungs of a state's ladder, climbed one at a time."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Actor, Case, Decision, Order, Step
from functions.kernel.definition import CLOCK, Definition, Rung
from functions.kernel.engine import decide
from functions.kernel.people import Directory

REMIND = "remind"  # the step a reminder leaves in the history


def next_rung(definition: Definition, case: Case) -> Rung | None:
    """The rung the case comes to next, or None when nothing waits for time."""
    ladder = definition.state(case.state).ladder
    return ladder[case.rung] if case.rung < len(ladder) else None


def due_at(definition: Definition, case: Case) -> datetime | None:
    """When the next rung is due (aware UTC), or None."""
    rung = next_rung(definition, case)
    return case.entered_at + rung.after if rung else None


def deadline(definition: Definition, case: Case) -> datetime | None:
    """By when the one whose turn it is has been asked to act, or None."""
    within = definition.state(case.state).deadline
    return case.entered_at + within if within else None


def climb(
    definition: Definition, case: Case, now: datetime, directory: Directory
) -> Decision | None:
    """Take the next rung if it is due: its action, or its mail with a step in the history."""
    rung = next_rung(definition, case)
    if rung is None or now < case.entered_at + rung.after:
        return None
    if rung.action:
        return decide(definition, case, Actor(CLOCK), rung.action, {}, now, directory)
    mail = definition.mail(rung.mail)
    moved = replace(case, rung=case.rung + 1, revision=case.revision + 1)
    orders = tuple(
        Order(mail.name, party.id, mail.purpose, case.state, case.round)
        for party in case.holders(mail.to)
    )
    step = Step(moved.revision, now, REMIND, CLOCK, "", case.state, case.state)
    return Decision(moved, step, {"mail": mail.name}, orders)
