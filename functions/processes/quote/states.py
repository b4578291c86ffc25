"""Who takes part in a quote and its invoice, and the states they go through."""

from datetime import timedelta

from functions.kernel.case import Case
from functions.kernel.consequences import Guard
from functions.kernel.durations import Calendar, OnDate, day_of
from functions.kernel.parse import lines
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, LINK, Hurry, State, Timer
from functions.processes.quote import money

_DAY = timedelta(days=1)
_SOON, _WEEK = Calendar(working=2), Calendar(working=5)
_AT_ONCE, _THIRD = Calendar(working=1), Calendar(working=3)
_REMINDED = OnDate("start_date", -2)


def _at_once(mail: str) -> Hurry:
    """In a crisis: a working day, a reminder; then those who keep the directory hear."""
    return Hurry(
        _AT_ONCE,
        (
            Timer(_AT_ONCE, mail=mail),
            Timer(_SOON, escalates=True),
            Timer(_THIRD, mail=mail),
            Timer(_WEEK, escalates=True),
        ),
    )


# Vouchers are kept six years from the end of the year (Accounting Act 1336/1997, 2:10); what
# came to nothing is kept a year.
_VOUCHER = (Timer(Calendar(months=84), action="purge"),)
_NOTHING = (Timer(Calendar(months=12), action="purge"),)

ROLES = (
    Role("contact", fields=("contact_name", "contact_email", "")),
    Role("coordinator", source="topics", always="quotes", apart=("contact",)),
    # Whom the case that finds one passes on.
    Role(
        "supervisor",
        source="supervisors",
        apart=("contact",),
        own=("contact_instructions",),
        successor_mail="another_supervisor",
    ),
    Role("finance", source="duties", always="finance", apart=("contact",)),
)

PERSON = Guard("individual_pays", lambda case: case.answers.get("payer_type") == "individual")
ORGANISATION = Guard(
    "organisation_pays", lambda case: case.answers.get("payer_type") == "organisation"
)
STAFFED = Guard("supervisor_in_place", lambda case: not case.waits_for_others("supervisor"))
UNSTAFFED = Guard("no_supervisor_left", lambda case: case.waits_for_others("supervisor"))
URGENT = Guard(
    "crisis",
    lambda case: (
        case.form == "request"
        and "crisis" in (case.answers.get("urgency"), case.answers.get("product"))
    ),
)
FIRST = Guard("first_quote", lambda case: "quote_version" not in case.answers)
LATER = Guard("later_quote", lambda case: "quote_version" in case.answers)
EXTRA = Guard("extra_sessions_offered", lambda case: "option_sessions" in case.answers)


def _reminder_ahead(case: Case) -> bool:
    """Whether people are still to be reminded of the start: dates can be agreed on so late that
    they are not."""
    day = _REMINDED.of(case.answers)
    return not case.next_timer and day is not None and day > day_of(case.entered_at)


AHEAD = Guard("reminder_ahead", _reminder_ahead)
EXTRA_AHEAD = Guard(
    "extra_sessions_and_reminder", lambda case: EXTRA.holds(case) and AHEAD.holds(case)
)
PAID = Guard("paid", lambda case: "paid_on" in case.answers)
UNPAID = Guard("unpaid", lambda case: "paid_on" not in case.answers)


def _given_back(case: Case) -> bool:
    answers = case.answers
    own = answers.get("fee_reason") == "provider" or (
        money.is_held(case) and not money.costs_something(case)
    )
    return own and bool(answers.get("started_on"))


def _held_due(case: Case) -> bool:
    return money.is_held(case) and money.costs_something(case)


def _free(case: Case) -> bool:
    return not case.answers.get("started_on") and not money.costs_something(case)


def _fee_due(case: Case) -> bool:
    return not case.answers.get("started_on") and money.costs_something(case)


# What follows from a cancellation; once the work has started, its price is invoiced.
CANCELLED = (
    Guard("given_back", _given_back),
    Guard("held_due", _held_due),
    Guard("free", _free),
    Guard("fee_due", _fee_due),
)


