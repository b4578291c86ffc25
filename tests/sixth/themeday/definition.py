"""Theme day, version 1: from the enrolment to the end of the day."""

from datetime import timedelta

from functions.kernel.consequences import Reckoning
from functions.kernel.definition import (
    CLOCK,
    LINK,
    Action,
    Definition,
    Mail,
    Rung,
    State,
    Transition,
)
from functions.kernel.fields import Check, Field, Form, Section
from functions.kernel.roles import Role
from functions.kernel.rooms import Room
from functions.kernel.spans import Calendar, OnDate
from functions.kernel.tables import Table

PLACES = {"2026-10-07": 4, "2026-11-18": 30}  # by day
DAY = Field("day", "date")  # worked out of the choice, so that ladders can wait for it
ABOUT = (
    Field("theme_day", "choice", choices=tuple(PLACES)),
    Field("participants", "number", lowest=1, highest=4, width=4),
    Field("accessibility_needs", "longtext", required=False, longest=500),
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
ROOM = Room(
    by="theme_day", most=PLACES, size="participants",
    seated=("placed", "offered"), waiting="waiting", calls="call",
)  # fmt: skip
WEEK, SOON, YEAR = timedelta(days=7), Calendar(working=2), Calendar(months=12)
COMING = Rung(OnDate("day", -3), mail="remind"), Rung(OnDate("day", 1), action="end")
STATES = (
    State("unconfirmed", "contact", WEEK, (Rung(WEEK, action="purge"),)),
    State("placed", CLOCK, OnDate("day"), COMING),
    State("waiting", CLOCK, ladder=(Rung(OnDate("day", -2), action="miss"),)),
    State("offered", "contact", SOON, (Rung(SOON, action="lapse"),)),
    *(State(name, CLOCK, ladder=(Rung(YEAR, action="purge"),)) for name in ("over", "left")),
    *(State(name, end=True) for name in ("discarded", "erased")),
)
ACTIONS = (
    Action("confirm", "contact", reckons=Reckoning((DAY,), lambda a, _: {"day": a["theme_day"]})),
    Action("disown", "contact"),
    Action("accept", "contact"),
    Action("withdraw", "contact", via=("task", "status")),
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
    *(Transition(name, "unconfirmed", "discarded", forgets=True) for name in ("disown", "purge")),
    *(Transition("purge", name, "erased", forgets=True) for name in ("over", "left")),
)
TASKS, NEWS = ("confirm", "offered"), ("placed", "waiting", "remind", "lapsed", "missed")
SEEN = (*(f.name for f in (*ENROL.fields, DAY)), "party.contact", "party.coordinator")
VERSION_1 = Definition(
    name="themeday",
    version=1,
    forms=(ENROL,),
    roles=(
        Role("contact", fields=("name", "email", "language")),
        Role("coordinator", source="units", key="unit", apart=("contact",)),
    ),
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=(*(Mail(m, "contact", "task") for m in TASKS), *(Mail(m, "contact") for m in NEWS)),
    sights={name: {"contact": (), "coordinator": ()} for name in SEEN},
    fresh_mail=Mail("fresh_link", ""),
    handed_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "coordinator"),
    headline="name",
    facets=("theme_day",),
    tables=(Table("list", "coordinator", "enrol", ("placed",), ("theme_day", "name", "email")),),
    room=ROOM,
)
VERSIONS = (VERSION_1,)
