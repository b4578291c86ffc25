"""On the coordinator's desk: the people of one case, a fresh link, another in their place."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Flask, Response, request

from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, page
from functions.kernel.apart import may_act
from functions.kernel.errors import Conflict, Invalid, Problem, Refused, TooMany, Unavailable
from functions.render.desk import Frame
from functions.render.desk_people import WHOM, Looked, people_page, replacing_page
from functions.services import handing
from functions.services.beside import beside_of
from functions.services.desk_links import live_desk
from functions.services.offices import Offices, colleagues
from functions.services.sealing import is_sound
from functions.services.wiring import Services

_TOLD = (TooMany, Conflict, Unavailable)


def register(app: Flask, services: Services) -> None:
    """The routes under ``/api/d/<token>/people/<case>``. GET shows, POST acts on one person."""

    @app.get("/api/d/<token>/people/<case_id>")
    def list_people(token: str, case_id: str) -> Response:
        looked = _looked(services, token, case_id, request.args.get("lang"))
        return page(people_page(looked, done=request.args.get("done", "")))

    @app.post("/api/d/<token>/people/<case_id>/link")
    def send_link(token: str, case_id: str) -> Response:
        typed = read_form(request)
        looked = _looked(services, token, case_id, typed.get("_lang"))
        if not typed.get(WHOM):
            nobody = Problem(WHOM, "whom")
            return page(people_page(looked, problems=(nobody,)), Invalid.status)
        try:
            handing.resend(services, looked.own.email, case_id, typed[WHOM])
        except _TOLD as error:
            return page(people_page(looked, problems=(error.problem,)), error.status)
        return _to(services, f"{looked.path}?lang={looked.frame.language}&done=resent")

    @app.get("/api/d/<token>/people/<case_id>/<party_id>")
    def show_replacing(token: str, case_id: str, party_id: str) -> Response:
        looked = _looked(services, token, case_id, request.args.get("lang"))
        return page(_form(services, looked, party_id, {}))

    @app.post("/api/d/<token>/people/<case_id>/<party_id>")
    def replace_person(token: str, case_id: str, party_id: str) -> Response:
        typed = read_form(request)
        looked = _looked(services, token, case_id, typed.get("_lang"))
        try:
            handing.replace_person(services, looked.own.email, case_id, party_id, typed)
        except Invalid as error:
            return page(_form(services, looked, party_id, typed, *error.problems), error.status)
        except _TOLD as error:
            return page(_form(services, looked, party_id, typed, error.problem), error.status)
        gone = party_id == looked.own.id  # the case has left this desk
        there = looked.frame.path if gone else looked.path
        return _to(services, f"{there}?lang={looked.frame.language}&done=replaced")


def _looked(services: Services, token: str, case_id: str, wanted: str | None) -> Looked:
    desk = live_desk(services, token)
    definition, file, own = handing.looked_after(services, case_id, desk.email)
    language = language_of(wanted, desk.language)
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    case, linked = file.case, beside_of(services, definition, file.case, own.role)
    replaceable = {
        p.id for p in case.parties if handing.may_be_replaced(definition, case, p, own, linked)
    }
    gone = {p.id for p in Offices(services).gone(definition, case)}
    return Looked(
        frame, definition, case, own, frozenset(replaceable), frozenset(gone), is_sound(file),
        may_act(definition, case, own, linked),
    )  # fmt: skip


def _form(
    services: Services,
    looked: Looked,
    party_id: str,
    typed: Mapping[str, str],
    *problems: Problem,
) -> str:
    party = looked.case.party(party_id)
    if party is None or party_id not in looked.replaceable:
        raise Refused
    fields = handing.asked(looked.definition, party)
    known = colleagues(services, looked.definition, looked.case, party)
    there = replace(looked, frame=replace(looked.frame, directory=known))
    return replacing_page(there, party, fields, typed, problems)


def _to(services: Services, path: str) -> Response:
    return go_on(services.rules.base_url + path)
