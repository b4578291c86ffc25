"""Supervision, version 1: the individual application from the form to an accepted supervisor."""

from datetime import timedelta

from functions.kernel.definition import (
    CLOCK,
    Action,
    Definition,
    Guard,
    Mail,
    Role,
    Rung,
    Sight,
    State,
    Tally,
    Transition,
)
from functions.processes.supervision import forms

_DAY = timedelta(days=1)
_EVERYBODY: Sight = {"applicant": (), "manager": (), "coordinator": (), "supervisor": ()}
_COSTS: Sight = {"manager": (), "coordinator": (), "supervisor": ()}
_REASON: Sight = {"applicant": (), "manager": (), "coordinator": ()}
_OFFER: Sight = {"coordinator": (), "supervisor": ()}

ROLES = (
    Role("applicant", fields=("applicant_name", "applicant_email", "")),
    Role("manager", fields=("manager_name", "manager_email", "manager_language")),
    Role("coordinator", source="units", key="unit"),
    Role("supervisor", source="supervisors", key="supervisor"),
)

STATES = (
    State("unconfirmed", "applicant", 7 * _DAY, (Rung(7 * _DAY, action="purge"),)),
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
    State("active", end=True, holder="supervisor"),
    State("withdrawn", end=True),
    State("discarded", end=True),
)

ACTIONS = (
    Action("confirm", "applicant"),
    Action("disown", "applicant"),
    Action("endorse", "manager", forms.ENDORSEMENT),
    Action("return", "manager", (forms.RETURN_REASON,)),
    Action("reject", "manager", (forms.REJECT_REASON,)),
    Action("correct", "applicant", checks=forms.INDIVIDUAL.checks, corrects=True),
    Action("offer", "coordinator", forms.OFFER, deliberate="supervisor"),
    Action("accept", "supervisor", (forms.CONTACT,), prefill={"contact_instructions": "contact"}),
    Action("decline", "supervisor", (forms.DECLINE_REASON,)),
    Action("withdraw", "applicant", via=("task", "status")),
    Action("expire", CLOCK),
    Action("purge", CLOCK),
)

_QUEUED = Tally("supervisor", "queued", 1)
_NO_LONGER_QUEUED = Tally("supervisor", "queued", -1)
_ONGOING = Tally("supervisor", "ongoing", 1)

TRANSITIONS = (
    Transition(
        "confirm",
        "unconfirmed",
        "submitted",
        mails=("receipt", "endorse"),
        fills=("manager", "coordinator"),
    ),
    Transition("disown", "unconfirmed", "discarded", forgets=True),
    Transition("purge", "unconfirmed", "discarded", forgets=True),
    Transition("endorse", "submitted", "coordinating", mails=("endorsed", "coordinate")),
    Transition("return", "submitted", "returned", mails=("returned",)),
    Transition("reject", "submitted", "rejected", mails=("rejected",)),
    *(
        Transition(
            "correct",
            source,
            "submitted",
            mails=("corrected", "endorse_again"),
            fills=("applicant", "manager", "coordinator"),
        )
        for source in ("returned", "rejected")
    ),
    Transition(
        "offer",
        "coordinating",
        "offered",
        mails=("offer", "offered"),
        fills=("supervisor",),
        tallies=(_QUEUED,),
    ),
    Transition(
        "decline",
        "offered",
        "coordinating",
        mails=("declined",),
        clears=("supervisor",),
        tallies=(_NO_LONGER_QUEUED,),
    ),
    Transition(
        "expire",
        "offered",
        "coordinating",
        mails=("expired", "offer_expired"),
        clears=("supervisor",),
        tallies=(_NO_LONGER_QUEUED,),
    ),
    Transition(
        "accept",
        "offered",
        "active",
        mails=("accepted", "accepted_manager", "accepted_coordinator", "accepted_supervisor"),
        tallies=(_NO_LONGER_QUEUED, _ONGOING),
    ),
    Transition("withdraw", "submitted", "withdrawn", mails=("withdrawn", "withdrawn_manager")),
    Transition("withdraw", "returned", "withdrawn", mails=("withdrawn", "withdrawn_manager")),
    Transition("withdraw", "rejected", "withdrawn", mails=("withdrawn",)),
    Transition(
        "withdraw",
        "coordinating",
        "withdrawn",
        mails=("withdrawn", "withdrawn_manager", "withdrawn_coordinator"),
    ),
    Transition(
        "withdraw",
        "offered",
        "withdrawn",
        mails=(
            "withdrawn",
            "withdrawn_manager",
            "withdrawn_coordinator",
            "withdrawn_supervisor",
        ),
        tallies=(_NO_LONGER_QUEUED,),
    ),
)

MAILS = (
    Mail("confirm", "applicant", "task"),
    Mail("receipt", "applicant"),
    Mail("endorse", "manager", "task"),
    Mail("endorse_again", "manager", "task"),
    Mail("remind_endorse", "manager", "task"),
    Mail("stuck", "coordinator"),
    Mail("returned", "applicant", "task"),
    Mail("rejected", "applicant", "task"),
    Mail("remind_correct", "applicant", "task"),
    Mail("corrected", "applicant"),
    Mail("endorsed", "applicant"),
    Mail("coordinate", "coordinator", "task"),
    Mail("remind_offer", "coordinator", "task"),
    Mail("offer", "supervisor", "task"),
    Mail("offered", "applicant"),
    Mail("remind_answer", "supervisor", "task"),
    Mail("declined", "coordinator", "task"),
    Mail("expired", "coordinator", "task"),
    Mail("offer_expired", "supervisor"),
    Mail("accepted", "applicant"),
    Mail("accepted_manager", "manager"),
    Mail("accepted_coordinator", "coordinator"),
    Mail("accepted_supervisor", "supervisor"),
    Mail("withdrawn", "applicant"),
    Mail("withdrawn_manager", "manager"),
    Mail("withdrawn_coordinator", "coordinator"),
    Mail("withdrawn_supervisor", "supervisor"),
)

SIGHTS: dict[str, Sight] = {
    **{f.name: _EVERYBODY for f in forms.INDIVIDUAL.fields},
    **{f.name: _COSTS for f in forms.ENDORSEMENT},
    "return_reason": _REASON,
    "reject_reason": _REASON,
    "supervisor": _OFFER,
    "offer_message": _OFFER,
    "decline_reason": {"coordinator": ()},
    "contact_instructions": _EVERYBODY,
    "party.applicant": _EVERYBODY,
    "party.manager": _EVERYBODY,
    "party.coordinator": _EVERYBODY,
    "party.supervisor": {"coordinator": (), "applicant": ("active",), "manager": ("active",)},
}

VERSION_1 = Definition(
    name="supervision",
    version=1,
    start="unconfirmed",
    forms=(forms.INDIVIDUAL,),
    roles=ROLES,
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=MAILS,
    sights=SIGHTS,
    route=("unconfirmed", "submitted", "coordinating", "offered", "active"),
    opening_mails=("confirm",),
    fresh_mail=Mail("fresh_link", ""),
    bounced_mail=Mail("unreachable", "coordinator"),
    headline="title",
    facets=("unit", "form_of_supervision"),
    urgent=Guard("crisis", lambda case: case.answers.get("form_of_supervision") == "crisis"),
)

VERSIONS = (VERSION_1,)
