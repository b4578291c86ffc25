"""What the page of a link shows to a party who has left the case."""

from functions.kernel.case import Party
from functions.kernel.states import CLOCK
from functions.kernel.visibility import PARTY, sees
from functions.render.case.receipt import Receipt
from functions.render.text.words import Words
from functions.services.access.links import Opened, ends


def to_ask(opened: Opened) -> tuple[Party, ...]:
    """The people whom a party who has left can ask: the other owners of the case, if the party's
    role may see their names."""
    definition, case = opened.definition, opened.case
    visible = sees(definition, PARTY + definition.owner, opened.party.role, case.state)
    others = (p for p in case.holders(definition.owner) if p.id != opened.party.id)
    return tuple(others) if visible else ()


def left_words(words: Words, opened: Opened, receipt: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of the page of who has left."""
    left, answered = opened.left, opened.record.summary.acted(opened.party.id)
    if left and left.role == CLOCK and not (receipt or answered):
        return words.page("over.late"), words.page("over.lapsed_lead")
    by_list = bool(opened.definition.role(opened.party.role).rows)
    how = "out" if by_list and not any(ends(opened)) else "left"
    title = receipt.done if receipt else words.page(f"over.{how}")
    return title, words.page(f"over.{how}_lead")
