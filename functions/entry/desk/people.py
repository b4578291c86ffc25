"""The page of a case's people on its owner's desk: send a new link, hand a place over."""

from collections.abc import Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

from functions.entry.desk.owned_case import form, is_overtaken, looked_at, overtaken, unsent
from functions.entry.reading import read_form
from functions.entry.web import go_on, page
from functions.kernel.errors import Broken, Conflict, Invalid, Problem, TooMany, Unavailable
from functions.render.desk.people import WHOM, OwnedCase, people_page
from functions.services.case import handover
from functions.services.container import Services

_SHOWN_ERRORS = (Broken, TooMany, Unavailable)


def register(app: Flask, services: Services) -> None:
    """The routes under ``/api/d/<token>/people/<case>``. GET shows, POST acts on one person."""

    @app.get("/api/d/<token>/people/<case_id>")
    def list_people(token: str, case_id: str) -> Response:
        owned = looked_at(services, token, case_id, request.args.get("lang"))
        return page(people_page(owned, done=request.args.get("done", "")))

    @app.post("/api/d/<token>/people/<case_id>/link")
    def send_link(token: str, case_id: str) -> Response:
        typed = read_form(request)
        owned = looked_at(services, token, case_id, typed.get("_lang"))
        if not typed.get(WHOM):
            nobody = Problem(WHOM, "whom")
            return page(people_page(owned, problems=(nobody,)), Invalid.status)
        try:
            handover.resend(services, owned.own.email, case_id, typed[WHOM])
        except Conflict as error:
            return page(unsent(owned, typed[WHOM], error.problem), error.status)
        except _SHOWN_ERRORS as error:
            return page(people_page(owned, problems=(error.problem,)), error.status)
        return _to(services, f"{owned.path}?lang={owned.frame.language}&done=resent")

    @app.get("/api/d/<token>/people/<case_id>/<party_id>")
    def show_replacing(token: str, case_id: str, party_id: str) -> Response:
        owned = looked_at(services, token, case_id, request.args.get("lang"))
        if party_id == "link":  # the address of the other form
            raise MethodNotAllowed(["POST"])
        if is_overtaken(owned, party_id):
            return page(overtaken(services, owned, party_id, {}), Conflict.status)
        return page(form(services, owned, party_id, {}))

    @app.post("/api/d/<token>/people/<case_id>/<party_id>")
    def replace_person(token: str, case_id: str, party_id: str) -> Response:
        typed = read_form(request)
        return _replaced(services, token, case_id, party_id, typed)


def _replaced(
    services: Services, token: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> Response:
    """Somebody else takes a place, or the page says why not."""
    owned = looked_at(services, token, case_id, typed.get("_lang"))
    try:
        handover.replace_person(services, owned.own.email, case_id, party_id, typed)
    except Conflict:
        return _overtaken(services, token, case_id, party_id, typed)
    except Invalid as error:
        return page(form(services, owned, party_id, typed, *error.problems), error.status)
    except Broken as error:  # a linked case, so that whom a form could offer is not known either
        return page(people_page(owned, problems=(error.problem,)), error.status)
    except _SHOWN_ERRORS as error:
        return page(form(services, owned, party_id, typed, error.problem), error.status)
    gone = party_id == owned.own.id  # the case has left this desk
    there = owned.frame.path if gone else owned.path
    return _to(services, f"{there}?lang={owned.frame.language}&done=replaced")


def _overtaken(
    services: Services, token: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> Response:
    """The case as it is after others were faster, with what was typed; nothing was done."""
    owned: OwnedCase = looked_at(services, token, case_id, typed.get("_lang"))
    if party_id in owned.replaceable:  # others write to the case all the time
        problem = Conflict().problem
        return page(form(services, owned, party_id, typed, problem), Conflict.status)
    return page(overtaken(services, owned, party_id, typed), Conflict.status)


def _to(services: Services, path: str) -> Response:
    return go_on(services.rules.base_url + path)
