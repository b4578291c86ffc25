"""Stages of the journeys in which several people apply together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from functions.kernel.case import Case, MailOrder
from functions.processes import current
from functions.services.access import links
from functions.services.access.desk_links import open_for
from functions.services.access.people import known, person_key
from functions.services.case import apply, merge
from functions.services.case.act import act
from tests.faults.journey import (
    ANSWERS,
    COORDINATOR,
    MANAGER,
    Person,
    Stage,
    Start,
    begin,
    fill,
    run_stage,
)
from tests.faults.pages import Page
from tests.faults.rig import Rig

DEFINITION = current("supervision")
NAMES = ("Aino", "Bertta", "Cecilia")
ENDORSE = {"travel_reimbursed": "yes", "fee_reimbursed": "no"}
GROUP = {
    **{k: v for k, v in ANSWERS.items() if not k.startswith("applicant")},
    "form_of_supervision": "group",
    "sender_position": "manager",
    **ENDORSE,
    **{
        f"supervisees-{n}-{cell}": value
        for n, name in enumerate(NAMES, 1)
        for cell, value in (("name", name), ("email", f"{name.lower()}@example.net"))
    },
}


def address(name: str) -> str:
    return f"{name.lower()}@example.net"


def cases_of(rig: Rig) -> dict[str, Case]:
    """Every case as it stands, by its id."""
    return dict(rig.services.cases.several(list(rig.labels())))


def hub_of(rig: Rig) -> Case:
    """The case that joins the others; it alone is still to be found when it is dissolved."""
    (hub,) = (c for c in cases_of(rig).values() if c.form == "merged")
    return hub


def token(rig: Rig, case: Case, email: str, purpose: str = "task", role: str = "") -> str:
    """A fresh link of one of those who are in a case, in the role that they have there."""
    theirs = [p for p in case.parties if p.email == email and p.present]
    (party,) = (p for p in theirs if role in ("", p.role))
    order = MailOrder("any", party.id, purpose, case.state, case.round)
    return links.mint(rig.services, case.id, order, party.email).rpartition("/")[2]


def desk(rig: Rig, email: str = COORDINATOR) -> str:
    """A fresh link to a desk."""
    order = MailOrder("desk_link", person_key(rig.services, email), links.DESK, "", 0)
    token = links.mint(rig.services, links.DESK, order, email).rpartition("/")[2]
    open_for(rig.services, token, "own")
    return token


def applied(rig: Rig, name: str, *, endorsed: bool = True) -> str:
    """An application that waits for the coordinator; or still for the manager."""
    typed = {**ANSWERS, "applicant_name": name, "applicant_email": address(name)}
    form = DEFINITION.form("individual")
    draft = apply.Draft(DEFINITION, form, typed, "fi", apply.mint_key(rig.services))
    rig.clock.forward(seconds=5)
    case_id = apply.send(rig.services, draft)
    for action, email in (("confirm", address(name)), ("endorse", MANAGER))[: 1 + endorsed]:
        case = rig.services.cases.load(case_id).case
        act(rig.services, token(rig, case, email), {"action": action, **ENDORSE}, "fi")
    return case_id


def proposed(rig: Rig, *cases: str) -> str:
    """The proposal to join them."""
    by = known(rig.services, person_key(rig.services, COORDINATOR)).person
    key = apply.mint_key(rig.services)
    form = {"form_of_supervision": "group"}
    return merge.propose(rig.services, "supervision", by, cases, form, "fi", key)


def start_of(rig: Rig) -> Start:
    """Everything as it is now, as the place where a stage begins."""
    rig.settle()
    rig.clock.time += timedelta(seconds=1)
    return Start(rig.tables(), rig.clock.time, {})


def walked(rig: Rig, start: Start, *stages: Stage) -> Start:
    """Where the stage after these begins."""
    for stage in stages:
        begin(rig, start)
        rig.tap.arm()
        _, page = run_stage(rig, stage, start)
        assert page.status == 200, page.title
        start = start_of(rig)
    return start


def three_applied(rig: Rig) -> Start:
    """Three applications wait for the coordinator."""
    for name in NAMES:
        applied(rig, name)
    return start_of(rig)


def _propose(rig: Rig, person: Person, _: str) -> Page:
    with rig.tap.aside():
        originals = [c.id for c in cases_of(rig).values()]
        link = desk(rig)
    page = person.get(f"/api/d/{link}/merge")
    form = page.form("form_of_supervision")
    wanted = {f"cases-{case_id}" for case_id in originals}
    picked = {name: "yes" for name in form.names() if name in wanted}  # in the page's order
    assert len(picked) == len(NAMES)
    return person.send(form, form_of_supervision="group", **picked)


def _vote(name: str, consent: str, *, last: bool = False) -> Stage:
    """Nobody is written to before the last has answered."""
    stage = task(name.lower(), address(name), "consent", consent=consent)
    return replace(stage, mails=last)


def task(
    title: str,
    email: str,
    action: str,
    form: str = "",
    purpose: str = "task",
    **typed: str,
) -> Stage:
    """Somebody opens a fresh link and acts; on the case of ``form``, or else on the hub."""

    def do(rig: Rig, person: Person, _: str) -> Page:
        with rig.tap.aside():
            found = cases_of(rig).values()
            case = next(c for c in found if c.form == form) if form else hub_of(rig)
            link = token(rig, case, email, purpose)
        page = person.get(f"/api/t/{link}")
        (drawn,) = (f for f in page.forms if any(c.offered == action for c in f.controls))
        return person.send(drawn, action=action, **typed)

    return Stage(title, "", do)


def _week(rig: Rig, person: Person, _: str) -> Page:
    rig.clock.forward(days=8)
    return tick(rig)


def _day(rig: Rig, person: Person, _: str) -> Page:
    """The one manager of all three gets no more than three mails a day (ADR 19)."""
    rig.clock.forward(days=1)
    return tick(rig)


def tick(rig: Rig) -> Page:
    """What is due by now happens."""
    for _n in range(10):  # the schedule comes again, whatever became of its last round
        acted = rig.sweep()
        rig.pump.drain()
        if not acted:
            break
    return Page(200, "")


SUPERVISOR = "testi.tyonohjaaja@example.org"
_OFFER = {"supervisor": "testi", "offer_message": "Olisiko tässä?"}
_ACCEPT = {"contact_instructions": "Soita maanantaina."}
MERGE = (
    Stage("propose", "", _propose),
    _vote("Bertta", "no"),
    _vote("Aino", "yes"),
    _vote("Cecilia", "yes", last=True),
    Stage("settle", "", _week),
    task("offer", COORDINATOR, "offer", **_OFFER),
    Stage("a day", "", _day, mails=False),
    task("accept", SUPERVISOR, "accept", **_ACCEPT),
)


def _apply_group(rig: Rig, person: Person, _: str) -> Page:
    return fill(person, "supervision", "group", GROUP)


JOURNEY = (
    Stage("apply", "", _apply_group),
    task("confirm", MANAGER, "confirm_group", "group"),
    task("offer", COORDINATOR, "offer", "group", **_OFFER),
    task("accept", SUPERVISOR, "accept", "group", **_ACCEPT),
)
