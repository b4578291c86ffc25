"""What happened by an act, in its own case and in those linked to it, and whom it mailed."""

from functions.entry.linked import words_of
from functions.kernel.case import Case, Order, Step
from functions.kernel.definition import LINK
from functions.kernel.engine import OPEN
from functions.render.receipt import Followed
from functions.render.words import Words
from functions.services.sealing import readable
from functions.services.wiring import Services


def followed(services: Services, words: Words, case: Case, step: Step) -> tuple[Followed, ...]:
    """What happened by an act: first in its own case; then in those linked to it, at the same
    moment, and by itself or by their opening. With the mails that each of them ordered."""
    own = Followed(words, case, step, _ordered(services, case, step))
    row = own.row
    if row is None or not (row.links or row.calls or row.opens):
        return (own,)
    dropped = (p.ref for p in case.parties if p.role == row.drops and p.ref)
    files = readable(services, dict.fromkeys((*case.linked, *dropped)))
    beside = (
        Followed(words_of(services, file.case, words.language), file.case, then, orders)
        for file in files
        for then in (told.entry.step for told in file.history)
        if then.at == step.at and (then.role == LINK or then.action == OPEN)
        for orders in [_ordered(services, file.case, then)]
    )
    return (own, *beside)


def _ordered(services: Services, case: Case, step: Step) -> tuple[Order, ...]:
    return tuple(services.cases.ordered(case.id, step.number))
