"""Whoever acts, in whatever order and at the same moment: never one too many, and no turn lost."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.case import MailOrder
from functions.kernel.definition import Definition
from functions.kernel.durations import day_of
from functions.kernel.errors import KapulaError
from functions.kernel.history import verifies
from functions.kernel.subcases import OpenSubcase, Subcases, is_subcase, name_and_number
from functions.processes import within
from functions.services.access import links
from functions.services.case import apply, decide
from functions.services.case.act import act
from functions.services.case.begin import begin
from functions.services.case.timers import run_timer
from tests.fakes import World, interrupt
from tests.sixth import BEFORE

DAY, STEPS = "2026-10-07", 120
TALKS = [("contact", a) for a in ("suits", "suits_not", "suits", "give_up")]
TALKS += [("coordinator", a) for a in ("move", "cancel", "missed")]
DOES = {"unconfirmed": "confirm", "offered": "accept"}


class Days(World):
    """Many who want places on one day."""

    def __init__(self, definition: Definition, seed: int) -> None:
        super().__init__()
        self.clock.time = BEFORE
        self.definition = definition
        self.draw = random.Random(seed)

    def enrol(self) -> None:
        with suppress(KapulaError):  # the day may be over
            self.opened(str(self.draw.randint(1, 4)))

    def opened(self, size: str, number: int | None = None) -> str:
        number = len(self.cases.folders) if number is None else number
        typed = {"theme_day": DAY, "participants": size, "unit": "north"}
        typed |= {"email": f"p{number}@example.net", "name": f"P {number}", "language": "fi"}
        key = apply.mint_key(self.services)
        self.clock.forward(seconds=5)
        form = self.definition.form("enrol")
        draft = apply.Draft(self.definition, form, {**typed, "privacy_read": "yes"}, "fi", key)
        return apply.send(self.services, draft)

    def take(self, case_id: str, action: str) -> None:
        act(self.services, self.token(case_id, "contact"), {"action": action}, "fi")

    def press(self) -> None:
        """Somebody does what they can; others who are late are told so."""
        case = self.draw.choice(
            [f.case for f in self.cases.folders.values() if not is_subcase(f.case.id)]
        )
        wanted = DOES.get(case.state, "withdraw")
        wanted = "withdraw" if self.draw.random() < 0.25 else wanted
        if case.parties and (case.state != "placed" or self.draw.random() < 0.2):
            with suppress(KapulaError):
                self.take(case.id, wanted)

    def propose(self) -> None:
        """A talk is begun in an enrolment with places; another may be begun at the same moment."""
        placed = [f.case for f in self.cases.folders.values() if f.case.state == "placed"]
        if not placed:
            return
        case = self.draw.choice(placed)
        begun = case.subcases["talk"].begun if case.subcases else 0
        day = str(day_of(self.clock.now()) + timedelta(days=self.draw.randint(1, 9)))
        typed = {"action": "propose", "_drawn": str(begun), "talk_day": day}
        with suppress(KapulaError):
            token = self.token(case.id, "coordinator", "status")
            begin(self.services, token, "talk", "propose", typed, "fi")

    def talk(self) -> None:
        """Somebody does what they can in a talk."""
        talks = [i for i in self.cases.folders if is_subcase(i)]
        record = self.cases.case(self.draw.choice(talks)) if talks else None
        if record is None or not record.case.parties:
            return
        case = record.case
        does = {"unsuited": [*TALKS, ("coordinator", "move")]}.get(case.state, TALKS)
        role, action = self.draw.choice(does[-1:] if self.draw.random() < 0.5 else does)
        party = case.holders(role)[0]
        order = MailOrder("any", party.id, "task", case.state, case.round)
        token = links.mint(self.services, case.id, order, party.email).rpartition("/")[2]
        day = str(day_of(self.clock.now()) + timedelta(days=self.draw.randint(1, 9)))
        with suppress(KapulaError):
            act(self.services, token, {"action": action, "talk_day": day}, "fi")

    def wait(self) -> None:
        self.clock.forward(days=self.draw.choice([0, 1, 2, 3, 4, 9]))
        for timer in list(self.services.timers.due(self.clock.now())):
            run_timer(self.services, timer)

    def step(self) -> None:
        events = [
            self.enrol,
            self.wait,
            self.wait,
            self.propose,
            self.talk,
            self.talk,
            *[self.press] * 5,
        ]
        others = [self.press, self.enrol, self.propose, self.talk]
        between = [self.draw.choice(others) for _ in range(self.draw.randint(0, 2))]
        interrupt(self, *between)
        self.draw.choice(events if self.cases.folders else [self.enrol])()
        self.cases.before_commit = []  # type: ignore[attr-defined]
        self.clock.forward(minutes=1)


def talks_of(world: Days, case_id: str) -> dict[str, Subcases]:
    """What an enrolment should keep of its talks, from the talks themselves."""
    talks = [f.case for i, f in world.cases.folders.items() if i.startswith(f"{case_id}.talk.")]
    if not talks:
        return {}
    over = Counter(t.state for t in talks if t.state in ("held", "off"))
    kept = world.case(case_id).subcases["talk"].open
    still_open = {
        n: OpenSubcase(n, t.state, str(t.answers["talk_day"]))
        for t in talks
        if t.state not in over
        for _, n in [name_and_number(t.id)]
    }
    return {
        "talk": Subcases(
            len(talks),
            tuple(still_open[k.number] for k in kept if k.number in still_open),
            dict(over),
        )
    }


def wrong(world: Days) -> list[str]:
    """Where the queue and the cases tell different stories, or places are given twice or idle."""
    room, queue = world.definition.capacity, world.cases.waitlist(f"themeday#{DAY}")
    assert room is not None
    cases = {i: f.case for i, f in world.cases.folders.items() if not is_subcase(i)}
    held = {i: room.units(c.answers) for i, c in cases.items() if c.state in room.occupying}
    waits = {i: room.units(c.answers) for i, c in cases.items() if c.state == room.waiting}
    found = ["other places are held"] * (held != dict(queue.occupying))
    found += ["others wait"] * (waits != dict(queue.waiting))
    found += ["too many"] * (sum(held.values()) > room.limits[DAY])
    since = [cases[i].entered_at for i in queue.waiting]
    found += ["out of turn"] * (since != sorted(since))
    first = next(iter(queue.waiting), "")
    ended = [
        i
        for i, f in world.cases.folders.items()
        if is_subcase(i) and f.timers and f.case.state in ("held", "off")
    ]
    found += [f"{i} is over and waits" for i in ended if not world.cases.folders[i].unerased]
    found += [
        f"{i} is over, and a talk goes on"
        for i, c in cases.items()
        if c.state != "placed" and c.open_subcases
    ]
    found += ["idle places"] * bool(first and room.fits(queue, first, cases[first].answers))
    found += [
        f"{i} keeps other talks" for i, c in cases.items() if c.subcases != talks_of(world, i)
    ]
    for folder in world.cases.folders.values():
        entries = [t.sealed for t in folder.told]
        if not verifies(world.cases.keys, folder.case.id, entries, entries[-1].seal):
            found.append("a history is broken")
    return found


@pytest.mark.parametrize("seed", range(25))
def test_never_one_too_many(definition: Definition, seed: int) -> None:
    world = Days(definition, seed)
    for _ in range(STEPS):
        world.step()
        assert wrong(world) == []


def test_those_who_cannot_be_called_at_once_are_called_next(
    definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide, "MAX_ADMITTED", 1)
    world = Days(definition, 0)
    people = [world.opened(size) for size in ("4", "1", "1")]
    for case_id in people:
        world.take(case_id, "confirm")
    world.take(people[0], "withdraw")
    assert [world.case(i).state for i in people] == ["left", "offered", "waiting"]
    world.take(people[1], "accept")
    assert [world.case(i).state for i in people] == ["left", "placed", "offered"]


def test_more_places_of_a_newer_version_are_for_all(
    definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Days(definition, 0)
    people = [world.opened(size) for size in ("4", "3", "1")]
    for case_id in people[:2]:
        world.take(case_id, "confirm")
    assert definition.capacity
    wider = replace(definition.capacity, limits={**definition.capacity.limits, DAY: 8})
    monkeypatch.setattr(decide, "current", lambda _: replace(definition, capacity=wider))
    world.take(people[2], "confirm")  # nobody overtakes: who came before is called
    assert [world.case(i).state for i in people] == ["placed", "offered", "waiting"]
    world.take(people[1], "accept")
    assert [world.case(i).state for i in people] == ["placed", "placed", "offered"]


def test_all_ways_are_met(definition: Definition) -> None:
    taken = set()
    for seed in range(40):
        world = Days(definition, seed)
        for _ in range(2 * STEPS):
            world.step()
        told = [t.sealed.event for f in world.cases.folders.values() for t in f.told]
        taken |= {(s.source, s.action, s.target) for s in told}
    room = {"placed", "waiting", "offered"}
    rows = {(t.source, t.action, t.target) for t in definition.transitions if t.source != t.target}
    assert {r for r in rows if {r[0], r[2]} & room} <= taken
    (talk,) = within("themeday")
    assert {t.action for t in talk.transitions} <= {action for _, action, _ in taken}


def test_a_place_too_many_is_found(definition: Definition) -> None:
    world = Days(definition, 1)
    while not world.cases.waitlist(f"themeday#{DAY}").occupying:
        world.step()
    queue = world.cases.queues.pop(f"themeday#{DAY}")
    assert queue.occupying
    assert "other places are held" in wrong(world)
