"""Contact, version 1: a message until it is answered, or referred to an application."""

from functions.kernel.consequences import Referral
from functions.kernel.definition import ALWAYS, Definition, Mail, Visibility
from functions.processes.contact import forms
from functions.processes.contact.moves import ACTIONS, ROLES, STATES, TRANSITIONS

_BOTH: Visibility = {"sender": ALWAYS, "assignee": ALWAYS}

MAILS = (
    Mail("confirm", "sender", "task"),
    Mail("receipt", "sender"),
    Mail("assigned", "assignee", "task"),
    Mail("remind_answer", "assignee", "task"),
    Mail("remind_law", "assignee", "task"),
    Mail("answered", "sender", "task"),
    Mail("asked_more", "assignee", "task"),
    Mail("converted", "sender", "task"),
    Mail("remind_form", "sender", "task"),
    Mail("form_sent", "sender", also=("assignee",)),
    Mail("withdrawn", "assignee"),
)

VISIBILITY: dict[str, Visibility] = {
    **{f.name: _BOTH for f in forms.MESSAGE.fields},
    **{f.name: _BOTH for f in (forms.ANSWER, forms.QUESTION, forms.TO_FORM, forms.FORM_REFERENCE)},
    "party.sender": _BOTH,
    "party.assignee": {"assignee": ALWAYS, "sender": ("answered", "closed", "converted")},
}

REFERRALS = (
    Referral(
        "converted",
        "sender",
        ("to_form", "individual"),
        "supervision",
        "individual",
        {
            "name": "applicant_name",
            "email": "applicant_email",
            "phone": "applicant_phone",
            "message": "reason_and_goals",
        },
    ),
    Referral(
        "converted",
        "sender",
        ("to_form", "group"),
        "supervision",
        "group",
        {"name": "manager_name", "email": "manager_email", "message": "reason_and_goals"},
    ),
    Referral(
        "converted",
        "sender",
        ("to_form", "request"),
        "quote",
        "request",
        {
            "name": "contact_name",
            "email": "contact_email",
            "phone": "contact_phone",
            "message": "need",
        },
    ),
)

VERSION_1 = Definition(
    name="contact",
    version=1,
    forms=(forms.MESSAGE,),
    roles=ROLES,
    owner="assignee",
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=MAILS,
    visibility=VISIBILITY,
    new_link_mail=Mail("fresh_link", ""),
    handover_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "assignee"),
    headline="name",
    facets=("topic",),
    referrals=REFERRALS,
)

VERSIONS = (VERSION_1,)
