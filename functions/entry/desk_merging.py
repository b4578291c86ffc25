"""On the coordinator's desk: applications are picked, and their merger is proposed."""

from collections.abc import Mapping

from flask import Flask, Response, redirect, request

from functions.entry.reading import read_form
from functions.entry.web import language_of, page
from functions.kernel.desk import facet
from functions.kernel.errors import Conflict, Invalid, Problem, Refused, Unavailable
from functions.kernel.people import Person
from functions.processes import NAMES
from functions.render.desk import Frame
from functions.render.desk_merging import Merging, merging_page
from functions.services import apply
from functions.services.desks import Listed, Wanted, found
from functions.services.links import Desk, open_desk
from functions.services.merging import PICKED, Merger, may_join, merger, propose
from functions.services.wiring import Services


def register(app: Flask, services: Services) -> None:
    """The routes under ``/api/d/<token>/merge``. GET shows, POST proposes."""

    @app.get("/api/d/<token>/merge")
    def pick(token: str) -> Response:
        desk, way = _coordinator(services, token)
        language = language_of(request.args.get("lang"), desk.language)
        return page(_shown(services, way, desk, token, language, {}))

    @app.post("/api/d/<token>/merge")
    def send(token: str) -> Response:
        typed = read_form(request)
        desk, way = _coordinator(services, token)
        language = language_of(typed.get("_lang"), desk.language)
        key = typed.get("_key", "")
        if not apply.key_is_ours(services, key):
            raise Refused
        by = Person(desk.name, desk.email, desk.language, desk.entries["coordinators"])
        try:
            case_id = propose(
                services, way.definition.name, by, _picked(typed), typed, language, key
            )
        except Invalid as error:
            again = _shown(services, way, desk, token, language, typed, *error.problems)
            return page(again, error.status)
        except Conflict as error:
            moved = Problem(PICKED, "moved_on")
            return page(_shown(services, way, desk, token, language, typed, moved), error.status)
        except Unavailable as error:
            again = _shown(services, way, desk, token, language, typed, error.problem)
            return page(again, error.status)
        return _to_case(services, way, desk, token, case_id, language)


def _coordinator(services: Services, token: str) -> tuple[Desk, Merger]:
    desk = open_desk(services, token)
    way = next(filter(None, map(merger, NAMES)), None)
    if desk.expired or "coordinators" not in desk.entries or way is None:
        raise Refused
    return desk, way


def _picked(typed: Mapping[str, str]) -> tuple[str, ...]:
    begins = f"{PICKED}-"
    return tuple(n.removeprefix(begins) for n in typed if n.startswith(begins))


def _shown(
    services: Services,
    way: Merger,
    desk: Desk,
    token: str,
    language: str,
    typed: Mapping[str, str],
    *problems: Problem,
) -> str:
    after = typed.get("_after", request.args.get("after", ""))
    listed = _candidates(services, way, desk, after)
    kept = services.cases.several(_picked(typed)[:25])
    rows = {x.case.id: x.case for x in listed.rows} | {
        case.id: case for case in kept.values() if may_join(way, case, desk.email)
    }
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    key = typed.get("_key") or apply.mint_key(services)
    picking = Merging(way.definition, way.asked, typed, problems, key, after, listed.next)
    return merging_page(frame, picking, list(rows.values()))


def _candidates(services: Services, way: Merger, desk: Desk, after: str) -> Listed:
    """A page of the cases on this desk that can be merged now."""
    rows = [t for t in way.definition.transitions if t.action == way.action.name]
    name, row = way.definition.name, rows[0]
    wanted = {"state": row.source, "form": row.forms[0]}
    marks = tuple(facet(each, f"{name}.{value}") for each, value in wanted.items())
    return found(services, desk.person, Wanted(marks), after)


def _to_case(
    services: Services, way: Merger, desk: Desk, token: str, case_id: str, language: str
) -> Response:
    file = services.cases.load(case_id)
    place = file and next(
        (p for p in file.case.holders(way.action.role) if p.email == desk.email), None
    )
    there = f"{services.rules.base_url}/api/d/{token}?lang={language}"
    if file and place:
        base = services.rules.base_url
        there = f"{base}/api/t/{token}.{case_id}.{place.id}.{file.case.round}?lang={language}"
    return redirect(there, 303)  # type: ignore[return-value]
