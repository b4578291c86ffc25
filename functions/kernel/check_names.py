"""Names in a definition lead somewhere: one table says of each attribute what it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from functions.kernel.capacity import Capacity
from functions.kernel.consequences import (
    Computation,
    LinkedActions,
    Merging,
    Referral,
    Signal,
    Spawn,
)
from functions.kernel.definition import Action, CounterRule, Definition, Mail, Transition
from functions.kernel.directory import THROUGH, people_of
from functions.kernel.directory_lists import DirectoryList
from functions.kernel.documents import Document, Part
from functions.kernel.fields import Check, Field, Form
from functions.kernel.meetings import Meeting
from functions.kernel.roles import Role
from functions.kernel.states import BY_ITSELF, TURN, LastingTimer, State, Timer, Turn
from functions.kernel.subprocesses import Subprocess
from functions.kernel.tables import Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Class → attribute → what its value, or each of its values, names; of a mapping, what its keys
# name, and what its values do.
NAMED: Mapping[type, Mapping[str, tuple[str, ...]]] = {
    Definition: {"owner": ("role",), "headline": ("field",), "facets": ("field",)},
    Form: {
        "opener": ("role",),
        "start": ("state",),
        "route": ("state",),
        "mails": ("mail",),
        "assigns": ("role",),
        "shows_linked": ("role",),
        "names_linked": ("role",),
    },
    Field: {"source": ("list",), "lines_of": ("field",), "with_vat": ("field",)},
    Check: {"field": ("field",), "also": ("field",)},
    Role: {
        "fields": ("field",),
        "rows": ("field",),
        "key": ("field",),
        "own": ("field",),
        "source": ("source",),
        "apart": ("role",),
        "successor_mail": ("mail",),
    },
    State: {
        "turn": ("actor",),
        "holder": ("role",),
        "recorded_by": ("role",),
        "begins": ("field",),
    },
    Turn: {"role": ("actor",), "forms": ("form",)},
    Timer: {"mail": ("mail",), "action": ("action",), "forms": ("form",)},
    LastingTimer: {
        "starts": ("state",),
        "lasts": ("state",),
        "mail": ("mail",),
        "action": ("action",),
        "forms": ("form",),
    },
    Action: {
        "role": ("actor",),
        "visible_to": ("role",),
        "votes": ("field",),
        "prefill": ("field",),
    },
    Computation: {"previewed": ("field",)},
    Mail: {
        "to": ("reader",),
        "also": ("role",),
        "shows": ("field",),
        "meetings": ("meeting",),
    },
    Meeting: {
        "start": ("field",),
        "minutes": ("field",),
        "venue": ("field",),
        "link": ("field",),
        "states": ("state",),
        "host": ("role",),
    },
    Transition: {
        "action": ("action",),
        "source": ("state",),
        "target": ("state",),
        "mails": ("mail",),
        "assigns": ("role",),
        "vacates": ("role",),
        "forms": ("form",),
        "removes_unless_agreed": ("role",),
        "leaves": ("role",),
        "empties": ("field",),
    },
    CounterRule: {"role": ("role",)},
    LinkedActions: {"staying": ("action",), "leaving": ("action",)},
    Signal: {"roles": ("role",)},
    Spawn: {"roles": ("role",), "names": ("role",), "passes": ("field",)},
    Subprocess: {
        "known_to": ("role",),
        "begun_by": ("role",),
        "states": ("state",),
        "lasts": ("state",),
        "takes": ("action",),
    },
    Referral: {"role": ("role",), "state": ("state",), "fields": ("field",)},
    Merging: {
        "action": ("action",),
        "form": ("form",),
        "members": ("field",),
        "unit": ("field",),
    },
    Document: {
        "form": ("form",),
        "readers": ("role", "state"),
        "filed_by": ("role",),
        "goes_to": ("role",),
    },
    Part: {"fields": ("field",)},
    Table: {"role": ("role",), "form": ("form",), "states": ("state",), "fields": ("field",)},
    Capacity: {
        "by": ("field",),
        "units_field": ("field",),
        "occupying": ("state",),
        "waiting": ("state",),
        "admits": ("action",),
    },
}

_KINDS = {"actor": "role", "reader": "role", "source": "list"}  # what faults call them


def once(d: Definition) -> Iterator[str]:
    """Nothing stands twice under one name."""
    for kind in (
        "forms",
        "roles",
        "states",
        "actions",
        "mails",
        "documents",
        "timers",
        "meetings",
        "subprocesses",
    ):
        names = [item.name for item in getattr(d, kind)]
        repeated = sorted({n for n in names if names.count(n) > 1})
        yield from (f"{kind}: {n} stands twice; give one of them another name" for n in repeated)


def known(d: Definition, lists: Sequence[DirectoryList]) -> Iterator[str]:
    """Whatever an attribute names is there: in the definition, or among the ``lists``."""
    there = _there(d, lists)
    lost = (
        f"{where}: {attribute} names the {_KINDS.get(kind, kind)} {name}, which is not there; "
        "correct the name, or declare it"
        for where, part in parts(d, "definition")
        for attribute, kinds in NAMED.get(type(part), {}).items()
        for kind, name in _names(getattr(part, attribute), kinds)
        if name and name not in there[kind]
    )
    yield from dict.fromkeys(lost)


def _there(d: Definition, lists: Sequence[DirectoryList]) -> Mapping[str, frozenset[str]]:
    """What can be named → the names of what there is."""
    people = {each.name for each in lists if each.people}
    sources = {*people, *(source for source in THROUGH if people_of(source) in people)}
    roles = {r.name for r in d.roles}
    names = {
        "role": roles,
        "actor": {*roles, *BY_ITSELF},
        "reader": {*roles, TURN},
        "field": {*d.fields()},
        "state": {s.name for s in d.states},
        "action": {a.name for a in d.actions},
        "mail": {m.name for m in d.mails},
        "meeting": {m.name for m in d.meetings},
        "form": {f.name for f in d.forms},
        "list": {each.name for each in lists},
        "source": sources,
    }
    return {kind: frozenset(each) for kind, each in names.items()}


def _names(value: object, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What an attribute names, each name with its kind."""
    if isinstance(value, Mapping):
        yield from ((kinds[0], str(key)) for key in value)
        if len(kinds) > 1:
            yield from ((kinds[1], name) for names in value.values() for name in names)
    elif isinstance(value, tuple):
        yield from ((kinds[0], str(name)) for name in value)
    elif value is not None:
        yield kinds[0], str(value)


def parts(part: "DataclassInstance", where: str) -> Iterator[tuple[str, "DataclassInstance"]]:
    """A part of a definition and every part in it, each with what a fault calls it."""
    yield where, part
    for each in fields(part):
        value = getattr(part, each.name) if each.init else ()
        for inner in value if isinstance(value, tuple) else (value,):
            if is_dataclass(inner) and not isinstance(inner, type):
                yield from parts(inner, _called(inner, where))


def _called(part: "DataclassInstance", within: str) -> str:
    if isinstance(part, Transition):
        return f"transition {part.source}-{part.action}"
    words = re.sub("(?<!^)(?=[A-Z])", " ", type(part).__name__).lower()
    name = getattr(part, "name", "")
    return f"{words} {name}" if name else f"{words} of {within}"
