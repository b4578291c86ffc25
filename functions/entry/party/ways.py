"""Where the page of a link leads besides."""

from functions.render.case.receipt import NextStep
from functions.render.text.texts import page_text
from functions.services.access.links import Opened
from functions.services.access.tokens import desk_of


def people_way(opened: Opened, token: str, language: str) -> NextStep | None:
    """The way to where those in the case are looked after; None if it is not for the reader to do.
    From a mailed link it leads over the desk, where somebody has to be found for a place."""
    if opened.party.role != opened.definition.owner or opened.case.parent:
        return None
    if desk := desk_of(token):
        link = f"/api/d/{desk}/people/{opened.case.id}?lang={language}"
        return NextStep(page_text(language, "handover.title"), link)
    if not opened.definition.is_vacant(opened.case):
        return None
    return NextStep(page_text(language, "handover.by_desk"), page_text(language, "page.desk_path"))
