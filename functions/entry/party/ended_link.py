"""What the page of a link says whose turn is over, or of what is asked of its holder now."""

from collections.abc import Mapping
from dataclasses import replace

from functions.kernel.states import CLOCK
from functions.render.case.receipt import NextStep, Receipt
from functions.render.case.view import CaseView
from functions.render.page.new_link import NewLinkForm
from functions.render.page.pages import over_page
from functions.render.text.words import Words
from functions.services.access.links import OVER, Opened, ends, present_row
from functions.services.ports import HistoryEntry


def over_words(words: Words, opened: Opened, receipt: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of a page about a turn that is over. Whoever has left is
    told of no more than that, or that they were left out if they never had a turn; and what they
    did if it was the last thing that was done."""
    if opened.on_turn_again and not receipt:
        return _task(words, opened), words.page("over.again_lead")
    last = next((s for s in ends(opened) if opened.standing in OVER), None)
    if last and last.role == CLOCK and not receipt:
        return words.page("over.late"), words.page("over.late_lead")
    if opened.standing == "left":
        listed = bool(opened.definition.role(opened.party.role).rows)
        how = "out" if listed and not any(ends(opened)) else "left"
        return receipt.done if receipt else words.page(f"over.{how}"), words.page(
            f"over.{how}_lead"
        )
    if receipt or (last and last.party == opened.party.id):
        done = (
            receipt.done if receipt else words.maybe(f"actions.{last.action}.done") if last else ""
        )
        return done, words.page("over.done_lead")
    return words.page(f"over.{opened.standing}"), words.page(f"over.{opened.standing}_lead")


def again_words(words: Words, opened: Opened) -> str:
    """What is said to the holder of an older link whose turn it is; "" to everybody else."""
    if not opened.on_turn_again:
        return ""
    return words.page("over.again" if opened.had_this_turn else "over.turn")


def way_now(words: Words, opened: Opened, token: str) -> NextStep | None:
    """The way to the case as it is now, or to what is to be done there, for who came from their
    desk; None for the holder of a mailed link: it acts in its own turn only."""
    row = present_row(opened, token)
    text = _task(words, opened) if opened.on_turn_again else words.page("over.now")
    return NextStep(text, f"/api/t/{row}?lang={words.language}") if row else None


def _task(words: Words, opened: Opened) -> str:
    return words.task(opened.case, opened.party.role, "title")


def until_they_left(opened: Opened) -> tuple[HistoryEntry, ...]:
    """The history as far as the link's holder may know it: whoever has left the case knows what had
    happened when they did something in it last."""
    history = opened.record.history
    if opened.standing != "left":
        return history
    own = (n for n, each in enumerate(history, 1) if each.sealed.event.party == opened.party.id)
    return history[: max(own, default=0)]


def earlier(words: Words, opened: Opened) -> str:
    """What the holder of an older link did in its turn, or ""; told after what is asked now."""
    last = next((s for s in ends(opened) if s.party == opened.party.id), None)
    return words.maybe(f"actions.{last.action}.done") if last and opened.on_turn_again else ""


def over(
    words: Words,
    opened: Opened,
    view: CaseView,
    token: str,
    desk: str,
    receipt: Receipt | None,
    fresh: NewLinkForm,
    typed: Mapping[str, str] | None = None,
) -> str:
    """The page of a link whose turn is over; what is asked of its holder now comes first."""
    title, lead = over_words(words, opened, receipt)
    again, past = again_words(words, opened), earlier(words, opened)
    go = way_now(words, opened, token)
    if opened.standing == "expired" and desk:  # signed out, or nobody knows who looks
        view = replace(view, history=())
    if opened.standing == "left":  # where the case is now is for others to know
        view = replace(view, state="", now="", route=())
    if go and again and not receipt:
        lead = words.page("over.go_lead")
    return over_page(
        words, view, title, lead, fresh, desk, receipt=receipt, again=again, past=past, go=go,
        typed=typed,
    )  # fmt: skip
