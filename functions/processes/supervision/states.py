"""Who takes part in supervision, and the states a case can be in."""

from datetime import timedelta

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.definition import LINK, Role, Rung, State

_DAY = timedelta(days=1)

ROLES = (
    Role("applicant", fields=("applicant_name", "applicant_email", "")),
    Role("manager", fields=("manager_name", "manager_email", "manager_language")),
    Role("coordinator", source="units", key="unit"),
    Role("supervisor", source="supervisors", key="supervisor"),
    Role("supervisee", rows=("supervisees", "members")),
)


def _agreeing(case: Case) -> int:
    return len(case.agreeing("supervisee"))


def _unanimous(case: Case) -> bool:
    return _agreeing(case) == len(case.holders("supervisee")) >= 2


ENOUGH = Guard("at_least_two_agree", lambda case: _agreeing(case) >= 2)
TOO_FEW = Guard("fewer_than_two_agree", lambda case: _agreeing(case) < 2)
WILLING = Guard("willing_to_merge", lambda case: case.answers.get("willing_to_merge") is not False)
UNANIMOUS = Guard("all_agree", _unanimous)

STATES = (
    State("unconfirmed", "applicant", 7 * _DAY, (Rung(7 * _DAY, action="purge"),)),
    State("group_unconfirmed", "manager", 7 * _DAY, (Rung(7 * _DAY, action="purge"),)),
    State(
        "merge_pending",
        "supervisee",
        7 * _DAY,
        (
            Rung(4 * _DAY, mail="remind_consent"),
            Rung(7 * _DAY, action="settle", sooner=UNANIMOUS),
        ),
    ),
    State(
        "submitted",
        "manager",
        7 * _DAY,
        (
            Rung(7 * _DAY, mail="remind_endorse"),
            Rung(14 * _DAY, mail="remind_endorse"),
            Rung(21 * _DAY, mail="stuck"),
        ),
    ),
    State(
        "returned",
        "applicant",
        14 * _DAY,
        (Rung(14 * _DAY, mail="remind_correct"), Rung(28 * _DAY, mail="stuck")),
    ),
    State("rejected", "applicant"),
    State(
        "coordinating",
        "coordinator",
        7 * _DAY,
        (Rung(7 * _DAY, mail="remind_offer"), Rung(14 * _DAY, mail="remind_offer")),
    ),
    State(
        "offered",
        "supervisor",
        7 * _DAY,
        (Rung(4 * _DAY, mail="remind_answer"), Rung(7 * _DAY, action="expire")),
    ),
    State("merging", LINK),
    State("merged", LINK),
    State("active", holder="supervisor"),
    State("ended", end=True),
    State("called_off", end=True),
    State("joined", end=True),
    State("dissolved", end=True),
    State("withdrawn", end=True),
    State("discarded", end=True),
)
