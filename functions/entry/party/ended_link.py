"""What the page of a link says whose turn is over, or of what is asked of its holder now."""

from collections.abc import Sequence
from dataclasses import replace

from functions.entry.party.leaving import left_words, to_ask
from functions.kernel.states import CLOCK
from functions.render.case.people import SummaryRow
from functions.render.case.receipt import NextStep, Receipt
from functions.render.case.view import CaseView
from functions.render.page.new_link import NewLinkForm
from functions.render.page.pages import over_page
from functions.render.text.words import Words
from functions.services.access.links import OVER, Opened, ends, present_row


def over_words(words: Words, opened: Opened, receipt: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of the page of a link whose turn is over.

    A party who has left the case reads only that, or that they were left out if they never had a
    turn. If their own act was the last one, they read what they did, and are thanked.
    """
    if opened.has_new_turn and not receipt:
        return words.task(opened.case, opened.party.role, "title"), words.page("over.new_turn_lead")
    if opened.standing == "left":
        return left_words(words, opened, receipt)
    last = next((s for s in ends(opened) if opened.standing in OVER), None)
    if receipt:
        return receipt.done, words.page("over.done_lead")
    if opened.standing != "done":
        return words.page(f"over.{opened.standing}"), words.page(f"over.{opened.standing}_lead")
    if last and last.role == CLOCK:
        return words.page("over.late"), words.page("over.late_lead")
    if last and last.party == opened.party.id:
        return words.maybe(f"actions.{last.action}.done"), words.page("over.done_lead")
    colleague = last and last.role == opened.party.role
    return words.page("over.done" if colleague else "over.ended"), words.page("over.now_lead")


def present_words(words: Words, opened: Opened) -> str:
    """What is said to the holder of an older link whose turn it is; "" to everybody else."""
    if not opened.has_new_turn:
        return ""
    return words.page("over.new_turn" if opened.had_this_turn else "over.turn")


def way_now(words: Words, opened: Opened, token: str) -> NextStep | None:
    """The way to the case as it is now, or to what is to be done there, for who came from their
    desk; None for the holder of a mailed link: it acts in its own turn only."""
    row = present_row(opened, token)
    text = (
        words.task(opened.case, opened.party.role, "title")
        if opened.has_new_turn
        else words.page("over.now")
    )
    return NextStep(text, f"/api/t/{row}?lang={words.language}") if row else None


def earlier(words: Words, opened: Opened) -> str:
    """What the holder of an older link did in its turn, or ""; told after what is asked now."""
    last = next((s for s in ends(opened) if s.party == opened.party.id), None)
    return words.maybe(f"actions.{last.action}.done") if last and opened.has_new_turn else ""


def over(
    words: Words,
    opened: Opened,
    view: CaseView,
    token: str,
    desk: str,
    receipt: Receipt | None,
    fresh: NewLinkForm,
    given: Sequence[SummaryRow] | None = None,
) -> str:
    """The page of a link whose turn is over; what is asked of its holder now comes first, after
    that a form of theirs came too late: then what they had ``given`` in it is given back."""
    late = given is not None and not receipt
    title, lead = over_words(words, opened, receipt)
    if late and opened.standing == "expired":
        lead = f"{words.page('unrecorded.lead')} {lead}"
    elif late:
        title, lead = words.page("unrecorded.title"), words.page("unrecorded.lead")
    new_turn, past = present_words(words, opened), earlier(words, opened)
    go = way_now(words, opened, token)
    if opened.standing == "left":  # where the case is now is for others to know
        view = replace(view, state="", now="", route=())
    if go and new_turn and not receipt and not late:
        lead = words.page("over.go_lead")
    return over_page(
        words, view, title, lead, fresh, desk, receipt=receipt, new_turn=new_turn, past=past, go=go,
        given=given or (), to_ask=to_ask(opened) if opened.standing == "left" else None,
    )  # fmt: skip
