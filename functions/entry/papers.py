"""Papers of a case through a link: as a page, as PDF, as an electronic invoice."""

from flask import Flask, Response, request

from functions.entry.web import language_of, make_app, page
from functions.render.organisation import seller
from functions.render.paper import PaperView, paper_view
from functions.render.paper_page import paper_page
from functions.render.words import Words
from functions.services.papers import OpenedPaper, electronic_invoice, open_paper
from functions.services.wiring import Services


def create_app(services: Services) -> Flask:
    """The routes under ``/api/t/<token>/papers``, all of them to look at."""
    app = make_app("papers", services)

    @app.get("/api/t/<token>/papers/<name>")
    def look(token: str, name: str) -> Response:
        found = open_paper(services, token, name)
        filed = found.opened.party.role in found.paper.filed_by and seller() is not None
        return page(paper_page(_view(services, found), f"/api/t/{token}", filed=filed))

    @app.get("/api/t/<token>/papers/<name>.pdf")
    def printed(token: str, name: str) -> Response:
        view = _view(services, open_paper(services, token, name))
        return _file(services.printer(view), "application/pdf", f"{view.file}.pdf", "inline")

    @app.get("/api/t/<token>/papers/<name>.xml")
    def electronic(token: str, name: str) -> Response:
        found = open_paper(services, token, name)
        view = _view(services, found)
        made = electronic_invoice(services, found, view.language)
        return _file(made, "application/xml", f"{view.file}.xml", "attachment")

    return app


def _view(services: Services, found: OpenedPaper) -> PaperView:
    opened = found.opened
    language = language_of(request.args.get("lang"), opened.party.language)
    words = Words(opened.definition, language, services.directory)
    return paper_view(words, opened.case, found.paper, opened.party, found.made)


def _file(content: bytes, kind: str, name: str, shown: str) -> Response:
    told = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return Response(content, mimetype=kind, headers=told)
