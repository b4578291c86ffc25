"""Cases that begin by what is done to another one: an order from a quote, its invoice."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Case, Decision
from functions.kernel.consequences import Opens, seated
from functions.kernel.definition import LINK, Definition
from functions.kernel.digests import case_id_of
from functions.kernel.engine import open_case
from functions.kernel.people import Directory


def opened_by(
    definition: Definition, opens: Opens, case: Case, now: datetime, directory: Directory
) -> Decision | None:
    """The case that ``opens`` begins, linked to ``case`` as it is by then; None if there is no
    reason to. ``definition`` is that of the new case; its id is always the same."""
    if opens.when and not opens.when.holds(case):
        return None
    people = seated(opens.seats, case)
    begun = open_case(
        definition, opens.form, _id(case, opens), opens.answers(case), case.language, now,
        directory, linked=(case.id,), seated=people,
    )  # fmt: skip
    by_itself = replace(begun.step, role=LINK, party="")
    return replace(begun, case=_speaking_as_in(case, begun.case), step=by_itself)


def _speaking_as_in(before: Case, case: Case) -> Case:
    """The new case with people who are in both in the language they use in the first."""
    known = {p.email.casefold(): p.language for p in before.parties if p.present}
    for party in case.parties:
        case = case.speaking(party.id, known.get(party.email.casefold(), party.language))
    return case


def _id(case: Case, opens: Opens) -> str:
    return case_id_of(f"{case.id}.{case.round}.{opens.process}.{opens.form}")
