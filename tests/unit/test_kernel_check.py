"""A definition that contradicts itself is refused: one broken example for each rule."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.kernel.check import check
from functions.kernel.consequences import LinkedActions, Merging
from functions.kernel.definition import ALWAYS, Action, CounterRule, Definition, Mail, Transition
from functions.kernel.durations import OnDate
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Field, Form, Section
from functions.kernel.roles import Role
from functions.kernel.states import CLOCK, LastingTimer, State, Timer
from functions.lists import known
from functions.processes import NAMES, versions

LISTS = known()

DAY = timedelta(days=1)
NAME, EMAIL = Field("name"), Field("email", "email")
ANSWER = Field("answer", "choice", choices=("good", "bad"))
ASK = Form(
    "ask",
    "asker",
    (Section("all", (NAME, EMAIL)),),
    start="asked",
    route=("asked", "answered"),
    mails=(),
    assigns=("helper",),
    public=False,
    follows=True,
)
SEEN = {"asker": ALWAYS, "helper": ALWAYS}

SMALL = Definition(
    name="small",
    version=1,
    forms=(ASK,),
    roles=(
        Role("asker", fields=("name", "email", "")),
        Role("helper", source="topics", always="general", apart=("asker",)),
    ),
    owner="helper",
    states=(
        State("asked", "helper", timers=(Timer(DAY, mail="remind"), Timer(2 * DAY, action="stop"))),
        State("answered", end=True),
        State("stopped", end=True),
    ),
    actions=(Action("reply", "helper", (ANSWER,)), Action("stop", CLOCK)),
    transitions=(
        Transition("reply", "asked", "answered", mails=("replied",), erases=True),
        Transition("stop", "asked", "stopped", erases=True),
    ),
    mails=(Mail("remind", "helper", "task"), Mail("replied", "asker")),
    visibility=dict.fromkeys(("name", "email", "answer", "party.asker", "party.helper"), SEEN),
    new_link_mail=Mail("fresh", ""),
    handover_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "helper"),
)


def faults(**changed: Any) -> list[str]:
    """What is wrong with the small definition after a change."""
    try:
        check(replace(SMALL, **changed), LISTS)
    except WrongDefinition as error:
        lines = str(error).splitlines()
        assert all(line.startswith("small: ") for line in lines)
        return [line.removeprefix("small: ") for line in lines]
    return []


def lost(where: str, attribute: str, named: str) -> str:
    """The fault of a name that leads nowhere."""
    return (
        f"{where}: {attribute} names the {named}, which is not there; correct the name, or declare "
        "it"
    )


def states(**changed: Any) -> dict[str, Any]:
    """The small definition's states with the first one changed."""
    return {"states": (replace(SMALL.states[0], **changed), *SMALL.states[1:])}


def rows(*more: Transition, **changed: Any) -> dict[str, Any]:
    """The small definition's transitions with the first one changed, and more of them."""
    first = replace(SMALL.transitions[0], **changed)
    return {"transitions": (first, *SMALL.transitions[1:], *more)}


def visibility(**changed: Any) -> dict[str, Any]:
    return {"visibility": {**SMALL.visibility, **changed}}


LATER = LastingTimer("later", ("asked",), 7 * DAY, mail="remind")


def lasts(**changed: Any) -> dict[str, Any]:
    """The small definition with a timer that outlasts its state."""
    return {"timers": (replace(LATER, **changed),)}


OTHER = Role("other", source="topics", always="general", apart=("asker",))
MAILED_TO_OTHER = {"mails": (SMALL.mails[0], Mail("replied", "asker", also=("other",)))}
JOINED = {
    "forms": (ASK, replace(ASK, name="joined", public=False)),
    "actions": (*SMALL.actions, Action("pick", "helper", available_on=())),
}


