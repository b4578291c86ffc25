"""What can be done with a quote and its invoice, by whom, and where it leads."""

from functions.kernel.consequences import FORM_SENT, Computation, Guard, Signal, Spawn
from functions.kernel.definition import Action, Purpose, Transition
from functions.kernel.states import CLOCK, LINK
from functions.processes.quote import forms, money
from functions.processes.quote.order import (
    CALLED_OFF,
    CANCELLED,
    DATED,
    ENDED,
    FIND_SUPERVISOR,
    UNDATED,
)
from functions.processes.quote.states import (
    ABSENCE,
    FIRST,
    LATER,
    ORGANISATION,
    PAID,
    PERSON,
    SEVERAL,
    STAFFED,
    STAFFED_SEVERAL,
    UNPAID,
    UNSTAFFED,
)

_FEE = (
    "days_left", "fee_reason", "fee_base", "fee_base_gross", "fee_percent", "sessions_held", "fee",
    "fee_gross", "payable", "fee_terms",
)  # fmt: skip
_COMPUTED = tuple(f.name for f in forms.FEE_FACTS)
_FACTS = (*forms.FEE_FACTS, forms.PAYABLE)
_ANYTIME: tuple[Purpose, ...] = ("task", "status")
_QUOTED = Computation((*forms.QUOTE_FACTS, forms.VALID_UNTIL), money.quoted)
_ACCEPTED = Computation(forms.PARTICIPANT_PRICE, money.accepted)
_BY_CLIENT = Computation((*_FACTS, forms.HELD_FACT), money.cancelled("client"), _FEE, money.vacancy)
_BY_PROVIDER = Computation(_FACTS, money.cancelled("provider"), _FEE)
_ONE = Computation(
    (*_FACTS, forms.NAMES, *forms.PARTICIPANT_SUMS), money.one_left, _FEE, money.vacancy
)
_SUBSTITUTED = Computation((*forms.FEE_FACTS, forms.NAMES), money.substituted, _FEE)
_ABSENT = Computation(forms.FEE_FACTS, money.not_there)

ACTIONS = (
    Action("confirm", "contact"),
    Action("disown", "contact"),
    Action("ask", "coordinator", (forms.QUESTION,)),
    Action(
        "quote", "coordinator", forms.QUOTE, forms.QUOTE_CHECKS, start_with_last=True,
        computes=_QUOTED
    ),
    Action("refuse", "coordinator", (forms.REFUSAL,)),
    Action("reply", "contact", (forms.REPLY,)),
    Action(
        "accept_person",
        "contact",
        forms.ACCEPT_PERSON,
        forms.ACCEPT_PERSON_CHECKS,
        start_with_last=True,
        computes=_ACCEPTED,
    ),
    Action(
        "accept_organisation",
        "contact",
        forms.ACCEPT_ORGANISATION,
        forms.ACCEPT_CHECKS,
        start_with_last=True,
        computes=_ACCEPTED,
    ),
    Action("ask_about", "contact", (forms.ABOUT_QUOTE,)),
    Action("decline", "contact", (forms.DECLINE_REASON,)),
    Action("revise", "coordinator", forms.QUOTE, forms.QUOTE_CHECKS, available_on=_ANYTIME,
        start_with_last=True,
           computes=_QUOTED),
    Action("schedule", "coordinator", forms.DATES, forms.DATES_CHECKS),
    Action("reschedule", "coordinator", forms.DATES, forms.DATES_CHECKS, available_on=_ANYTIME,
        start_with_last=True),
    Action("cancel_one", "contact", (forms.LEAVING,), available_on=_ANYTIME, computes=_ONE),
    Action("substitute", "contact", (forms.REPLACED, forms.COMING_IN), forms.COMING_CHECKS,
           available_on=_ANYTIME, computes=_SUBSTITUTED),
    Action("count_held", "coordinator", (forms.HELD,), forms.HELD_CHECKS, available_on=_ANYTIME,
        start_with_last=True),
    Action("cancel", "contact", (forms.CANCEL_REASON,), available_on=_ANYTIME, computes=_BY_CLIENT),
    Action("call_off", "coordinator", (forms.PROVIDER_REASON,), available_on=_ANYTIME,
           computes=_BY_PROVIDER),
    Action("no_show", "supervisor", (forms.ABSENT_ON, forms.ABSENT), forms.ABSENT_CHECKS,
           available_on=_ANYTIME, computes=_ABSENT),
    Action("was_there", "supervisor", available_on=_ANYTIME),
    Action("withdraw", "contact", available_on=_ANYTIME),
    Action("invoice", "finance", (forms.NUMBER, forms.ISSUED, forms.DUE), forms.INVOICE_CHECKS,
           computes=Computation((forms.ISSUED, forms.DUE), money.invoiced)),
    Action("pay", "finance", (forms.PAID_ON,), forms.PAID_CHECKS, available_on=_ANYTIME,
           computes=Computation((forms.PAID_ON,), money.paid)),
    Action("credit", "finance", forms.CREDIT, available_on=_ANYTIME,
           computes=Computation((forms.CREDITED_ON,), money.credited)),
    Action("give_back", LINK),
    Action("appoint", LINK, (forms.INSTRUCTIONS,), by="supervisor"),
    Action("offered", LINK, by="coordinator"),
    Action("not_taken", LINK),
    Action("lapse", CLOCK),
    Action("expire", CLOCK),
    Action("start", CLOCK, computes=Computation((forms.STARTED, forms.PAYABLE), money.started)),
    Action("postpone", CLOCK),
    Action("complete", CLOCK),
    Action("purge", CLOCK),
)  # fmt: skip

