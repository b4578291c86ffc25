"""Desks: a person asks for a link by mail, opens it with a button and sees their cases."""

from flask import Flask, Response, request

from functions import lists
from functions.entry.desk import desk_link, directory, merge, people, restore, tables
from functions.entry.desk.page import show_desk
from functions.entry.reading import read_form
from functions.entry.web import language_of, make_app, page
from functions.kernel.errors import Invalid
from functions.render.desk.desk import Frame, ask_desk_page
from functions.render.desk.people import DONE
from functions.render.page.pages import message_page
from functions.render.text.texts import page_text
from functions.render.text.words import problem_text
from functions.services.access.desk_links import live_desk, open_desk
from functions.services.access.quotas import count_source
from functions.services.container import Services
from functions.services.desk.duties import permits
from functions.services.mail.orders import ask_desk


def create_app(services: Services) -> Flask:
    """``POST /api/desk`` and the routes under ``/api/d``. GET shows; POST opens, closes, orders."""
    app = make_app("desk", services, lambda has, token: open_desk(has, token).language)

    @app.post("/api/desk")
    def ask() -> Response:
        typed = read_form(request)
        language = language_of(typed.get("_lang"))
        count_source(services, request.remote_addr or "")
        try:
            ask_desk(services, typed)
        except Invalid as error:
            error_text = problem_text(language, error.problems[0])
            return page(ask_desk_page(language, typed, error_text), error.status)
        return page(message_page(language, "desk_sent"))

    @app.get("/api/d/<token>")
    def look(token: str) -> Response:
        desk = live_desk(services, token)
        language = language_of(request.args.get("lang"), desk.language)
        own = (each.own_page for each in lists.known() if each.own_page)
        known = ("merge", "directory", *own)  # pages of the table of duties, in this order
        pages = tuple(name for name in known if permits(desk.duties, name))
        frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
        return page(show_desk(services, desk, frame, request.args, pages, _done(language)))

    desk_link.register(app, services)
    merge.register(app, services)
    people.register(app, services)
    restore.register(app, services)
    tables.register(app, services, live_desk)
    directory.register(app, services, live_desk)
    return app


def _done(language: str) -> str:
    """What the desk's person did just now on a page that they no longer may see, or ""."""
    done = request.args.get("done", "")
    return page_text(language, f"handover.{done}") if done in DONE else ""
