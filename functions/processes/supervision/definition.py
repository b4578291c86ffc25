"""Supervision, version 1: applications of one, of a group, and merged, until one is accepted."""

from functions.kernel.case import Case
from functions.kernel.consequences import Guard, Merging
from functions.kernel.definition import ALWAYS, Definition, Mail, Visibility
from functions.kernel.states import TURN
from functions.processes.supervision import forms
from functions.processes.supervision.actions import ACTIONS
from functions.processes.supervision.moves import TRANSITIONS
from functions.processes.supervision.states import ROLES, STATES

_EVERYBODY: Visibility = {
    "applicant": ALWAYS,
    "manager": ALWAYS,
    "coordinator": ALWAYS,
    "supervisor": ALWAYS,
}
_SUPERVISEES_TOO: Visibility = {**_EVERYBODY, "supervisee": ALWAYS}
_COSTS: Visibility = {"manager": ALWAYS, "coordinator": ALWAYS, "supervisor": ALWAYS}
_REASON: Visibility = {"applicant": ALWAYS, "manager": ALWAYS, "coordinator": ALWAYS}
_MEMBERS: Visibility = {"supervisee": ALWAYS, "coordinator": ALWAYS}
_UNDER_WAY = ("active", "running", "completed", "unbegun")
_OFFER: Visibility = {"coordinator": ALWAYS, "supervisor": ALWAYS}

MAILS = (
    Mail("confirm", "applicant", "task"),
    Mail("confirm_group", "manager", "task"),
    Mail("receipt_group", "manager", passing=True),
    Mail("named", "supervisee", newcomers=True),
    Mail("consent", "supervisee", "task"),
    Mail("remind_consent", "supervisee", "task"),
    Mail("answers_in", "coordinator", "task"),
    Mail("grouped", "supervisee"),
    Mail("dissolved", "supervisee"),
    Mail("merged_manager", "manager", passing=True),
    Mail("joined_manager", "manager"),
    Mail("begun_manager", "manager"),
    Mail("completed_manager", "manager"),
    Mail("released", "applicant", passing=True),
    Mail("released_manager", "manager", passing=True),
    Mail("accepted_supervisee", "supervisee"),
    Mail("withdrawn_group", "manager"),
    Mail("withdrawn_supervisee", "supervisee"),
    Mail("receipt", "applicant", passing=True),
    Mail("endorse", "manager", "task"),
    Mail("endorse_again", "manager", "task"),
    Mail("remind_endorse", "manager", "task"),
    Mail("remind_endorse_again", "manager", "task"),
    Mail("stuck", "coordinator"),
    Mail("returned", "applicant", "task"),
    Mail("rejected", "applicant", "task"),
    Mail("remind_correct", TURN, "task"),
    Mail("remind_rejected", "applicant", "task"),
    Mail("question", TURN, "task"),
    Mail("remind_reply", TURN, "task"),
    Mail("replied", "coordinator", "task"),
    Mail("no_answer", "coordinator", "task"),
    Mail("mend", TURN, "task"),
    Mail("refused", "applicant", also=("manager",)),
    Mail("refused_supervisee", "supervisee"),
    Mail("ended", "applicant", also=("manager",)),
    Mail("ended_supervisee", "supervisee"),
    Mail("lapsed_unendorsed", "applicant"),
    Mail("lapsed_unendorsed_own", "manager"),
    Mail("lapsed_unendorsed_told", "coordinator"),
    Mail("lapsed_uncorrected_own", "applicant"),
    Mail("lapsed_uncorrected", "manager", also=("coordinator",)),
    Mail("lapsed_group_own", "manager"),
    Mail("lapsed_group", "supervisee", also=("coordinator",)),
    Mail("taken_back", "supervisor"),
    Mail("remind_first", "supervisor", "task"),
    Mail("remind_first_again", "supervisor", "task"),
    Mail("not_begun", "coordinator"),
    Mail("begun", "applicant", also=("supervisee", "manager", "coordinator")),
    Mail("another_supervisor", "applicant", also=("supervisee", "manager")),
    Mail("redated", "applicant", also=("supervisee", "manager", "coordinator", "supervisor")),
    Mail("redated_manager", "manager"),
    Mail("under_way", "supervisor"),
    Mail("remind_close", "supervisor"),
    Mail("completed", "applicant", also=("supervisee", "manager", "coordinator", "supervisor")),
    Mail("never_begun", "applicant", also=("supervisee", "manager", "coordinator", "supervisor")),
    Mail("never_begun_manager", "manager"),
    Mail("corrected", "applicant", passing=True),
    Mail("corrected_group", "manager", passing=True),
    Mail("left_out", "manager", also=("supervisee", "coordinator"), leavers=True),
    Mail("endorsed", "applicant", passing=True),
    Mail("coordinate", "coordinator", "task"),
    Mail("coordinate_again", "coordinator", "task"),
    Mail("remind_offer", "coordinator", "task"),
    Mail("offer", "supervisor", "task"),
    Mail("offered", "applicant", passing=True),
    Mail("offered_group", "manager", passing=True),
    Mail("search_on", "applicant", passing=True),
    Mail("search_on_group", "manager", passing=True),
    Mail("remind_answer", "supervisor", "task"),
    Mail("declined", "coordinator", "task"),
    Mail("expired", "coordinator", "task"),
    Mail("offer_expired", "supervisor"),
    Mail("coordinate_order", "coordinator", "task"),
    Mail("accepted_order", "supervisor"),
    Mail("called_off_coordinator", "coordinator"),
    Mail("called_off_offered", "coordinator"),
    Mail("called_off_supervisor", "supervisor"),
    Mail("called_off_undated", "supervisor"),
    Mail("ended_supervisor", "supervisor"),
    Mail("accepted", "applicant"),
    Mail("accepted_manager", "manager"),
    Mail("accepted_coordinator", "coordinator"),
    Mail("accepted_supervisor", "supervisor", "task"),
    Mail("withdrawn", "applicant"),
    Mail("withdrawn_manager", "manager"),
    Mail("withdrawn_unanswered", "manager"),
    Mail("withdrawn_coordinator", "coordinator"),
    Mail("withdrawn_offered", "coordinator"),
    Mail("withdrawn_supervisor", "supervisor"),
)

