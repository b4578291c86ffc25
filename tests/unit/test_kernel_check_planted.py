"""A fault planted into a copy of a real process is found, and the message says what to do."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from functions.kernel.capacity import Capacity
from functions.kernel.case import Case
from functions.kernel.check import check
from functions.kernel.check_linked import check_linked
from functions.kernel.check_names import NAMED
from functions.kernel.consequences import Guard, LinkedActions, Referral, Signal, Spawn
from functions.kernel.definition import ALWAYS, Action, CounterRule, Definition, Mail, Transition
from functions.kernel.documents import Document, Part, TermsText
from functions.kernel.durations import ByAnswer, Calendar, OnDate
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Check, Code, Field, Form, Section
from functions.kernel.ranking import Ranking
from functions.kernel.roles import Role
from functions.kernel.states import Hurry, State, Timer, Turn
from functions.kernel.tables import Table
from functions.processes import NAMES, versions

DAY = timedelta(days=1)
KNOWN = [d for name in NAMES for d in versions(name)]
CONTACT, QUOTE, SUPERVISION = (versions(n)[-1] for n in ("contact", "quote", "supervision"))
NEVER = Guard("never", lambda case: False)


def changed(items: Sequence[Any], name: str, **to: Any) -> tuple[Any, ...]:
    """Parts of a definition with the one of this name changed."""
    assert name in {item.name for item in items}
    return tuple(replace(item, **to) if item.name == name else item for item in items)


def role(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, roles=changed(d.roles, name, **to))


def state(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, states=changed(d.states, name, **to))


def action(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, actions=changed(d.actions, name, **to))


def mail(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, mails=changed(d.mails, name, **to))


def form(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, forms=changed(d.forms, name, **to))


def row(d: Definition, source: str, name: str, **to: Any) -> Definition:
    """A definition with the rows of an action in a state changed."""
    assert d.rows(name, source)
    rows = (
        replace(t, **to) if (t.source, t.action) == (source, name) else t for t in d.transitions
    )
    return replace(d, transitions=tuple(rows))


def rows(d: Definition, *more: Transition, without: tuple[str, str] | None = None) -> Definition:
    kept = (t for t in d.transitions if (t.source, t.action) != without)
    return replace(d, transitions=(*kept, *more))


def asking(field: Field) -> Definition:
    """Contact with one question more."""
    section = Section("message", (*CONTACT.forms[0].fields, field))
    seen = {**CONTACT.visibility, field.name: {"sender": ALWAYS}}
    return replace(form(CONTACT, "message", sections=(section,)), visibility=seen)


def lost(where: str, attribute: str, named: str) -> str:
    """The fault of a name that leads nowhere."""
    return (
        f"{where}: {attribute} names the {named}, which is not there; correct the name, or declare "
        "it"
    )


def alone(d: Definition) -> list[str]:
    """What is wrong with a definition by itself."""
    return _faults(lambda: check(d), d)


def together(d: Definition) -> list[str]:
    """What is wrong with what a definition says of other processes."""
    others = [d if each.name == d.name else each for each in KNOWN]
    return _faults(lambda: check_linked(d, others), d)


def _faults(checking: Any, d: Definition) -> list[str]:
    try:
        checking()
    except WrongDefinition as error:
        return [line.removeprefix(f"{d.name}: ") for line in str(error).splitlines()]
    return []


Planted = Iterable[tuple[Definition, str]]
COMPUTED = QUOTE.action("cancel").computes
assert COMPUTED
LOST: Planted = (
    (replace(CONTACT, headline="nmae"), lost("definition", "headline", "field nmae")),
    (replace(CONTACT, facets=("topik",)), lost("definition", "facets", "field topik")),
    (form(CONTACT, "message", names_linked=("x",)), lost("form message", "names_linked", "role x")),
    (asking(Field("z", "choice", source="x")), lost("field z", "source", "list x")),
    (asking(Field("z", "choice", lines_of="x")), lost("field z", "lines_of", "field x")),
    (asking(Field("z", "money", with_vat="x")), lost("field z", "with_vat", "field x")),
    (
        form(CONTACT, "message", checks=(Check("c", "x", lambda *_: True, ("y",)),)),
        lost("check c", "also", "field y"),
    ),
    (role(QUOTE, "supervisor", own=("x",)), lost("role supervisor", "own", "field x")),
    (
        role(QUOTE, "supervisor", successor_mail="x"),
        lost("role supervisor", "successor_mail", "mail x"),
    ),
    (state(CONTACT, "closed", begins="x"), lost("state closed", "begins", "field x")),
    (state(CONTACT, "closed", holder="x"), lost("state closed", "holder", "role x")),
    (
        state(CONTACT, "assigned", turns=(Turn("x", forms=("y",)),)),
        lost("turn of state assigned", "role", "role x"),
    ),
    (
        state(CONTACT, "assigned", turns=(Turn("assignee", forms=("y",)),)),
        lost("turn of state assigned", "forms", "form y"),
    ),
    (
        state(CONTACT, "closed", timers=(Timer(DAY, action="purge", forms=("x",)),)),
        lost("timer of state closed", "forms", "form x"),
    ),
    (action(QUOTE, "appoint", by="x"), lost("action appoint", "by", "role x")),
    (action(CONTACT, "answer", prefill={"x": "y"}), lost("action answer", "prefill", "field x")),
    (
        action(QUOTE, "cancel", computes=replace(COMPUTED, previewed=("x",))),
        lost("computation of action cancel", "previewed", "field x"),
    ),
    (mail(QUOTE, "invoiced", tells=("x",)), lost("mail invoiced", "tells", "field x")),
    (mail(QUOTE, "invoiced", also=("x",)), lost("mail invoiced", "also", "role x")),
    (replace(CONTACT, new_link_mail=Mail("fresh_link", "x")), lost("mail fresh_link", "to", "role x")),
    (
        row(CONTACT, "closed", "purge", empties=("x",)),
        lost("transition closed-purge", "empties", "field x"),
    ),
    (
        row(QUOTE, "unconfirmed", "confirm", signals=(Signal("form_sent", roles={"x": "y"}),)),
        lost("signal of transition unconfirmed-confirm", "roles", "role x"),
    ),
    (
        row(QUOTE, "scheduled", "start", spawns=(
            Spawn("quote", "invoice", dict, names={"x": ("title",)}),
        )),
        lost("spawn of transition scheduled-start", "names", "role x"),
    ),
    (
        row(QUOTE, "scheduled", "start", spawns=(
            Spawn("quote", "invoice", dict, passes={"x": "title"}),
        )),
        lost("spawn of transition scheduled-start", "passes", "field x"),
    ),
    (
        replace(CONTACT, referrals=(replace(CONTACT.referrals[0], state="x"),)),
        lost("referral of definition", "state", "state x"),
    ),
    (
        replace(SUPERVISION, merging=replace(SUPERVISION.merging, unit="x")),
        lost("merging of definition", "unit", "field x"),
    ),
    (
        replace(QUOTE, documents=(replace(QUOTE.documents[0], goes_to="x"),)),
        lost("document quote", "goes_to", "role x"),
    ),
    (
        replace(QUOTE, documents=(replace(QUOTE.documents[0], readers={"contact": ("x",)}),)),
        lost("document quote", "readers", "state x"),
    ),
    (
        replace(QUOTE, tables=(replace(QUOTE.tables[0], fields=("x",)),)),
        lost("table invoices", "fields", "field x"),
    ),
)  # fmt: skip
VALUES: Planted = (
    (replace(CONTACT, version=0), "definition: its version is 0; count versions from 1"),
    (
        replace(CONTACT, headline="message"),
        "definition: the headline message is no line of text; name a field of kind text",
    ),
    (
        replace(CONTACT, facets=("message",)),
        "definition: the facet message is no choice; name a field with choices or a list",
    ),
    (
        replace(QUOTE, facets=("leaving",)),
        "definition: the facet leaving is no choice; name a field with choices or a list",
    ),
    (
        state(CONTACT, "closed", begins="name"),
        "state closed: begins names name; name a field of kind date",
    ),
    (
        role(CONTACT, "sender", fields=("email", "email", "")),
        "role sender: fields begin with email; name a text with the name",
    ),
    (
        role(CONTACT, "sender", fields=("name", "name", "")),
        "role sender: name is no address; name a field of kind email second",
    ),
    (
        role(CONTACT, "sender", fields=("name", "email", "topic")),
        "role sender: topic chooses no language; offer ('fi', 'sv', 'en') there",
    ),
    (
        role(CONTACT, "sender", fields=("name", "email", "phone")),
        "role sender: phone chooses no language; offer ('fi', 'sv', 'en') there",
    ),
    (
        role(CONTACT, "sender", fields=None, rows=("message",)),
        "role sender: message is no list; name fields of kind people",
    ),
    (
        role(CONTACT, "assignee", key="message"),
        "role assignee: message picks nobody of topics; name such a choice",
    ),
    (
        role(CONTACT, "assignee", source="units"),
        "role assignee: topic picks nobody of units; name such a choice",
    ),
    (
        role(CONTACT, "assignee", source="duties"),
        "role assignee: topic picks nobody of duties; name such a choice",
    ),
    (
        role(QUOTE, "finance", always="finanse"),
        "role finance: always names the duty finanse; name one of "
        "('units', 'topics', 'finance', 'directory')",
    ),
    (
        asking(Field("z", "number", lowest=9, highest=2)),
        "field z: lowest 9 is more than highest 2; no answer fits",
    ),
    (
        asking(Field("z", shortest=130)),
        "field z: shortest 130 is more than it takes, 120; no text fits",
    ),
    (
        asking(Field("z", "choice", lines_of="topic")),
        "field z: lines_of names topic; name a field of kind longtext",
    ),
    (
        asking(Field("z", "money", with_vat="name")),
        "field z: with_vat names name; both must be of kind money",
    ),
    *(
        (
            asking(Field("z", default=f"=word,{origin}")),
            f"field z: default {origin} is no answer and no entry that one picks; name a field, "
            "list.attribute of one with a source, or =word",
        )
        for origin in ("nope", "nope.x", "topic.x")
    ),
    (
        form(CONTACT, "message", checks=(Check("c", "answer", lambda *_: True),)),
        "form message: check c is told at answer; name a field asked there",
    ),
    (
        action(CONTACT, "answer", checks=(Check("c", "topic", lambda *_: True),)),
        "action answer: check c is told at topic; name a field asked there",
    ),
    (
        action(CONTACT, "answer", prefill={"question": "contact"}),
        "action answer: prefill fills question; name a field that it asks",
    ),
)
ROWS: Planted = (
    (
        row(CONTACT, "assigned", "answer", erases=True),
        "transition assigned-answer erases a case that goes on in answered; lead it to an end",
    ),
    (
        row(CONTACT, "assigned", "answer", restarts=True),
        "transition assigned-answer restarts the state that it leaves; leave restarts out",
    ),
    (
        rows(CONTACT, Transition("answer", "assigned", "closed", guard=NEVER)),
        "transition assigned-answer to closed is never taken by a case of message; guard the row "
        "before it, or delete this one",
    ),
    (
        rows(QUOTE, Transition("quote", "in_review", "refused", guard=QUOTE.rows("quote", "in_review")[0].guard)),
        "transition in_review-quote to refused is never taken by a case of request; guard the row "
        "before it, or delete this one",
    ),
    (
        row(SUPERVISION, "merge_pending", "consent", target="coordinating"),
        "transition merge_pending-consent is a vote or a leaving and stays; lead it back to "
        "merge_pending",
    ),
    (
        row(SUPERVISION, "merge_pending", "consent", assigns=("supervisee",)),
        "transition merge_pending-consent is a vote or a leaving and never does assigns; say it "
        "elsewhere",
    ),
    (
        row(SUPERVISION, "merge_pending", "leave", signals=(Signal("leave"),)),
        "transition merge_pending-leave is a vote or a leaving and never does signals; say it "
        "elsewhere",
    ),
    (
        row(QUOTE, "running", "count_held", leaves="supervisor"),
        "transition running-count_held: leaves is of whom a linked case brought; let its action be "
        "by link",
    ),
    (
        row(QUOTE, "accepted", "schedule", removes_unless_agreed="contact"),
        "transition accepted-schedule removes contact, who cannot vote in accepted; give them an "
        "action there that votes",
    ),
    (
        row(QUOTE, "accepted", "schedule", becomes=lambda case: {}),
        "transition accepted-schedule: becomes follows from who leaves; say removes_unless_agreed, "
        "too",
    ),
    *(
        (
            action(CONTACT, "answer", **to),
            f"action answer: {name} is for actions by link; leave it out",
        )
        for name, to in (("led", {"led": True}), ("by", {"by": "sender"}))
    ),
    (
        row(SUPERVISION, "coordinating", "dissolve", linked_actions=LinkedActions("ask", "restore")),
        "transition coordinating-dissolve takes ask on linked cases; let it be an action by link",
    ),
    (
        form(QUOTE, "request", route=("unconfirmed", "invoiced")),
        "form request: its cases never come to invoiced; take it off the route",
    ),
    (
        form(CONTACT, "message", follows=True),
        "form message is public and follows; be one of both",
    ),
    (
        form(CONTACT, "message", public=False),
        "form message is opened by nobody; let it be public, follow, or be merged",
    ),
    *(
        (
            row(SUPERVISION, "coordinating", "propose_merge", forms=forms),
            "merging: a desk lists cases of one state and form; give propose_merge one row of one",
        )
        for forms in ((), ("individual", "group"))
    ),
    (
        state(CONTACT, "spam", holder="assignee"),
        "state spam: holder is for turns of clock or link; leave it out",
    ),
)  # fmt: skip
TIMES: Planted = (
    *(
        (
            state(d, name, **to),
            f"{name}: time takes {act} before the deadline that people are told; let its timer "
            "come on that day or later",
        )
        for d, name, act, to in (
            (CONTACT, "answered", "lapse", {"timers": (Timer(7 * DAY, action="lapse"),)}),
            (CONTACT, "answered", "lapse", {"deadline": Calendar(working=11)}),
            (
                CONTACT,
                "answered",
                "lapse",
                {"deadline": ByAnswer("topic", {"invoicing": 15 * DAY}, 2 * DAY)},
            ),
            (QUOTE, "quoted", "expire", {"deadline": OnDate("valid_until", 2)}),
        )
    ),
    (
        row(QUOTE, "info_requested", "lapse", forms=("invoice",)),
        "info_requested of request: its timers take lapse, which is no way out for such a case; "
        "add the row, or name the forms of the timer",
    ),
    (
        row(CONTACT, "closed", "purge", guard=NEVER),
        "closed of message: what time does there depends on never alone; add a row for when that "
        "does not hold",
    ),
    (
        rows(QUOTE, without=("scheduled", "postpone")),
        "scheduled of request: what time does there depends on supervisor_in_place alone; add a "
        "row for when that does not hold",
    ),
    *(
        (
            state(CONTACT, "closed", timers=(Timer(length, action="purge"),)),
            "closed of message is kept for more than 12 years; let a timer with a length of its "
            "own erase it sooner",
        )
        for length in (
            Calendar(months=145),
            ByAnswer("topic", {"invoicing": Calendar(months=12)}),
            OnDate("valid_until"),
        )
    ),
    (
        row(
            rows(CONTACT, Transition("purge", "closed", "erased", erases=True, guard=NEVER)),
            "closed",
            "purge",
            guard=Guard("neither", lambda case: False),
        ),
        "closed of message is kept for more than 12 years; let a timer with a length of its own "
        "erase it sooner",
    ),
)
MAILS: Planted = (
    (mail(CONTACT, "receipt", to=""), "mail receipt goes to nobody; name the role that reads it"),
    (
        mail(QUOTE, "changed", newcomers=True, leavers=True),
        "mail changed is for newcomers and leavers; write one for each",
    ),
    (
        state(CONTACT, "converted", timers=(
            Timer(7 * DAY, mail="remind_answer"), Timer(30 * DAY, action="lapse"),
        )),
        "mail remind_answer asks assignee for something in converted of message, where that role "
        "can do nothing; give it an action there, or the mail the purpose status",
    ),
    (
        mail(QUOTE, "scheduled_supervisor", purpose="task"),
        "mail scheduled_supervisor asks supervisor for something in scheduled of request, where "
        "that role can do nothing; give it an action there, or the mail the purpose status",
    ),
    (
        replace(mail(CONTACT, "receipt", tells=("topic",)), visibility={
            **CONTACT.visibility, "topic": {"sender": ("closed",)},
        }),
        "mail receipt tells sender of topic in assigned; let the role see it",
    ),
    (
        form(CONTACT, "message", mails=()),
        "form message asks nobody to confirm; let its mails name one to sender with the purpose "
        "task",
    ),
    (
        mail(CONTACT, "confirm", purpose="status"),
        "form message asks nobody to confirm; let its mails name one to sender with the purpose "
        "task",
    ),
    *(
        (
            d,
            "form message begins in unconfirmed, where sender cannot confirm; give sender the turn "
            "there, and an action that leads on",
        )
        for d in (
            action(CONTACT, "confirm", available_on=("status",)),
            state(CONTACT, "unconfirmed", turn="assignee"),
            row(CONTACT, "unconfirmed", "confirm", target="unconfirmed"),
        )
    ),
    (
        form(CONTACT, "message", assigns=("assignee",), mails=("confirm", "assigned")),
        "mail assigned goes to assignee before sender has confirmed message; send it when that is "
        "done",
    ),
    (
        mail(CONTACT, "confirm", also=("assignee",)),
        "mail confirm goes to sender, assignee before sender has confirmed message; send it when "
        "that is done",
    ),
)  # fmt: skip
CHIEF = Role("chief", source="topics", always="general", apart=("sender",))
PEOPLE: Planted = (
    (
        role(CONTACT, "assignee", key=""),
        "transition unconfirmed-confirm of message gives assignee a place and does not say to "
        "whom; give the role a key that is asked there and required, or always one entry",
    ),
    (
        role(CONTACT, "sender", fields=("name", "other_email", "")),
        "form message gives sender a place and does not say to whom; ask name, other_email there, "
        "required",
    ),
    (
        row(SUPERVISION, "unconfirmed", "confirm", assigns=("coordinator", "supervisee")),
        "transition unconfirmed-confirm of individual gives supervisee a place and does not say to "
        "whom; ask supervisees, members there, required",
    ),
    (
        role(CONTACT, "assignee", apart=()),
        "role assignee looks after what it may have sent as sender",
    ),
    (
        replace(CONTACT, owner="sender", bounced_mail=Mail("unreachable", "sender")),
        "role sender looks after what it may have sent as sender",
    ),
    (
        replace(
            CONTACT,
            owner="chief",
            roles=(*CONTACT.roles, CHIEF),
            bounced_mail=Mail("unreachable", "chief"),
        ),
        "answered of message: chief may not be there",
    ),
)
ALONE = (*LOST, *VALUES, *ROWS, *TIMES, *MAILS, *PEOPLE)


@pytest.mark.parametrize(("planted", "fault"), ALONE, ids=[fault for _, fault in ALONE])
def test_fault_of_a_process_by_itself_is_found(planted: Definition, fault: str) -> None:
    assert fault in alone(planted)


TOGETHER: Planted = (
    (
        row(QUOTE, "unconfirmed", "confirm", signals=(Signal("form_snet"),)),
        "transition unconfirmed-confirm signals form_snet, which no process does by link whose "
        "cases are linked to these; correct the action, or link the processes",
    ),
    (
        row(CONTACT, "unconfirmed", "confirm", signals=(Signal("offered"),)),
        "transition unconfirmed-confirm signals offered, which no process does by link whose cases "
        "are linked to these; correct the action, or link the processes",
    ),
    (
        row(QUOTE, "quoted", "accept_person", signals=(Signal("date", roles={"contact": "x"}),)),
        "transition quoted-accept_person passes somebody on as x, which date does not assign "
        "there; correct the role, or let the row there assign it",
    ),
    (
        row(SUPERVISION, "active", "begin", signals=()),
        "action begin_joint is by link, and no case takes it; signal it, or delete it",
    ),
    (
        row(QUOTE, "staffing", "offered", assigns=("supervisor",)),
        "action offered gives supervisor a place in request and nothing says to whom; let the "
        "signal pass the role",
    ),
    (
        replace(QUOTE, transitions=tuple(replace(t, spawns=()) for t in QUOTE.transitions)),
        "form invoice follows, and no transition begins it; spawn it, or delete it",
    ),
    *(
        (
            row(QUOTE, "scheduled", "start", spawns=(Spawn(process, there, dict),)),
            f"transition scheduled-start begins {there} of {process}, which is no form that "
            "follows; correct the process and the form",
        )
        for process, there in (("qoute", "invoice"), ("quote", "invoyce"), ("quote", "request"))
    ),
    (
        row(QUOTE, "scheduled", "start", spawns=(
            Spawn("quote", "invoice", dict, roles={"contact": "x"}),
        )),
        "transition scheduled-start passes somebody on as x, no role there; correct the name",
    ),
    *(
        (
            row(QUOTE, "scheduled", "start", spawns=(Spawn("quote", "invoice", dict, **to),)),
            "transition scheduled-start fills x, which invoice does not ask; correct the name",
        )
        for to in ({"names": {"contact": ("x",)}}, {"passes": {"title": "x"}})
    ),
    (
        role(QUOTE, "finance", always=""),
        "transition scheduled-start begins invoice without finance, whom nothing names there; "
        "pass the role on, or give it a key or always one entry",
    ),
    (
        form(SUPERVISION, "merged", assigns=("supervisee", "manager")),
        "form merged gives manager a place and nothing says to whom; ask for it",
    ),
    (
        replace(CONTACT, referrals=(replace(CONTACT.referrals[0], process="x"),)),
        "referral to individual of x leads to no public form; correct the process and the form",
    ),
    (
        replace(CONTACT, referrals=(replace(CONTACT.referrals[0], form="ordered"),)),
        "referral to ordered of supervision leads to no public form; correct the process and the "
        "form",
    ),
    (
        replace(CONTACT, referrals=(replace(CONTACT.referrals[0], fields={"name": "x"}),)),
        "referral to individual fills x, which is not asked; correct the name",
    ),
    (
        role(QUOTE, "finance", apart_linked=("x",)),
        "role finance: apart_linked names x, no role of a process whose cases are linked to these; "
        "correct the name",
    ),
    (
        role(QUOTE, "coordinator", always="quotess"),
        "role coordinator: always names the topic quotess, which nobody can choose and has no "
        "words; offer it among the topics of a process",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("planted", "fault"), TOGETHER, ids=[fault for _, fault in TOGETHER])
def test_fault_between_processes_is_found(planted: Definition, fault: str) -> None:
    assert fault in together(planted)


# Attributes that name nothing of the definition: what it is called, texts, sizes, and what another
# rule looks at.
FREE = {
    Definition: {"name"},
    Form: {"name"},
    Section: {"name"},
    Field: {"name", "kind", "choices", "default", "autocomplete", "shows", "page", "unique"},
    Code: {"name", "example"},
    Check: {"name"},
    Role: {"name", "always", "apart_linked"},
    State: {"name", "unhurried"},
    Guard: {"name"},
    ByAnswer: {"field", "by_law"},
    OnDate: {"field"},
    Action: {"name", "available_on"},
    Mail: {"name", "purpose"},
    CounterRule: {"counter"},
    Signal: {"action"},
    Spawn: {"process", "form"},
    Referral: {"choice", "process", "form"},
    Document: {"name", "notes"},
    Part: {"name"},
    TermsText: {"version", "points"},
    Table: {"name", "sums"},
    Capacity: {"limits"},
}
TYPES = {c.__name__: c for c in (Capacity, Case, Document, Table, TermsText)}


def named_in(part: type) -> set[str]:
    """The attributes of a class that are texts, several texts, or told by texts."""
    hints = get_type_hints(part, localns=TYPES)
    told = {f.name: str(hints[f.name]) for f in fields(part) if f.init}
    return {
        name
        for name, kind in told.items()
        if re.match(
            r"<class 'str'>|typing.Literal|tuple\[(str|typing.Literal)|collections.abc.Mapping\[str, (str|tuple|int)",
            kind,
        )
    }


def classes(part: Any, found: dict[type, None]) -> dict[type, None]:
    """Every class that a definition is made of, from that of a part on, or from its annotation."""
    if get_origin(part) is Callable or part in found:
        return found
    for inner in get_args(part):
        classes(inner, found)
    if is_dataclass(part) and isinstance(part, type) and part is not Ranking:
        found[part] = None
        for hint in get_type_hints(part, localns=TYPES).values():
            classes(hint, found)
    return found


def test_every_text_of_a_definition_names_something_or_is_said_to_name_nothing() -> None:
    found = {part: named_in(part) for part in classes(Definition, {})}
    assert {Definition, Transition, Timer, Hurry, ByAnswer, Part, Capacity} <= found.keys()
    told = {c: {*NAMED.get(c, {})} | {*FREE.get(c, set())} for c in found}
    assert {c.__name__: named - told[c] for c, named in found.items() if named - told[c]} == {}
    mapped = {c: {f.name for f in fields(c)} for c in (*NAMED, *FREE)}
    assert all({*names} <= mapped[c] for table in (NAMED, FREE) for c, names in table.items())
