"""``decide``: what a row of the table permits is decided; everything else is refused."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.case import Actor, Case, CounterChange, Decision, Event, MailOrder, Party
from functions.kernel.consequences import Guard
from functions.kernel.definition import Definition, Transition
from functions.kernel.directory import DirectoryFile
from functions.kernel.engine import decide, open_actions, open_case, transition
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers
from functions.kernel.states import BY_ITSELF, CLOCK
from functions.processes import NAMES, current, versions
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, START
from tests.paths import Walk, actor_of, answers, opened, said, step, walks

PEOPLE = MemoryDirectory(*DIRECTORY)
SUPERVISION = current("supervision")
LATER = START + timedelta(days=30)
DEFINITIONS = [d for name in NAMES for d in versions(name)]


def walked(*actions: str) -> Walk:
    """A supervision case after these actions."""
    walk = opened(SUPERVISION, "individual", PEOPLE)
    for name in actions:
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


def tried(
    definition: Definition, case: Case, actor: Actor, action: str, filled: Answers
) -> Decision | None:
    """The decision, or None if it was refused."""
    try:
        return decide(definition, case, actor, action, filled, LATER, PEOPLE)
    except Refused:
        return None


def everybody(definition: Definition, case: Case) -> list[Actor]:
    """Whoever could try: each party in each role, the clock, nobody, a stranger."""
    roles = [r.name for r in definition.roles] + [*BY_ITSELF, "", "stranger"]
    ids = [p.id for p in case.parties] + ["", "p0", "p99"]
    return [Actor(role, party) for role in roles for party in ids]


def permitted(definition: Definition, case: Case, actor: Actor, action: str) -> bool:
    """What the table says, asked in another way than the engine asks it."""
    row = any(
        t.source == case.state
        and t.action == action
        and case.form in (t.forms or (case.form,))
        and (t.guard is None or t.guard.holds(case))
        for t in definition.transitions
    )
    role = next(a.role for a in definition.actions if a.name == action)
    if role in BY_ITSELF:
        return row and actor == Actor(role)
    present = [p.id for p in case.parties if p.present and p.role == role]
    return row and actor.role == role and actor.party in present


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
def test_decide_only_what_the_table_permits(definition: Definition) -> None:
    decided, refused = 0, 0
    for walk in walks(definition, PEOPLE):
        case = walk.case
        before = copy.deepcopy(case)
        for action in definition.actions:
            filled = said(definition, case, action.name, PEOPLE)
            for actor in everybody(definition, case):
                decision = tried(definition, case, actor, action.name, filled)
                allowed = permitted(definition, case, actor, action.name)
                assert (decision is not None) is allowed, (walk.taken, actor, action.name)
                decided, refused = decided + allowed, refused + (not allowed)
        assert case == before
    assert decided > len(definition.transitions)
    assert refused > decided


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
def test_decide_another_version_refused(definition: Definition) -> None:
    for walk in walks(definition, PEOPLE):
        for row in definition.transitions:
            actor = actor_of(definition, walk.case, row.action)
            if transition(definition, walk.case, row.action) is not row or actor is None:
                continue
            filled = said(definition, walk.case, row.action, PEOPLE)
            assert tried(definition, walk.case, actor, row.action, filled)
            for stranger in (
                replace(walk.case, version=definition.version + 1),
                replace(walk.case, version=0),
                replace(walk.case, process="another"),
            ):
                assert tried(definition, stranger, actor, row.action, filled) is None


def test_decide_unknown_action_refused() -> None:
    case = walked("confirm").case
    for name in ("", "open", "remind", "explode"):
        assert tried(SUPERVISION, case, Actor("manager", "p2"), name, {}) is None


def test_decide_another_cases_party_refused() -> None:
    earlier, later = walked("confirm", "endorse", "offer").case, walked("confirm").case
    supervisor = earlier.holders("supervisor")[0]
    assert later.party(supervisor.id) is None
    assert tried(SUPERVISION, later, Actor("manager", supervisor.id), "endorse", GOOD) is None


GOOD: Answers = {"travel_reimbursed": True, "fee_reimbursed": False}


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"travel_reimbursed": True},
        {**GOOD, "cost_centre": 7},
        {**GOOD, "fee_reimbursed": "no"},
        {**GOOD, "unit": "south"},
        {**GOOD, "return_reason": "not asked here"},
    ],
)
def test_decide_undeclared_or_incomplete_answers_refused(filled: Answers) -> None:
    case = walked("confirm").case
    assert tried(SUPERVISION, case, Actor("manager", "p2"), "endorse", GOOD)
    assert tried(SUPERVISION, case, Actor("manager", "p2"), "endorse", filled) is None


def test_decide_fixed_answer_refused() -> None:
    case = walked("confirm", "return").case
    filled = said(SUPERVISION, case, "correct", PEOPLE)
    applicant = Actor("applicant", "p1")
    assert "applicant_email" not in filled
    assert tried(SUPERVISION, case, applicant, "correct", filled)
    changed = {**filled, "applicant_email": "else@example.org"}
    assert tried(SUPERVISION, case, applicant, "correct", changed) is None


def test_decide_former_holder_refused() -> None:
    case = walked("confirm", "endorse", "offer", "decline", "offer").case
    former, present = (p for p in case.parties if p.role == "supervisor")
    assert (former.present, present.present) == (False, True)
    filled = {"contact_instructions": "Call me."}
    assert tried(SUPERVISION, case, Actor("supervisor", former.id), "accept", filled) is None
    assert tried(SUPERVISION, case, Actor("supervisor", present.id), "accept", filled)


def test_open_case_whole() -> None:
    form = SUPERVISION.form("individual")
    filled = answers(form.fields, PEOPLE, "0")
    decision = open_case(SUPERVISION, "individual", "id", filled, "sv", START, PEOPLE)
    applicant = Party(
        "p1", "applicant", "canary-applicant-name-0", "canary-applicant-email-0@example.org", "sv"
    )
    expected = Case(
        id="id",
        process="supervision",
        version=1,
        form="individual",
        language="sv",
        state="unconfirmed",
        entered_at=START,
        opened_at=START,
        answers=filled,
        parties=(applicant,),
        parties_named=1,
    )
    assert decision == Decision(
        case=expected,
        event=Event(0, START, "open", "applicant", "p1", "", "unconfirmed"),
        answers=filled,
        mail_orders=(MailOrder("confirm", "p1", "task", "unconfirmed", 1),),
    )


@pytest.mark.parametrize("change", [{"supervisor": "testi"}, {"title": 7}, {"unit": None}])
def test_open_case_other_answers_refused(change: dict[str, object]) -> None:
    filled = answers(SUPERVISION.form("individual").fields, PEOPLE, "0")
    wrong = {k: v for k, v in {**filled, **change}.items() if v is not None}
    with pytest.raises(Refused):
        open_case(SUPERVISION, "individual", "id", wrong, "sv", START, PEOPLE)  # type: ignore[arg-type]


def test_decide_whole() -> None:
    case = replace(walked("confirm", "endorse").case, next_timer=2)
    coordinator = case.holders("coordinator")[0]
    actor = Actor("coordinator", coordinator.id, "en")
    decision = decide(SUPERVISION, case, actor, "offer", {"supervisor": "testi"}, LATER, PEOPLE)
    speaking = tuple(
        replace(p, language="en") if p.id == coordinator.id else p for p in case.parties
    )
    testi = Party("p5", "supervisor", "Testi Directory", "testi@example.org", "fi", "testi")
    assert decision == Decision(
        case=replace(
            case,
            state="offered",
            entered_at=LATER,
            answers={**case.answers, "supervisor": "testi"},
            parties=(*speaking, testi),
            round=4,
            revision=3,
            next_timer=0,
            parties_named=5,
        ),
        event=Event(3, LATER, "offer", "coordinator", "p3", "coordinating", "offered"),
        answers={"supervisor": "testi"},
        mail_orders=(
            MailOrder("offer", "p5", "task", "offered", 4),
            MailOrder("offered", "p1", "status", "offered", 4),
        ),
        counter_changes=(CounterChange("supervisors", "testi", "queued", 1),),
    )


def test_decide_answers_not_asked_again_stay() -> None:
    before = walked("confirm", "return").case.answers
    after = walked("confirm", "return", "correct").case.answers
    assert after["applicant_email"] == before["applicant_email"]
    assert "return_reason" in before
    assert "return_reason" not in after  # what was said for that act belongs to it
    assert after["reason_and_goals"] == "canary-reason-and-goals-3"


def test_decide_emptied_answer_is_gone() -> None:
    case = walked("confirm", "return").case
    filled = said(SUPERVISION, case, "correct", PEOPLE)
    without = {k: v for k, v in filled.items() if k != "employer"}
    decision = tried(SUPERVISION, case, Actor("applicant", "p1"), "correct", without)
    assert decision is not None
    assert "employer" in case.answers
    assert "employer" not in decision.case.answers


def people(case: Case) -> list[tuple[str, str, str, bool]]:
    return [(p.id, p.role, p.email, p.present) for p in case.parties]


def test_decide_fill_keeps_the_pseudonym_of_the_same_address() -> None:
    case = walked("confirm", "return").case
    filled = {
        **said(SUPERVISION, case, "correct", PEOPLE),
        "manager_name": "New Name",
        "manager_email": str(case.answers["manager_email"]).upper(),
        "manager_language": "en",
        "unit": "south",
    }
    decision = tried(SUPERVISION, case, Actor("applicant", "p1"), "correct", filled)
    assert decision is not None
    manager = decision.case.holders("manager")[0]
    acted_in = "sv"
    assert manager == Party("p2", "manager", "New Name", filled["manager_email"], acted_in)
    assert [
        (p.id, p.email, p.present) for p in decision.case.parties if p.role == "coordinator"
    ] == [
        ("p3", "anna@example.org", False),
        ("p4", "sten@example.org", True),
    ]
    assert decision.case.parties_named == 4


def test_decide_fill_retires_the_others() -> None:
    case = walked("confirm", "return", "correct").case
    assert people(case) == [
        ("p2", "manager", "canary-manager-email-0@example.org", False),
        ("p3", "coordinator", "anna@example.org", True),
        ("p4", "coordinator", "sten@example.org", True),
        ("p1", "applicant", "canary-applicant-email-0@example.org", True),
        ("p5", "manager", "canary-manager-email-3@example.org", True),
    ]


def test_decide_same_supervisor_offered_again_is_a_new_party() -> None:
    case = walked("confirm", "endorse", "offer", "decline", "offer").case
    assert [(p.id, p.ref, p.present) for p in case.parties if p.role == "supervisor"] == [
        ("p5", "sulo", False),
        ("p6", "sulo", True),
    ]


def test_decide_nobody_in_the_directory_seats_nobody() -> None:
    empty = MemoryDirectory()
    case = walked().case
    decision = decide(SUPERVISION, case, Actor("applicant", "p1"), "confirm", {}, LATER, empty)
    assert decision.case.holders("coordinator") == ()
    assert [o.mail for o in decision.mail_orders] == ["receipt", "endorse"]


def test_decide_retired_supervisor_is_not_seated() -> None:
    directory = MemoryDirectory(*DIRECTORY)
    sulo = next(e for e in DIRECTORY if e.key == "sulo")
    directory.save(DirectoryFile((replace(sulo, retired=True),)))
    case = walked("confirm", "endorse").case
    actor = Actor("coordinator", "p3")
    decision = decide(SUPERVISION, case, actor, "offer", {"supervisor": "sulo"}, LATER, directory)
    assert (decision.case.holders("supervisor"), decision.counter_changes) == ((), ())


@pytest.mark.parametrize("action", ["disown", "purge"])
def test_decide_forgetting_leaves_nothing_personal(action: str) -> None:
    walk = walked(action)
    decision = walk.decisions[-1]
    assert (decision.erases, decision.answers, decision.mail_orders) == (True, {}, ())
    assert (decision.case.answers, decision.case.parties) == ({}, ())
    assert "canary" not in repr(decision)


@pytest.mark.parametrize(
    ("actions", "counts"),
    [
        (("offer",), [("queued", 1)]),
        (("offer", "decline"), [("queued", -1)]),
        (("offer", "expire"), [("queued", -1)]),
        (("offer", "withdraw"), [("queued", -1)]),
        (("offer", "accept"), [("queued", -1), ("ongoing", 1)]),
        (("withdraw",), []),
    ],
)
def test_decide_counts(actions: tuple[str, ...], counts: list[tuple[str, int]]) -> None:
    decision = walked("confirm", "endorse", *actions).decisions[-1]
    assert decision.counter_changes == tuple(
        CounterChange("supervisors", "sulo", c, n) for c, n in counts
    )


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
def test_orders_only_to_those_who_were_or_are_present(definition: Definition) -> None:
    for walk in walks(definition, PEOPLE):
        last = walk.decisions[-1]
        before = walk.decisions[-2].case if len(walk.decisions) > 1 else last.case
        here = {p.id for p in (*before.parties, *last.case.parties) if p.present}
        for order in last.mail_orders:
            party = last.case.party(order.party)
            assert party is not None
            assert party.role in definition.readers(definition.mail(order.mail), last.case)
            assert order.party in here
            assert (order.state, order.round) == (last.case.state, last.case.round)
            if order.purpose == "task":
                able = (definition.turn(last.case), definition.state(order.state).recorded_by)
                assert party.role in able


def test_orders_one_for_each_holder() -> None:
    decision = walked("confirm", "endorse").decisions[-1]
    assert decision.mail_orders == (
        MailOrder("endorsed", "p1", "status", "coordinating", 3),
        MailOrder("coordinate", "p3", "task", "coordinating", 3),
        MailOrder("coordinate", "p4", "task", "coordinating", 3),
    )


def test_orders_tell_the_one_whose_offer_expired() -> None:
    decision = walked("confirm", "endorse", "offer", "expire").decisions[-1]
    assert MailOrder("offer_expired", "p5", "status", "coordinating", 5) in decision.mail_orders
    assert decision.case.holders("supervisor") == ()


def test_decide_remembers_the_actors_language() -> None:
    case = walked("confirm").case
    actor = Actor("manager", "p2", "en")
    decision = decide(SUPERVISION, case, actor, "endorse", GOOD, LATER, PEOPLE)
    assert [(p.id, p.language) for p in decision.case.parties] == [
        ("p1", "sv"),
        ("p2", "en"),
        ("p3", "fi"),
        ("p4", "sv"),
    ]


def guarded(*, holds: bool) -> Definition:
    """Supervision whose endorsement has a guarded row before the plain one."""
    guard = Guard("never_mind", lambda _: holds)
    row = Transition("endorse", "submitted", "offered", guard=guard)
    return replace(SUPERVISION, transitions=(row, *SUPERVISION.transitions))


@pytest.mark.parametrize(("holds", "target"), [(True, "offered"), (False, "coordinating")])
def test_transition_guard(holds: bool, target: str) -> None:
    row = transition(guarded(holds=holds), walked("confirm").case, "endorse")
    assert row is not None
    assert row.target == target


def test_transition_no_row() -> None:
    assert transition(SUPERVISION, walked("confirm").case, "accept") is None


@pytest.mark.parametrize(
    ("role", "purpose", "names"),
    [
        ("applicant", "task", ["withdraw"]),
        ("applicant", "status", ["withdraw"]),
        ("manager", "task", ["endorse", "return", "reject"]),
        ("manager", "status", []),
        ("coordinator", "task", ["end_handling"]),
        ("supervisor", "task", []),
        (CLOCK, "task", ["lapse"]),
    ],
)
def test_open_actions_submitted(role: str, purpose: str, names: list[str]) -> None:
    case = walked("confirm").case
    found = open_actions(SUPERVISION, case, role, purpose)  # type: ignore[arg-type]
    assert [a.name for a in found] == names
