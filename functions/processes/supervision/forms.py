"""What is asked in supervision: the individual application and each decision."""

from dataclasses import replace
from datetime import date

from functions.kernel.fields import Answers, Check, Field, Form, People, Section
from functions.kernel.mailboxes import mailbox, same_mailbox
from functions.kernel.people import Directory
from functions.processes.supervision.suggestion import suggestion

FORM_OF_SUPERVISION = Field(
    "form_of_supervision",
    "choice",
    choices=("individual", "pair", "group", "community", "situational", "crisis", "managers"),
)
FORM_FOR_SEVERAL = replace(FORM_OF_SUPERVISION, choices=FORM_OF_SUPERVISION.choices[1:])
_NEED = (
    Field("reason_and_goals", "longtext", shortest=10, longest=2000),
    Field("earlier_supervision", "longtext", required=False, longest=500),
    Field("supervisor_wishes", "longtext", required=False, longest=500),
)
SUPERVISION = Section("supervision", (
    FORM_OF_SUPERVISION, *_NEED, Field("willing_to_merge", "yesno", required=False)
))  # fmt: skip
GROUP_SUPERVISION = Section("group_supervision", (FORM_FOR_SEVERAL, *_NEED))

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

UNIT = Field("unit", "choice", source="units")
_EMPLOYER = Field("employer", required=False, default="unit.employer", autocomplete="organization")
_MANAGER = (
    Field("manager_name"),
    Field("manager_email", "email"),
    Field(
        "manager_language",
        "choice",
        required=False,
        choices=("fi", "sv", "en"),
        default="unit.language",
    ),
)
PEOPLE = Section(
    "people",
    (
        Field("applicant_name", autocomplete="name"),
        Field("applicant_email", "email", immutable=True, autocomplete="email"),
        Field("applicant_phone", "phone", required=False, autocomplete="tel", width=20),
        Field("applicant_role", required=False, autocomplete="organization-title"),
        UNIT,
        _EMPLOYER,
        *_MANAGER,
    ),
)

TITLE = Field("title", required=False, default="applicant_name,manager_name")
SENDING = Section("sending", (TITLE, Field("privacy_read", "tick", immutable=True, page="privacy")))

ENDORSEMENT = (
    Field("travel_reimbursed", "yesno"),
    Field("fee_reimbursed", "yesno"),
    Field("cost_centre", required=False, longest=40, width=20),
)
GROUP_SENDER = Section(
    "group_sender",
    (
        Field("sender_position", "choice", choices=("manager", "representative")),
        *_MANAGER,
        UNIT,
        _EMPLOYER,
        *ENDORSEMENT,
    ),
)
SUPERVISEES = Section("supervisees", (Field("supervisees", "people", lowest=2, highest=30),))
MERGED = Section(
    "merged",
    (
        FORM_FOR_SEVERAL,
        TITLE,
        UNIT,
        Field("members", "people", lowest=2, highest=8),
    ),
)


def _manager_is_another(answers: Answers, _: Directory, __: date) -> bool:
    applicant, manager = (str(answers.get(f"{x}_email", "")) for x in ("applicant", "manager"))
    return not same_mailbox(applicant, manager)


def _manager_is_ours(answers: Answers, directory: Directory, _: date) -> bool:
    return directory.knows_domain(str(answers.get("manager_email", "")).rpartition("@")[2])


def _supervisor_is_another(answers: Answers, directory: Directory, _: date) -> bool:
    """Whether none of those whom the application is from or about is the supervisor."""
    people = directory.people("supervisors", str(answers.get("supervisor", "")))
    rows = [row for name in ("supervisees", "members") for row in _people(answers, name)]
    named = [str(answers.get(f"{x}_email", "")) for x in ("applicant", "manager", "client")]
    taken = {mailbox(email) for email in (*named, *(row["email"] for row in rows))}
    return taken.isdisjoint(mailbox(person.email) for person in people)


def _people(answers: Answers, name: str) -> People:
    value = answers.get(name)
    return value if isinstance(value, list) else []


def _starts_ahead(answers: Answers, _: Directory, today: date) -> bool:
    return str(answers.get("desired_start", "9999-12-31")) >= today.isoformat()


def _pair_is_two(people: str, name: str) -> Check:
    """A pair has two people in the list ``people``."""

    def holds(answers: Answers, _: Directory, __: date) -> bool:
        rows = answers.get(people)
        pair = answers.get("form_of_supervision") == "pair"
        return not (pair and isinstance(rows, list)) or len(rows) == 2

    return Check(name, people, holds, ("form_of_supervision",))


