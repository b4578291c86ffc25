"""Checks a definition before it is used and lists everything in it that contradicts itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from functions.kernel.check_capacity import capacity
from functions.kernel.check_people import filled, listed, owned
from functions.kernel.check_timers import MONDAY, by_law, rises, silence
from functions.kernel.definition import ALWAYS, Action, Definition
from functions.kernel.directory_lists import DirectoryList
from functions.kernel.durations import ByAnswer, Length, OnDate, Span
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Field
from functions.kernel.states import BY_ITSELF, CLOCK, TURN, State
from functions.kernel.urgency import paces
from functions.kernel.visibility import PARTY

_DAY = timedelta(days=1)


def check(definition: Definition, lists: Sequence[DirectoryList]) -> Definition:
    """The definition itself if it is consistent, with itself and with the ``lists`` of the
    directory; ``WrongDefinition`` has every fault."""
    found = chain(*(rule(definition) for rule in _RULES), listed(definition, lists))
    faults = [f"{definition.name}: {fault}" for fault in found]
    if faults:
        raise WrongDefinition("\n".join(faults))
    return definition


def _names(d: Definition) -> Iterator[str]:
    for kind in ("forms", "roles", "states", "actions", "mails"):
        names = [item.name for item in getattr(d, kind)]
        yield from (f"{kind}: {n} stands twice" for n in {n for n in names if names.count(n) > 1})
    states, actions = {s.name for s in d.states}, {a.name for a in d.actions}
    roles = {r.name for r in d.roles}
    for t in d.transitions:
        if not {t.source, t.target} <= states or t.action not in actions:
            yield f"transition {t.source}-{t.action}-{t.target} names an unknown state or action"
        if not {*t.assigns, *t.vacates, *(rule.role for rule in t.counters)} <= roles:
            yield f"transition {t.source}-{t.action} names an unknown role"
        if (
            not {*t.forms} <= {f.name for f in d.forms}
            or not {*(t.linked_actions.names if t.linked_actions else ())} <= actions
        ):
            yield f"transition {t.source}-{t.action} names an unknown form or action"
        if not {*t.empties} <= d.fields().keys():
            yield f"transition {t.source}-{t.action} empties an unknown field"
        if t.restarts and t.source != t.target:
            yield f"transition {t.source}-{t.action} restarts what it leaves"
        passed = [o.roles for o in t.spawns] + [c.roles for c in t.signals]
        if not {role for mapping in passed for role in mapping} <= roles:
            yield f"transition {t.source}-{t.action} passes an unknown role"
    named = [n for s in d.states for n in (*s.turn_roles, s.holder, s.recorded_by) if n]
    named += [a.role for a in d.actions] + [f.opener for f in d.forms]
    named += [r for m in (*d.mails, d.bounced_mail) for r in (m.to, *m.also) if r != TURN]
    named += [r for f in d.forms for r in (*f.assigns, *f.shows_linked, *f.names_linked)]
    named += [r for a in d.actions for r in a.visible_to] + [
        r for t in d.transitions for r in (t.removes_unless_agreed, t.leaves) if r
    ]
    yield from (f"unknown role {n}" for n in sorted(set(named) - roles - {*BY_ITSELF}))
    for form in d.forms:
        yield from (f"route: unknown state {n}" for n in form.route if n not in states)


def _reachable(d: Definition) -> Iterator[str]:
    starts = {f.start for f in d.forms}
    yield from (f"start {n} is no state" for n in sorted(starts - {s.name for s in d.states}))
    forward = {(t.source, t.target) for t in d.transitions}
    backward = {(b, a) for a, b in forward}
    ends = {s.name for s in d.states if s.end}
    yield from (f"{s} is never reached" for s in _rest(d, starts, forward))
    yield from (f"{s} leads to no end" for s in _rest(d, ends, backward))
    yield from (f"end {t.source} has a way out" for t in d.transitions if t.source in ends)
    into = (t for t in d.transitions if t.target in ends and not t.erases)
    yield from (f"end {t.target} keeps what {t.action} in {t.source} does not erase" for t in into)


def _rest(d: Definition, found: set[str], steps: set[tuple[str, str]]) -> list[str]:
    found = set(found)
    while new := {b for a, b in steps if a in found} - found:
        found |= new
    return sorted({s.name for s in d.states} - found)


def _turns(d: Definition) -> Iterator[str]:
    for state in paces(d.states):
        leaving = [t.action for t in d.transitions if t.source == state.name]
        if state.end:
            if state.turn:
                yield f"end {state.name} waits for {state.turn}"
            continue
        if not all(_can(d, role, leaving) for role in _awaited(state)):
            yield f"{state.name} waits for nobody who can act"
        if state.turn == CLOCK and not any(timer.action for timer in state.timers):
            yield f"{state.name} waits for a clock that does nothing"
        if not all(rises(state, MONDAY + n * _DAY) for n in range(7)):
            yield f"{state.name}: its timers go back in time"
        for timer in state.timers:
            kinds = (bool(timer.mail), bool(timer.action), timer.escalates, timer.warns)
            if kinds.count(True) != 1 or timer.repetition:
                yield f"{state.name}: a timer is either a mail or an action, or escalates or warns"
            if timer.action and timer.action not in leaving:
                yield f"{state.name}: its timers take an action that is not permitted there"


def _awaited(state: State) -> tuple[str, ...]:
    """The roles that must be able to do something in a state."""
    return (state.recorded_by or state.turn, *(t.role for t in state.turns))


def _can(d: Definition, role: str, leaving: list[str]) -> bool:
    able = [a for a in d.actions if a.name in leaving and a.role == role]
    return any("task" in a.available_on or a.role in BY_ITSELF for a in able)


def _deadlines(d: Definition) -> Iterator[str]:
    hurried = [s.name for s in d.states if s.hurry and not d.urgent]
    yield from (f"{name} hurries, and nothing makes a case urgent" for name in hurried)
    for state in paces(d.states):
        for length in (state.deadline, *(timer.after for timer in state.timers)):
            if isinstance(length, ByAnswer):
                field = d.fields().get(length.field)
                known = {*field.choices} if field else set()
                if field is None or not {*length.spans, *length.by_law} <= known:
                    yield f"{state.name}: a length depends on an unknown choice"
            field = d.fields().get(length.field) if isinstance(length, OnDate) else None
            if isinstance(length, OnDate) and (field is None or field.kind != "date"):
                yield f"{state.name} waits for a day that is no date"
            if any(isinstance(s, timedelta) and s % _DAY for s in _spans(length)):
                yield f"{state.name}: a length is not in whole days"


def _spans(length: Length | None) -> tuple[Span, ...]:
    """The lengths that a deadline or a timer can have."""
    if length is None or isinstance(length, OnDate):
        return ()
    if not isinstance(length, ByAnswer):
        return (length,)
    return tuple(s for s in (*length.spans.values(), length.otherwise) if s is not None)


def _mails(d: Definition) -> Iterator[str]:
    known = {m.name for m in d.mails}
    used = {n for t in d.transitions for n in t.mails} | {n for f in d.forms for n in f.mails}
    used |= {r.mail for s in paces(d.states) for r in s.timers if r.mail}
    used |= {r.successor_mail for r in d.roles if r.successor_mail}
    yield from (f"unknown mail {n}" for n in sorted(used - known))
    yield from (f"mail {n} is never sent" for n in sorted(known - used))


def _fields(d: Definition) -> Iterator[str]:
    spots: dict[str, Field] = {}
    listed = [f for form in d.forms for f in form.fields]
    for each in listed + [f for action in d.actions for f in action.all_fields]:
        first = spots.setdefault(each.name, each)
        if first is not each and not _narrower(each, first):
            yield f"field {each.name} is declared twice"
        origins = [bool(each.choices or each.lines_of), bool(each.source)]
        if each.kind == "choice" and origins.count(True) != 1:
            yield f"field {each.name} needs choices or a source"
    yield from (f"field {n} has a name of the pages' own" for n in spots if n.startswith("_"))
    yield from (f"field {n} ranks no list" for n, f in spots.items() if f.ranked and not f.source)
    for state in d.states:
        able = {t.action for t in d.transitions if t.source == state.name}
        for role in {a.role for a in d.actions}:
            doing = [a for a in d.actions if a.name in able and a.role == role]
            asked = [f.name for a in doing for f in a.fields]
            if len(asked) != len(set(asked)) and not _alternatives(d, state, doing):
                yield f"{state.name}: two actions of {role} share a field"


def _narrower(field: Field, first: Field) -> bool:
    """Whether a field is another of its name, but that it offers fewer choices or must be filled
    in where another form does without."""
    same = replace(field, choices=first.choices, required=first.required) == first
    fewer = {*field.choices} < {*first.choices}
    return same and (fewer or (field.required and not first.required))


def _alternatives(d: Definition, state: State, doing: list[Action]) -> bool:
    """Whether those actions that share a field are all guarded, so that one is open at most."""
    here = [t for t in d.transitions if t.source == state.name]
    free = {t.action for t in here if t.guard is None}
    shared = [
        a.name
        for a in doing
        if any({f.name for f in a.fields} & {f.name for f in b.fields} for b in doing if b is not a)
    ]
    return not free & {*shared}


def _actions(d: Definition) -> Iterator[str]:
    asked = [f for form in d.forms for f in form.fields]
    yield from (f"field {f.name} is unique in a form, not in an action" for f in asked if f.unique)
    for action in d.actions:
        own = {f.name: f for f in action.fields}
        if any(f.kind == "people" for f in action.fields):
            yield f"action {action.name}: lists of people are asked in forms only"
        if action.votes and (action.votes not in own or own[action.votes].kind != "yesno"):
            yield f"action {action.name}: its vote is no yes or no of its own"


def _slots(d: Definition) -> Iterator[str]:
    fields = d.fields()
    for role in d.roles:
        if (role.fields is None and not role.rows) == (not role.source):
            yield f"role {role.name} is filled by answers or by the directory"
        for name in filter(None, (*(role.fields or ()), role.key, *role.rows)):
            if name not in fields:
                yield f"role {role.name}: unknown field {name}"
        if role.key and role.always:
            yield f"role {role.name}: one entry is picked, by an answer or always"


def _seats(d: Definition) -> Iterator[str]:
    """Whoever is named anew takes their place: what says so fills the roles that its answers name.

    The order counts: a role from which another is kept is filled before it, so that a list that
    brings somebody keeps them from what they held."""
    actions = {a.name: a for a in d.actions}
    rows = ((t, f) for f in d.forms for t in d.for_form(f.name).transitions if t.action in actions)
    for row, form in rows:
        asked = {f.name for f in d.asked(actions[row.action], form.name)}
        named = [r for r in d.roles if asked & {*(r.fields or ()), r.key, *r.rows} - {""}]
        for role in (r.name for r in named if r.name not in row.assigns):
            yield f"transition {row.source}-{row.action} names {role} and has no people"
        for n, name in enumerate(row.assigns):
            kept = d.role(name).apart if name in {r.name for r in d.roles} else ()
            if actions[row.action].reopens_form and {*kept} & {*row.assigns[n + 1 :]}:
                yield f"transition {row.source}-{row.action} fills {name} too early"


def _merging(d: Definition) -> Iterator[str]:
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


def _apart(d: Definition) -> Iterator[str]:
    """Roles are kept apart one way: were each kept from the other, nobody would act."""
    after = d.owner
    apart = {role.name: {*role.apart} for role in d.roles}
    for role, others in apart.items():
        yield from (f"role {role} is apart from unknown {n}" for n in sorted(others - apart.keys()))
        if role in _behind(role, apart):
            yield f"role {role} is apart from itself"
    for form in d.forms:
        known = {form.opener, after} <= apart.keys()
        if form.public and known and form.opener not in apart[after]:
            yield f"role {after} looks after what it may have sent as {form.opener}"


def _behind(role: str, apart: Mapping[str, set[str]]) -> set[str]:
    """Every role that a role is apart from, or that one of those is."""
    found: set[str] = set()
    while new := {n for r in (role, *found) for n in apart.get(r, ())} - found:
        found |= new
    return found


def _document_names(d: Definition) -> Iterator[str]:
    names = [p.name for p in d.documents]
    yield from (
        f"document {n} stands twice" for n in sorted({n for n in names if names.count(n) > 1})
    )
    for document in d.documents:
        if not re.fullmatch("[a-z0-9_-]+", document.name):
            yield f"document {document.name} has no name for an address"
        if not document.readers or not all(document.readers.values()):
            yield f"document {document.name} is open in no state"
        if document.filed_by and (
            not {*document.filed_by} <= {*document.readers} or not document.invoice
        ):
            yield f"document {document.name} is filed by who cannot read it, or is no invoice"


def _referrals(d: Definition) -> Iterator[str]:
    fields, roles, states = d.fields(), {r.name for r in d.roles}, {s.name for s in d.states}
    for referral in d.referrals:
        field, value = referral.choice
        chosen = fields[field].choices if field in fields else ()
        if value not in chosen or referral.role not in roles or referral.state not in states:
            yield f"referral to {referral.form}: unknown choice, role or state"
        yield from (
            f"referral to {referral.form}: no field {f}" for f in referral.fields if f not in fields
        )


def _visibility(d: Definition) -> Iterator[str]:
    roles, states = {r.name for r in d.roles}, {s.name for s in d.states}
    things = set(d.fields()) | {PARTY + r for r in roles}
    yield from (f"nobody sees {t}" for t in sorted(things - d.visibility.keys()))
    yield from (f"visibility of unknown {t}" for t in sorted(d.visibility.keys() - things))
    for thing, visibility in d.visibility.items():
        if not visibility.keys() <= roles or not {
            s for seen in visibility.values() for s in seen
        } <= states | {*ALWAYS}:
            yield f"visibility of {thing} names an unknown role or state"
        if () in visibility.values():
            yield f"visibility of {thing} names no state"


def _documents(d: Definition) -> Iterator[str]:
    roles, states, fields = {r.name for r in d.roles}, {s.name for s in d.states}, d.fields()
    for document in d.documents:
        if document.form not in {f.name for f in d.forms}:
            yield f"document {document.name} is of an unknown form"
        seen = {s for states_of in document.readers.values() for s in states_of}
        if (
            not {*document.readers, *document.filed_by, document.goes_to or d.roles[0].name}
            <= roles
            or not seen <= states
        ):
            yield f"document {document.name} names an unknown role or state"
        shown = {f for part in document.parts for f in part.fields}
        yield from (
            f"document {document.name}: no field {f}" for f in sorted(shown - fields.keys())
        )
    for table in d.tables:
        if table.role not in roles or table.form not in {f.name for f in d.forms}:
            yield f"table {table.name} is of an unknown role or form"
        if not {*table.states} <= states or not {*table.fields} <= fields.keys():
            yield f"table {table.name} names an unknown state or field"


_RULES: tuple[Callable[[Definition], Iterator[str]], ...] = (
    _names,
    _reachable,
    _turns,
    silence,
    by_law,
    _deadlines,
    _mails,
    _fields,
    _actions,
    _slots,
    _seats,
    _apart,
    owned,
    filled,
    _merging,
    _document_names,
    _visibility,
    _referrals,
    _documents,
    capacity,
)
