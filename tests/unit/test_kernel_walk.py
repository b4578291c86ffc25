"""Long random walks: what stays true of a case whatever people and time do to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.case import Actor, Case, Decision
from functions.kernel.definition import Definition
from functions.kernel.engine import decide
from functions.kernel.errors import Refused
from functions.kernel.states import BY_ITSELF, LINK
from functions.kernel.timers import REMIND, due_at
from functions.processes import NAMES, current
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY
from tests.paths import Walk, climb, opened, said

PEOPLE = MemoryDirectory(*DIRECTORY)


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that somebody does: an action by any party, or time that passes."""

    action: int
    party: int
    source: int
    passes: timedelta


TRIES = st.builds(
    Try,
    action=st.integers(0, 99),
    party=st.integers(0, 99),
    source=st.integers(0, 5),
    passes=st.sampled_from(
        [timedelta(0), timedelta(hours=1), timedelta(days=4)] * 3 + [timedelta(40)]
    ),
)


def likely(definition: Definition, case: Case, number: int) -> str:
    """Mostly an action that keeps the case going, now and then one that ends it or any other."""
    rows = [t for t in definition.transitions if t.source == case.state]
    going = [t.action for t in rows if not definition.is_over(t.target)]
    names = going * 6 + [t.action for t in rows] + [a.name for a in definition.actions[:3]]
    return names[number % len(names)]


def who(definition: Definition, case: Case, role: str, number: int) -> Actor:
    """Mostly somebody who holds the role, now and then somebody else."""
    if role in BY_ITSELF:
        return Actor(role)
    ids = [p.id for p in case.holders(role)] * 6 + [p.id for p in case.parties] + ["p0"]
    return Actor(role, ids[number % len(ids)], "en")


def attempt(definition: Definition, walk: Walk, what: Try, now: datetime) -> Decision | None:
    case = walk.case
    name = likely(definition, case, what.action)
    actor = who(definition, case, definition.action(name).role, what.party)
    filled = dict(said(definition, case, name, PEOPLE))
    for field in definition.asked(definition.action(name), case.form):
        if field.source:
            listed = PEOPLE.listings(field.source)
            filled[field.name] = listed[what.source % len(listed)].key
    try:
        return decide(definition, case, actor, name, filled, now, PEOPLE)
    except Refused:
        return None


def follow(definition: Definition, tries: list[Try], form: int = 0) -> Walk:
    """Everything that came of the tries, each timer run when it was due."""
    forms = definition.forms
    walk = opened(definition, forms[form % len(forms)].name, PEOPLE)
    now = walk.case.entered_at
    for what in tries:
        now += what.passes
        while run := climb(definition, walk.case, now, PEOPLE):
            walk = Walk((*walk.decisions, run))
        if decision := attempt(definition, walk, what, now):
            walk = Walk((*walk.decisions, decision))
    return walk


def restarting(definition: Definition) -> set[str]:
    return {t.action for t in definition.transitions if t.restarts}


def check_step(definition: Definition, before: Case, decision: Decision) -> None:
    case, step = decision.case, decision.event
    reminded = step.action == REMIND
    moved = not reminded and not definition.action(step.action).votes
    assert step.number == case.revision == before.revision + 1
    assert (step.source, step.target) == (before.state, case.state)
    assert case.round == before.round + moved
    assert case.next_timer >= (before.next_timer + 1 if reminded else 0)
    anew = moved and (step.source != step.target or step.action in restarting(definition))
    assert reminded or case.next_timer == (0 if anew else before.next_timer)
    if moved:
        rows = {(t.source, t.action, t.target) for t in definition.transitions}
        assert (step.source, step.action, step.target) in rows
        assert case.entered_at == (step.at if anew else before.entered_at)
        acted = before.party(step.party)
        assert step.role == definition.action(step.action).role
        assert step.role in BY_ITSELF or (acted is not None and acted.present)
        assert case.votes == {}
    elif reminded:
        assert replace(case, next_timer=before.next_timer, revision=before.revision) == before
    else:
        votes = {k: v for k, v in case.votes.items() if k != step.party}
        assert votes == {k: v for k, v in before.votes.items() if k != step.party}
        assert replace(case, votes={}, revision=0, turned_at=None) == replace(
            before.speaking(step.party, "en"), votes={}, revision=0, turned_at=None
        )


def check_people(definition: Definition, before: Case, case: Case) -> None:
    ids = [p.id for p in case.parties]
    assert len(ids) == len(set(ids))
    assert case.parties_named >= before.parties_named
    known = {p.id: p.role for p in before.parties}
    for party in case.parties:
        assert party.role == known.get(party.id, party.role)
        if party.id not in known:
            assert int(party.id[1:]) > before.parties_named
    for role in definition.roles:
        single = role.fields is not None or role.source == "supervisors"
        assert len(case.holders(role.name)) <= 1 or not single
        addresses = [p.email for p in case.holders(role.name)]
        assert len(addresses) == len(set(addresses))


def check_walk(definition: Definition, walk: Walk) -> None:
    assert [d.event.number for d in walk.decisions] == list(range(len(walk.decisions)))
    ends = {s.name for s in definition.states if s.end}
    for earlier, later in zip(walk.decisions, walk.decisions[1:], strict=False):
        assert earlier.case.state not in ends
        check_step(definition, earlier.case, later)
        check_people(definition, earlier.case, later.case)
        unchanged = ("id", "process", "version", "form", "language", "opened_at")
        for name in unchanged:
            assert getattr(earlier.case, name) == getattr(later.case, name)
    if walk.case.state in ends:
        assert due_at(definition, walk.case) is None


@settings(max_examples=150)
@given(st.sampled_from(NAMES), st.integers(0, 2), st.lists(TRIES, min_size=5, max_size=30))
def test_walk_keeps_what_must_hold(name: str, form: int, tries: list[Try]) -> None:
    definition = current(name)
    check_walk(definition, follow(definition, tries, form))


@settings(max_examples=30)
@given(st.lists(TRIES, min_size=5, max_size=30))
def test_walk_counts_are_of_those_who_hold_it(tries: list[Try]) -> None:
    walk = follow(current("supervision"), tries)
    directory = MemoryDirectory(*DIRECTORY)
    for count in (c for d in walk.decisions for c in d.counter_changes):
        directory.move(count.source, count.ref, count.counter, count.step)
    open_offer = walk.case.state == "offered"
    active = walk.case.state in ("active", "running")
    held = walk.case.holders("supervisor")[0].ref if open_offer or active else ""
    expected = {("supervisors", held, "queued" if open_offer else "ongoing"): 1} if held else {}
    assert {k: n for k, n in directory.counts.items() if n} == expected


def test_walk_reaches_every_state() -> None:
    """The walks of this file are no test of anything unless they get somewhere."""
    reached = set()

    @settings(max_examples=900)
    @given(st.integers(0, 2), st.lists(TRIES, min_size=5, max_size=30))
    def gather(form: int, tries: list[Try]) -> None:
        walk = follow(current("supervision"), tries, form)
        reached.update(d.case.state for d in walk.decisions)

    gather()
    definition = current("supervision")
    rarely = {t.target for t in definition.transitions if definition.action(t.action).role == LINK}
    assert reached | rarely == {s.name for s in definition.states}
