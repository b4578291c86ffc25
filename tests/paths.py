"""Every way a definition allows, walked in the pure core: what guards and properties stand on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.kernel.case import Actor, Case, Decision
from functions.kernel.definition import Definition, Transition
from functions.kernel.durations import day_of, working_from
from functions.kernel.engine import decide, open_case, transition
from functions.kernel.fields import Answers, Field, Form, Value
from functions.kernel.parse import lines
from functions.kernel.people import Directory, Person
from functions.kernel.spawn import spawned
from functions.kernel.states import BY_ITSELF, CLOCK, LINK
from functions.kernel.timers import REMIND, due_at, due_timer, remind
from functions.processes import current
from functions.services.commit import sealed
from functions.services.ports import HistoryEntry
from tests.fakes import KEYS, START

Choices = tuple[tuple[str, str], ...]  # names of fields, each with what is chosen
# By the id of a definition (which is kept, too), a form and what is left: the choices that lead
# there. Hundreds are tried, one or two of them help.
_HELPFUL: dict[tuple[int, str, frozenset[tuple[str, str]]], tuple[Definition, Choices]] = {}
DAY = str(working_from(day_of(START) + timedelta(days=213)))  # an answer that is a day


@dataclass(frozen=True, slots=True)
class Walk:
    """A case with all the decisions that brought it where it is."""

    decisions: tuple[Decision, ...]

    @property
    def case(self) -> Case:
        return self.decisions[-1].case

    @property
    def taken(self) -> tuple[str, ...]:
        return tuple(d.event.action for d in self.decisions)

    def told(self) -> tuple[HistoryEntry, ...]:
        """The history as a store would keep it."""
        told: list[HistoryEntry] = []
        for decision in self.decisions:
            previous = told[-1].sealed.seal if told else ""
            entry, salt = sealed(decision, previous, KEYS)
            told.append(HistoryEntry(entry, dict(decision.answers), salt))
        if self.decisions[-1].erases:
            return tuple(replace(each, answers=None) for each in told)
        return tuple(told)


def answer(field: Field, directory: Directory, mark: str) -> Value:
    """An answer of the field's kind; a written one is a canary that names field and ``mark``."""
    if field.many:
        return (str(answer(replace(field, many=False), directory, mark)),)
    if field.kind in ("yesno", "tick"):
        return True
    if field.kind == "people":
        canaries = [f"canary-{field.name}-{mark}-{n}" for n in range(field.lowest or 1)]
        return [
            {"name": c, "email": f"{c}@example.org", "language": "sv", "case": f"of-{c}"}
            for c in canaries
        ]
    if field.code:
        return field.code.example
    if field.kind in ("number", "halves", "money"):
        return field.highest or field.lowest or 7
    if field.kind in ("date", "datetime"):
        return DAY if field.kind == "date" else f"{DAY}T09:00"
    if field.choices:
        return field.choices[0]
    if field.source:
        return directory.listings(field.source)[0].key
    if field.kind == "phone":
        return "+358 40 1234567"
    canary = f"canary-{field.name.replace('_', '-')}-{mark}"
    return {"email": "{}@example.org", "weburl": "https://example.org/{}"}.get(
        field.kind, "{}"
    ).format(canary)


def answers(fields: Iterable[Field], directory: Directory, mark: str) -> dict[str, Value]:
    """An answer to every field."""
    return {f.name: answer(f, directory, mark) for f in fields}


def opened(
    definition: Definition, form: str, directory: Directory, language: str = "fi", **other: Value
) -> Walk:
    """A new case from a form that was filled to the last field."""
    said = {**answers(definition.form(form).fields, directory, "0"), **other}
    decision = open_case(
        definition, form, "walkwalkwalkwalkwalk", said, language, START, directory,
        passed_people=_seated(definition, (definition.form(form).opener,), said, directory),
    )  # fmt: skip
    return Walk((decision,))


def _seated(
    definition: Definition, names: Iterable[str], said: Answers, directory: Directory
) -> dict[str, tuple[Person, ...]]:
    """Whom another case passes on for these roles, where no answer names them."""
    roles = (definition.role(name) for name in names)
    return {
        role.name: tuple(directory.people(role.source, directory.listings(role.source)[0].key))
        for role in roles
        if role.source and not role.always and role.key not in said
    }


def actor_of(definition: Definition, case: Case, action: str) -> Actor | None:
    """Somebody who holds the role of an action; None if nobody does."""
    role = definition.action(action).role
    if role in BY_ITSELF:
        return Actor(role)
    holders = case.holders(role)
    first = next((p for p in holders if p.id not in case.votes), holders[0] if holders else None)
    return Actor(role, first.id, "sv") if first else None


def said(definition: Definition, case: Case, action: str, directory: Directory) -> Answers:
    """An answer to all that an action asks."""
    asked = definition.asked(definition.action(action), case.form)
    found = answers(asked, directory, str(case.revision + 1))
    listed = {f.lines_of for f in definition.fields().values()}
    several = {n: f"{v}\nsecond-{v}" for n, v in found.items() if n in listed}
    picked = {f.name: next(iter(lines(case.answers, f.lines_of)), "") for f in asked if f.lines_of}
    return {**found, **several, **picked}


