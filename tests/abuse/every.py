"""Every registered process in memory, behind its real routes: cases wherever they can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from functions.kernel.case import Case, Party
from functions.kernel.computation import PREVIEW_STAMP, preview, stamp
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import transition
from functions.kernel.errors import Invalid
from functions.kernel.fields import Answers, Check, Field
from functions.kernel.parse import lines, read
from functions.processes import NAMES, current
from functions.render.form.widgets import typed_from
from tests.fakes import Folder, World
from tests.paths import Walk, answer, begun, onward, walks

DEFINITIONS = [current(name) for name in NAMES]


class NothingRight(AssertionError):
    """Raised when no answers are found that a form takes."""


@dataclass
class Place:
    """A world with one case, where one walk ended."""

    definition: Definition
    world: World
    walk: Walk

    @property
    def case(self) -> Case:
        return self.walk.case

    def purposes(self, party: Party) -> tuple[str, ...]:
        """The links that somebody can have by mail."""
        turn = self.definition.turn(self.case) == party.role
        return ("task", "status") if turn else ("status",)

    def link(self, party: Party, purpose: str) -> str:
        return f"/api/t/{self.world.token_of(self.case.id, party, purpose)}"

    def anew(self) -> Place:
        """The same in a world of its own."""
        return place(self.definition, self.walk)

    def stamps(self, action: Action) -> dict[str, str]:
        told = preview(action, self.case, self.world.clock.now())
        return {PREVIEW_STAMP + action.name: stamp(told)} if told else {}


def place(definition: Definition, walk: Walk) -> Place:
    world = World()
    world.cases.folders = {walk.case.id: Folder.of(walk.case, walk.told())}
    world.clock.time = walk.decisions[-1].event.at + timedelta(minutes=1)
    return Place(definition, world, walk)


def places(definition: Definition) -> Iterator[Place]:
    """One for each form and state, and what can be done there, of cases that began as they do in earnest."""
    directory = World().directory
    own = list(walks(definition, directory))
    public = [w for w in own if definition.form(w.case.form).public]
    first = [w for d, w in begun(definition, public, directory) if d == definition]
    later = (w for each in first for w in onward(definition, each, directory))
    seen: set[tuple[str, ...]] = set()
    every = (*public, *later, *own)  # what nothing begins yet is as walks have it
    before = (Walk(w.decisions[:-1]) for w in own if w.decisions[1:])  # other ways there
    for walk in (*every, *before):
        case = walk.case
        able = [a.name for a in definition.actions if transition(definition, case, a.name)]
        if (case.form, case.state, *able) not in seen:
            seen.add((case.form, case.state, *able))
            yield place(definition, walk)


def good(
    fields: tuple[Field, ...], checks: tuple[Check, ...], world: World, known: Answers
) -> dict[str, str]:
    """What a form takes: an answer to every field, mended wherever a rule says that it is wrong."""
    named = {f.name: f for f in fields}
    tries = {f.name: others(f, world.services.today(), known) for f in fields}
    typed: dict[str, str] = {}
    for field in fields:
        typed |= _typed(field, world, known)
    for _ in range(99):
        try:
            read(fields, checks, typed, world.directory, world.services.today(), known)
        except Invalid as error:
            name = error.problems[0].field
            field = named[name.partition("-")[0]]
            other = next(tries[field.name], None)
            if other is None:
                raise NothingRight(f"{error.problems[0].code}: {typed}") from error
            typed[field.name] = other
        else:
            return typed
    raise NothingRight(f"for {list(named)}")


def filled(at: Place, action: Action) -> dict[str, str]:
    """What an action takes on the first day that it takes anything: today, or a day that its case
    names. Time brings a case where it is on such days, and walks do not wait for them."""
    asked = at.definition.asked(action, at.case.form)
    today = at.world.services.today()
    named = (v for v in map(_day, at.case.answers.values()) if v and v > today)
    for day in (today, *sorted(named)):
        at.world.clock.forward(days=(day - at.world.services.today()).days)
        with suppress(NothingRight):
            return good(asked, action.checks, at.world, at.case.answers)
    raise NothingRight(f"to {action.name} on any day")


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _typed(field: Field, world: World, known: Answers) -> dict[str, str]:
    value = answer(field, world.directory, "9")
    if field.lines_of:
        return {field.name: next(iter(lines(known, field.lines_of)), "")}
    if isinstance(value, list):
        rows = enumerate(value, 1)
        cells = ("name", "email", "language")
        return {f"{field.name}-{n}-{cell}": row[cell] for n, row in rows for cell in cells}
    return {field.name: typed_from(field, value)[: field.limit or None]}


def others(field: Field, today: date, known: Answers) -> Iterator[str]:
    """Other answers to try."""
    if field.kind == "date":
        yield today.isoformat()
        yield (today + timedelta(days=30)).isoformat()
    if field.kind == "datetime":
        yield f"{today.isoformat()}T23:30"
    if field.kind in ("number", "halves", "money"):
        yield typed_from(field, field.lowest or 1)
    yield from field.choices
    yield from lines(known, field.lines_of) if field.lines_of else ()
    if field.kind == "email":
        yield "canary@elsewhere.example.net"
    if not field.required:
        yield ""