VISIBILITY: dict[str, Visibility] = {
    **{f.name: _EVERYBODY for f in (*forms.INDIVIDUAL.fields, *forms.GROUP.fields)},
    **{f.name: _COSTS for f in (*forms.ENDORSEMENT, *forms.SUPERVISEES.fields)},
    **{f.name: _OFFER for f in (*forms.CLIENT, *forms.DATES)},
    "members": _OFFER,
    "title": _SUPERVISEES_TOO,
    "form_of_supervision": _SUPERVISEES_TOO,
    "consent": {"coordinator": ALWAYS},
    **{
        f.name: _REASON
        for f in (
            forms.RETURN_REASON,
            forms.REJECT_REASON,
            forms.MEND_REASON,
            forms.REFUSE_REASON,
            forms.CLOSE_REASON,
            forms.QUESTION,
            forms.REPLY,
        )
    },
    "members_question": _MEMBERS,
    "members_reply": _MEMBERS,
    "interrupt_reason": {"coordinator": ALWAYS, "supervisor": ALWAYS},
    "first_session": _SUPERVISEES_TOO,
    "supervisor": _OFFER,
    "offer_message": _OFFER,
    "decline_reason": {"coordinator": ALWAYS},
    "contact_instructions": _SUPERVISEES_TOO,
    "party.applicant": _EVERYBODY,
    "party.manager": _SUPERVISEES_TOO,
    "party.coordinator": _SUPERVISEES_TOO,
    "party.supervisee": _SUPERVISEES_TOO,
    "party.supervisor": {
        "coordinator": ALWAYS,
        **dict.fromkeys(("applicant", "manager", "supervisee"), _UNDER_WAY),
    },
}


def _is_crisis(case: Case) -> bool:
    """Whether crisis supervision was applied for or ordered, or ordered for a crisis."""
    asked = ("form_of_supervision", "service", "urgency")
    return "crisis" in (case.answers.get(name) for name in asked)


VERSION_1 = Definition(
    name="supervision",
    version=1,
    forms=(forms.INDIVIDUAL, forms.GROUP, forms.MERGER, forms.ORDERED),
    roles=ROLES,
    owner="coordinator",
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=MAILS,
    visibility=VISIBILITY,
    new_link_mail=Mail("fresh_link", ""),
    handover_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "coordinator"),
    vacant_mail=Mail("remind_vacant", "coordinator", "task"),
    headline="title",
    facets=("unit", "form_of_supervision"),
    urgent=Guard("crisis", _is_crisis),
    merging=Merging("propose_merge", "merged", "members", unit="unit"),
)

VERSIONS = (VERSION_1,)
