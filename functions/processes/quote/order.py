"""How an accepted quote goes on as a case of supervision, in its coordinator's hands."""

from functions.kernel.case import Case
from functions.kernel.consequences import Guard, Opens
from functions.kernel.fields import Answers
from functions.processes.quote.forms import SUPERVISION

_SAME = {
    "product": "form_of_supervision",
    "need": "reason_and_goals",
    "desired_start": "desired_start",
    "sessions": "number_of_sessions",
    "mode": "mode",
    "place": "place",
    "work_language": "supervision_language",
    "contact_name": "applicant_name",
    "contact_email": "applicant_email",
    "contact_phone": "applicant_phone",
    "organisation": "employer",
    "title": "title",
}
_LENGTHS = ("45", "60", "90", "120")  # those that an application can choose


def _answers(case: Case) -> Answers:
    told = {there: case.answers[here] for here, there in _SAME.items() if here in case.answers}
    length = str(case.answers.get("session_minutes", ""))
    return {**told, **({"session_length": length} if length in _LENGTHS else {})}


TO_SUPERVISION = Opens(
    "supervision",
    "ordered",
    _answers,
    seats={"coordinator": "coordinator"},
    when=Guard("is_supervision", lambda case: case.answers.get("product") in SUPERVISION),
)
