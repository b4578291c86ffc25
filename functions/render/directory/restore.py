"""The page on which somebody takes their address back."""

from functions.kernel.directory_changes import DirectoryChange
from functions.render.form.widgets import Widget, summary
from functions.render.page.pages import whole_page
from functions.render.text import dates
from functions.render.text.texts import page_text


def restoring_page(language: str, change: DirectoryChange, *, unsure: bool = False) -> str:
    """What was changed, until when it can be undone, and the tick that makes it a decision."""
    error = page_text(language, "restoring.unsure") if unsure else ""
    label = page_text(language, "restoring.sure")
    tick = Widget("sure", "tick", label, "", error, "", required=True)
    return whole_page(
        "restoring.html",
        language,
        page_text(language, "restoring.title"),
        lead=page_text(language, "restoring.lead", when=dates.moment(change.stamp.at, language)),
        until=page_text(
            language, "restoring.until", when=dates.moment(change.undone_until, language)
        ),
        tick=tick,
        wrong=summary([tick], []),
        languages=True,
    )
