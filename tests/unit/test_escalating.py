"""Whoever is silent is reminded, and then those who keep the directory hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.directory import DirectoryFile
from functions.kernel.states import State
from functions.kernel.timers import DUE_BY_LAW, OVERDUE, deadline, due_timer
from functions.processes import NAMES, current
from functions.services.case import apply
from functions.services.case.timers import run_due_timer
from functions.services.mail.escalations import hearers
from tests.fakes import START, World
from tests.paths import walks

DAY = timedelta(days=1)
KEEPERS = ["anna@example.org", "sten@example.org"]


def overdue(world: World) -> list[tuple[str, str]]:
    """Who is told now that nobody has acted, and the words of it; over two rounds of mail."""
    sent = [*world.deliver_all(), *world.deliver_all()]
    found = [(m["To"], m.get_body(("plain",)).get_content()) for m in sent]  # type: ignore[union-attr]
    return sorted(
        f for f in found if "K-" in f[1] and ("määräaika" in f[1] or "Tidsfristen" in f[1])
    )


def pass_days(world: World, case_id: str, days: int) -> list[tuple[str, str]]:
    found = []
    for _ in range(days):
        world.clock.forward(days=1)
        while run_due_timer(world.services, case_id):
            pass
        found += overdue(world)
    return found


def test_application_that_its_coordinator_leaves_comes_to_who_keeps_the_directory() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    assert pass_days(world, case_id, 20) == []
    found = pass_days(world, case_id, 4)
    assert sorted({to for to, _ in found}) == KEEPERS
    assert len(found) == len(KEEPERS)
    assert all("Anna Directory" in text for _, text in found)  # who is waited for
    assert not any("Aino" in text for _, text in found)
    assert len(pass_days(world, case_id, 50)) == len(KEEPERS)  # once more, later
    assert len(pass_days(world, case_id, 84)) == 3 * len(KEEPERS)  # and then every four weeks
    world.do(case_id, "offer")
    assert pass_days(world, case_id, 6) == []


def in_the_south(world: World) -> str:
    """An application that Sten alone coordinates; Anna keeps the directory, as he does."""
    case_id = apply.send(world.services, world.draft(unit="south"))
    for name in ("confirm", "endorse"):
        world.do(case_id, name)
    assert [p.ref for p in world.case(case_id).holders("coordinator")] == ["sten"]
    return case_id


def test_who_is_late_themself_is_not_told_to_ask_themself() -> None:
    world = World()
    case_id = in_the_south(world)
    world.deliver_all()
    told = {to: " ".join(text.split()) for to, text in pass_days(world, case_id, 24)}
    assert "Kysy häneltä" in told["anna@example.org"]
    assert "Fråga om hen" not in told["sten@example.org"]
    assert "Ärendet väntar på dig" in told["sten@example.org"]


@pytest.mark.parametrize("mail", [OVERDUE, DUE_BY_LAW])
def test_where_the_only_keeper_is_late_the_others_hear_it(mail: str) -> None:
    world = World()
    case_id = in_the_south(world)
    anna = world.directory.entry("coordinators", "anna")
    assert anna
    fewer = replace(anna, facts={**anna.facts, "duties": ("units", "finance")})
    world.directory.save(DirectoryFile((fewer,)))
    told = {e.key: m for m, e in hearers(world.services, mail, world.case(case_id))}
    assert told == {"sten": f"{mail}_own", "anna": f"{mail}_others"}


def test_who_missed_a_year_of_it_is_told_once() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.clock.forward(days=365)
    done = 0
    while run_due_timer(world.services, case_id):
        done += 1
    assert done == 1
    assert len(overdue(world)) == len(KEEPERS)
    world.clock.forward(days=5)
    assert not run_due_timer(world.services, case_id)


def test_who_acts_in_time_is_told_on_by_nobody() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    pass_days(world, case_id, 10)
    world.do(case_id, "offer")
    assert pass_days(world, case_id, 5) == []


def escalating(definition: Definition) -> list[State]:
    return [s for s in definition.states if any(r.escalates for r in s.timers)]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_told_of_a_delay_before_the_deadline(name: str) -> None:
    definition, world = current(name), World()
    waiting = {s.name for s in escalating(definition)}
    here = [w.case for w in walks(definition, world.directory) if w.case.state in waiting]
    choices = [(f.name, c) for f in definition.fields().values() for c in f.choices]
    for case in here:
        for field, choice in choices:
            _check(definition, replace(case, answers={**case.answers, field: choice}))


def _check(definition: Definition, case: Case) -> None:
    timers = definition.state(case.state).timers
    numbers = [n for n, timer in enumerate(timers) if timer.escalates]
    for number in numbers:
        at = replace(case, next_timer=number)
        moment = case.entered_at
        last = deadline(definition, at)
        while (timer := due_timer(definition, at, moment)) is None and moment < START + 400 * DAY:
            moment += DAY
        if timer and timer.escalates and last:
            assert moment.date() > last, (case.state, last, moment)


@pytest.mark.parametrize("name", NAMES)
def test_every_state_that_waits_for_an_office_comes_to_somebody_else(name: str) -> None:
    """Not only in the week's digest: by an action of time, or to who keeps the directory."""
    definition = current(name)
    offices = {r.name for r in definition.roles if r.source}
    for form in definition.forms:
        for state in definition.for_form(form.name).states:
            waits = {state.recorded_by, *state.turn_roles} & offices
            if waits and not definition.is_over(state.name):
                assert any(r.action or r.escalates for r in state.timers), (form.name, state.name)
