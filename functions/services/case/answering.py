"""What the open subcases of a case ask one of its parties, to be answered on one page."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.kernel.case import Case, Party
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import open_actions
from functions.kernel.errors import Conflict, Refused, Unknown
from functions.processes import pinned
from functions.services.access.links import Opened
from functions.services.container import Services


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A subcase in which it is a party's turn, and what they can do in it."""

    definition: Definition
    case: Case
    party: Party
    actions: tuple[Action, ...]


def open_turns(services: Services, opened: Opened, name: str) -> Sequence[OpenTurn]:
    """The subcases of a case that ask the link's holder, what comes first by its day first; also
    those in which they have voted, as they may change that. ``Refused`` if they are to know of
    none, ``Conflict`` if the link shows nothing any more."""
    role, case = opened.party.role, opened.case
    try:
        known = opened.definition.subprocess(name).known_to
    except Unknown as error:
        raise Refused from error
    if role not in known or not opened.party.present:
        raise Refused
    if opened.standing != "open" or opened.kept_by or not opened.sound:
        raise Conflict
    ids = list(case.subcases[name].open_ids(case.id, name)) if name in case.subcases else []
    found = services.cases.several(ids) if ids else {}
    turns = (_turn(found[i], opened.party) for i in ids if i in found)
    return [turn for turn in turns if turn]


def _turn(case: Case, party: Party) -> OpenTurn | None:
    definition = pinned(case.process, case.version)
    if definition.turn(case) != party.role:
        return None
    able = open_actions(definition, case, party.role, "task")
    own = tuple(a for a in able if "status" not in a.available_on)
    return OpenTurn(definition, case, party, own) if own else None
