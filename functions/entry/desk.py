"""Desks: who asks is mailed a link; opened by choice, it shows what lies on their desk."""

from flask import Flask, Response, request

from functions.entry import (
    desk_directory,
    desk_merging,
    desk_opening,
    desk_people,
    desk_restoring,
    desk_tables,
)
from functions.entry.desk_showing import show_desk
from functions.entry.reading import read_form
from functions.entry.web import language_of, make_app, page
from functions.kernel.errors import Invalid
from functions.render.desk import Frame, ask_desk_page
from functions.render.desk_people import DONE
from functions.render.pages import note_page
from functions.render.texts import page_text
from functions.services.desk_links import live_desk
from functions.services.desk_mail import ask_desk
from functions.services.duties import permits
from functions.services.quotas import count_source
from functions.services.wiring import Services

DOORS = ("merge", "directory", "own")  # pages of the table of duties, in this order


def create_app(services: Services) -> Flask:
    """``POST /api/desk`` and the routes under ``/api/d``. GET shows; POST opens, closes, orders."""
    app = make_app("desk", services)

    @app.post("/api/desk")
    def ask() -> Response:
        typed = read_form(request)
        language = language_of(typed.get("_lang"))
        count_source(services, request.remote_addr or "")
        try:
            ask_desk(services, typed)
        except Invalid as error:
            told = page_text(language, f"problems.{error.problems[0].code}")
            return page(ask_desk_page(language, typed, told), error.status)
        return page(note_page(language, "desk_sent"))

    @app.get("/api/d/<token>")
    def look(token: str) -> Response:
        desk = live_desk(services, token)
        language = language_of(request.args.get("lang"), desk.language)
        doors = tuple(door for door in DOORS if permits(desk.duties, door))
        frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
        return page(show_desk(services, desk, frame, request.args, doors, _done(language)))

    desk_opening.register(app, services)
    desk_merging.register(app, services)
    desk_people.register(app, services)
    desk_restoring.register(app, services)
    desk_tables.register(app, services, live_desk)
    desk_directory.register(app, services, live_desk)
    return app


def _done(language: str) -> str:
    """What the desk's person did just now on a page that they no longer may see, or ""."""
    done = request.args.get("done", "")
    return page_text(language, f"handing.{done}") if done in DONE else ""
