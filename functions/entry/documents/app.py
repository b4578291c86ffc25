"""Documents of a case through a link: as a page, as PDF, as an electronic invoice."""

import logging
from functools import partial

from flask import Flask, Response, request

from functions.adapters.einvoice import xml
from functions.adapters.pdf import pdf
from functions.entry.web import file, language_of, make_app, page
from functions.kernel.errors import Unprintable
from functions.render.case.documents import document_files
from functions.render.document.content import DocumentView, document_view, line_text
from functions.render.document.page import document_page, unprintable_page
from functions.render.text.organisation import seller
from functions.render.text.words import Words
from functions.services.access.desk_links import readers_language
from functions.services.case.documents import OpenedDocument, invoice_of, open_document
from functions.services.container import Services
from functions.services.logs import log_error
from functions.services.ports import Einvoice, Printer

_log = logging.getLogger("kapula.documents")
PATH = "/api/t/<token>/documents/<name>"


def create_app(services: Services, printer: Printer = pdf, einvoice: Einvoice = xml) -> Flask:
    """The routes under ``/api/t/<token>/documents``, all of them to look at.

    What makes files is named here and not in ``bootstrap``: no other function carries it.
    """
    app = make_app("documents", services, readers_language)

    @app.get(PATH)
    def look(token: str, name: str) -> Response:
        found = open_document(services, token, name)
        words, opened = _words(services, found, found.opened.party.language), found.opened
        view = _view(found, words)
        files = document_files(words, opened.case, found.document, opened.party, view.title)
        return page(document_page(view, f"/api/t/{token}", files))

    @app.get(f"{PATH}.pdf")
    def printed(token: str, name: str) -> Response:
        found = open_document(services, token, name)
        view = _view(found, _words(services, found, found.language))
        try:
            made = printer(view)
        except Unprintable as error:
            log_error(_log, "no PDF could be made", error)
            return page(unprintable_page(view, f"/api/t/{token}"), error.status)
        return file(made, "application/pdf", f"{view.file}.pdf", "inline")

    @app.get(f"{PATH}.xml")
    def electronic(token: str, name: str) -> Response:
        found = open_document(services, token, name)
        invoice, words = invoice_of(found), _words(services, found, found.language)
        made = einvoice(invoice, seller(words.language), words.language, partial(line_text, words))
        return file(made, "application/xml", f"{_view(found, words).file}.xml", "attachment")

    return app


def _words(services: Services, found: OpenedDocument, otherwise: str) -> Words:
    language = language_of(request.args.get("lang"), otherwise)
    opened = found.opened
    return Words(opened.definition, language, services.directory, opened.case.form)


def _view(found: OpenedDocument, words: Words) -> DocumentView:
    return document_view(words, found.opened.case, found.document, found.opened.party, found.made)
