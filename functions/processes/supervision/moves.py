"""Where each action in supervision leads."""

from dataclasses import replace

from functions.kernel.case import Case
from functions.kernel.consequences import FORM_SENT, LinkedActions, Signal
from functions.kernel.definition import CounterRule, Transition
from functions.kernel.fields import Answers
from functions.processes.supervision.states import (
    ASKED,
    DATED,
    ENOUGH,
    TOO_FEW,
    UNASKED,
    UNDATED,
    WILLING,
    form_by_number,
)

_QUEUED = CounterRule("supervisor", "queued", 1)
_NO_LONGER_QUEUED = CounterRule("supervisor", "queued", -1)
_ONGOING = CounterRule("supervisor", "ongoing", 1)
_NO_LONGER_ONGOING = CounterRule("supervisor", "ongoing", -1)

_INDIVIDUAL, _GROUP, _MERGED = ("individual",), ("group",), ("merged",)
_APPLIED = (*_INDIVIDUAL, *_GROUP)  # what somebody applied for, and nobody ordered or merged
_OWN = (*_APPLIED, *_MERGED)  # whose supervision begins and ends by what its people say

MERGING = (
    Transition("propose_merge", "coordinating", "merging", forms=_INDIVIDUAL, guard=WILLING),
    Transition("consent", "merge_pending", "merge_pending", mails=("answers_in",)),
    Transition(
        "leave", "merge_pending", "merge_pending", mails=("answers_in",), leaves="supervisee"
    ),
    *(
        row
        for action in ("settle", "close_merge")
        for row in (
            Transition(
                action,
                "merge_pending",
                "coordinating",
                mails=("coordinate", "grouped"),
                assigns=("supervisee",),
                guard=ENOUGH,
                removes_unless_agreed="supervisee",
                becomes=form_by_number,
                linked_actions=LinkedActions("merge", "release"),
            ),
            Transition(
                action,
                "merge_pending",
                "dissolved",
                guard=TOO_FEW,
                removes_unless_agreed="supervisee",
                linked_actions=LinkedActions("release", "release"),
            ),
        )
    ),
    Transition(
        "dissolve",
        "coordinating",
        "dissolved",
        mails=("dissolved",),
        forms=_MERGED,
        linked_actions=LinkedActions("restore", "restore"),
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
_APPOINTED = Signal("appoint", _instructions, {"supervisor": "supervisor"})
_OFFERED, _BACK = (Signal("offered"),), (Signal("not_taken"),)
ORDERED = tuple(
    replace(row, forms=("ordered",))
    for row in (
        Transition(
            "offer", "coordinating", "offered", ("offer",), ("supervisor",),
            counters=(_QUEUED,), signals=_OFFERED,
        ),
        Transition(
            "accept", "offered", "running", ("accepted_order",),
            counters=(_NO_LONGER_QUEUED, _ONGOING), signals=(_APPOINTED,),
        ),
        Transition(
            "decline", "offered", "coordinating", ("declined",), vacates=("supervisor",),
            counters=(_NO_LONGER_QUEUED,), signals=_BACK,
        ),
        Transition(
            "expire", "offered", "coordinating", ("expired", "offer_expired"),
            vacates=("supervisor",), counters=(_NO_LONGER_QUEUED,), signals=_BACK,
        ),
        Transition(
            "take_back", "offered", "coordinating", ("taken_back",), vacates=("supervisor",),
            counters=(_NO_LONGER_QUEUED,), signals=_BACK,
        ),
        Transition("date", "running", "running"),
        Transition(
            "undate", "running", "running", empties=("start_date", "end_date", "participant_names")
        ),
        *(
            Transition(
                action, source, target, mails, counters=counters, guard=guard,
                vacates=("supervisor",) if source == "offered" else (),
            )
            for action, target, ways in (
                *(
                    (
                        name,
                        "called_off",
                        ((DATED, "called_off_supervisor"), (UNDATED, "called_off_undated")),
                    )
                    for name in ("call_off", "cancel_order")
                ),
                ("end_order", "ended", ((None, "ended_supervisor"),)),
            )
            for source, mails, counters, guard in (
                ("coordinating", ("called_off_coordinator",), (), None),
                (
                    "offered",
                    ("called_off_offered", "withdrawn_supervisor"),
                    (_NO_LONGER_QUEUED,),
                    None,
                ),
                *(("running", (heard,), (_NO_LONGER_ONGOING,), when) for when, heard in ways),
            )
        ),
    )
)  # fmt: skip

_AS_SENDER = {"offered": "offered_group", "search_on": "search_on_group"}


def _heard_by_sender(row: Transition) -> tuple[Transition, Transition]:
    """A row for those who applied for themselves, and for a group, whose sender hears the same."""
    mails = tuple(_AS_SENDER.get(mail, mail) for mail in row.mails)
    others = (*_INDIVIDUAL, *_MERGED)
    return replace(row, forms=others), replace(row, forms=_GROUP, mails=mails)


# Whose silence let an application lapse, in words for each reader.
_UNENDORSED = ("lapsed_unendorsed", "lapsed_unendorsed_own", "lapsed_unendorsed_told")
_UNCORRECTED = ("lapsed_uncorrected_own", "lapsed_uncorrected")

# What the coordinator can do with an application beside offering it, and what follows.
COORDINATING = (
    Transition("ask", "coordinating", "asked", ("question",), forms=_APPLIED),
    Transition("ask_members", "coordinating", "asked", ("question",), forms=_MERGED),
    Transition("reply", "asked", "coordinating", ("replied",), forms=_INDIVIDUAL),
    Transition("reply_group", "asked", "coordinating", ("replied",), forms=_GROUP),
    Transition("reply_member", "asked", "coordinating", ("replied",), forms=_MERGED),
    Transition("unanswered", "asked", "coordinating", ("no_answer",)),
    Transition("send_back", "coordinating", "returned", ("mend",), forms=_APPLIED),
    Transition(
        "refuse", "coordinating", "refused", ("refused", "refused_supervisee"), forms=_APPLIED
    ),
    *(
        Transition("end_handling", source, "closed", ("ended", "ended_supervisee"), forms=_APPLIED)
        for source in ("coordinating", "asked", "submitted", "returned", "rejected")
    ),
    *_heard_by_sender(
        Transition(
            "take_back",
            "offered",
            "coordinating",
            ("taken_back", "search_on"),
            vacates=("supervisor",),
            counters=(_NO_LONGER_QUEUED,),
        )
    ),
    *(
        Transition("lapse", source, "lapsed", mails, forms=forms)
        for source, forms, mails in (
            ("submitted", _INDIVIDUAL, _UNENDORSED),
            ("returned", _INDIVIDUAL, _UNCORRECTED),
            ("rejected", _INDIVIDUAL, _UNCORRECTED),
            ("returned", _GROUP, ("lapsed_group_own", "lapsed_group")),
        )
    ),
)


def _first_session(case: Case) -> Answers:
    return {"first_session": case.answers["first_session"]}


# From the supervisor's acceptance on. Who endorsed an application that was merged hears of it
# from that application.
UNDER_WAY = (
    Transition(
        "begin",
        "active",
        "running",
        ("begun", "under_way"),
        signals=(Signal("begin_joint", _first_session),),
    ),
    # Who says that it goes on has been asked, and is asked again as long after that.
    Transition("go_on", "running", "running", forms=_OWN, restarts=True, guard=ASKED),
    *(
        Transition(
            action,
            "running",
            "running",
            ("redated",),
            forms=_OWN,
            guard=UNASKED,
            signals=(Signal("redate_joint", _first_session),),
        )
        for action in ("redate", "redate_instead")
    ),
    Transition("redate_joint", "joint", "joint", ("redated_manager",)),
    *(
        Transition(
            action,
            source,
            target,
            (mail,),
            counters=(_NO_LONGER_ONGOING,),
            linked_actions=LinkedActions("part", "part"),
            forms=_OWN,
        )
        for source, target, mail, actions in (
            ("active", "unbegun", "never_begun", ("not_begin", "not_begin_instead", "give_up")),
            ("running", "completed", "completed", ("close", "interrupt", "conclude")),
        )
        for action in actions
    ),
    Transition("begin_joint", "joined", "joint", ("begun_manager",)),
    Transition("part", "joined", "unbegun", ("never_begun_manager",)),
    Transition("part", "joint", "completed", ("completed_manager",)),
)

OVER = (
    "completed", "unbegun", "ended", "called_off", "dissolved", "refused", "closed", "lapsed",
    "withdrawn",
)  # fmt: skip

TRANSITIONS = (
    *ORDERED,
    Transition(
        "confirm",
        "unconfirmed",
        "submitted",
        mails=("receipt", "endorse"),
        assigns=("manager", "coordinator"),
        signals=(FORM_SENT,),
    ),
    Transition(
        "confirm_group",
        "group_unconfirmed",
        "coordinating",
        mails=("receipt_group", "named", "coordinate"),
        assigns=("coordinator", "supervisee"),
        signals=(FORM_SENT,),
    ),
    Transition("disown", "unconfirmed", "discarded", erases=True),
    Transition("disown_group", "group_unconfirmed", "discarded", erases=True),
    *(
        Transition("purge", source, "discarded", erases=True)
        for source in ("unconfirmed", "group_unconfirmed")
    ),
    *MERGING,
    *COORDINATING,
    *UNDER_WAY,
    *(Transition("erase", source, "erased", erases=True) for source in OVER),
    Transition("endorse", "submitted", "coordinating", mails=("endorsed", "coordinate")),
    Transition("return", "submitted", "returned", mails=("returned",)),
    Transition("reject", "submitted", "rejected", mails=("rejected",)),
    *(
        Transition(
            "correct",
            source,
            "submitted",
            mails=("corrected", "endorse_again", "left_out"),
            assigns=("applicant", "manager", "coordinator"),
            forms=_INDIVIDUAL,
        )
        for source in ("returned", "rejected")
    ),
    Transition(
        "correct_group",
        "returned",
        "coordinating",
        mails=("corrected_group", "named", "coordinate_again", "left_out"),
        assigns=("manager", "supervisee", "coordinator"),
        forms=_GROUP,
    ),
    *_heard_by_sender(
        Transition(
            "offer",
            "coordinating",
            "offered",
            mails=("offer", "offered"),
            assigns=("supervisor",),
            counters=(_QUEUED,),
        )
    ),
    *_heard_by_sender(
        Transition(
            "decline",
            "offered",
            "coordinating",
            mails=("declined", "search_on"),
            vacates=("supervisor",),
            counters=(_NO_LONGER_QUEUED,),
        )
    ),
    *_heard_by_sender(
        Transition(
            "expire",
            "offered",
            "coordinating",
            mails=("expired", "offer_expired", "search_on"),
            vacates=("supervisor",),
            counters=(_NO_LONGER_QUEUED,),
        )
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
        counters=(_NO_LONGER_QUEUED, _ONGOING),
        linked_actions=LinkedActions("join", "join"),
        forms=_OWN,
    ),
    Transition("withdraw", "submitted", "withdrawn", mails=("withdrawn", "withdrawn_unanswered")),
    Transition(
        "withdraw",
        "returned",
        "withdrawn",
        mails=("withdrawn", "withdrawn_manager"),
        forms=_INDIVIDUAL,
    ),
    Transition("withdraw", "rejected", "withdrawn", mails=("withdrawn",)),
    *(
        Transition(
            "withdraw",
            source,
            "withdrawn",
            mails=("withdrawn", "withdrawn_manager", "withdrawn_coordinator"),
            forms=_INDIVIDUAL,
            signals=(Signal("leave"),) if source == "merging" else (),
        )
        for source in ("coordinating", "asked", "merging")
    ),
    *(
        Transition(
            "withdraw_group",
            source,
            "withdrawn",
            mails=("withdrawn_group", "withdrawn_supervisee", *heard),
            vacates=("supervisor",) if source == "offered" else (),
            counters=(_NO_LONGER_QUEUED,),
            forms=_GROUP,
        )
        for source, heard in (
            *((each, ("withdrawn_coordinator",)) for each in ("coordinating", "asked", "returned")),
            ("offered", ("withdrawn_offered", "withdrawn_supervisor")),
        )
    ),
    Transition(
        "withdraw",
        "offered",
        "withdrawn",
        mails=(
            "withdrawn",
            "withdrawn_manager",
            "withdrawn_offered",
            "withdrawn_supervisor",
        ),
        vacates=("supervisor",),
        counters=(_NO_LONGER_QUEUED,),
        forms=_INDIVIDUAL,
    ),
)
