"""The cases linked to others, where a role may keep somebody from acting."""

from collections.abc import Iterable, Mapping

from functions.kernel.apart import LinkedCases, linked_cases_of
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.errors import Broken
from functions.kernel.states import BY_ITSELF
from functions.processes import pinned
from functions.services.container import Services


def read_linked_cases(
    services: Services, definition: Definition, case: Case, role: str, *, whole: bool = False
) -> LinkedCases:
    """The cases in which somebody may have a role that keeps them from ``role`` in this one.
    ``whole``: ``Broken`` if one of them is, as whom it keeps from acting nobody knows then."""
    if not (case.linked and definition.role(role).apart):
        return ()
    found = services.cases.several(case.linked)
    if whole and found.broken:
        raise Broken
    return linked_cases_of(
        case, ((pinned(each.process, each.version), each) for each in found.values())
    )


def linked_cases_of_turns(services: Services, cases: Iterable[Case]) -> Mapping[str, LinkedCases]:
    """By the id of each case those in which somebody may have a role that keeps them from acting in
    it now, whose turn it is. One batch read, if there may be any."""
    asked = [case for case in cases if case.linked and _keeps_apart(case)]
    ids = list(dict.fromkeys(i for case in asked for i in case.linked))
    found = services.cases.several(ids) if ids else {}
    known = {i: (pinned(each.process, each.version), each) for i, each in found.items()}
    return {
        case.id: linked_cases_of(case, (known[i] for i in case.linked if i in known))
        for case in asked
    }


def _keeps_apart(case: Case) -> bool:
    """Whether it is the turn of a role that others are kept from."""
    definition = pinned(case.process, case.version)
    turn = definition.turn(case)
    named = bool(turn) and turn not in BY_ITSELF and not definition.is_over(case.state)
    return named and bool(definition.role(turn).apart)
