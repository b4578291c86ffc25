"""What happened by an act, in its own case and in those linked to it, and whom it mailed."""

from functions.entry.party.linked import words_of
from functions.kernel.case import Case, Event, MailOrder
from functions.kernel.engine import OPEN
from functions.kernel.states import LINK
from functions.render.case.receipt import Followed
from functions.render.text.words import Words
from functions.services.container import Services
from functions.services.integrity import readable


def followed(services: Services, words: Words, case: Case, step: Event) -> tuple[Followed, ...]:
    """What happened by an act: first in its own case; then in those linked to it, at the same
    moment, and by itself or by their opening. With the mails that each of them ordered."""
    own = Followed(words, case, step, _ordered(services, case, step))
    row = own.row
    if row is None or not (row.linked_actions or row.signals or row.spawns):
        return (own,)
    dropped = (p.ref for p in case.parties if p.role == row.removes_unless_agreed and p.ref)
    files = readable(services, dict.fromkeys((*case.linked, *dropped)))
    beside = (
        Followed(words_of(services, file.case, words.language), file.case, then, orders)
        for file in files
        for then in (told.sealed.event for told in file.history)
        if then.at == step.at and (then.role == LINK or then.action == OPEN)
        for orders in [_ordered(services, file.case, then)]
    )
    return (own, *beside)


def _ordered(services: Services, case: Case, step: Event) -> tuple[MailOrder, ...]:
    return tuple(services.cases.ordered(case.id, step.number))
