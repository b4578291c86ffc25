"""What is asked in supervision: the individual application and each decision."""

from datetime import date

from functions.kernel.clean import same_address
from functions.kernel.fields import Answers, Check, Field, Form, Section
from functions.kernel.people import Directory
from functions.processes.supervision.suggestion import suggestion

SUPERVISION = Section(
    "supervision",
    (
        Field(
            "form_of_supervision",
            "choice",
            choices=(
                "individual",
                "pair",
                "group",
                "community",
                "situational",
                "crisis",
                "managers",
            ),
        ),
        Field("reason_and_goals", "longtext", shortest=10, longest=2000),
        Field("earlier_supervision", "longtext", required=False, longest=500),
        Field("supervisor_wishes", "longtext", required=False, longest=500),
        Field("willing_to_merge", "yesno", required=False),
    ),
)

ARRANGEMENTS = Section(
    "arrangements",
    (
        Field("desired_start", "date", required=False),
        Field(
            "frequency",
            "choice",
            required=False,
            choices=("every_two_weeks", "every_three_weeks", "monthly", "seldom"),
        ),
        Field("session_length", "choice", required=False, choices=("45", "60", "90", "120")),
        Field("number_of_sessions", "number", required=False, lowest=1, highest=60, width=4),
        Field("mode", "choice", required=False, choices=("on_site", "online", "hybrid")),
        Field("place", required=False),
        Field(
            "supervision_language", "choice", required=False, choices=("fi", "sv", "en", "other")
        ),
        Field("accessibility_needs", "longtext", required=False, longest=500),
    ),
)

PEOPLE = Section(
    "people",
    (
        Field("applicant_name", autocomplete="name"),
        Field("applicant_email", "email", fixed=True, autocomplete="email"),
        Field("applicant_phone", "phone", required=False, autocomplete="tel", width=20),
        Field("applicant_role", required=False, autocomplete="organization-title"),
        Field("unit", "choice", source="units"),
        Field("employer", required=False, default="unit.employer", autocomplete="organization"),
        Field("manager_name"),
        Field("manager_email", "email"),
        Field(
            "manager_language",
            "choice",
            required=False,
            choices=("fi", "sv", "en"),
            default="unit.language",
        ),
    ),
)

SENDING = Section(
    "sending",
    (
        Field("title", required=False, default="applicant_name"),
        Field("privacy_read", "tick", fixed=True, page="privacy"),
    ),
)


def _manager_is_another(answers: Answers, _: Directory, __: date) -> bool:
    applicant, manager = (str(answers.get(f"{x}_email", "")) for x in ("applicant", "manager"))
    return not same_address(applicant, manager)


def _manager_is_ours(answers: Answers, directory: Directory, _: date) -> bool:
    return directory.knows_domain(str(answers.get("manager_email", "")).rpartition("@")[2])


def _starts_ahead(answers: Answers, _: Directory, today: date) -> bool:
    return str(answers.get("desired_start", "9999-12-31")) >= today.isoformat()


INDIVIDUAL = Form(
    "individual",
    opener="applicant",
    sections=(SUPERVISION, ARRANGEMENTS, PEOPLE, SENDING),
    checks=(
        Check("starts_ahead", "desired_start", _starts_ahead),
        Check("manager_is_another", "manager_email", _manager_is_another),
        Check("manager_is_ours", "manager_email", _manager_is_ours),
    ),
)

RETURN_REASON = Field("return_reason", "longtext", shortest=10, longest=1000)
REJECT_REASON = Field("reject_reason", "longtext", shortest=10, longest=1000)
ENDORSEMENT = (
    Field("travel_reimbursed", "yesno"),
    Field("fee_reimbursed", "yesno"),
    Field("cost_centre", required=False, longest=40, width=20),
)
OFFER = (
    Field(
        "supervisor",
        "choice",
        source="supervisors",
        shows=(
            "load",
            "education",
            "experience",
            "forms",
            "sectors",
            "framework",
            "membership",
            "licence",
            "qualification_year",
            "languages",
            "place",
            "online",
            "longest",
            "schedule",
            "contact",
            "email",
        ),
        ranked=suggestion((*SUPERVISION.fields, *ARRANGEMENTS.fields)),
    ),
    Field("offer_message", "longtext", required=False, longest=1000),
)
CONTACT = Field("contact_instructions", "longtext", shortest=5, longest=1000)
DECLINE_REASON = Field("decline_reason", "longtext", required=False, longest=1000)
