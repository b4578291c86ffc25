"""A link from the mail to an earlier address: whoever has it takes the address back."""

from flask import Flask, Response, request

from functions.entry.reading import read_form
from functions.entry.web import language_of, page
from functions.kernel.errors import Conflict, Invalid
from functions.render.directory.restore import KEEP, SURE, TAKE, restoring_page
from functions.render.page.pages import message_page
from functions.services.container import Services
from functions.services.directory.restore import Restoring, TakenMeanwhile, open_restoring, restore


def register(app: Flask, services: Services) -> None:
    """The route ``/api/d/<token>/restore``. GET shows what it would do, POST does it."""

    @app.get("/api/d/<token>/restore")
    def look_at_restoring(token: str) -> Response:
        restoring = open_restoring(services, token)
        language = _language(restoring, request.args.get("lang"))
        if key := _unavailable(restoring):
            return page(message_page(language, key))
        return page(restoring_page(language, restoring.change, restoring.until))

    @app.post("/api/d/<token>/restore")
    def take_back(token: str) -> Response:
        typed = read_form(request)
        restoring = open_restoring(services, token)
        language = _language(restoring, typed.get("_lang"))
        if key := _unavailable(restoring):
            return page(message_page(language, key))
        if typed.get(SURE) == KEEP:
            return page(message_page(language, "restoring.kept"))
        if typed.get(SURE) != TAKE:
            html = restoring_page(language, restoring.change, restoring.until, unsure=True)
            return page(html, Invalid.status)
        try:
            restore(services, restoring)
        except TakenMeanwhile:
            return page(message_page(language, "restoring.taken"), Conflict.status)
        return page(message_page(language, _done(restoring)))


def _language(restoring: Restoring, requested: str | None) -> str:
    return language_of(requested, str(restoring.before.facts["language"]))


def _unavailable(restoring: Restoring) -> str:
    """The note of a link that has nothing to do any more, "" while it has."""
    if restoring.done:
        return _done(restoring)
    if restoring.ended:
        return "restoring.ended"
    return "restoring.over" if restoring.over else ""


def _done(restoring: Restoring) -> str:
    """The note of an address that is back, which does not bring its person back into office."""
    return "restoring.retired" if restoring.retired else "restoring.done"
