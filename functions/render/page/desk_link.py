"""Pages of the link to a desk: it is opened, closed, or shows no desk any more."""

from collections.abc import Mapping

from functions.kernel.mailboxes import masked
from functions.render.form.widgets import SummaryError
from functions.render.page.new_link import fresh_form
from functions.render.page.pages import given_back, whole_page
from functions.render.text.texts import page_text

DEVICES = ("own", "shared")  # on which a desk's link can be opened
OUT, OUT_ANSWERS = "out", ("yes", "no")  # the question whether to sign out


def open_desk_page(language: str, path: str, email: str, error: str = "") -> str:
    """The page of a desk's link that nobody has opened: on whose device is it opened?"""
    wrong = [SummaryError(f"f-device-{DEVICES[0]}", error)] if error else []
    known = {"path": path, "email": masked(email), "error": error, "devices": DEVICES}
    title = page_text(language, "desk_open.title")
    return whole_page("desk_open.html", language, title, languages=True, wrong=wrong, **known)


def sign_out_page(language: str, path: str, *, unchosen: bool = False) -> str:
    """The question whether to sign out; with its error if it was left open."""
    error = page_text(language, "task.undecided") if unchosen else ""
    wrong = [SummaryError(f"f-{OUT}-{OUT_ANSWERS[0]}", error)] if error else []
    known = {"path": path, "error": error, "answers": OUT_ANSWERS}
    title = page_text(language, "desk.out")
    return whole_page("desk_out.html", language, title, languages=True, wrong=wrong, **known)


def old_desk_page(
    language: str,
    path: str,
    email: str,
    standing: str,
    *,
    unchosen: bool = False,
    typed: Mapping[str, str] | None = None,
    done: bool = False,
) -> str:
    """The page of a desk's link that does not open the desk any more: why, and how to get a new
    one.

    ``standing``: ``old``, ``newer`` or ``closed``; of a link that still works the way to a new one
    alone. What was ``typed`` in a case that was opened from the desk is given back, or it was
    ``done`` before.
    """
    why = standing if standing in ("newer", "closed") else "old"
    title, lead = (page_text(language, f"desk_old.{why}_{part}") for part in ("title", "lead"))
    new_link = fresh_form(language, path, email, unchosen=unchosen)
    what = page_text(language, "receipt.once") if done else ""
    what = page_text(language, "unrecorded.lead") if typed else what
    known = {
        "lead": f"{lead} {what}".rstrip(),
        "given": given_back(typed),
        "fresh": new_link,
        "wrong": new_link.wrong,
    }
    return whole_page("desk_old.html", language, title, languages=True, **known)
