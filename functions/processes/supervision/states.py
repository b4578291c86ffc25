"""Who takes part in supervision, and the states a case can be in."""

from datetime import timedelta

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.definition import CLOCK, LINK, Hurry, Rung, State, Turn
from functions.kernel.fields import Answers
from functions.kernel.roles import Role
from functions.kernel.spans import Calendar

_DAY = timedelta(days=1)
# Where it is urgent: what has shaken people at work is best talked about within three days, so
# each hand has one working day, then whoever can do something about it hears; who would take the
# work on has two, to find the time for it, and three for the first session.
_AT_ONCE, _SECOND, _THIRD = Calendar(working=1), Calendar(working=2), Calendar(working=3)
_FIFTH = Calendar(working=5)
_OWN = ("individual", "group", "merged")  # what no order goes on with
_LAPSE = Rung(60 * _DAY, action="lapse")
_YEAR = (Rung(Calendar(months=12), action="erase"),)  # what is over is kept a year
_AGREED = (Rung(Calendar(months=84), action="erase"),)  # an order, as long as its own case

ROLES = (
    Role("applicant", fields=("applicant_name", "applicant_email", "")),
    Role(
        "manager",
        fields=("manager_name", "manager_email", "manager_language"),
        apart=("applicant",),
    ),
    Role(
        "coordinator",
        source="units",
        key="unit",
        apart=("applicant", "manager", "supervisee"),
        apart_linked=("contact",),
    ),
    Role(
        "supervisor",
        source="supervisors",
        key="supervisor",
        apart=("applicant", "manager", "supervisee"),
        apart_linked=("contact",),
        own=("contact_instructions",),
        told="another_supervisor",
    ),
    Role("supervisee", rows=("supervisees", "members")),
)


def _agreeing(case: Case) -> int:
    return len(case.agreeing("supervisee"))


def _settled(case: Case) -> bool:
    """Whether no answer can change anything: all agree, or those who are left are too few."""
    asked = len(case.holders("supervisee"))
    return asked < 2 or _agreeing(case) == asked


def form_by_number(case: Case) -> Answers:
    """Two who joined a group are a pair; what was proposed otherwise stands."""
    two, form = len(case.linked) == 2, case.answers.get("form_of_supervision")
    return {"form_of_supervision": "pair"} if two and form == "group" else {}


ENOUGH = Guard("at_least_two_agree", lambda case: _agreeing(case) >= 2)
TOO_FEW = Guard("fewer_than_two_agree", lambda case: _agreeing(case) < 2)
WILLING = Guard("willing_to_merge", lambda case: case.answers.get("willing_to_merge") is not False)
SETTLED = Guard("all_agree_or_too_few_are_left", _settled)
DATED = Guard("dates_agreed", lambda case: "start_date" in case.answers)
UNDATED = Guard("no_dates_agreed", lambda case: "start_date" not in case.answers)
UNASKED = Guard("not_asked_yet", lambda case: case.rung == 0)
ASKED = Guard("asked_whether_it_goes_on", lambda case: case.rung > 0)
ANSWERED = Guard("all_have_answered", lambda case: case.all_voted("supervisee"))

