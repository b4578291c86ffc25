"""A name that leads nowhere is found, whichever attribute it stands in."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from functions.kernel.capacity import Capacity
from functions.kernel.case import Case
from functions.kernel.check_names import NAMED
from functions.kernel.consequences import Guard, Referral, Signal, Spawn
from functions.kernel.definition import Action, CounterRule, Definition, Mail, Transition
from functions.kernel.documents import Document, Part, TermsText
from functions.kernel.durations import ByAnswer, OnDate
from functions.kernel.fields import Check, Code, Field, Form, Section
from functions.kernel.meetings import Meeting
from functions.kernel.ranking import Ranking
from functions.kernel.roles import Role
from functions.kernel.states import Hurry, LastingTimer, State, Timer, Turn
from functions.kernel.subprocesses import Subprocess
from functions.kernel.tables import Table
from tests.planting import (
    CONTACT,
    DAY,
    QUOTE,
    SUPERVISION,
    Planted,
    action,
    alone,
    asking,
    form,
    lost,
    mail,
    role,
    row,
    state,
)

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
    (action(CONTACT, "answer", prefill={"x": "y"}), lost("action answer", "prefill", "field x")),
    (
        action(QUOTE, "cancel", computes=replace(COMPUTED, previewed=("x",))),
        lost("computation of action cancel", "previewed", "field x"),
    ),
    (mail(QUOTE, "invoiced", shows=("x",)), lost("mail invoiced", "shows", "field x")),
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


@pytest.mark.parametrize(("planted", "fault"), LOST, ids=[fault for _, fault in LOST])
def test_name_that_leads_nowhere_is_found(planted: Definition, fault: str) -> None:
    assert fault in alone(planted)


# Attributes that name nothing of the definition: what it is called, texts, sizes, and what another
# rule looks at.
FREE = {
    Definition: {"name"},
    LastingTimer: {"name"},
    Meeting: {"name"},
    Form: {"name"},
    Subprocess: {"name", "dated", "reports"},  # of both definitions: check_within
    Section: {"name"},
    Field: {
        "name",
        "kind",
        "choices",
        "default",
        "autocomplete",
        "shows",
        "page",
        "unique",
        "duty",
        "offers",
    },
    Code: {"name", "example"},
    Check: {"name"},
    Role: {"name", "always", "apart_linked"},
    State: {"name", "unhurried"},
    Guard: {"name"},
    ByAnswer: {"field", "by_law"},
    OnDate: {"field"},
    Action: {"name", "available_on", "by"},  # by: a role of the case beside it (check_linked)
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
TYPES = {c.__name__: c for c in (Capacity, Case, Document, Meeting, Table, TermsText)}


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