_PRICE = Spawn("quote", "invoice", money.to_invoice("price"))
_FEE_INVOICE = Spawn(
    "quote",
    "invoice",
    money.to_invoice("fee"),
    when=Guard("costs_something", money.costs_something),
)
_HELD_INVOICE = Spawn(
    "quote",
    "invoice",
    money.to_invoice("held"),
    when=Guard("costs_something", money.costs_something),
)
_CHANGED = ("changed", "changed_coordinator", "changed_supervisor")
_PARTICIPANTS = ("participants_coordinator", "participants_supervisor")


def _cancelled(source: str) -> tuple[str, ...]:
    """What the client hears who cancels; the supervisor hears of their own case."""
    mails = {"scheduled": "cancelled", "running": "cancelled_started"}
    return mails.get(source, "cancelled_free"), "cancelled_coordinator"


def _called_off(source: str) -> tuple[str, ...]:
    mails = "called_off_started" if source == "running" else "called_off"
    return mails, "cancelled_coordinator"


REQUESTS = (
    Transition(
        "confirm", "unconfirmed", "in_review", ("receipt", "requested"), ("coordinator",),
        signals=(FORM_SENT,),
    ),
    Transition("disown", "unconfirmed", "discarded", erases=True),
    Transition("ask", "in_review", "info_requested", ("asked",)),
    Transition("reply", "info_requested", "in_review", ("replied",)),
    Transition("lapse", "info_requested", "withdrawn", ("lapsed",)),
    Transition("quote", "in_review", "quoted", ("quoted",), guard=FIRST),
    Transition("quote", "in_review", "quoted", ("requoted",), guard=LATER),
    Transition("refuse", "in_review", "refused", ("refused",)),
    Transition("revise", "quoted", "quoted", ("requoted",), restarts=True),  # another validity
    Transition("ask_about", "quoted", "in_review", ("asked_about",)),
    Transition("decline", "quoted", "declined", ("declined",)),
    Transition("expire", "quoted", "expired", ("expired", "expired_coordinator")),
    *(
        Transition(
            action, "quoted", "staffing", ("accepted",), guard=guard, spawns=(FIND_SUPERVISOR,),
        )
        for action, guard in (("accept_person", PERSON), ("accept_organisation", ORGANISATION))
    ),
    *(
        Transition("withdraw", source, "withdrawn", ("withdrawn", "withdrawn_coordinator"))
        for source in ("in_review", "info_requested")
    ),
)  # fmt: skip

