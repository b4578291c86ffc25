"""Talk, version 1: the coordinator proposes a day, the contact person answers, they talk."""

from functions.kernel.definition import ALWAYS, Action, Definition, Mail, Transition
from functions.kernel.durations import Calendar, OnDate
from functions.kernel.fields import Check, Field, Form, Section
from functions.kernel.states import CLOCK, LINK, State, Timer

DAY = Field("talk_day", "date")
AHEAD = Check("talk_ahead", "talk_day", lambda a, _, today: str(a["talk_day"]) > str(today))
TOPIC = Field("topic", "longtext", required=False, longest=300)
OTHER_DAYS = Field("other_days", "longtext", required=False, longest=200)
PROPOSE = Form(
    "propose", "coordinator", (Section("talk", (DAY, TOPIC)),), start="proposed",
    route=("proposed", "agreed", "held"), mails=("asked",), checks=(AHEAD,), public=False,
)  # fmt: skip
SOON, ON_THE_DAY = Calendar(working=2), Timer(OnDate("talk_day"), action="lapse")
STATES = (
    State("proposed", "contact", SOON, (Timer(SOON, mail="asked_again"), ON_THE_DAY)),
    State("unsuited", "coordinator", SOON, (ON_THE_DAY,)),
    State("agreed", CLOCK, OnDate("talk_day"), (Timer(OnDate("talk_day", 1), action="pass_day"),)),
    *(State(name, end=True) for name in ("held", "off")),
)
ANY, OPEN = ("task", "status"), ("proposed", "unsuited", "agreed")
ACTIONS = (
    Action("suits", "contact"),
    Action("suits_not", "contact", (OTHER_DAYS,)),
    Action("move", "coordinator", (DAY,), checks=(AHEAD,), available_on=ANY),
    Action("cancel", "coordinator", available_on=ANY),
    Action("give_up", "contact", available_on=ANY),
    Action("missed", "coordinator", available_on=ANY),
    Action("call_off", LINK),
    *(Action(name, CLOCK) for name in ("lapse", "pass_day")),
)
TRANSITIONS = (
    Transition("suits", "proposed", "agreed", ("told",)),
    Transition("suits_not", "proposed", "unsuited", ("told",)),
    Transition("move", "unsuited", "proposed", ("asked",), empties=("other_days",)),
    *(Transition("cancel", name, "off", ("cancelled",)) for name in OPEN),
    *(Transition(action, name, "off") for action in ("give_up", "call_off") for name in OPEN),
    *(Transition("lapse", name, "off") for name in ("proposed", "unsuited")),
    Transition("pass_day", "agreed", "held"),
    Transition("missed", "held", "off"),
)
LINK_MAIL = Mail("fresh_link", "")
VERSION_1 = Definition(
    name="themeday.talk",
    version=1,
    forms=(PROPOSE,),
    roles=(),  # those of the process
    owner="",
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=(
        *(Mail(name, "contact", "task") for name in ("asked", "asked_again")),
        *(Mail("told", "coordinator"), Mail("cancelled", "contact")),
    ),
    visibility={
        name: {"contact": ALWAYS, "coordinator": ALWAYS}
        for name in ("talk_day", "topic", "other_days")
    },
    new_link_mail=LINK_MAIL,
    handover_mail=LINK_MAIL,
    bounced_mail=LINK_MAIL,
)
VERSIONS = (VERSION_1,)
