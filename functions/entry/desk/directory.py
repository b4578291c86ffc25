"""The directory on the desk: who keeps it looks after it, people after their own entry."""

from collections.abc import Callable

from flask import Flask, Response, request

from functions import lists
from functions.entry.desk.directory_access import DeskIdentity, keeping, telling
from functions.entry.desk.directory_entry import drawn, saved
from functions.entry.reading import read_form
from functions.entry.web import language_of, page
from functions.kernel.directory_lists import NEW
from functions.render.directory.pages import lists_page
from functions.services.container import Services


def register(
    app: Flask, services: Services, open_desk: Callable[[Services, str], DeskIdentity]
) -> None:
    """The routes ``directory`` and the lists' ``own_page`` under ``/api/d/<token>``. GET shows,
    POST saves.

    ``open_desk`` raises ``Refused`` for a token that opens no desk, or no longer.
    """

    @app.get("/api/d/<token>/directory")
    def directory_lists(token: str) -> Response:
        desk, home = open_desk(services, token), f"/api/d/{token}"
        visit = keeping(services, desk, home, lists.known()[0].name, NEW)
        language = language_of(request.args.get("lang"), desk.language)
        return page(lists_page(language, home, visit.now.lists, request.args.get("q", "")))

    @app.get("/api/d/<token>/directory/<source>/<key>")
    def directory_entry(token: str, source: str, key: str) -> Response:
        desk, home = open_desk(services, token), f"/api/d/{token}"
        return page(drawn(keeping(services, desk, home, source, key), request.args))

    @app.post("/api/d/<token>/directory/<source>/<key>")
    def directory_save(token: str, source: str, key: str) -> Response:
        typed = read_form(request)
        desk, home = open_desk(services, token), f"/api/d/{token}"
        return saved(keeping(services, desk, home, source, key), typed)

    def own_entry(token: str, source: str) -> Response:
        desk, home = open_desk(services, token), f"/api/d/{token}"
        return page(drawn(telling(services, desk, home, source), request.args))

    def own_save(token: str, source: str) -> Response:
        typed = read_form(request)
        desk, home = open_desk(services, token), f"/api/d/{token}"
        return saved(telling(services, desk, home, source), typed)

    for known in (each for each in lists.known() if each.own_page):
        path, options = f"/api/d/<token>/{known.own_page}", {"defaults": {"source": known.name}}
        app.get(path, **options)(own_entry)
        app.post(path, **options)(own_save)
