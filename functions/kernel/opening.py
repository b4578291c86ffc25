"""Cases that begin by what is done to another one: an order from a quote, its invoice."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import Beside
from functions.kernel.case import Case, Decision
from functions.kernel.consequences import Opens, seated
from functions.kernel.definition import LINK, Definition
from functions.kernel.digests import case_id_of
from functions.kernel.engine import open_case
from functions.kernel.people import Directory


def opened_by(
    definition: Definition,
    opens: Opens,
    by: tuple[Definition, Case],
    now: datetime,
    directory: Directory,
) -> Decision | None:
    """The case that ``opens`` begins, linked to the case it is opened ``by`` as that is by then;
    None if there is no reason to. ``definition`` is that of the new case, whose id is always the
    same.

    Whom a role in either case keeps from a place in the new one is not put there.
    """
    own, case = by
    if opens.when and not opens.when.holds(case):
        return None
    people = seated(opens.seats, case)
    linked: Beside = () if own.is_over(case.state) else (by,)
    begun = open_case(
        definition, opens.form, _id(case, opens), opens.answers(case), case.language, now,
        directory, linked=(case.id,), seated=people, beside=linked,
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
