"""The page of a document, and the page in place of a PDF that cannot be made."""

import json
from dataclasses import asdict

from functions.render.case.documents import DocumentFile
from functions.render.document.content import DocumentView
from functions.render.page.pages import whole_page
from functions.render.text.letters import lacking
from functions.render.text.texts import page_text

MAX_LETTERS = 20  # that are told one by one


def document_page(view: DocumentView, path: str, files: tuple[DocumentFile, ...]) -> str:
    """``path`` is that of the link to the case; ``files`` are those the reader may have."""
    letters = lacking(json.dumps(asdict(view), ensure_ascii=False, default=str))
    known = {
        "view": view,
        "path": path,
        "files": files,
        "languages": True,
        "lacking": " ".join(letters[:MAX_LETTERS]),
    }
    return whole_page("documents.html", view.language, view.title, **known)


def unprintable_page(view: DocumentView, path: str) -> str:
    """That the PDF cannot be made, with the way to the page that says the same."""
    title, lead, more = (
        page_text(view.language, f"errors.unprintable.{part}") for part in ("title", "lead", "more")
    )
    there = (f"{path}/documents/{view.name}?lang={view.language}", view.title)
    return whole_page(
        "message.html", view.language, title, lead=lead, more=more, typed=None, there=there, ways=()
    )