def step(definition: Definition, walk: Walk, action: str, directory: Directory) -> Walk:
    """The walk a day later, after one more action by who may take it."""
    case = walk.case
    actor = actor_of(definition, case, action)
    assert actor is not None
    now = walk.decisions[-1].event.at + timedelta(days=1)
    filled = said(definition, case, action, directory)
    row = transition(definition, case, action)
    fills = row.assigns if row and actor.role == LINK else ()
    seated = _seated(definition, fills, {**case.answers, **filled}, directory)
    decision = decide(definition, case, actor, action, filled, now, directory, seated)
    return Walk((*walk.decisions, decision))


def climb(
    definition: Definition, case: Case, now: datetime, directory: Directory
) -> Decision | None:
    """What time does to a case by itself, if anything is due."""
    timer = due_timer(definition, case, now)
    if timer is None or not timer.action:
        return remind(definition, case, timer, now) if timer else None
    return decide(definition, case, Actor(CLOCK), timer.action, {}, now, directory)


def walks(definition: Definition, directory: Directory) -> Iterator[Walk]:
    """For each form, the opened case and then one walk that ends in each row of the table."""
    for form in definition.forms:
        taken, reached = set(), set()
        for walk in onward(definition, opened(definition, form.name, directory), directory):
            last = walk.decisions[-1].event
            taken.add((last.action, last.source))
            reached.add(last.target)
            yield walk
        rows = [t for t in definition.transitions if t.guard and t.source in reached]
        left = {(t.action, t.source) for t in rows if not t.forms or form.name in t.forms} - taken
        yield from _otherwise(definition, form, left, directory)


def _otherwise(
    definition: Definition, form: Form, left: set[tuple[str, str]], directory: Directory
) -> Iterator[Walk]:
    """Walks to what only another choice in the form permits."""
    key = (id(definition), form.name, frozenset(left))
    choices = tuple((f.name, c) for f in reversed(form.fields) for c in f.choices[1:] if left)
    _, choices = _HELPFUL.get(key, (definition, choices))
    helpful: list[tuple[str, str]] = []
    for name, choice in choices:
        first = opened(definition, form.name, directory, **{name: choice})
        for walk in onward(definition, first, directory):
            last = walk.decisions[-1].event
            if (last.action, last.source) in left:
                left = left - {(last.action, last.source)}
                helpful.append((name, choice))
                yield walk
        if not left:
            break
    _HELPFUL[key] = (definition, tuple(dict.fromkeys(helpful)))


def onward(definition: Definition, first: Walk, directory: Directory) -> Iterator[Walk]:
    """This walk, and then one that goes on from it and ends in each row of the table."""
    yield first
    reached = {first.case.state: first}
    queue = [first.case.state]
    for name in queue:
        here = reached[name]
        for before in (here, *_votes(definition, here, directory), *_reminded(definition, here)):
            for own, row in _rows(definition):
                if transition(own, before.case, row.action) is not row:
                    continue
                if _is_reminder(before) and transition(own, here.case, row.action) is row:
                    continue  # taken before the reminder, too
                if actor_of(own, before.case, row.action) is None:
                    continue
                walk = step(own, before, row.action, directory)
                yield walk
                if row.target not in reached:
                    reached[row.target] = walk
                    queue.append(row.target)


def _reminded(definition: Definition, walk: Walk) -> Iterator[Walk]:
    """The walk after the first reminder of the state it is in, if there is one."""
    at = due_at(definition, walk.case)
    timer = due_timer(definition, walk.case, at) if at else None
    if at and timer and not timer.action:
        yield Walk((*walk.decisions, remind(definition, walk.case, timer, at)))


def _is_reminder(walk: Walk) -> bool:
    return walk.decisions[-1].event.action == REMIND


def begun(
    definition: Definition, walks_there: Iterable[Walk], directory: Directory
) -> Iterator[tuple[Definition, Walk]]:
    """The cases that begin by the last step of walks, each with its definition."""
    for walk in walks_there:
        step = walk.decisions[-1].event
        for row in definition.transitions:
            if (row.action, row.source) != (step.action, step.source):
                continue
            for opens in row.spawns:
                there = current(opens.process)
                found = spawned(there, opens, (definition, walk.case), step.at, directory)
                if found:
                    yield there, Walk((found,))


def _rows(definition: Definition) -> Iterator[tuple[Definition, Transition]]:
    """Each row, with the definition as it stands when there is room, and when there is none."""
    for own in (definition, definition.when_full()) if definition.capacity else (definition,):
        yield from ((own, row) for row in own.transitions)


def _votes(definition: Definition, walk: Walk, directory: Directory) -> Iterator[Walk]:
    """The walk after everybody who is asked has said yes, if anybody is."""
    here = {t.action for t in definition.transitions if t.source == walk.case.state}
    voting = next((a for a in definition.actions if a.votes and a.name in here), None)
    if voting:
        for _ in walk.case.holders(voting.role):
            walk = step(definition, walk, voting.name, directory)
        yield walk
