"""The page of a paper, and the page in place of a PDF that cannot be made."""

import json
from dataclasses import asdict

from functions.render.letters import lacking
from functions.render.offers import PaperFile
from functions.render.pages import whole_page
from functions.render.paper import PaperView
from functions.render.texts import page_text

MOST_LETTERS = 20  # that are told one by one


def paper_page(view: PaperView, path: str, files: tuple[PaperFile, ...]) -> str:
    """``path`` is that of the link to the case; ``files`` are those the reader may have."""
    letters = lacking(json.dumps(asdict(view), ensure_ascii=False, default=str))
    known = {
        "view": view,
        "path": path,
        "files": files,
        "languages": True,
        "lacking": " ".join(letters[:MOST_LETTERS]),
    }
    return whole_page("papers.html", view.language, view.title, **known)


def unprintable_page(view: PaperView, path: str) -> str:
    """That the PDF cannot be made, with the way to the page that says the same."""
    title, lead, more = (
        page_text(view.language, f"errors.unprintable.{part}") for part in ("title", "lead", "more")
    )
    there = (f"{path}/papers/{view.name}?lang={view.language}", view.title)
    return whole_page(
        "note.html", view.language, title, lead=lead, more=more, typed=None, there=there, ways=()
    )
