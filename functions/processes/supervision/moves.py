"""What can be done in supervision, by whom, and where it leads."""

from dataclasses import replace

from functions.kernel.case import Case
from functions.kernel.consequences import Call
from functions.kernel.definition import CLOCK, LINK, Action, Tally, Transition
from functions.kernel.fields import Answers
from functions.processes.supervision import forms
from functions.processes.supervision.states import ENOUGH, TOO_FEW, WILLING

ACTIONS = (
    Action("confirm", "applicant"),
    Action("disown", "applicant"),
    Action("confirm_group", "manager"),
    Action("disown_group", "manager"),
    Action("endorse", "manager", forms.ENDORSEMENT),
    Action("return", "manager", (forms.RETURN_REASON,)),
    Action("reject", "manager", (forms.REJECT_REASON,)),
    Action("correct", "applicant", checks=forms.INDIVIDUAL.checks, corrects=True),
    Action(
        "offer",
        "coordinator",
        forms.OFFER,
        checks=(forms.SUPERVISOR_IS_ANOTHER,),
    ),
    Action("propose_merge", "coordinator", via=()),
    Action(
        "consent",
        "supervisee",
        (forms.CONSENT,),
        votes="consent",
        told=("coordinator",),
    ),
    Action("close_merge", "coordinator", via=("task", "status")),
    Action("dissolve", "coordinator", via=("task", "status")),
    Action("accept", "supervisor", (forms.CONTACT,), prefill={"contact_instructions": "contact"}),
    Action("decline", "supervisor", (forms.DECLINE_REASON,)),
    Action("withdraw", "applicant", via=("task", "status")),
    Action("withdraw_group", "manager", via=("task", "status")),
    Action("merge", LINK),
    Action("release", LINK),
    Action("restore", LINK),
    Action("join", LINK),
    Action("call_off", LINK),
    Action("end_order", LINK),
    Action("date", LINK, forms.DATES),
    Action("settle", CLOCK),
    Action("expire", CLOCK),
    Action("purge", CLOCK),
)

_QUEUED = Tally("supervisor", "queued", 1)
_NO_LONGER_QUEUED = Tally("supervisor", "queued", -1)
_ONGOING = Tally("supervisor", "ongoing", 1)
_NO_LONGER_ONGOING = Tally("supervisor", "ongoing", -1)

_GROUP, _MERGED = ("group",), ("merged",)

MERGING = (
    Transition("propose_merge", "coordinating", "merging", forms=("individual",), guard=WILLING),
    Transition("consent", "merge_pending", "merge_pending", mails=("answers_in",)),
    *(
        row
        for action in ("settle", "close_merge")
        for row in (
            Transition(
                action,
                "merge_pending",
                "coordinating",
                mails=("coordinate", "grouped"),
                fills=("supervisee",),
                guard=ENOUGH,
                drops="supervisee",
                links=("merge", "release"),
            ),
            Transition(
                action,
                "merge_pending",
                "dissolved",
                guard=TOO_FEW,
                drops="supervisee",
                links=("release", "release"),
            ),
        )
    ),
    Transition(
        "dissolve",
        "coordinating",
        "dissolved",
        mails=("dissolved",),
        forms=_MERGED,
        links=("restore", "restore"),
    ),
    Transition("merge", "merging", "merged", mails=("merged_manager",)),
    Transition("release", "merging", "coordinating", mails=("released", "coordinate")),
    Transition("restore", "merged", "coordinating", mails=("released_manager", "coordinate")),
    Transition("join", "merged", "joined", mails=("joined_manager",)),
)


def _instructions(case: Case) -> Answers:
    return {"contact_instructions": case.answers["contact_instructions"]}


# An order and its supervision follow each other: the one finds and asks the supervisor, the
# other tells when, with whom and whether the work goes on.
_APPOINTED = Call("appoint", _instructions, {"supervisor": "supervisor"})
_BACK = (Call("not_taken"),)
ORDERED = tuple(
    replace(row, forms=("ordered",))
    for row in (
        Transition(
            "accept", "offered", "active", ("accepted_order",),
            tallies=(_NO_LONGER_QUEUED, _ONGOING), calls=(_APPOINTED,),
        ),
        Transition(
            "decline", "offered", "coordinating", ("declined",), clears=("supervisor",),
            tallies=(_NO_LONGER_QUEUED,), calls=_BACK,
        ),
        Transition(
            "expire", "offered", "coordinating", ("expired", "offer_expired"),
            clears=("supervisor",), tallies=(_NO_LONGER_QUEUED,), calls=_BACK,
        ),
        Transition("date", "active", "active"),
        *(
            Transition(action, source, target, mails, tallies=tallies)
            for action, target, heard in (
                ("call_off", "called_off", "called_off_supervisor"),
                ("end_order", "ended", "ended_supervisor"),
            )
            for source, mails, tallies in (
                ("coordinating", ("called_off_coordinator",), ()),
                (
                    "offered",
                    ("called_off_coordinator", "withdrawn_supervisor"),
                    (_NO_LONGER_QUEUED,),
                ),
                ("active", (heard,), (_NO_LONGER_ONGOING,)),
            )
        ),
    )
)  # fmt: skip

TRANSITIONS = (
    *ORDERED,
    Transition(
        "confirm",
        "unconfirmed",
        "submitted",
        mails=("receipt", "endorse"),
        fills=("manager", "coordinator"),
    ),
    Transition(
        "confirm_group",
        "group_unconfirmed",
        "coordinating",
        mails=("receipt_group", "named", "coordinate"),
        fills=("coordinator", "supervisee"),
    ),
    Transition("disown", "unconfirmed", "discarded", forgets=True),
    Transition("disown_group", "group_unconfirmed", "discarded", forgets=True),
    *(
        Transition("purge", source, "discarded", forgets=True)
        for source in ("unconfirmed", "group_unconfirmed")
    ),
    *MERGING,
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
        mails=(
            "accepted",
            "accepted_supervisee",
            "accepted_manager",
            "accepted_coordinator",
            "accepted_supervisor",
        ),
        tallies=(_NO_LONGER_QUEUED, _ONGOING),
        links=("join", "join"),
    ),
    Transition("withdraw", "submitted", "withdrawn", mails=("withdrawn", "withdrawn_manager")),
    Transition("withdraw", "returned", "withdrawn", mails=("withdrawn", "withdrawn_manager")),
    Transition("withdraw", "rejected", "withdrawn", mails=("withdrawn",)),
    *(
        Transition(
            "withdraw",
            source,
            "withdrawn",
            mails=("withdrawn", "withdrawn_manager", "withdrawn_coordinator"),
            forms=("individual",),
        )
        for source in ("coordinating", "merging")
    ),
    *(
        Transition(
            "withdraw_group",
            source,
            "withdrawn",
            mails=(
                "withdrawn_group",
                "withdrawn_supervisee",
                "withdrawn_coordinator",
                "withdrawn_supervisor",
            ),
            tallies=(_NO_LONGER_QUEUED,),
            forms=_GROUP,
        )
        for source in ("coordinating", "offered")
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
        forms=("individual",),
    ),
)
