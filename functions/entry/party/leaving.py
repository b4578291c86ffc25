"""What somebody is told who has left a case."""

from functions.kernel.case import Event, Party
from functions.kernel.states import CLOCK
from functions.kernel.visibility import PARTY, sees
from functions.render.case.receipt import Receipt
from functions.render.text.words import Words
from functions.services.access.links import Opened, ends
from functions.services.ports import HistoryEntry


def left_by(opened: Opened) -> Event | None:
    """The step by which a link's holder lost their place; None if they have it, or that was before
    it was written down."""
    steps = (entry.sealed.event for entry in opened.record.history)
    return next((s for s in steps if s.number == opened.party.left_at), None)


def until_they_left(opened: Opened) -> tuple[HistoryEntry, ...]:
    """The history as far as the link's holder may know it: whoever has left the case knows what had
    happened when they did something in it last."""
    history = opened.record.history
    if opened.standing != "left":
        return history
    own = (n for n, each in enumerate(history, 1) if each.sealed.event.party == opened.party.id)
    return history[: max(own, default=0)]


def to_ask(opened: Opened) -> tuple[Party, ...]:
    """Whom somebody who has left can ask: the others who look after the case, if they may be told
    of them."""
    definition, case = opened.definition, opened.case
    told = sees(definition, PARTY + definition.owner, opened.party.role, case.state)
    others = (p for p in case.holders(definition.owner) if p.id != opened.party.id)
    return tuple(others) if told else ()


def left_words(words: Words, opened: Opened, receipt: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of the page of who has left."""
    left = left_by(opened)
    answered = any(e.sealed.event.party == opened.party.id for e in opened.record.history)
    if left and left.role == CLOCK and not (receipt or answered):
        return words.page("over.late"), words.page("over.lapsed_lead")
    listed = bool(opened.definition.role(opened.party.role).rows)
    how = "out" if listed and not any(ends(opened)) else "left"
    title = receipt.done if receipt else words.page(f"over.{how}")
    return title, words.page(f"over.{how}_lead")