def _several(case: Case) -> bool:
    return len(lines(case.answers, "participant_names")) > 1


ABSENCE = Guard("absence_recorded", lambda case: case.answers.get("fee_reason") == "no_show")
SEVERAL = Guard("several_participants", _several)
STAFFED_SEVERAL = Guard(
    "several_participants_and_supervisor", lambda case: STAFFED.holds(case) and _several(case)
)

STATES = (
    State("unconfirmed", "contact", 7 * _DAY, (Timer(7 * _DAY, action="purge"),)),
    State(
        "in_review",
        "coordinator",
        _SOON,
        (
            Timer(_SOON, mail="remind_review"),
            Timer(10 * _DAY, mail="remind_review"),
            Timer(14 * _DAY, escalates=True),
        ),
        hurry=_at_once("remind_review"),
    ),
    State(
        "info_requested",
        "contact",
        7 * _DAY,
        (
            Timer(7 * _DAY, mail="remind_info"),
            Timer(14 * _DAY, mail="remind_info"),
            Timer(28 * _DAY, action="lapse"),
        ),
    ),
    State(
        "quoted",
        "contact",
        OnDate("valid_until"),
        (
            Timer(OnDate("valid_until", -3), mail="remind_quote"),
            Timer(OnDate("valid_until", 1), action="expire"),
        ),
    ),
    State(
        "staffing",
        LINK,
        holder="coordinator",
        unhurried="the case that finds the supervisor has its own timers",
    ),
    State(
        "asking",
        LINK,
        holder="supervisor",
        unhurried="the case that finds the supervisor has its own timers",
    ),
    State(
        "accepted",
        "coordinator",
        _WEEK,
        (
            Timer(_WEEK, mail="remind_dates"),
            Timer(14 * _DAY, mail="remind_dates"),
            Timer(21 * _DAY, escalates=True),
        ),
        hurry=_at_once("remind_dates"),
    ),
    State(
        "scheduled",
        CLOCK,
        OnDate("start_date"),
        (
            Timer(_REMINDED, mail="remind_start"),
            Timer(_REMINDED, mail="remind_supervisor"),
            Timer(OnDate("start_date"), action="start"),
            Timer(OnDate("start_date"), action="postpone"),
        ),
        variants=(EXTRA_AHEAD, EXTRA, AHEAD),
    ),
    State(
        "running",
        CLOCK,
        OnDate("end_date"),
        (Timer(OnDate("end_date", 1), action="complete"),),
        variants=(EXTRA,),
    ),
    State("completed", CLOCK, timers=_VOUCHER),
    State("cancelled", CLOCK, timers=_VOUCHER, variants=CANCELLED),
    State("declined", CLOCK, timers=_NOTHING),
    State("expired", CLOCK, timers=_NOTHING),
    State("refused", CLOCK, timers=_NOTHING),
    State("withdrawn", CLOCK, timers=_NOTHING),
    State(
        "invoice_due",
        "finance",
        _WEEK,
        (
            Timer(_WEEK, mail="remind_invoice"),
            Timer(14 * _DAY, mail="remind_invoice"),
            Timer(21 * _DAY, escalates=True),
        ),
    ),
    State(
        "invoiced",
        "contact",
        OnDate("due_date"),
        (
            Timer(OnDate("due_date", 3), mail="unpaid"),
            Timer(OnDate("due_date", 17), mail="unpaid"),
            Timer(OnDate("due_date", 31), escalates=True),
        ),
        recorded_by="finance",
    ),
    State(
        "credit_due",
        "finance",
        _WEEK,
        (
            Timer(_WEEK, mail="remind_credit"),
            Timer(14 * _DAY, mail="remind_credit"),
            Timer(21 * _DAY, escalates=True),
        ),
        variants=(PAID,),
    ),
    State("paid", CLOCK, timers=_VOUCHER),
    State("credited", CLOCK, timers=_VOUCHER, variants=(PAID,)),
    State("dropped", CLOCK, timers=_NOTHING),
    State("discarded", end=True),
    State("erased", end=True),
)
