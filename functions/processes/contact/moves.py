"""Who takes part in a contact, the states of it, and what can be done."""

from datetime import timedelta

from functions.kernel.definition import Action, Transition
from functions.kernel.durations import ByAnswer, Calendar, Span
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, LINK, State, Timer
from functions.processes.contact import forms

_DAY = timedelta(days=1)
_SOON, _YEAR = Calendar(working=2), Calendar(months=12)
_ERASED = (Timer(_YEAR, action="purge"),)

ROLES = (
    Role("sender", fields=("name", "email", "")),
    Role("assignee", source="topics", key="topic", apart=("sender",)),
)

# Feedback on accessibility is answered in 14 days (Act on the Provision of Digital Services,
# 306/2019), a data subject in a month (GDPR, article 12.3); two working days are a
# promise of our own.
_BY_LAW: dict[str, Span | None] = {"accessibility": 14 * _DAY, "data_subject": Calendar(months=1)}
_WITHIN = ByAnswer("topic", _BY_LAW, _SOON, by_law=tuple(_BY_LAW))


def _of_law(accessibility: int, data_subject: int) -> ByAnswer:
    """Days from which work is left until the law's deadline, for the topics that have one."""
    days = {"accessibility": accessibility * _DAY, "data_subject": data_subject * _DAY}
    return ByAnswer("topic", days)


STATES = (
    State("unconfirmed", "sender", 7 * _DAY, (Timer(7 * _DAY, action="purge"),)),
    State(
        "assigned",
        "assignee",
        _WITHIN,
        (
            Timer(_SOON, mail="remind_answer"),
            Timer(_of_law(6, 14), mail="remind_law"),
            Timer(_of_law(8, 21), mail="remind_law"),
            Timer(_of_law(8, 21), warns=True),
            Timer(ByAnswer("topic", dict.fromkeys(_BY_LAW), 10 * _DAY), mail="remind_answer"),
            Timer(ByAnswer("topic", _BY_LAW, 14 * _DAY), escalates=True),
            Timer(ByAnswer("topic", {"data_subject": 38 * _DAY}, 24 * _DAY), mail="remind_answer"),
            Timer(ByAnswer("topic", {"data_subject": 49 * _DAY}, 35 * _DAY), escalates=True),
        ),
    ),
    State("answered", "sender", 14 * _DAY, (Timer(14 * _DAY, action="lapse"),)),
    State("closed", CLOCK, timers=_ERASED),
    State(
        "converted",
        "sender",
        30 * _DAY,
        (Timer(7 * _DAY, mail="remind_form"), Timer(30 * _DAY, action="lapse")),
    ),
    State("spam", end=True),
    State("discarded", end=True),
    State("erased", end=True),
)

ACTIONS = (
    Action("confirm", "sender"),
    Action("disown", "sender"),
    Action("answer", "assignee", (forms.ANSWER,)),
    Action("convert", "assignee", (forms.TO_FORM,)),
    Action("spam", "assignee"),
    Action("ask_more", "sender", (forms.QUESTION,)),
    Action("close", "sender"),
    Action("finish", "sender"),
    Action("withdraw", "sender", available_on=("task", "status")),
    Action("form_sent", LINK, (forms.FORM_REFERENCE,), led=True),
    Action("lapse", CLOCK),
    Action("purge", CLOCK),
)

TRANSITIONS = (
    Transition(
        "confirm", "unconfirmed", "assigned", mails=("receipt", "assigned"), assigns=("assignee",)
    ),
    Transition("disown", "unconfirmed", "discarded", erases=True),
    Transition("purge", "unconfirmed", "discarded", erases=True),
    Transition("answer", "assigned", "answered", mails=("answered",)),
    Transition("convert", "assigned", "converted", mails=("converted",)),
    Transition("spam", "assigned", "spam", erases=True),
    Transition("withdraw", "assigned", "closed", mails=("withdrawn",)),
    Transition("ask_more", "answered", "assigned", mails=("asked_more",)),
    Transition("close", "answered", "closed"),
    Transition("lapse", "answered", "closed"),
    Transition("finish", "converted", "closed"),
    Transition("form_sent", "converted", "closed", mails=("form_sent",)),
    Transition("lapse", "converted", "closed"),
    Transition("purge", "closed", "erased", erases=True),
)
