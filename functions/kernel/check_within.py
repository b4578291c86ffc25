"""Checks what a process says of its subprocesses: whose they are, who begins them, and what becomes
of them when their case goes on."""

from collections.abc import Iterator, Mapping

from functions.kernel.check_people import surely_there
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import OPEN
from functions.kernel.errors import WrongDefinition
from functions.kernel.states import BY_ITSELF, LINK
from functions.kernel.subprocesses import Subprocess

MAX_WRITES = 80  # items of one transaction that open subcases can take up
_ITEMS, _OTHERS = 3, 4  # of each: its head, its entry, its timer; of the case, with a mail
_NOT_REPORTED = ("linked_actions", "signals", "spawns")

Within = Mapping[str, tuple[Definition, ...]]  # every version of each subprocess, by its name


def check_within(definition: Definition, known: Within) -> None:
    """``WrongDefinition`` lists all that a definition says of its subprocesses and that is not so,
    and those that it does not tell of."""
    faults = [f"subprocess {n} is not declared" for n in known if n not in _names(definition)]
    for spec in definition.subprocesses:
        versions = known.get(spec.name, ())
        if not versions:
            faults.append(f"subprocess {spec.name} has no folder with a definition")
        if any(inner.name != f"{definition.name}.{spec.name}" for inner in versions):
            faults.append(f"subprocess {spec.name}: call it {definition.name}.{spec.name}")
        for inner in versions[-1:]:
            rules = (_people, _begun, _taken, _reported, _left, _limits)
            found = (fault for rule in rules for fault in rule(definition, spec, inner))
            faults += [f"subprocess {spec.name}: {fault}" for fault in found]
    if faults:
        raise WrongDefinition("\n".join(f"{definition.name}: {fault}" for fault in faults))


def _names(d: Definition) -> tuple[str, ...]:
    return tuple(each.name for each in d.subprocesses)


def _people(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """Who has something to do in a subcase knows of it, and is in the case."""
    acting = {a.role for a in inner.actions} | {m.to for m in inner.mails}
    acting |= {role for m in inner.mails for role in m.also} | set(spec.begun_by)
    roles = {role.name for role in d.roles}
    for role in sorted(acting & roles - {*spec.known_to}):
        yield f"{role} acts in it or is mailed, and does not know of it; name it in known_to"
    for thing, visibility in inner.visibility.items():
        for role in sorted(visibility.keys() & roles - {*spec.known_to}):
            yield f"{role} sees {thing} and does not know of it; name it in known_to"
    turns = {role for s in inner.states for role in (*s.turn_roles, s.recorded_by) if role}
    for form in d.forms:
        for state, there in surely_there(d, form.name).items():
            for role in sorted(turns - {*BY_ITSELF} - there) if state in spec.goes_on_in else ():
                yield f"in {state} of {form.name} nobody may be there as {role}, who has a turn"


def _begun(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """Somebody can begin it, by each of its forms; what it is put in order by is a day there."""
    if not spec.begun_by or not spec.states:
        yield "nobody can begin one; name roles in begun_by, and states"
    for form in inner.forms:
        if form.opener not in spec.begun_by:
            yield f"form {form.name} is of {form.opener}, who begins none; name it in begun_by"
    for name in sorted(spec.spreads.keys() - {form.name for form in inner.forms}):
        yield f"spreads names the form {name}, which is not there"
    if spec.dated and spec.dated not in inner.fields():
        yield f"dated names the answer {spec.dated}, which is not there"


def _taken(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """What open ones take when the case takes an action is an action by link, and mails nobody: the
    mails of the case tell of it. Each action by link is taken so."""
    there = _by_name(inner)
    for action, taken in spec.takes.items():
        if taken not in there or there[taken].role != LINK:
            yield f"takes names {taken}, which is no action by link there"
        if any(t.mails for t in inner.transitions if t.action == taken):
            yield f"{taken} follows from {action}, whose mails tell of it; leave its mails out"
    for action in (a.name for a in inner.actions if a.role == LINK):
        if action not in spec.takes.values():
            yield f"action {action} is by link, and nothing takes it; name it in takes"


def _reported(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """What the case is told by is an action there, and what it takes then is one by link."""
    own, there = _by_name(d), _by_name(inner)
    ends = {s.name for s in inner.states if s.end}
    for action, follows in spec.reports.items():
        if action not in (OPEN, *there):
            yield f"reports follows {action}, which is no action there"
        if follows not in own or own[follows].role != LINK:
            yield f"reports names {follows}, which is no action of the case by link"
        rows = [t for t in inner.transitions if t.action == action]
        goes_on = action == OPEN or any(t.target not in ends for t in rows)
        if follows in spec.takes and goes_on:
            yield f"{action} reports {follows}, which open ones follow; let it end its subcase"


def _left(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """Where the case leaves the states in which one can be open, open ones end with it."""
    ends = {s.name for s in inner.states if s.end}
    going_on = {s.name for s in inner.states} - ends
    for t in d.transitions:
        if t.source not in spec.goes_on_in or t.target in spec.goes_on_in:
            continue
        if d.merging and t.action == d.merging.action:
            yield f"{t.action} joins cases in {t.source}, where one can be open; do so earlier"
        taken = spec.takes.get(t.action, "")
        rows = [r for r in inner.transitions if r.action == taken and r.guard is None]
        closed = {r.source for r in rows if r.target in ends}
        for state in sorted(going_on - closed):
            yield (
                f"{t.action} leads the case from {t.source} to {t.target}, and one that is in "
                f"{state} goes on; let takes name an action that ends it there"
            )


def _limits(d: Definition, spec: Subprocess, inner: Definition) -> Iterator[str]:
    """All that open ones take with the case is one transaction."""
    items = _OTHERS + spec.limit_open * (_ITEMS + len(inner.timers))
    if not 0 < spec.limit_open <= spec.limit:
        yield f"limit_open is {spec.limit_open}, of {spec.limit} in all; let it be one of these"
    if items > MAX_WRITES:
        limit = (MAX_WRITES - _OTHERS) // (_ITEMS + len(inner.timers))
        yield f"limit_open is {spec.limit_open}; at most {limit} fit into one transaction"


def _by_name(d: Definition) -> Mapping[str, Action]:
    return {action.name: action for action in d.actions}
