"""Checks of a definition's transitions: a role can take each of them, and each has the effects that
it names."""

from collections.abc import Iterator

from functions.kernel.definition import Definition, Transition
from functions.kernel.states import BY_ITSELF, LINK

_LEFT_OUT = ("assigns", "vacates", "counters", "erases", "linked_actions", "signals", "spawns",
             "empties", "restarts", "removes_unless_agreed", "becomes")  # fmt: skip


def effects(d: Definition) -> Iterator[str]:
    """A fault for each transition that erases a case which is not over, or that both restarts a
    state and leaves it."""
    ends = {s.name for s in d.states if s.end}
    for t in d.transitions:
        if t.erases and t.target not in ends:
            yield f"{_at(t)} erases a case that goes on in {t.target}; lead it to an end"
        if t.restarts and t.source != t.target:
            yield f"{_at(t)} restarts the state that it leaves; leave restarts out"


def twins(d: Definition) -> Iterator[str]:
    """A fault for each transition that is never taken, because an earlier one always is."""
    for form in d.forms:
        rows = d.for_form(form.name).transitions
        for n, row in enumerate(rows):
            if any(_always_before(d, first, row) for first in rows[:n]):
                yield (
                    f"{_at(row)} to {row.target} is never taken by a case of {form.name}; guard "
                    "the row before it, or delete this one"
                )


def _always_before(d: Definition, first: Transition, row: Transition) -> bool:
    full = d.capacity and d.capacity.enters(first.source, first.target)
    same = (first.action, first.source) == (row.action, row.source)
    return same and not full and first.guard in (None, row.guard)


def votes(d: Definition) -> Iterator[str]:
    """Votes and leavings let the case stay as it is, and those who are counted can vote."""
    actions = {a.name: a for a in d.actions}
    voting = {(t.source, a.role) for t in d.transitions if (a := actions.get(t.action)) and a.votes}
    for t in d.transitions:
        action = actions.get(t.action)
        if (action and action.votes) or t.leaves:
            if t.source != t.target:
                yield f"{_at(t)} is a vote or a leaving and stays; lead it back to {t.source}"
            for name in (n for n in _LEFT_OUT if getattr(t, n)):
                yield f"{_at(t)} is a vote or a leaving and never does {name}; say it elsewhere"
        if t.leaves and action and action.role != LINK:
            yield f"{_at(t)}: leaves is of whom a linked case brought; let its action be by link"
        if t.removes_unless_agreed and (t.source, t.removes_unless_agreed) not in voting:
            yield (
                f"{_at(t)} removes {t.removes_unless_agreed}, who cannot vote in {t.source}; give "
                "them an action there that votes"
            )
        if t.becomes and not t.removes_unless_agreed:
            yield f"{_at(t)}: becomes follows from who leaves; say removes_unless_agreed, too"


def by_link(d: Definition) -> Iterator[str]:
    """What only a linked case takes is an action by link."""
    actions = {a.name: a for a in d.actions}
    for action in d.actions:
        for attribute in ("by", "led"):
            if getattr(action, attribute) and action.role != LINK:
                yield f"action {action.name}: {attribute} is for actions by link; leave it out"
    for t in d.transitions:
        for name in t.linked_actions.names if t.linked_actions else ():
            if name in actions and actions[name].role != LINK:
                yield f"{_at(t)} takes {name} on linked cases; let it be an action by link"


def routes(d: Definition) -> Iterator[str]:
    """A fault for each route that cases of its form cannot take, and for each form that nobody
    opens."""
    merged, states = d.merging.form if d.merging else "", {s.name for s in d.states}
    for form in d.forms:
        reached = {s.name for s in d.for_form(form.name).states}
        for name in form.route if form.start in states else ():
            if name in states - reached:
                yield f"form {form.name}: its cases never come to {name}; take it off the route"
        if form.follows and form.public:
            yield f"form {form.name} is public and follows; be one of both"
        if not (form.public or form.follows or form.name == merged or d.within):
            yield f"form {form.name} is opened by nobody; let it be public, follow, or be merged"


def merging(d: Definition) -> Iterator[str]:
    """Cases are joined by an action of a desk, into a form that nobody fills in alone."""
    way, fields = d.merging, d.fields()
    if way is None:
        return
    actions = {a.name for a in d.actions if not a.available_on and not a.fields}
    forms = {f.name: {each.name for each in f.fields} for f in d.forms if not f.public}
    if way.action not in actions or way.form not in forms:
        yield "merging: its action or its form is none of a desk"
        return
    if way.members not in forms[way.form] or fields[way.members].kind != "people":
        yield f"merging: {way.members} is no list of people in {way.form}"
    if d.headline not in forms[way.form] or way.unit not in {"", *fields}:
        yield f"merging: {way.form} has no headline, or units are no answer"
    rows = [t for t in d.transitions if t.action == way.action]
    if [len(t.forms) for t in rows] != [1]:
        yield f"merging: a desk lists cases of one state and form; give {way.action} one row of one"


def holders(d: Definition) -> Iterator[str]:
    """A fault for each state that has a ``holder`` but does not wait for time or a linked case."""
    for state in d.states:
        if state.holder and state.turn not in BY_ITSELF:
            yield f"state {state.name}: holder is for turns of clock or link; leave it out"


def _at(t: Transition) -> str:
    return f"transition {t.source}-{t.action}"
