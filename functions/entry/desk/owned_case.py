"""A case as the one who looks after it has it on their desk, and what is shown where it has changed
since they opened the page."""

from collections.abc import Mapping
from dataclasses import replace

from functions.entry.web import language_of
from functions.kernel.apart import may_act
from functions.kernel.errors import Problem, Refused
from functions.kernel.handover import follower, in_role, may_replace
from functions.render.desk.desk import Frame
from functions.render.desk.people import Overtaken, OwnedCase, people_page, replacing_page
from functions.services.access.desk_links import live_desk
from functions.services.access.linked_cases import read_linked_cases
from functions.services.access.offices import Offices, colleagues
from functions.services.case import handover
from functions.services.container import Services
from functions.services.integrity import is_latest, is_sound


def looked_at(services: Services, token: str, case_id: str, requested: str | None) -> OwnedCase:
    """The case as it is now, for its owner. ``Refused`` for everybody else; ``HandedOn`` for a
    former owner whose role another person has taken over."""
    desk = live_desk(services, token)
    definition, record, own = handover.owned_case(services, case_id, desk.email)
    language = language_of(requested, desk.language)
    frame = Frame(desk.name, desk.expires_at, language, f"/api/d/{token}", services.directory)
    case, linked = record.case, read_linked_cases(services, definition, record.case, own.role)
    replaceable = {
        p.id for p in case.parties if handover.may_be_replaced(definition, case, p, own, linked)
    }
    gone = {p.id for p in Offices(services).gone(definition, case)}
    sound = is_sound(services, record) and is_latest(services, record)
    return OwnedCase(
        frame, definition, case, own, frozenset(replaceable), frozenset(gone), sound,
        may_act(definition, case, own, linked),
    )  # fmt: skip


def form(
    services: Services,
    owned: OwnedCase,
    party_id: str,
    typed: Mapping[str, str],
    *problems: Problem,
    overtaken: Overtaken | None = None,
) -> str:
    """The form by which somebody takes a party's place; ``Refused`` if nobody can."""
    party = owned.case.party(party_id)
    if party is None or party_id not in owned.replaceable:
        raise Refused
    fields = handover.asked(owned.definition, party)
    known = colleagues(services, owned.definition, owned.case, party)
    there = replace(owned, frame=replace(owned.frame, directory=known))
    return replacing_page(there, party, fields, typed, problems, overtaken)


def is_overtaken(owned: OwnedCase, party_id: str) -> bool:
    """Whether nobody can take a party's place any more, as the case has changed since there was
    a form for it; ``Refused`` if there never was one."""
    party = owned.case.party(party_id)
    if party is None or not may_replace(owned.definition, owned.case, owned.own, party):
        raise Refused
    return party_id not in owned.replaceable


def overtaken(services: Services, owned: OwnedCase, party_id: str, typed: Mapping[str, str]) -> str:
    """What was typed, with what has changed since: in the form for whoever has the place now, or,
    where nobody can take it, above the people of the case."""
    shown = _overtaken_party(owned, party_id, typed)
    now = follower(owned.case, shown.party)
    if now and now.id in owned.replaceable:
        return form(services, owned, now.id, typed, overtaken=shown)
    return people_page(owned, overtaken=shown)


def unsent(owned: OwnedCase, party_id: str, problem: Problem) -> str:
    """The people of the case as it is, where somebody cannot be sent a link any more."""
    shown = _overtaken_party(owned, party_id, {})
    if shown.party.present:
        return people_page(owned, (problem,))
    return people_page(owned, overtaken=shown)


def _overtaken_party(owned: OwnedCase, party_id: str, typed: Mapping[str, str]) -> Overtaken:
    party = owned.case.party(party_id)
    if party is None:
        raise Refused
    return Overtaken(party, () if party.present else in_role(owned.case, party), typed)
