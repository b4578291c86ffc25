"""Linked cases in which a role may exclude somebody from acting."""

from collections.abc import Iterable, Mapping

from functions.kernel.apart import LinkedCases, linked_cases_of
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.errors import Refused
from functions.kernel.states import BY_ITSELF
from functions.kernel.subcases import name_and_number
from functions.processes import pinned
from functions.services.container import Services
from functions.services.ports import Found


def rooted(definition: Definition, case: Case) -> tuple[Definition, Case]:
    """The case that a subcase is a part of, with its definition: who its people are, and what keeps
    them from acting, is said there. Any other case is that itself."""
    parent = case.parent
    return (pinned(parent.process, parent.version), parent) if parent else (definition, case)


def require_known(case: Case, role: str) -> None:
    """``Refused`` where a subcase is none of a role's to know of."""
    within, parent = name_and_number(case.id), case.parent
    if parent:
        spec = pinned(parent.process, parent.version).subprocess(within[0])
        if role not in spec.known_to:
            raise Refused


def read_linked_cases(
    services: Services, definition: Definition, case: Case, role: str, *, whole: bool = False
) -> LinkedCases:
    """The cases linked to this one in which a role may exclude people from ``role`` here; see
    ``excluding_cases``."""
    return excluding_cases(case, found_linked(services, definition, case, role), whole=whole)


def found_linked(services: Services, definition: Definition, case: Case, role: str) -> Found | None:
    """The cases linked to this one; None where no role of theirs excludes people from ``role``."""
    definition, case = rooted(definition, case)
    excludes = case.linked and definition.role(role).apart
    return services.cases.several(case.linked) if excludes else None


def excluding_cases(case: Case, found: Found | None, *, whole: bool = False) -> LinkedCases:
    """Linked cases that were found.

    ``whole``: ``Broken`` if one of them cannot be read, since nobody knows then whom it excludes.
    """
    if found is None:
        return ()
    if whole:
        found.require_all()
    return linked_cases_of(
        case.parent or case, ((pinned(each.process, each.version), each) for each in found.values())
    )


def linked_cases_of_turns(services: Services, cases: Iterable[Case]) -> Mapping[str, LinkedCases]:
    """By case id, the linked cases in which a role may exclude the holders of its present turn. At
    most one batch read."""
    asked = [(each, each.parent or each) for each in cases if _keeps_apart(each)]
    ids = list(dict.fromkeys(i for _, case in asked for i in case.linked))
    found = services.cases.several(ids) if ids else {}
    known = {i: (pinned(each.process, each.version), each) for i, each in found.items()}
    return {
        each.id: linked_cases_of(case, (known[i] for i in case.linked if i in known))
        for each, case in asked
        if case.linked
    }


def _keeps_apart(case: Case) -> bool:
    """Whether it is the turn of a role that others are kept from."""
    definition = pinned(case.process, case.version)
    turn = definition.turn(case)
    named = bool(turn) and turn not in BY_ITSELF and not definition.is_over(case.state)
    return named and bool(definition.role(turn).apart)
