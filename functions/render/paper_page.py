"""The page of a paper."""

from functions.render.offers import PaperFile
from functions.render.pages import whole_page
from functions.render.paper import PaperView


def paper_page(view: PaperView, path: str, files: tuple[PaperFile, ...]) -> str:
    """``path`` is that of the link to the case; ``files`` are those the reader may have."""
    known = {"view": view, "path": path, "files": files, "languages": True}
    return whole_page("papers.html", view.language, view.title, **known)
