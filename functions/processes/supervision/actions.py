"""What can be done in supervision, and by whom."""

from functions.kernel.definition import Action, Purpose
from functions.kernel.states import CLOCK, LINK
from functions.processes.supervision import forms

_ANYTIME: tuple[Purpose, ...] = ("task", "status")

ACTIONS = (
    Action("confirm", "applicant"),
    Action("disown", "applicant"),
    Action("confirm_group", "manager"),
    Action("disown_group", "manager"),
    Action("endorse", "manager", forms.ENDORSEMENT),
    Action("return", "manager", (forms.RETURN_REASON,)),
    Action("reject", "manager", (forms.REJECT_REASON,)),
    Action("correct", "applicant", checks=forms.INDIVIDUAL.checks, reopens_form=True),
    Action(
        "correct_group",
        "manager",
        checks=forms.GROUP.checks,
        reopens_form=True,
    ),
    Action(
        "offer",
        "coordinator",
        forms.OFFER,
        checks=(forms.SUPERVISOR_IS_ANOTHER,),
    ),
    Action("ask", "coordinator", (forms.QUESTION,), available_on=_ANYTIME),
    Action("ask_members", "coordinator", (forms.MEMBERS_QUESTION,), available_on=_ANYTIME),
    Action("send_back", "coordinator", (forms.MEND_REASON,), available_on=_ANYTIME),
    Action("refuse", "coordinator", (forms.REFUSE_REASON,), available_on=_ANYTIME),
    Action("end_handling", "coordinator", (forms.CLOSE_REASON,), available_on=_ANYTIME),
    Action("take_back", "coordinator", available_on=_ANYTIME),
    Action("reply", "applicant", (forms.REPLY,)),
    Action("reply_group", "manager", (forms.REPLY,)),
    Action("reply_member", "supervisee", (forms.MEMBERS_REPLY,)),
    Action("propose_merge", "coordinator", available_on=()),
    Action(
        "consent",
        "supervisee",
        (forms.CONSENT,),
        votes="consent",
        visible_to=("coordinator",),
    ),
    Action("close_merge", "coordinator", available_on=_ANYTIME),
    Action("dissolve", "coordinator", available_on=_ANYTIME),
    Action("accept", "supervisor", (forms.CONTACT,), prefill={"contact_instructions": "contact"}),
    Action("decline", "supervisor", (forms.DECLINE_REASON,)),
    Action("begin", "supervisor", (forms.FIRST_SESSION,), (forms.FIRST_SESSION_NEAR,)),
    Action("go_on", "supervisor", available_on=_ANYTIME),
    *(
        Action(
            name,
            role,
            (forms.FIRST_SESSION,),
            (forms.FIRST_SESSION_NEAR,),
            available_on=_ANYTIME,
            start_with_last=True,
        )
        for name, role in (("redate", "supervisor"), ("redate_instead", "coordinator"))
    ),
    Action("not_begin", "supervisor", available_on=_ANYTIME),
    Action("not_begin_instead", "coordinator", (forms.INTERRUPT_REASON,), available_on=_ANYTIME),
    Action("close", "supervisor", available_on=_ANYTIME),
    Action("interrupt", "coordinator", (forms.INTERRUPT_REASON,), available_on=_ANYTIME),
    Action("withdraw", "applicant", available_on=_ANYTIME),
    Action("withdraw_group", "manager", available_on=_ANYTIME),
    Action("merge", LINK),
    Action("release", LINK),
    Action("restore", LINK, by="coordinator"),
    Action("leave", LINK, by="applicant", visible_to=("coordinator",)),
    Action("join", LINK, by="supervisor"),
    Action("begin_joint", LINK, (forms.FIRST_SESSION,), by="supervisor"),
    Action("redate_joint", LINK, (forms.FIRST_SESSION,)),
    Action("call_off", LINK, by="coordinator"),
    Action("cancel_order", LINK, by="contact"),  # a role of the order alone
    Action("end_order", LINK),
    Action("date", LINK, forms.DATES),
    Action("undate", LINK),
    Action("part", LINK),
    Action("settle", CLOCK),
    Action("expire", CLOCK),
    Action("unanswered", CLOCK),
    Action("lapse", CLOCK),
    Action("conclude", CLOCK),
    Action("give_up", CLOCK),
    Action("purge", CLOCK),
    Action("erase", CLOCK),
)
