"""An accepted quote and the case in which its supervisor is found and asked: what the one passes
on to the other."""

from functions.kernel.case import Case
from functions.kernel.consequences import Signal, Spawn
from functions.kernel.fields import Answers

_SAME = {
    "product": "service",
    "urgency": "urgency",
    "participants": "participants",
    "need": "reason_and_goals",
    "desired_start": "desired_start",
    "sessions": "number_of_sessions",
    "mode": "mode",
    "place": "place",
    "work_language": "supervision_language",
    "contact_name": "client_name",
    "contact_email": "client_email",
    "contact_phone": "client_phone",
    "organisation": "employer",
    "title": "title",
}
_LENGTHS = ("45", "60", "90", "120")  # those that an application can choose


def _answers(case: Case) -> Answers:
    answers = {there: case.answers[here] for here, there in _SAME.items() if here in case.answers}
    length = str(case.answers.get("session_minutes", ""))
    return {**answers, **({"session_length": length} if length in _LENGTHS else {})}


def _dates(case: Case) -> Answers:
    names = ("start_date", "end_date", "participant_names")
    return {name: case.answers[name] for name in names if name in case.answers}


FIND_SUPERVISOR = Spawn(
    "supervision",
    "ordered",
    _answers,
    roles={"coordinator": "coordinator"},
    names={"contact": ("client_name", "client_email", "client_phone")},
    passes={**_SAME, "session_minutes": "session_length"},
)
DATED = Signal("date", _dates)
UNDATED = Signal("undate")
CALLED_OFF, CANCELLED = Signal("call_off"), Signal("cancel_order")  # by us, by the client
ENDED = Signal("end_order")