_ORDERED = ("staffing", "asking", "accepted", "scheduled", "running")
COURSE = (
    Transition("offered", "staffing", "asking"),
    Transition("appoint", "asking", "accepted", ("appointed", "to_schedule"), ("supervisor",)),
    Transition("not_taken", "asking", "staffing"),
    Transition(
        "schedule", "accepted", "scheduled", ("scheduled", "scheduled_supervisor"),
        guard=STAFFED, signals=(DATED,),
    ),
    # Other days are reminded of anew; who takes part changes no day.
    Transition("reschedule", "scheduled", "scheduled", _CHANGED, signals=(DATED,), restarts=True),
    # How the place of one was computed before explains nothing from then on.
    Transition(
        "start", "scheduled", "running", ("started",), guard=STAFFED, spawns=(_PRICE,),
        empties=_COMPUTED,
    ),
    # Nothing starts without a supervisor: the dates are agreed anew once there is another.
    Transition(
        "postpone", "scheduled", "accepted", ("postponed", "postponed_coordinator"),
        guard=UNSTAFFED, signals=(UNDATED,), empties=("start_date", "end_date", *_COMPUTED),
    ),
    # What is paid if nobody goes on with it and the client does not wait for another.
    Transition("count_held", "running", "running"),
    Transition("complete", "running", "completed", ("completed",), signals=(ENDED,)),
    *(
        Transition(
            action, source, source, (heard, *_PARTICIPANTS), guard=guard, signals=(DATED,)
        )
        for source, action, heard, guard in (
            ("scheduled", "cancel_one", "place_cancelled", SEVERAL),
            # Who leaves work that nobody goes on with pays no full price of it.
            ("running", "cancel_one", "place_cancelled", STAFFED_SEVERAL),
            ("scheduled", "substitute", "replaced", None),
            ("running", "substitute", "replaced", None),
        )
    ),
    Transition("no_show", "running", "running", ("missed", "missed_coordinator")),
    Transition(
        "was_there", "running", "running", ("not_missed",), guard=ABSENCE,
        empties=tuple(f.name for f in forms.FEE_FACTS),
    ),
    *(
        Transition(
            "cancel", source, "cancelled", _cancelled(source), signals=(CANCELLED,),
            spawns=(_FEE_INVOICE,) if source == "scheduled" else (),
            guard=STAFFED if source == "running" else None,
        )
        for source in _ORDERED
    ),
    # The provider cannot go on: the invoice of the price gives way to one of what was held.
    Transition(
        "cancel", "running", "cancelled", ("cancelled_held", "cancelled_coordinator"),
        guard=UNSTAFFED, signals=(CANCELLED, Signal("give_back")), spawns=(_HELD_INVOICE,),
    ),
    *(
        Transition(
            "call_off", source, "cancelled", _called_off(source),
            signals=(CALLED_OFF, Signal("give_back")),
        )
        for source in _ORDERED
    ),
)  # fmt: skip

INVOICES = (
    *(
        Transition("invoice", "invoice_due", "invoiced", (mail, "invoiced_finance"), guard=guard)
        for mail, guard in (("invoiced_person", PERSON), ("invoiced", ORGANISATION))
    ),
    Transition("pay", "invoiced", "paid"),
    Transition("give_back", "invoice_due", "dropped", ("dropped",)),
    Transition("give_back", "invoiced", "credit_due", ("to_credit", "not_to_pay")),
    Transition("give_back", "paid", "credit_due", ("to_credit_paid", "to_return")),
    *(
        Transition("credit", source, "credited", (heard, f"{heard}_finance"), guard=guard)
        for source, heard, guard in (
            ("invoiced", "credited", None),
            ("paid", "credited_paid", None),
            ("credit_due", "credited", UNPAID),
            ("credit_due", "credited_paid", PAID),
        )
    ),
)

KEPT_A_WHILE = (
    "completed", "cancelled", "declined", "expired", "refused", "withdrawn", "paid", "credited",
    "dropped",
)  # fmt: skip
TRANSITIONS = (
    *REQUESTS,
    *COURSE,
    *INVOICES,
    Transition("purge", "unconfirmed", "discarded", erases=True),
    *(Transition("purge", source, "erased", erases=True) for source in KEPT_A_WHILE),
)