_STARTS_AHEAD = Check("starts_ahead", "desired_start", _starts_ahead)
_MANAGER_IS_OURS = Check("manager_is_ours", "manager_email", _manager_is_ours)
SUPERVISOR_IS_ANOTHER = Check("supervisor_is_another", "supervisor", _supervisor_is_another)

INDIVIDUAL = Form(
    "individual",
    opener="applicant",
    sections=(SUPERVISION, ARRANGEMENTS, PEOPLE, SENDING),
    start="unconfirmed",
    route=("unconfirmed", "submitted", "coordinating", "offered", "active", "running", "completed"),
    mails=("confirm",),
    checks=(
        _STARTS_AHEAD,
        Check("manager_is_another", "manager_email", _manager_is_another, ("applicant_email",)),
        _MANAGER_IS_OURS,
    ),
)
GROUP = Form(
    "group",
    opener="manager",
    sections=(GROUP_SUPERVISION, ARRANGEMENTS, GROUP_SENDER, SUPERVISEES, SENDING),
    start="group_unconfirmed",
    route=("group_unconfirmed", "coordinating", "offered", "active", "running", "completed"),
    mails=("confirm_group",),
    checks=(_pair_is_two("supervisees", "pair_is_two"), _STARTS_AHEAD, _MANAGER_IS_OURS),
)
MERGER = Form(
    "merged",
    opener="coordinator",
    sections=(MERGED,),
    start="merge_pending",
    route=("merge_pending", "coordinating", "offered", "active", "running", "completed"),
    mails=("consent",),
    checks=(_pair_is_two("members", "merged_pair_is_two"),),
    assigns=("supervisee",),
    public=False,
    shows_linked=("coordinator", "supervisor"),
)

# Opened by an order, whatever service was ordered; the client is told of it in the order.
_SHARED = (
    "reason_and_goals", "desired_start", "session_length", "number_of_sessions", "mode", "place",
    "supervision_language", "employer", "title",
)  # fmt: skip
SERVICE = Field(
    "service",
    "choice",
    choices=(
        *("individual", "group", "community", "situational", "crisis", "managers"),
        *("leadership", "consultation", "development"),
    ),
)
URGENCY = Field("urgency", "choice", required=False, choices=("usual", "soon", "crisis"))
CLIENT = (
    SERVICE,
    URGENCY,
    Field("participants", "number", required=False),
    Field("client_name"),
    Field("client_email", "email"),
    Field("client_phone", "phone", required=False),
)
DATES = (
    Field("start_date", "date", required=False),
    Field("end_date", "date", required=False),
    Field("participant_names", "longtext", required=False, longest=4000),
)
ORDERED = Form(
    "ordered",
    opener="coordinator",
    sections=(Section("ordered", (*CLIENT, *(f for f in INDIVIDUAL.fields if f.name in _SHARED))),),
    start="coordinating",
    route=("coordinating", "offered", "running", "ended"),
    mails=("coordinate_order",),
    public=False,
    names_linked=("coordinator", "supervisor"),
    follows=True,
)

RETURN_REASON = Field("return_reason", "longtext", shortest=10, longest=1000, transient=True)
REJECT_REASON = Field("reject_reason", "longtext", shortest=10, longest=1000, transient=True)
MEND_REASON = Field("mend_reason", "longtext", shortest=10, longest=1000, transient=True)
REFUSE_REASON = Field("refuse_reason", "longtext", shortest=10, longest=1000, transient=True)
CLOSE_REASON = Field("close_reason", "longtext", shortest=10, longest=1000, transient=True)
INTERRUPT_REASON = Field("interrupt_reason", "longtext", shortest=10, longest=1000, transient=True)
QUESTION = Field("question", "longtext", shortest=10, longest=2000, keep_all_versions=True)
REPLY = Field("reply", "longtext", shortest=2, longest=2000, keep_all_versions=True)
MEMBERS_QUESTION = Field(
    "members_question", "longtext", shortest=10, longest=2000, keep_all_versions=True
)
MEMBERS_REPLY = Field("members_reply", "longtext", shortest=2, longest=2000, keep_all_versions=True)
FIRST_SESSION = Field("first_session", "date")


def _first_session_near(answers: Answers, _: Directory, today: date) -> bool:
    """Whether the day is at most half a year ago and at most a year ahead."""
    days = (date.fromisoformat(str(answers["first_session"])) - today).days
    return -183 <= days <= 366


FIRST_SESSION_NEAR = Check("first_session_near", "first_session", _first_session_near)
CONSENT = Field("consent", "yesno")
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
DECLINE_REASON = Field("decline_reason", "longtext", required=False, longest=1000, transient=True)
