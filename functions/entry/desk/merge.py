"""On the coordinator's desk: applications are picked, and their merger is proposed."""

from flask import Flask, Response, request

from functions.entry.desk.merge_candidates import picked, shown
from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, page
from functions.kernel.engine import OPEN
from functions.kernel.errors import Conflict, Invalid, Problem, Refused, Unavailable
from functions.kernel.mailboxes import same_address
from functions.kernel.people import Person
from functions.processes import NAMES
from functions.services.access.desk_links import Desk, live_desk
from functions.services.access.offices import refusal
from functions.services.case import apply
from functions.services.case.merge import PICKED, Merger, merger, propose
from functions.services.container import Services
from functions.services.desk.duties import permits, rights


def register(app: Flask, services: Services) -> None:
    """The routes under ``/api/d/<token>/merge``. GET shows, POST proposes."""

    @app.get("/api/d/<token>/merge")
    def pick(token: str) -> Response:
        desk, merging = _coordinator(services, token)
        language = language_of(request.args.get("lang"), desk.language)
        return page(shown(services, merging, desk, token, language, {}))

    @app.post("/api/d/<token>/merge")
    def send(token: str) -> Response:
        typed = read_form(request)
        desk, merging = _coordinator(services, token)
        language = language_of(typed.get("_lang"), desk.language)
        key = typed.get("_key", "")
        if not apply.key_is_ours(services, key):
            raise Refused
        by = Person(desk.name, desk.email, desk.language, desk.coordinator)
        try:
            case_id = propose(
                services, merging.definition.name, by, picked(typed), typed, language, key
            )
        except Invalid as error:
            html = shown(services, merging, desk, token, language, typed, *error.problems)
            return page(html, error.status)
        except Conflict as error:
            moved = Problem(PICKED, "moved_on")
            return page(shown(services, merging, desk, token, language, typed, moved), error.status)
        except Unavailable as error:
            html = shown(services, merging, desk, token, language, typed, error.problem)
            return page(html, error.status)
        return _to_case(services, merging, desk, token, case_id, language)


def _coordinator(services: Services, token: str) -> tuple[Desk, Merger]:
    desk = live_desk(services, token)
    merging = next(filter(None, map(merger, NAMES)), None)
    if merging is None:
        raise Refused
    if not permits(desk.duties, "merge"):
        raise refusal(services, desk.email, rights()["merge"]["propose"])
    return desk, merging


def _to_case(
    services: Services, merging: Merger, desk: Desk, token: str, case_id: str, language: str
) -> Response:
    record = services.cases.case(case_id)
    position = record and next(
        (p for p in record.case.holders(merging.action.role) if same_address(p.email, desk.email)),
        None,
    )
    there = f"{services.rules.base_url}/api/d/{token}?lang={language}"
    if record and position:
        row = f"{token}.{case_id}.{position.id}.{record.case.round}"
        there = f"{services.rules.base_url}/api/t/{row}?lang={language}&done={OPEN}"
    return go_on(there)
