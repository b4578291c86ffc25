"""The page on which somebody takes their address back."""

from datetime import datetime

from functions.kernel.directory_changes import DirectoryChange
from functions.render.form.widgets import Option, Widget, summary
from functions.render.page.pages import whole_page
from functions.render.text import dates
from functions.render.text.texts import page_text

SURE, TAKE, KEEP = "sure", "yes", "no"  # the choice: of what becomes of the address
WAYS = (TAKE, KEEP)


def restoring_page(
    language: str, change: DirectoryChange, until: datetime, *, unsure: bool = False
) -> str:
    """What was changed, until when it can be undone, and the choice of what becomes of it."""
    error = page_text(language, "restoring.unsure") if unsure else ""
    label = page_text(language, "restoring.sure")
    ways = (Option(way, page_text(language, f"restoring.{way}"), chosen=False) for way in WAYS)
    choice = Widget(SURE, "radios", label, "", error, "", required=True, options=tuple(ways))
    return whole_page(
        "restoring.html",
        language,
        page_text(language, "restoring.title"),
        lead=page_text(language, "restoring.lead", when=dates.moment(change.stamp.at, language)),
        until=page_text(language, "restoring.until", when=dates.moment(until, language)),
        choice=choice,
        wrong=summary([choice], []),
        languages=True,
    )
