"""Who takes part in supervision, and the states a case can be in."""

from datetime import timedelta

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.durations import Calendar
from functions.kernel.fields import Answers
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, LINK, Hurry, State, Timer, Turn

_DAY = timedelta(days=1)
# Where it is urgent: what has shaken people at work is best talked about within three days, so
# each hand has one working day, then whoever can do something about it hears; who would take the
# work on has two, to find the time for it, and three for the first session.
_AT_ONCE, _SECOND, _THIRD = Calendar(working=1), Calendar(working=2), Calendar(working=3)
_FIFTH = Calendar(working=5)
_OWN = ("individual", "group", "merged")  # what no order goes on with
_LAPSE = Timer(60 * _DAY, action="lapse")
_YEAR = (Timer(Calendar(months=12), action="erase"),)  # what is over is kept a year
_AGREED = (Timer(Calendar(months=84), action="erase"),)  # an order, as long as its own case

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
        successor_mail="another_supervisor",
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
UNASKED = Guard("not_asked_yet", lambda case: case.next_timer == 0)
ASKED = Guard("asked_whether_it_goes_on", lambda case: case.next_timer > 0)
ANSWERED = Guard("all_have_answered", lambda case: case.all_voted("supervisee"))

STATES = (
    State("unconfirmed", "applicant", 7 * _DAY, (Timer(7 * _DAY, action="purge"),)),
    State("group_unconfirmed", "manager", 7 * _DAY, (Timer(7 * _DAY, action="purge"),)),
    State(
        "merge_pending",
        "supervisee",
        7 * _DAY,
        (
            Timer(4 * _DAY, mail="remind_consent"),
            Timer(7 * _DAY, action="settle", sooner=SETTLED),
        ),
        turns=(Turn("coordinator", ANSWERED),),
    ),
    State(
        "submitted",
        "manager",
        7 * _DAY,
        (
            Timer(7 * _DAY, mail="remind_endorse"),
            Timer(14 * _DAY, mail="remind_endorse"),
            Timer(21 * _DAY, mail="stuck"),
            _LAPSE,
        ),
        hurry=Hurry(
            _AT_ONCE,
            (
                Timer(_AT_ONCE, mail="remind_endorse"),
                Timer(_SECOND, mail="stuck"),
                Timer(_THIRD, mail="remind_endorse_again"),
                _LAPSE,
            ),
        ),
    ),
    State(
        "returned",
        "applicant",
        14 * _DAY,
        (Timer(14 * _DAY, mail="remind_correct"), Timer(28 * _DAY, mail="stuck"), _LAPSE),
        turns=(Turn("manager", forms=("group",)),),
        hurry=Hurry(
            _THIRD, (Timer(_THIRD, mail="remind_correct"), Timer(_FIFTH, mail="stuck"), _LAPSE)
        ),
    ),
    State(
        "rejected",
        "applicant",
        30 * _DAY,
        (Timer(30 * _DAY, mail="remind_rejected"), _LAPSE),
        hurry=Hurry(_THIRD, (Timer(_THIRD, mail="remind_rejected"), _LAPSE)),
    ),
    State(
        "coordinating",
        "coordinator",
        7 * _DAY,
        (
            Timer(7 * _DAY, mail="remind_offer"),
            Timer(14 * _DAY, mail="remind_offer"),
            Timer(21 * _DAY, escalates=True),
            Timer(28 * _DAY, mail="remind_offer"),
            Timer(56 * _DAY, mail="remind_offer"),
            Timer(63 * _DAY, escalates=True),
        ),
        hurry=Hurry(
            _AT_ONCE,
            (
                Timer(_AT_ONCE, mail="remind_offer"),
                Timer(_SECOND, escalates=True),
                Timer(_THIRD, mail="remind_offer"),
                Timer(_FIFTH, escalates=True),
            ),
        ),
    ),
    State(
        "asked",
        "applicant",
        7 * _DAY,
        (Timer(7 * _DAY, mail="remind_reply"), Timer(14 * _DAY, action="unanswered")),
        turns=(Turn("manager", forms=("group",)), Turn("supervisee", forms=("merged",))),
        hurry=Hurry(
            _AT_ONCE, (Timer(_AT_ONCE, mail="remind_reply"), Timer(_THIRD, action="unanswered"))
        ),
    ),
    State(
        "offered",
        "supervisor",
        7 * _DAY,
        (Timer(4 * _DAY, mail="remind_answer"), Timer(7 * _DAY, action="expire")),
        hurry=Hurry(
            _SECOND, (Timer(_AT_ONCE, mail="remind_answer"), Timer(_SECOND, action="expire"))
        ),
    ),
    State("merging", LINK, unhurried="the merger has its own timers"),
    State("merged", LINK, unhurried="the merger has its own timers"),
    State(
        "active",
        "supervisor",
        14 * _DAY,
        (
            Timer(10 * _DAY, mail="remind_first"),
            Timer(15 * _DAY, mail="not_begun"),
            Timer(28 * _DAY, mail="remind_first_again"),
            Timer(42 * _DAY, mail="not_begun"),
            Timer(Calendar(months=12), action="give_up", forms=_OWN),
        ),
        hurry=Hurry(
            _THIRD,
            (
                Timer(_SECOND, mail="remind_first"),
                Timer(_THIRD, mail="not_begun"),
                Timer(_FIFTH, mail="remind_first_again"),
                Timer(42 * _DAY, mail="not_begun"),
                Timer(Calendar(months=12), action="give_up", forms=_OWN),
            ),
        ),
    ),
    State(
        "running",
        CLOCK,
        timers=(
            Timer(Calendar(months=6), mail="remind_close", forms=_OWN),
            Timer(Calendar(months=7), mail="remind_close", forms=_OWN),
            Timer(Calendar(months=12), action="conclude", forms=_OWN),
        ),
        holder="supervisor",
        begins="first_session",
        turns=(Turn(LINK, UNDATED, ("ordered",)),),
        variants=(ASKED,),
        unhurried="what was ordered ends with its order, whose dates its own timers waits for",
    ),
    State("joined", LINK, unhurried="the merger has its own timers"),
    State("joint", LINK, unhurried="the merger has its own timers", runs=True),
    State("completed", CLOCK, timers=_YEAR),
    State("unbegun", CLOCK, timers=_YEAR),
    State("ended", CLOCK, timers=_AGREED),
    State("called_off", CLOCK, timers=_AGREED),
    State("dissolved", CLOCK, timers=_YEAR),
    State("refused", CLOCK, timers=_YEAR),
    State("closed", CLOCK, timers=_YEAR),
    State("lapsed", CLOCK, timers=_YEAR),
    State("withdrawn", CLOCK, timers=_YEAR),
    State("discarded", end=True),
    State("erased", end=True),
)
