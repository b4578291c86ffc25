"""Theme day, version 1: from the enrolment to the end of the day."""

from datetime import time, timedelta

from functions.kernel.capacity import Capacity
from functions.kernel.consequences import Computation
from functions.kernel.definition import ALWAYS, Action, Definition, Mail, Transition
from functions.kernel.durations import SAME_TIME, Calendar, OnDate
from functions.kernel.fields import Check, Field, Form, Section
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, LINK, LastingTimer, State, Timer
from functions.kernel.tables import Table

PLACES = {"2026-10-07": 4, "2026-11-18": 30}  # by day
WORKSHOPS = ("listening", "writing", "drawing")
START = Field("start", "datetime")  # worked out of the choice, so that timers can wait for it
ABOUT = (
    Field("theme_day", "choice", choices=tuple(PLACES)),
    Field("participants", "number", lowest=1, highest=4, width=4),
    Field("workshops", "choice", required=False, many=True, highest=2, choices=WORKSHOPS),
    Field("accessibility_needs", "longtext", required=False, longest=500),
    Field("arrives", "datetime", required=False),
    Field("hours", "halves", required=False, lowest=1, highest=15),
    Field("introduction", "weburl", required=False),
)
WHO = (
    Field("name", autocomplete="name"),
    Field("email", "email", autocomplete="email"),
    Field("language", "choice", choices=("fi", "sv", "en")),
    Field("unit", "choice", source="units"),
    Field("privacy_read", "tick", page="privacy"),
)
AHEAD = Check("day_ahead", "theme_day", lambda a, _, today: str(a["theme_day"]) > str(today))
ENROL = Form(
    "enrol", "contact", (Section("about", ABOUT), Section("who", WHO)), start="unconfirmed",
    route=("unconfirmed", "placed", "over"), mails=("confirm",), checks=(AHEAD,),
)  # fmt: skip
ROOM = Capacity(
    by="theme_day", limits=PLACES, units_field="participants",
    occupying=("placed", "offered"), waiting="waiting", admits="call",
)  # fmt: skip
WEEK, SOON, YEAR = timedelta(days=7), Calendar(working=2), Calendar(months=12)
COMING = Timer(OnDate("start", -3, time(8)), mail="remind"), Timer(OnDate("start", 1), action="end")
AFTERWARDS = LastingTimer(
    "thanks", ("placed",), OnDate("start", 7, time(12)), mail="thanks", lasts=("over",)
)
STATES = (
    State("unconfirmed", "contact", WEEK, (Timer(WEEK, action="purge"),)),
    State("placed", CLOCK, OnDate("start"), COMING),
    State("waiting", CLOCK, timers=(Timer(OnDate("start", -2, SAME_TIME), action="miss"),)),
    State("offered", "contact", SOON, (Timer(SOON, action="lapse"),)),
    *(State(name, CLOCK, timers=(Timer(YEAR, action="purge"),)) for name in ("over", "left")),
    *(State(name, end=True) for name in ("discarded", "erased")),
)
ACTIONS = (
    Action(
        "confirm",
        "contact",
        computes=Computation((START,), lambda a, _: {"start": f"{a['theme_day']}T09:00"}),
    ),
    Action("disown", "contact"),
    Action("accept", "contact"),
    Action("withdraw", "contact", available_on=("task", "status")),
    Action("call", LINK),
    *(Action(name, CLOCK) for name in ("lapse", "miss", "end", "purge")),
)
TRANSITIONS = (
    Transition("confirm", "unconfirmed", "placed", ("placed",), ("coordinator",)),
    Transition("confirm", "unconfirmed", "waiting", ("waiting",), ("coordinator",)),
    Transition("call", "waiting", "offered", ("offered",)),
    Transition("accept", "offered", "placed", ("placed",)),
    Transition("lapse", "offered", "left", ("lapsed",)),
    Transition("miss", "waiting", "left", ("missed",)),
    *(Transition("withdraw", name, "left") for name in ("placed", "waiting", "offered")),
    Transition("end", "placed", "over"),
    *(Transition(name, "unconfirmed", "discarded", erases=True) for name in ("disown", "purge")),
    *(Transition("purge", name, "erased", erases=True) for name in ("over", "left")),
)
TASKS, NEWS = ("confirm", "offered"), ("placed", "waiting", "remind", "lapsed", "missed", "thanks")
SEEN = (*(f.name for f in (*ENROL.fields, START)), "party.contact", "party.coordinator")
VERSION_1 = Definition(
    name="themeday",
    version=1,
    forms=(ENROL,),
    roles=(
        Role("contact", fields=("name", "email", "language")),
        Role("coordinator", source="units", key="unit", apart=("contact",)),
    ),
    owner="coordinator",
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=(*(Mail(m, "contact", "task") for m in TASKS), *(Mail(m, "contact") for m in NEWS)),
    visibility={name: {"contact": ALWAYS, "coordinator": ALWAYS} for name in SEEN},
    new_link_mail=Mail("fresh_link", ""),
    handover_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "coordinator"),
    headline="name",
    facets=("theme_day",),
    tables=(
        Table(
            "list",
            "coordinator",
            "enrol",
            ("placed",),
            ("theme_day", "name", "email", "arrives", "hours"),
        ),
    ),
    capacity=ROOM,
    timers=(AFTERWARDS,),
)
VERSIONS = (VERSION_1,)
