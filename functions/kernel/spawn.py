"""Opens cases that a transition of another case spawns, such as an invoice after a quote."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Case, Decision
from functions.kernel.consequences import Spawn, people_by_role
from functions.kernel.definition import Definition
from functions.kernel.digests import case_id_of
from functions.kernel.engine import open_case
from functions.kernel.people import Directory
from functions.kernel.states import LINK


def spawned(
    definition: Definition,
    spawn: Spawn,
    by: tuple[Definition, Case],
    now: datetime,
    directory: Directory,
) -> Decision | None:
    """The case that ``spawn`` begins, linked to the case it is opened ``by`` as that is by then;
    None if there is no reason to. ``definition`` is that of the new case, whose id is always the
    same.

    Whom a role in either case keeps from a place in the new one is not put there.
    """
    own, case = by
    if spawn.when and not spawn.when.holds(case):
        return None
    people = people_by_role(spawn.roles, case)
    linked: LinkedCases = () if own.is_over(case.state) else (by,)
    begun = open_case(
        definition, spawn.form, _id(case, spawn), spawn.answers(case), case.language, now,
        directory, linked=(case.id,), passed_people=people, linked_cases=linked,
    )  # fmt: skip
    by_itself = replace(begun.event, role=LINK, party="")
    return replace(begun, case=_speaking_as_in(case, begun.case), event=by_itself)


def _speaking_as_in(before: Case, case: Case) -> Case:
    """The new case with people who are in both in the language they use in the first."""
    known = {p.email.casefold(): p.language for p in before.parties if p.present}
    for party in case.parties:
        case = case.speaking(party.id, known.get(party.email.casefold(), party.language))
    return case


def _id(case: Case, spawn: Spawn) -> str:
    return case_id_of(f"{case.id}.{case.round}.{spawn.process}.{spawn.form}")
