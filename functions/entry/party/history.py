"""The part of a history that a page shows."""

from dataclasses import replace

from functions.kernel.summary import EventWithAnswers, HistoryPart
from functions.render.case.view import CaseView
from functions.services.access.links import Opened
from functions.services.container import Services
from functions.services.history import part_of
from functions.services.integrity import is_sound_or_recorded
from functions.services.ports import HISTORY_PAGE, CaseRecord

HISTORY = "history-title"  # where on a page the history begins


def with_history(
    services: Services, opened: Opened, before: int | None = None
) -> tuple[Opened, HistoryPart]:
    """The newest entries that the link's holder may know, or those ``before`` a number; and the
    opened link, by which nothing can be done if they are not as they were written."""
    record = opened.record
    until = min(_known_until(opened), record.entries if before is None else before)
    numbers = range(max(0, until - HISTORY_PAGE), until)
    part = part_of(services, record, numbers)
    filled = _fillings(services, part)
    if not all(is_sound_or_recorded(services, each) for each in (part, *filled)):
        opened = replace(opened, sound=False, actions=())
    shown = [e for e in _entries(part) if e[0].event.number in numbers]
    fillings = [entry for each in filled for entry in _entries(each)[:1]]
    return opened, HistoryPart(shown, record.summary, fillings, numbers.start)


def turning(view: CaseView, history: HistoryPart, there: str, before: int | None) -> CaseView:
    """The view with the ways to the entries of the history that are older than those shown, and to
    the newest."""
    older = f"{there}&before={history.older}#{HISTORY}" if history.older else ""
    return replace(view, older=older, newest="" if before is None else f"{there}#{HISTORY}")


def _known_until(opened: Opened) -> int:
    """Whoever has left the case knows what had happened when they did something in it last."""
    record = opened.record
    if opened.standing != "left":
        return record.entries
    own = (e.number for e in record.summary.last if e.party == opened.party.id)
    return 1 + max(own, default=-1)


def _fillings(services: Services, part: CaseRecord) -> list[CaseRecord]:
    """The entries in which the form was filled in last and before, where the last one is what led
    to where the case is: then its page tells what changed."""
    numbers = part.summary.filled
    last = part.summary.event(numbers[-1]) if len(numbers) > 1 else None
    if last is None or last.at != part.case.entered_at:
        return []
    return [part_of(services, part, range(n, n + 1)) for n in numbers]


def _entries(part: CaseRecord) -> list[EventWithAnswers]:
    return [(entry.sealed, entry.answers) for entry in part.history]
