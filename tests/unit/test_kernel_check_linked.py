"""What processes say of each other and is not so is found, and the registry refuses it."""

from dataclasses import replace

import pytest

from functions import processes
from functions.kernel.consequences import Signal, Spawn
from functions.kernel.definition import Definition
from functions.kernel.errors import WrongDefinition
from tests.planting import (
    CONTACT,
    KNOWN,
    QUOTE,
    SUPERVISION,
    Planted,
    action,
    form,
    role,
    row,
    together,
)

TOGETHER: Planted = (
    (
        action(QUOTE, "appoint", by="x"),
        "action appoint: by names the role x, which is not there; correct the name, or declare it",
    ),
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


def test_registry_refuses_what_is_not_so(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf, fault = TOGETHER[0]
    declared = {d.name: (d,) for d in (*KNOWN, deaf)}
    monkeypatch.setattr(processes, "_declared", declared.__getitem__)
    with pytest.raises(WrongDefinition, match=fault):
        processes.versions.__wrapped__("quote")
    assert processes.versions.__wrapped__("contact") == declared["contact"]
