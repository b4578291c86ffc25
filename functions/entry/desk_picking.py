"""What can be merged now, as it is shown to be picked from."""

from collections.abc import Mapping
from dataclasses import replace

from flask import request

from functions.kernel.desk import facet
from functions.kernel.errors import Problem
from functions.render.desk import Frame
from functions.render.desk_merging import Merging, merging_page
from functions.services import apply
from functions.services.desk_links import Desk
from functions.services.desks import Listed, Wanted, found
from functions.services.merging import PICKED, Merger, may_join
from functions.services.wiring import Services


def picked(typed: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the cases that were picked."""
    begins = f"{PICKED}-"
    return tuple(n.removeprefix(begins) for n in typed if n.startswith(begins))


def shown(
    services: Services,
    way: Merger,
    desk: Desk,
    token: str,
    language: str,
    typed: Mapping[str, str],
    *problems: Problem,
) -> str:
    """The page of what can be merged, with what was picked and typed and is wrong with it."""
    after = typed.get("_after", request.args.get("after", ""))
    listed = _candidates(services, way, desk, after)
    kept = services.cases.several(picked(typed)[:25])
    rows = {x.case.id: x.case for x in listed.rows} | {
        case.id: case for case in kept.values() if may_join(way, case, desk.email)
    }
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    key = typed.get("_key") or apply.mint_key(services)
    picking = Merging(way.definition, way.asked, typed, problems, key, after, listed.next)
    return merging_page(frame, picking, list(rows.values()))


def _candidates(services: Services, way: Merger, desk: Desk, after: str) -> Listed:
    """A page of the cases on this desk that can be merged now; those that cannot are left out,
    so that it may be short."""
    rows = [t for t in way.definition.transitions if t.action == way.action.name]
    name, row = way.definition.name, rows[0]
    wanted = {"state": row.source, "form": row.forms[0]}
    marks = tuple(facet(each, f"{name}.{value}") for each, value in wanted.items())
    listed = found(services, desk.person, Wanted(marks), after)
    able = tuple(x for x in listed.rows if may_join(way, x.case, desk.email))
    return replace(listed, rows=able)
