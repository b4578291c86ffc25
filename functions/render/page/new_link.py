"""Asking for a link by mail: where it goes is chosen, so that no pressed button sends a mail."""

from dataclasses import dataclass

from functions.kernel.mailboxes import masked
from functions.render.form.widgets import SummaryError
from functions.render.text.texts import page_text

TO = "send_to"  # the input
HERE, ELSEWHERE = "here", "elsewhere"


@dataclass(frozen=True, slots=True)
class NewLinkForm:
    """The question where a link is to be sent: ``action`` takes the answer, ``email`` is the
    address on record as it may be shown, ``error`` what is wrong with the answer."""

    action: str
    email: str
    error: str = ""

    @property
    def wrong(self) -> list[SummaryError]:
        """The error as a line of the page's summary."""
        return [SummaryError(f"f-{TO}-{HERE}", self.error)] if self.error else []


def fresh_form(language: str, path: str, email: str, *, unchosen: bool = False) -> NewLinkForm:
    """The question on the page of a link at ``path``; with its error if it was left open."""
    error = page_text(language, "problems.where_to") if unchosen else ""
    return NewLinkForm(f"{path}/fresh", masked(email), error)