BROKEN: list[tuple[dict[str, Any], list[str]]] = [
    ({"forms": (ASK, ASK)}, ["forms: ask stands twice; give one of them another name"]),
    (
        {"roles": (*SMALL.roles, SMALL.roles[0])},
        ["roles: asker stands twice; give one of them another name"],
    ),
    (
        {"states": (*SMALL.states, SMALL.states[1])},
        ["states: answered stands twice; give one of them another name"],
    ),
    (
        {"actions": (*SMALL.actions, SMALL.actions[1])},
        ["actions: stop stands twice; give one of them another name"],
    ),
    (
        {"mails": (*SMALL.mails, SMALL.mails[1])},
        ["mails: replied stands twice; give one of them another name"],
    ),
    (
        rows(target="nowhere"),
        [
            lost("transition asked-reply", "target", "state nowhere"),
            "answered is never reached",
            "transition asked-reply erases a case that goes on in nowhere; lead it to an end",
            "form ask: its cases never come to answered; take it off the route",
        ],
    ),
    (
        rows(Transition("jump", "asked", "stopped", erases=True)),
        [lost("transition asked-jump", "action", "action jump")],
    ),
    (rows(assigns=("nobody",)), [lost("transition asked-reply", "assigns", "role nobody")]),
    (rows(vacates=("nobody",)), [lost("transition asked-reply", "vacates", "role nobody")]),
    (
        rows(counters=(CounterRule("nobody", "ongoing", 1),)),
        [
            lost("counter rule of transition asked-reply", "role", "role nobody"),
            "transition asked-reply moves no counter ongoing",
        ],
    ),
    (
        {"actions": (*SMALL.actions, Action("look", "nobody"))},
        [lost("action look", "role", "role nobody")],
    ),
    (
        {"forms": (replace(ASK, opener="nobody"),)},
        [
            lost("form ask", "opener", "role nobody"),
            "mail replied goes to asker, who is never there",
        ],
    ),
    (
        {"mails": (SMALL.mails[0], Mail("replied", "nobody"))},
        [lost("mail replied", "to", "role nobody")],
    ),
    (
        states(recorded_by="nobody"),
        [
            lost("state asked", "recorded_by", "role nobody"),
            "asked waits for nobody who can act",
            "asked of ask: nobody may not be there",
        ],
    ),
    (
        rows(erases=False),
        ["end answered keeps what reply in asked does not erase"],
    ),
    (
        {"roles": (SMALL.roles[0], replace(SMALL.roles[1], source="people"))},
        [lost("role helper", "source", "list people")],
    ),
    (
        rows(counters=(CounterRule("helper", "ongoing", 1),)),
        ["transition asked-reply moves no counter ongoing"],
    ),
    (
        {"owner": "nobody"},
        [
            lost("definition", "owner", "role nobody"),
            "owner nobody is no role that the directory fills",
            "mail unreachable goes to helper, not to the owner",
        ],
    ),
    (
        {"vacant_mail": Mail("vacant", "asker", "task")},
        ["mail vacant goes to asker, not to the owner"],
    ),
    (
        {"forms": (replace(ASK, assigns=()),)},
        [
            "asked of ask: helper may not be there",
            "asked-reply of ask: helper may not be there",
            "mail remind goes to helper, who is never there",
        ],
    ),
    (
        {
            "actions": (*SMALL.actions, Action("drop", "helper")),
            **rows(Transition("drop", "asked", "asked", vacates=("helper",))),
        },
        [
            "asked of ask: helper may not be there",
            "asked-reply of ask: helper may not be there",
            "asked-drop of ask: helper may not be there",
        ],
    ),
    (
        {"roles": (*SMALL.roles, OTHER), **MAILED_TO_OTHER, **visibility(**{"party.other": SEEN})},
        ["mail replied goes to other, who is never there"],
    ),
    (
        {"merging": Merging("reply", "ask", "name")},
        ["merging: its action or its form is none of a desk"],
    ),
    (
        {"merging": Merging("pick", "joined", "name"), **JOINED},
        [
            "merging: name is no list of people in joined",
            "merging: joined has no headline, or units are no answer",
            "merging: a desk lists cases of one state and form; give pick one row of one",
        ],
    ),
    (
        {"forms": (replace(ASK, route=("asked", "lost")),)},
        [lost("form ask", "route", "state lost")],
    ),
    (
        {"forms": (replace(ASK, start="dreamt"),)},
        [
            lost("form ask", "start", "state dreamt"),
            "answered is never reached",
            "asked is never reached",
            "stopped is never reached",
        ],
    ),
    (
        {"states": (*SMALL.states, State("alone", end=True))},
        ["alone is never reached"],
    ),
    (
        {
            "states": (*SMALL.states, State("stuck", "helper")),
            **rows(Transition("reply", "stuck", "stuck"), Transition("stop", "stuck", "stuck")),
        },
        ["stuck is never reached", "stuck leads to no end"],
    ),
    (
        rows(Transition("reply", "answered", "stopped", erases=True)),
        [
            "end answered has a way out",
            "answered-reply of ask: helper may not be there",
        ],
    ),
    (
        {"states": (*SMALL.states[:2], State("stopped", "asker", end=True))},
        [
            "end stopped waits for asker",
            "stopped of ask: asker may not be there",
        ],
    ),
    (states(turn="asker"), ["asked waits for nobody who can act"]),
    (
        states(turn="asker", recorded_by="helper"),
        ["asked: helper records it by actions of their own turn alone"],
    ),
    (
        {"actions": (replace(SMALL.actions[0], available_on=("status",)), SMALL.actions[1])},
        [
            "asked waits for nobody who can act",
            "mail remind asks helper for something in asked of ask, where that role can do nothing; give it an action there, or the mail the purpose status",
        ],
    ),
    (
        {
            **states(
                timers=(
                    Timer(2 * DAY, mail="remind"),
                    Timer(DAY, mail="remind"),
                    Timer(2 * DAY, escalates=True),
                )
            ),
        },
        ["asked: its timers go back in time"],
    ),
    (
        states(timers=(Timer(DAY, mail="remind", action="stop"),)),
        ["asked: a timer is either a mail or an action, or escalates or warns"],
    ),
    (
        states(
            timers=(Timer(DAY), Timer(DAY, mail="remind"), Timer(2 * DAY, escalates=True)),
        ),
        ["asked: a timer is either a mail or an action, or escalates or warns"],
    ),
    (
        states(timers=(Timer(DAY, mail="remind"), Timer(2 * DAY, escalates=True, repetition=1))),
        ["asked: a timer is either a mail or an action, or escalates or warns"],
    ),
    (
        states(unhurried="nobody minds"),
        ["asked of ask: somebody is waited for, and yet it is unhurried"],
    ),
    (
        states(
            timers=(
                Timer(DAY, mail="remind"),
                Timer(2 * DAY, escalates=True),
                Timer(3 * DAY, mail="remind"),
            )
        ),
        ["asked of ask: silence comes to nobody"],
    ),
    (
        states(
            timers=(
                Timer(DAY, mail="remind"),
                Timer(2 * DAY, warns=True),
                Timer(3 * DAY, escalates=True),
            )
        ),
        ["asked: it warns of a deadline that is not the law's"],
    ),
    (
        {
            **states(timers=(Timer(DAY, mail="remind"), Timer(DAY, action="close"))),
            "actions": (*SMALL.actions, Action("close", CLOCK)),
        },
        [
            "asked of ask: its timers take close, which is no way out for such a case; add the row, or name the forms of the timer"
        ],
    ),
    (states(timers=(Timer(DAY, mail="remind"),)), ["asked of ask: silence comes to nobody"]),
    (
        {**states(timers=(Timer(DAY, escalates=True),)), "mails": SMALL.mails[1:]},
        ["asked of ask: nobody is reminded"],
    ),
    (
        states(timers=(Timer(DAY, mail="remind", escalates=True), Timer(2 * DAY, action="stop"))),
        ["asked: a timer is either a mail or an action, or escalates or warns"],
    ),
    ({"forms": (replace(ASK, mails=("hello",)),)}, [lost("form ask", "mails", "mail hello")]),
    (
        {"forms": (replace(ASK, assigns=("helper", "nobody")),)},
        [lost("form ask", "assigns", "role nobody")],
    ),
    (
        {"forms": (replace(ASK, shows_linked=("nobody",)),)},
        [lost("form ask", "shows_linked", "role nobody")],
    ),
    (
        rows(forms=("other",)),
        [
            lost("transition asked-reply", "forms", "form other"),
            "form ask: its cases never come to answered; take it off the route",
            "mail remind asks helper for something in asked of ask, where that role can do nothing; give it an action there, or the mail the purpose status",
        ],
    ),
    (
        rows(linked_actions=LinkedActions("reply", "leap")),
        [
            lost("linked actions of transition asked-reply", "leaving", "action leap"),
            "transition asked-reply takes reply on linked cases; let it be an action by link",
        ],
    ),
    (
        rows(removes_unless_agreed="nobody"),
        [
            lost("transition asked-reply", "removes_unless_agreed", "role nobody"),
            "transition asked-reply removes nobody, who cannot vote in asked; give them an action there that votes",
        ],
    ),
    (
        {"actions": (replace(SMALL.actions[0], visible_to=("nobody",)), SMALL.actions[1])},
        [lost("action reply", "visible_to", "role nobody")],
    ),
    (
        {"actions": (replace(SMALL.actions[0], votes="answer"), SMALL.actions[1])},
        [
            "transition asked-reply is a vote or a leaving and stays; lead it back to asked",
            "transition asked-reply is a vote or a leaving and never does erases; say it elsewhere",
            "action reply: its vote is no yes or no of its own",
        ],
    ),
    (
        {
            "actions": (
                replace(SMALL.actions[0], fields=(ANSWER, Field("who", "people"))),
                SMALL.actions[1],
            ),
            **visibility(who=SEEN),
        },
        ["action reply: lists of people are asked in forms only"],
    ),
    (rows(mails=("replied", "hello")), [lost("transition asked-reply", "mails", "mail hello")]),
    (
        states(
            timers=(
                Timer(DAY, mail="hello"),
                Timer(DAY, mail="remind"),
                Timer(2 * DAY, escalates=True),
            )
        ),
        [lost("timer of state asked", "mail", "mail hello")],
    ),
    (rows(mails=()), ["mail replied is never sent; send it from a row, a timer or a form"]),
    (
        {"forms": (replace(ASK, sections=(Section("all", (NAME, EMAIL, Field("name"))),)),)},
        ["field name is declared twice"],
    ),
    (
        {
            "actions": (
                replace(SMALL.actions[0], fields=(ANSWER, Field("name"))),
                SMALL.actions[1],
            ),
            **rows(assigns=("asker",)),
        },
        ["field name is declared twice"],
    ),
    (
        {"actions": (replace(SMALL.actions[0], reopens_form=True), SMALL.actions[1])},
        ["transition asked-reply names asker and has no people"],
    ),
    (
        {"actions": (replace(SMALL.actions[0], fields=(ANSWER, EMAIL)), SMALL.actions[1])},
        ["transition asked-reply names asker and has no people"],
    ),
    (
        {
            "actions": (replace(SMALL.actions[0], reopens_form=True), SMALL.actions[1]),
            **rows(assigns=("helper", "asker")),
        },
        ["transition asked-reply fills helper too early"],
    ),
    (
        {"forms": (replace(ASK, sections=(Section("all", (NAME, EMAIL, Field("c", "choice"))),)),)},
        ["field c needs choices or a source", "nobody sees c"],
    ),
    (
        {
            "actions": (*SMALL.actions, Action("refuse", "helper", (ANSWER,))),
            **rows(Transition("refuse", "asked", "stopped", erases=True)),
        },
        ["asked: two actions of helper share a field"],
    ),
    (
        {"roles": (Role("asker"), SMALL.roles[1])},
        ["role asker is filled by answers or by the directory"],
    ),
    (
        {"roles": (replace(SMALL.roles[0], source="topics"), SMALL.roles[1])},
        ["role asker is filled by answers or by the directory"],
    ),
    (
        {"roles": (Role("asker", rows=("mail",)), SMALL.roles[1])},
        [lost("role asker", "rows", "field mail")],
    ),
    (
        {"roles": (Role("asker", fields=("name", "mail", "")), SMALL.roles[1])},
        [lost("role asker", "fields", "field mail")],
    ),
    (
        {"roles": (SMALL.roles[0], Role("helper", source="units", key="unit", apart=("asker",)))},
        [lost("role helper", "key", "field unit")],
    ),
    (
        {"roles": (SMALL.roles[0], replace(SMALL.roles[1], apart=("asker", "nobody")))},
        [lost("role helper", "apart", "role nobody")],
    ),
    (
        {"roles": (replace(SMALL.roles[0], apart=("helper",)), SMALL.roles[1])},
        ["role asker is apart from itself", "role helper is apart from itself"],
    ),
    (
        {"visibility": {k: v for k, v in SMALL.visibility.items() if k != "answer"}},
        ["nobody sees answer"],
    ),
    (
        {"visibility": {k: v for k, v in SMALL.visibility.items() if k != "party.helper"}},
        ["nobody sees party.helper"],
    ),
    (lasts(mail=""), ["timer later is either a mail or an action"]),
    (
        lasts(action="stop"),
        [
            "timer later is either a mail or an action",
            "timer later takes stop, which erases in asked; let a timer of the state do so",
        ],
    ),
    (lasts(name="state"), ["timer state needs a name of its own"]),
    (lasts(starts=()), ["timer later never starts; name the states that start it"]),
    (lasts(lasts=("lost",)), [lost("lasting timer later", "lasts", "state lost")]),
    (lasts(mail="lost"), [lost("lasting timer later", "mail", "mail lost")]),
    (lasts(after=timedelta(hours=36)), ["timer later: a length is not in whole days"]),
    (lasts(after=OnDate("answer")), ["timer later waits for a day that is no date"]),
    (
        lasts(mail="", action="reply"),
        [
            "timer later takes reply, which is not the clock's",
            "timer later takes reply, which erases in asked; let a timer of the state do so",
        ],
    ),
    (
        {**lasts(mail="", action="rest"), "actions": (*SMALL.actions, Action("rest", CLOCK))},
        ["timer later takes rest, which is no way out of a state where it runs"],
    ),
    (
        {
            **lasts(mail="", action="rest"),
            "states": (replace(SMALL.states[0], deadline=DAY), *SMALL.states[1:]),
            "actions": (*SMALL.actions, Action("rest", CLOCK)),
            **rows(Transition("rest", "asked", "asked")),
        },
        ["timer later takes rest in asked, whatever the deadline that people are told there"],
    ),
    ({"timers": (LATER, LATER)}, ["timers: later stands twice; give one of them another name"]),
    (
        {
            "mails": (*SMALL.mails, Mail("unsent", "asker")),
            "timers": (replace(LATER, mail="unsent"),),
        },
        [],
    ),
    (visibility(shoe_size=SEEN), ["visibility of unknown shoe_size"]),
    (
        visibility(answer={"nobody": ALWAYS}),
        ["visibility of answer names an unknown role or state"],
    ),
    (visibility(answer={**SEEN, "helper": ()}), ["visibility of answer names no state"]),
    (
        visibility(answer={"asker": ("lost",)}),
        ["visibility of answer names an unknown role or state"],
    ),
]


@pytest.mark.parametrize(("changed", "expected"), BROKEN)
def test_check_broken_definition(changed: dict[str, Any], expected: list[str]) -> None:
    assert faults(**changed) == expected


def test_check_small_definition_holds() -> None:
    assert check(SMALL, LISTS) is SMALL


def test_check_all_faults_at_once() -> None:
    forms = (replace(ASK, route=("lost",)),)
    found = faults(forms=forms, **rows(mails=()), **visibility(shoe_size=SEEN))
    assert found == [
        lost("form ask", "route", "state lost"),
        "mail replied is never sent; send it from a row, a timer or a form",
        "visibility of unknown shoe_size",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_check_registered_definitions_hold(name: str) -> None:
    assert [check(d, LISTS) for d in versions(name)] == list(versions(name))
    assert [d.version for d in versions(name)] == list(range(1, len(versions(name)) + 1))
    assert {d.name for d in versions(name)} == {name}
