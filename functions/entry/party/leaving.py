"""What the page of a link shows to a party who has left the case."""

from functions.kernel.case import Party
from functions.kernel.handover import HAND_OVER
from functions.kernel.states import CLOCK
from functions.kernel.visibility import PARTY, sees
from functions.render.case.receipt import Receipt
from functions.render.text.words import Words
from functions.services.access.links import Opened, ends

_TITLES = {"lapsed": "late", "handed": "left"}  # of what has no title of its own


def to_ask(opened: Opened) -> tuple[Party, ...]:
    """The people whom a party who has left can ask: the other owners of the case, if the party's
    role may see their names."""
    definition, case = opened.definition, opened.case
    visible = sees(definition, PARTY + definition.owner, opened.party.role, case.state)
    others = (p for p in case.holders(definition.owner) if p.id != opened.party.id)
    return tuple(others) if visible else ()


def left_words(words: Words, opened: Opened, receipt: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of the page of who has left."""
    how = _how(opened, answered=bool(receipt) or opened.record.summary.acted(opened.party.id))
    title = receipt.done if receipt else words.page(f"over.{_TITLES.get(how, how)}")
    return title, words.page(f"over.{how}_lead")


def _how(opened: Opened, *, answered: bool) -> str:
    """How somebody has left: by a deadline that they missed, as their list names them no more, or
    as their place was passed on: to themself at another address, or to others."""
    left, party = opened.left, opened.party
    passed_on = left is not None and left.action == HAND_OVER
    if left and left.role == CLOCK and not (passed_on or answered):
        return "lapsed"
    if bool(opened.definition.role(party.role).rows) and not any(ends(opened)):
        return "out"
    if not passed_on:
        return "left"
    elsewhere = (p for p in opened.case.holders(party.role) if party.ref and p.ref == party.ref)
    return "moved" if any(elsewhere) else "handed"
