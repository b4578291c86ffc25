"""On the coordinator's desk: the people of one case, a fresh link, another in their place."""

from collections.abc import Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

from functions.entry.desk_looking import form, is_overtaken, looked_at, overtaken, unsent
from functions.entry.reading import read_form
from functions.entry.web import go_on, page
from functions.kernel.errors import Conflict, Invalid, Problem, TooMany, Unavailable
from functions.render.desk_people import WHOM, Looked, people_page
from functions.services import handing
from functions.services.wiring import Services

_TOLD = (TooMany, Unavailable)


def register(app: Flask, services: Services) -> None:
    """The routes under ``/api/d/<token>/people/<case>``. GET shows, POST acts on one person."""

    @app.get("/api/d/<token>/people/<case_id>")
    def list_people(token: str, case_id: str) -> Response:
        looked = looked_at(services, token, case_id, request.args.get("lang"))
        return page(people_page(looked, done=request.args.get("done", "")))

    @app.post("/api/d/<token>/people/<case_id>/link")
    def send_link(token: str, case_id: str) -> Response:
        typed = read_form(request)
        looked = looked_at(services, token, case_id, typed.get("_lang"))
        if not typed.get(WHOM):
            nobody = Problem(WHOM, "whom")
            return page(people_page(looked, problems=(nobody,)), Invalid.status)
        try:
            handing.resend(services, looked.own.email, case_id, typed[WHOM])
        except Conflict as error:
            return page(unsent(looked, typed[WHOM], error.problem), error.status)
        except _TOLD as error:
            return page(people_page(looked, problems=(error.problem,)), error.status)
        return _to(services, f"{looked.path}?lang={looked.frame.language}&done=resent")

    @app.get("/api/d/<token>/people/<case_id>/<party_id>")
    def show_replacing(token: str, case_id: str, party_id: str) -> Response:
        looked = looked_at(services, token, case_id, request.args.get("lang"))
        if party_id == "link":  # the address of the other form
            raise MethodNotAllowed(["POST"])
        if is_overtaken(looked, party_id):
            return page(overtaken(services, looked, party_id, {}), Conflict.status)
        return page(form(services, looked, party_id, {}))

    @app.post("/api/d/<token>/people/<case_id>/<party_id>")
    def replace_person(token: str, case_id: str, party_id: str) -> Response:
        typed = read_form(request)
        return _replaced(services, token, case_id, party_id, typed)


def _replaced(
    services: Services, token: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> Response:
    """Somebody else takes a place, or the page says why not."""
    looked = looked_at(services, token, case_id, typed.get("_lang"))
    try:
        handing.replace_person(services, looked.own.email, case_id, party_id, typed)
    except Conflict:
        return _overtaken(services, token, case_id, party_id, typed)
    except Invalid as error:
        return page(form(services, looked, party_id, typed, *error.problems), error.status)
    except _TOLD as error:
        return page(form(services, looked, party_id, typed, error.problem), error.status)
    gone = party_id == looked.own.id  # the case has left this desk
    there = looked.frame.path if gone else looked.path
    return _to(services, f"{there}?lang={looked.frame.language}&done=replaced")


def _overtaken(
    services: Services, token: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> Response:
    """The case as it is after others were faster, with what was typed; nothing was done."""
    looked: Looked = looked_at(services, token, case_id, typed.get("_lang"))
    if party_id in looked.replaceable:  # others write to the case all the time
        problem = Conflict().problem
        return page(form(services, looked, party_id, typed, problem), Conflict.status)
    return page(overtaken(services, looked, party_id, typed), Conflict.status)


def _to(services: Services, path: str) -> Response:
    return go_on(services.rules.base_url + path)
