"""What happened by an act, in its own case and in those linked to it, and whom it mailed."""

from collections.abc import Iterable
from datetime import datetime

from functions.kernel.case import Case, Event, MailOrder
from functions.kernel.engine import OPEN
from functions.kernel.states import LINK
from functions.processes import pinned
from functions.render.case.receipt import Followed
from functions.render.text.words import Words
from functions.services.container import Services
from functions.services.ports import CaseRecord


def followed(services: Services, words: Words, case: Case, done: Event) -> tuple[Followed, ...]:
    """What happened by an act: first in its own case; then in those linked to it, at the same
    moment, and by itself or by their opening. With the mails that each of them ordered."""
    own = Followed(words, case, done, _ordered(services, case, done))
    if case.parent:
        return (own, *_in_parent(services, words, case.parent, done))
    row = own.row
    if row is None or not (row.linked_actions or row.signals or row.spawns):
        return (own,)
    dropped = (p.ref for p in case.parties if p.role == row.removes_unless_agreed and p.ref)
    found = services.cases.records(list(dict.fromkeys((*case.linked, *dropped))))
    linked = (
        Followed(words_of(services, record.case, words.language), record.case, then, orders)
        for record in found.values()
        for then in _followed_there(services, record, done)
        for orders in [_ordered(services, record.case, then)]
    )
    return (own, *linked)


def _in_parent(services: Services, words: Words, parent: Case, done: Event) -> tuple[Followed, ...]:
    """What happened in the case that a subcase is a part of, as it was told of an act."""
    record = services.cases.records([parent.id]).get(parent.id)
    if record is None:
        return ()
    there = words_of(services, parent, words.language)
    return tuple(
        Followed(there, record.case, then, _ordered(services, parent, then))
        for then in _followed_there(services, record, done)
    )


def _followed_there(services: Services, record: CaseRecord, done: Event) -> tuple[Event, ...]:
    """What happened by an act in a linked case: it is among the last events of their kinds or, a
    while later, among the newest ones."""
    if record.case.opened_at > done.at:
        return ()
    if found := _by_itself_at(done.at, record.summary.last):
        return found
    page = services.cases.page(record.case.id)
    return _by_itself_at(done.at, (e.sealed.event for e in page.history)) if page else ()


def _by_itself_at(moment: datetime, events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(e for e in events if e.at == moment and (e.role == LINK or e.action == OPEN))


def _ordered(services: Services, case: Case, done: Event) -> tuple[MailOrder, ...]:
    return tuple(services.cases.ordered(case.id, done.number))


def words_of(services: Services, case: Case, language: str) -> Words:
    """The words of the process that a case is of, in a language."""
    definition = pinned(case.process, case.version)
    return Words(definition, language, services.directory, case.form)
