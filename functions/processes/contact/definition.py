"""Contact, version 1: a message until it is answered, or goes on as an application."""

from functions.kernel.consequences import Onward
from functions.kernel.definition import Definition, Mail, Sight
from functions.processes.contact import forms
from functions.processes.contact.moves import ACTIONS, ROLES, STATES, TRANSITIONS

_BOTH: Sight = {"sender": (), "assignee": ()}

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

SIGHTS: dict[str, Sight] = {
    **{f.name: _BOTH for f in forms.MESSAGE.fields},
    **{f.name: _BOTH for f in (forms.ANSWER, forms.QUESTION, forms.TO_FORM, forms.FORM_REFERENCE)},
    "party.sender": _BOTH,
    "party.assignee": {"assignee": (), "sender": ("answered", "closed", "converted")},
}

ONWARD = (
    Onward(
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
    Onward(
        "converted",
        "sender",
        ("to_form", "group"),
        "supervision",
        "group",
        {"name": "manager_name", "email": "manager_email", "message": "reason_and_goals"},
    ),
    Onward(
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
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=MAILS,
    sights=SIGHTS,
    fresh_mail=Mail("fresh_link", ""),
    handed_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "assignee"),
    headline="name",
    facets=("topic",),
    onward=ONWARD,
)

VERSIONS = (VERSION_1,)
