"""What can be merged now, as it is shown to be picked from."""

from collections.abc import Mapping
from dataclasses import replace

from flask import request

from functions.kernel.desk import facet
from functions.kernel.errors import Problem
from functions.render.desk.desk import Frame
from functions.render.desk.merge import MergePage, merging_page
from functions.services.access.desk_links import Desk
from functions.services.case import apply
from functions.services.case.merge import PICKED, Merger, may_join
from functions.services.container import Services
from functions.services.desk.worklist import DeskPage, DeskQuery, find_cases


def picked(typed: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the cases that were picked."""
    begins = f"{PICKED}-"
    return tuple(n.removeprefix(begins) for n in typed if n.startswith(begins))


def shown(
    services: Services,
    merging: Merger,
    desk: Desk,
    token: str,
    language: str,
    typed: Mapping[str, str],
    *problems: Problem,
) -> str:
    """The page of what can be merged, with what was picked and typed and is wrong with it."""
    after = typed.get("_after", request.args.get("after", ""))
    found = _candidates(services, merging, desk, after)
    kept = services.cases.several(picked(typed)[:25])
    rows = {x.case.id: x.case for x in found.rows} | {
        case.id: case for case in kept.values() if may_join(merging, case, desk.email)
    }
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    key = typed.get("_key") or apply.mint_key(services)
    picking = MergePage(merging.definition, merging.asked, typed, problems, key, after, found.next)
    return merging_page(frame, picking, list(rows.values()))


def _candidates(services: Services, merging: Merger, desk: Desk, after: str) -> DeskPage:
    """A page of the cases on this desk that can be merged now; those that cannot are left out,
    so that it may be short."""
    rows = [t for t in merging.definition.transitions if t.action == merging.action.name]
    name, row = merging.definition.name, rows[0]
    required = {"state": row.source, "form": row.forms[0]}
    chosen_tags = tuple(facet(each, f"{name}.{value}") for each, value in required.items())
    found = find_cases(services, desk.person, DeskQuery(chosen_tags), after)
    able = tuple(x for x in found.rows if may_join(merging, x.case, desk.email))
    return replace(found, rows=able)
