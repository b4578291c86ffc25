"""On the desk: cases as a table, to be opened in a spreadsheet."""

from collections.abc import Callable

from flask import Flask, Response, request

from functions.entry.web import language_of
from functions.render.desk.tables import table_file
from functions.render.text.words import Words
from functions.services.access.desk_links import Desk
from functions.services.access.offices import refusal
from functions.services.container import Services
from functions.services.desk.duties import permits, rights, table_page
from functions.services.desk.tables import cases_in, table_named


def register(app: Flask, services: Services, opened: Callable[[Services, str], Desk]) -> None:
    """The route of every table; who has its role's duty and holds no case gets its header."""

    @app.get("/api/d/<token>/tables/<process>/<name>/<state>.<any(xlsx, csv):kind>")
    def table(token: str, process: str, name: str, state: str, kind: str) -> Response:
        desk = opened(services, token)
        definition, found = table_named(process, name, state)
        if not permits(desk.duties, here := table_page(definition, found)):
            raise refusal(services, desk.email, rights()[here]["look"])
        language = language_of(request.args.get("lang"), desk.language)
        desk_case, unread = cases_in(services, desk, definition, found, state)
        cases = [x.case for x in desk_case]
        words = Words(definition, language, services.directory)
        file = table_file(words, found, state, [*cases, *unread.items()], kind, services.today())
        answer = Response(file.content, mimetype=file.type)
        answer.headers.set("Content-Disposition", "attachment", filename=file.name)
        return answer