STATES = (
    State("unconfirmed", "applicant", 7 * _DAY, (Rung(7 * _DAY, action="purge"),)),
    State("group_unconfirmed", "manager", 7 * _DAY, (Rung(7 * _DAY, action="purge"),)),
    State(
        "merge_pending",
        "supervisee",
        7 * _DAY,
        (
            Rung(4 * _DAY, mail="remind_consent"),
            Rung(7 * _DAY, action="settle", sooner=SETTLED),
        ),
        turns=(Turn("coordinator", ANSWERED),),
    ),
    State(
        "submitted",
        "manager",
        7 * _DAY,
        (
            Rung(7 * _DAY, mail="remind_endorse"),
            Rung(14 * _DAY, mail="remind_endorse"),
            Rung(21 * _DAY, mail="stuck"),
            _LAPSE,
        ),
        hurry=Hurry(
            _AT_ONCE,
            (
                Rung(_AT_ONCE, mail="remind_endorse"),
                Rung(_SECOND, mail="stuck"),
                Rung(_THIRD, mail="remind_endorse_again"),
                _LAPSE,
            ),
        ),
    ),
    State(
        "returned",
        "applicant",
        14 * _DAY,
        (Rung(14 * _DAY, mail="remind_correct"), Rung(28 * _DAY, mail="stuck"), _LAPSE),
        turns=(Turn("manager", forms=("group",)),),
        hurry=Hurry(
            _THIRD, (Rung(_THIRD, mail="remind_correct"), Rung(_FIFTH, mail="stuck"), _LAPSE)
        ),
    ),
    State("rejected", "applicant", 30 * _DAY, (Rung(30 * _DAY, mail="remind_rejected"), _LAPSE)),
    State(
        "coordinating",
        "coordinator",
        7 * _DAY,
        (
            Rung(7 * _DAY, mail="remind_offer"),
            Rung(14 * _DAY, mail="remind_offer"),
            Rung(21 * _DAY, escalates=True),
            Rung(28 * _DAY, mail="remind_offer"),
            Rung(56 * _DAY, mail="remind_offer"),
            Rung(63 * _DAY, escalates=True),
        ),
        hurry=Hurry(
            _AT_ONCE,
            (
                Rung(_AT_ONCE, mail="remind_offer"),
                Rung(_SECOND, escalates=True),
                Rung(_THIRD, mail="remind_offer"),
                Rung(_FIFTH, escalates=True),
            ),
        ),
    ),
    State(
        "asked",
        "applicant",
        7 * _DAY,
        (Rung(7 * _DAY, mail="remind_reply"), Rung(14 * _DAY, action="unanswered")),
        turns=(Turn("manager", forms=("group",)), Turn("supervisee", forms=("merged",))),
        hurry=Hurry(
            _AT_ONCE, (Rung(_AT_ONCE, mail="remind_reply"), Rung(_THIRD, action="unanswered"))
        ),
    ),
    State(
        "offered",
        "supervisor",
        7 * _DAY,
        (Rung(4 * _DAY, mail="remind_answer"), Rung(7 * _DAY, action="expire")),
        hurry=Hurry(
            _SECOND, (Rung(_AT_ONCE, mail="remind_answer"), Rung(_SECOND, action="expire"))
        ),
    ),
    State("merging", LINK, unhurried="the merger has its own ladder"),
    State("merged", LINK, unhurried="the merger has its own ladder"),
    State(
        "active",
        "supervisor",
        14 * _DAY,
        (
            Rung(10 * _DAY, mail="remind_first"),
            Rung(15 * _DAY, mail="not_begun"),
            Rung(28 * _DAY, mail="remind_first_again"),
            Rung(42 * _DAY, mail="not_begun"),
            Rung(Calendar(months=12), action="give_up", forms=_OWN),
        ),
        hurry=Hurry(
            _THIRD,
            (
                Rung(_SECOND, mail="remind_first"),
                Rung(_THIRD, mail="not_begun"),
                Rung(_FIFTH, mail="remind_first_again"),
                Rung(42 * _DAY, mail="not_begun"),
                Rung(Calendar(months=12), action="give_up", forms=_OWN),
            ),
        ),
    ),
    State(
        "running",
        CLOCK,
        ladder=(
            Rung(Calendar(months=6), mail="remind_close", forms=_OWN),
            Rung(Calendar(months=7), mail="remind_close", forms=_OWN),
            Rung(Calendar(months=12), action="conclude", forms=_OWN),
        ),
        holder="supervisor",
        begins="first_session",
        turns=(Turn(LINK, UNDATED, ("ordered",)),),
        unhurried="what was ordered ends with its order, whose dates its own ladder waits for",
    ),
    State("joined", LINK, unhurried="the merger has its own ladder"),
    State("joint", LINK, unhurried="the merger has its own ladder", runs=True),
    State("completed", CLOCK, ladder=_YEAR),
    State("unbegun", CLOCK, ladder=_YEAR),
    State("ended", CLOCK, ladder=_AGREED),
    State("called_off", CLOCK, ladder=_AGREED),
    State("dissolved", CLOCK, ladder=_YEAR),
    State("refused", CLOCK, ladder=_YEAR),
    State("closed", CLOCK, ladder=_YEAR),
    State("lapsed", CLOCK, ladder=_YEAR),
    State("withdrawn", CLOCK, ladder=_YEAR),
    State("discarded", end=True),
    State("erased", end=True),
)
