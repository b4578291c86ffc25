"""Copies of real definitions with one part changed, and what the check finds wrong with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions import lists
from functions.kernel.check import check
from functions.kernel.check_linked import check_linked
from functions.kernel.consequences import Guard
from functions.kernel.definition import ALWAYS, Definition, Transition
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Field, Section
from functions.processes import NAMES, versions

DAY = timedelta(days=1)
KNOWN = [d for name in NAMES for d in versions(name)]
CONTACT, QUOTE, SUPERVISION = (versions(n)[-1] for n in ("contact", "quote", "supervision"))
NEVER = Guard("never", lambda case: False)


def changed(items: Sequence[Any], name: str, **to: Any) -> tuple[Any, ...]:
    """Parts of a definition with the one of this name changed."""
    assert name in {item.name for item in items}
    return tuple(replace(item, **to) if item.name == name else item for item in items)


def role(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, roles=changed(d.roles, name, **to))


def state(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, states=changed(d.states, name, **to))


def action(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, actions=changed(d.actions, name, **to))


def mail(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, mails=changed(d.mails, name, **to))


def form(d: Definition, name: str, **to: Any) -> Definition:
    return replace(d, forms=changed(d.forms, name, **to))


def row(d: Definition, source: str, name: str, **to: Any) -> Definition:
    """A definition with the rows of an action in a state changed."""
    assert d.rows(name, source)
    rows = (
        replace(t, **to) if (t.source, t.action) == (source, name) else t for t in d.transitions
    )
    return replace(d, transitions=tuple(rows))


def rows(d: Definition, *more: Transition, without: tuple[str, str] | None = None) -> Definition:
    kept = (t for t in d.transitions if (t.source, t.action) != without)
    return replace(d, transitions=(*kept, *more))


def asking(field: Field) -> Definition:
    """Contact with one question more."""
    section = Section("message", (*CONTACT.forms[0].fields, field))
    seen = {**CONTACT.visibility, field.name: {"sender": ALWAYS}}
    return replace(form(CONTACT, "message", sections=(section,)), visibility=seen)


def lost(where: str, attribute: str, named: str) -> str:
    """The fault of a name that leads nowhere."""
    return (
        f"{where}: {attribute} names the {named}, which is not there; correct the name, or declare "
        "it"
    )


def alone(d: Definition) -> list[str]:
    """What is wrong with a definition by itself."""
    return _faults(lambda: check(d, lists.known()), d)


def together(d: Definition) -> list[str]:
    """What is wrong with what a definition says of other processes."""
    others = [d if each.name == d.name else each for each in KNOWN]
    return _faults(lambda: check_linked(d, others), d)


def _faults(checking: Any, d: Definition) -> list[str]:
    try:
        checking()
    except WrongDefinition as error:
        return [line.removeprefix(f"{d.name}: ") for line in str(error).splitlines()]
    return []


Planted = Sequence[tuple[Definition, str]]
