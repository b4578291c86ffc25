"""A case as the one who looks after it has it on their desk, and what is shown where it has changed
since they opened the page."""

from collections.abc import Mapping
from dataclasses import replace

from functions.entry.web import language_of
from functions.kernel.apart import may_act
from functions.kernel.errors import Problem, Refused
from functions.kernel.handing import follower, in_role, may_hand
from functions.render.desk import Frame
from functions.render.desk_people import Looked, Overtaken, people_page, replacing_page
from functions.services import handing
from functions.services.beside import beside_of
from functions.services.desk_links import live_desk
from functions.services.offices import Offices, colleagues
from functions.services.sealing import is_latest, is_sound
from functions.services.wiring import Services


def looked_at(services: Services, token: str, case_id: str, wanted: str | None) -> Looked:
    """The case as it is now. ``Refused`` to whoever does not look after it, ``HandedOn`` to whoever
    did until somebody else took their place."""
    desk = live_desk(services, token)
    definition, file, own = handing.looked_after(services, case_id, desk.email)
    language = language_of(wanted, desk.language)
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    case, linked = file.case, beside_of(services, definition, file.case, own.role)
    replaceable = {
        p.id for p in case.parties if handing.may_be_replaced(definition, case, p, own, linked)
    }
    gone = {p.id for p in Offices(services).gone(definition, case)}
    sound = is_sound(file) and is_latest(services, file)
    return Looked(
        frame, definition, case, own, frozenset(replaceable), frozenset(gone), sound,
        may_act(definition, case, own, linked),
    )  # fmt: skip


def form(
    services: Services,
    looked: Looked,
    party_id: str,
    typed: Mapping[str, str],
    *problems: Problem,
    overtaken: Overtaken | None = None,
) -> str:
    """The form by which somebody takes a party's place; ``Refused`` if nobody can."""
    party = looked.case.party(party_id)
    if party is None or party_id not in looked.replaceable:
        raise Refused
    fields = handing.asked(looked.definition, party)
    known = colleagues(services, looked.definition, looked.case, party)
    there = replace(looked, frame=replace(looked.frame, directory=known))
    return replacing_page(there, party, fields, typed, problems, overtaken)


def is_overtaken(looked: Looked, party_id: str) -> bool:
    """Whether nobody can take a party's place any more, as the case has changed since there was
    a form for it; ``Refused`` if there never was one."""
    party = looked.case.party(party_id)
    if party is None or not may_hand(looked.definition, looked.case, looked.own, party):
        raise Refused
    return party_id not in looked.replaceable


def overtaken(services: Services, looked: Looked, party_id: str, typed: Mapping[str, str]) -> str:
    """What was typed, with what has changed since: in the form for whoever has the place now, or,
    where nobody can take it, above the people of the case."""
    told = _told(looked, party_id, typed)
    now = follower(looked.case, told.party)
    if now and now.id in looked.replaceable:
        return form(services, looked, now.id, typed, overtaken=told)
    return people_page(looked, overtaken=told)


def unsent(looked: Looked, party_id: str, problem: Problem) -> str:
    """The people of the case as it is, where somebody cannot be sent a link any more."""
    told = _told(looked, party_id, {})
    if told.party.present:
        return people_page(looked, (problem,))
    return people_page(looked, overtaken=told)


def _told(looked: Looked, party_id: str, typed: Mapping[str, str]) -> Overtaken:
    party = looked.case.party(party_id)
    if party is None:
        raise Refused
    return Overtaken(party, () if party.present else in_role(looked.case, party), typed)
