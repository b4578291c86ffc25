"""What fields, roles and rows cannot do is found, and the message says what to do."""

from dataclasses import replace

import pytest

from functions.kernel.consequences import LinkedActions, Signal
from functions.kernel.definition import Definition, Transition
from functions.kernel.fields import Check, Field
from tests.planting import (
    CONTACT,
    NEVER,
    QUOTE,
    SUPERVISION,
    Planted,
    action,
    alone,
    asking,
    form,
    role,
    row,
    rows,
    state,
)

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
        asking(Field("z", "number", many=True)),
        "field z: has many values of kind number; several are texts or choices",
    ),
    (
        asking(Field("z", many=True, default="message")),
        "field z: has many values; one with a default, a ranking or unique values has one",
    ),
    (
        asking(Field("z", "choice", many=True, others=True, choices=("a",))),
        "field z: takes others; only many texts with choices have others beside these",
    ),
    (
        asking(Field("z", "choice", choices=("a",), offers="sectors")),
        "field z: offers and duty are for lists of the directory; drop them",
    ),
    (
        asking(Field("z", "choice", source="units", duty="units")),
        "field z: offers and duty are for lists of the directory; drop them",
    ),
    (
        replace(asking(Field("z", "choice", many=True, choices=("a",))), facets=("z",)),
        "field z: has many values; a headline, a facet or a role takes one",
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
FAULTS = (*VALUES, *ROWS)


@pytest.mark.parametrize(("planted", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_what_a_part_cannot_do_is_found(planted: Definition, fault: str) -> None:
    assert fault in alone(planted)
