"""The page of a paper."""

from functions.render.pages import whole_page
from functions.render.paper import PaperView


def paper_page(view: PaperView, path: str, *, filed: bool) -> str:
    """``path`` is that of the link to the case; ``filed``: can be had as an electronic invoice."""
    known = {"view": view, "path": path, "filed": filed, "languages": True}
    return whole_page("papers.html", view.language, view.title, **known)
