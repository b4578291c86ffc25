"""The pages of a link: a task to act on, a status, or a page that says that the turn is over."""

from collections.abc import Mapping

from flask import Flask, Response, request

from functions.entry.party.acting import address, decide_by
from functions.entry.party.page import show
from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, make_app, page, request_language
from functions.kernel.errors import Done, Invalid, Refused
from functions.render.page.new_link import ELSEWHERE, HERE, TO
from functions.render.page.pages import act_erased_page, erased_page, message_page
from functions.services.access.desk_links import readers_language
from functions.services.access.links import (
    ask_fresh,
    erased_after,
    erased_by_link,
    open_link,
    present_row,
)
from functions.services.access.quotas import count_source
from functions.services.container import Services


def create_app(services: Services) -> Flask:
    """The routes under ``/api/t``. GET shows, POST acts."""
    app = make_app("party", services, readers_language)

    @app.get("/api/t/<token>")
    def look(token: str) -> Response:
        try:
            opened = open_link(services, token, page=True)
        except Refused as refused:
            return _erased(services, token, refused)
        language = language_of(request.args.get("lang"), opened.party.language)
        done = request.args.get("done", "")
        row = present_row(opened, token) if opened.has_new_turn else ""
        if row and not done:
            return go_on(address(services, row, language))
        before = request.args.get("before", type=int)
        return page(show(services, opened, language, token, done=done, before=before))

    @app.post("/api/t/<token>")
    def decide(token: str) -> Response:
        typed = read_form(request)
        try:
            return decide_by(services, token, typed)
        except Refused as refused:
            gone = erased_by_link(services, token)
            if gone is None:
                return _erased(services, token, refused)
            definition, action = gone
            late = typed if typed.get("action") != action else None
            html = act_erased_page(definition, language_of(typed.get("_lang")), action, late)
            return page(html, Done.status)

    @app.post("/api/t/<token>/fresh")
    def fresh(token: str) -> Response:
        return _send_fresh(services, token, read_form(request))

    return app


def _erased(services: Services, token: str, refused: Refused) -> Response:
    """Where a case was that time has erased; the ``refused`` link's error otherwise."""
    days = erased_after(services, token)
    if days is None:
        raise refused
    return page(erased_page(request_language(), days), Refused.status)


def _send_fresh(services: Services, token: str, typed: Mapping[str, str]) -> Response:
    """A link is mailed if it was chosen to go to the address on record, else nothing is."""
    opened = open_link(services, token)
    language = language_of(typed.get("_lang"), opened.party.language)
    if not opened.party.present:
        raise Refused
    if typed.get(TO) == ELSEWHERE:
        return page(message_page(language, "fresh_elsewhere"))
    if typed.get(TO) != HERE:
        return page(show(services, opened, language, token, nowhere=True), Invalid.status)
    count_source(services, request.remote_addr or "")
    ask_fresh(services, token)
    return page(message_page(language, "fresh_sent"))
