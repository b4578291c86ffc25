"""Checks a definition before it is used and lists everything in it that contradicts itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from itertools import chain

from functions.kernel.check_capacity import capacity
from functions.kernel.check_mails import impersonal, mail_answers, mails, meetings, proven, tasks
from functions.kernel.check_names import known, once
from functions.kernel.check_people import counted, filled, owned, somebody
from functions.kernel.check_rows import by_link, effects, holders, merging, routes, twins, votes
from functions.kernel.check_small import small
from functions.kernel.check_timers import (
    WEEK,
    by_law,
    carried_out,
    erased,
    in_time,
    lasting,
    rises,
    silence,
)
from functions.kernel.check_values import asked, bounds, kinds, of_roles, several
from functions.kernel.definition import ALWAYS, Action, Definition, Purpose
from functions.kernel.directory_lists import DirectoryList
from functions.kernel.durations import SAME_TIME, ByAnswer, Length, OnDate, Span
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Field
from functions.kernel.states import BY_ITSELF, CLOCK, State
from functions.kernel.urgency import paces
from functions.kernel.visibility import PARTY

_DAY = timedelta(days=1)
_CHANGES = 3  # the hour in which clocks in Finland change, both times a year


def check(definition: Definition, lists: Sequence[DirectoryList]) -> Definition:
    """The definition itself if it is consistent, with itself and with the ``lists`` of the
    directory; ``WrongDefinition`` has every fault."""
    rules = (r for r in _RULES if not (definition.within and r in _OF_ITS_OWN_PEOPLE))
    own = (rule(definition) for rule in rules)
    found = chain(known(definition, lists), *own, counted(definition, lists))
    faults = [f"{definition.name}: {fault}" for fault in found]
    if faults:
        raise WrongDefinition("\n".join(faults))
    return definition


def _reachable(d: Definition) -> Iterator[str]:
    starts = {f.start for f in d.forms}
    forward = {(t.source, t.target) for t in d.transitions}
    backward = {(b, a) for a, b in forward}
    ends = {s.name for s in d.states if s.end}
    yield from (f"{s} is never reached" for s in _rest(d, starts, forward))
    yield from (f"{s} leads to no end" for s in _rest(d, ends, backward))
    out = (t for t in d.transitions if t.source in ends and not (d.within and t.target in ends))
    yield from (f"end {t.source} has a way out" for t in out)
    if d.within:  # it is erased with the case that it is a part of
        return
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
        if _records_nothing(d, state, leaving):
            yield f"{state.name}: {state.recorded_by} records it by actions of their own turn alone"
        if state.turn == CLOCK and not any(timer.action for timer in state.timers):
            yield f"{state.name} waits for a clock that does nothing"
        if not all(rises(state, day) for day in WEEK):
            yield f"{state.name}: its timers go back in time"
        for timer in state.timers:
            kinds = (bool(timer.mail), bool(timer.action), timer.escalates, timer.warns)
            if kinds.count(True) != 1 or timer.repetition:
                yield f"{state.name}: a timer is either a mail or an action, or escalates or warns"


def _awaited(state: State) -> tuple[str, ...]:
    """The roles that must be able to do something in a state."""
    return (state.recorded_by or state.turn, *(t.role for t in state.turns))


def _records_nothing(d: Definition, state: State, leaving: list[str]) -> bool:
    """Whether who records what another's turn brings has no action but on the page of a task, which
    they get in their own turn alone."""
    recorder = state.recorded_by if state.recorded_by != state.turn else ""
    return _can(d, recorder, leaving) and not _can(d, recorder, leaving, "status")


def _can(d: Definition, role: str, leaving: list[str], page: Purpose = "task") -> bool:
    able = [a for a in d.actions if a.name in leaving and a.role == role]
    return any(page in a.available_on or a.role in BY_ITSELF for a in able)


def _deadlines(d: Definition) -> Iterator[str]:
    hurried = [s.name for s in d.states if s.hurry and not d.urgent]
    yield from (f"{name} hurries, and nothing makes a case urgent" for name in hurried)
    for state in paces(d.states):
        if isinstance(state.deadline, OnDate) and state.deadline.at:
            yield f"{state.name}: a deadline lasts to the end of its day; let a timer name a time"
        for length in (state.deadline, *(timer.after for timer in state.timers)):
            yield from _length(d, state.name, length)
    for timer in d.timers:
        yield from _length(d, f"timer {timer.name}", timer.after)


def _length(d: Definition, where: str, length: Length | None) -> Iterator[str]:
    """What is wrong with a length."""
    if isinstance(length, ByAnswer):
        field = d.fields().get(length.field)
        known = {*field.choices} if field else set()
        if field is None or not {*length.spans, *length.by_law} <= known:
            yield f"{where}: a length depends on an unknown choice"
    field = d.fields().get(length.field) if isinstance(length, OnDate) else None
    if isinstance(length, OnDate):
        yield from _on_date(where, length, field)
    if any(isinstance(s, timedelta) and s % _DAY for s in _spans(length)):
        yield f"{where}: a length is not in whole days"


def _on_date(where: str, length: OnDate, field: Field | None) -> Iterator[str]:
    kind = field.kind if field else ""
    if kind not in ("date", "datetime"):
        yield f"{where} waits for a day that is no date"
    if length.at == SAME_TIME and kind != "datetime":
        yield f"{where} waits for the time of day of {length.field}; name a field of kind datetime"
    if isinstance(length.at, time) and (length.at.hour == _CHANGES or length.at.tzinfo):
        yield f"{where} waits for a time that clocks leave out or have twice; name one in Finland"


def _spans(length: Length | None) -> tuple[Span, ...]:
    """The lengths that a deadline or a timer can have."""
    if length is None or isinstance(length, OnDate):
        return ()
    if not isinstance(length, ByAnswer):
        return (length,)
    return tuple(s for s in (*length.spans.values(), length.otherwise) if s is not None)


def _fields(d: Definition) -> Iterator[str]:
    spots: dict[str, Field] = {}
    fields = [f for form in d.forms for f in form.fields]
    for each in fields + [f for action in d.actions for f in action.all_fields]:
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
    for role in d.roles:
        if (role.fields is None and not role.rows) == (not role.source):
            yield f"role {role.name} is filled by answers or by the directory"
        if role.key and role.always:
            yield f"role {role.name}: one entry is picked, by an answer or always"


def _assignments(d: Definition) -> Iterator[str]:
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


def _apart(d: Definition) -> Iterator[str]:
    """Roles are kept apart one way: were each kept from the other, nobody would act."""
    after = d.owner
    apart = {role.name: {*role.apart} for role in d.roles}
    for role in apart:
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
    for referral in d.referrals:
        field, value = referral.choice
        asked = d.fields().get(field)
        if asked is None or value not in asked.choices:
            yield (
                f"referral to {referral.form} follows the choice {value} of {field}, which nobody "
                "can make; name a field and one of its choices"
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


_RULES: tuple[Callable[[Definition], Iterator[str]], ...] = (
    once,
    kinds,
    of_roles,
    bounds,
    several,
    asked,
    _reachable,
    effects,
    twins,
    votes,
    by_link,
    routes,
    holders,
    _turns,
    silence,
    by_law,
    in_time,
    lasting,
    carried_out,
    erased,
    _deadlines,
    mails,
    tasks,
    mail_answers,
    impersonal,
    meetings,
    proven,
    _fields,
    _actions,
    _slots,
    _assignments,
    _apart,
    owned,
    somebody,
    filled,
    merging,
    _document_names,
    _visibility,
    _referrals,
    capacity,
    small,
)
# What a subprocess has from its process: who its people are, and who looks after its cases.
_OF_ITS_OWN_PEOPLE = (_slots, owned, somebody, filled)
