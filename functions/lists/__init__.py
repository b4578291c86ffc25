"""The registry of the directory's lists: every module on this one's path defines one."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter

from functions.kernel.directory import DirectoryEntry
from functions.kernel.directory_lists import DirectoryList, together
from functions.kernel.duties import DUTIES, coordinators_duties, coordinators_duty
from functions.kernel.fields import Field
from functions.kernel.roles import Role


def known() -> tuple[DirectoryList, ...]:
    """Every list, in the order of the directory's page."""
    return _known(tuple(__path__))


def find(name: str) -> DirectoryList | None:
    """The list of this name, if there is one."""
    return _by_name(tuple(__path__)).get(name)


def named(name: str) -> DirectoryList:
    """The list of this name. KeyError if there is none."""
    return _by_name(tuple(__path__))[name]


def file_order() -> tuple[DirectoryList, ...]:
    """Every list, in the order that files have them: those of things, then those of people."""
    return tuple(sorted(known(), key=lambda each: each.people))


def people() -> tuple[str, ...]:
    """The names of the lists whose entries are people."""
    return tuple(each.name for each in known() if each.people)


def saving_order() -> tuple[str, ...]:
    """The lists' names: one whose entries name those of others comes after these."""
    by_name = sorted(known(), key=lambda each: each.name)
    return tuple(TopologicalSorter({x.name: x.sources for x in by_name}).static_order())


def counters(name: str) -> tuple[str, ...]:
    """What cases count of the entries of a list; nothing of a list that there is not."""
    found = find(name)
    return found.counters if found else ()


def shown_otherwise(before: DirectoryEntry | None, after: DirectoryEntry) -> bool:
    """Whether others are shown something else of who has an entry, by what its list calls
    ``shown``; of a new one nobody was."""
    shown = named(after.source).shown if before else ()
    return any(before.facts.get(name) != after.facts.get(name) for name in shown if before)


def knows(name: str, facts: Mapping[str, object]) -> bool:
    """Whether all these facts of an entry are ones that its list has, with choices that it has."""
    fields = {field.name: field for field in named(name).fields} if find(name) else {}
    return all(fact in fields and _offered(fields[fact], value) for fact, value in facts.items())


def _offered(field: Field, value: object) -> bool:
    """Whether a fact is among the choices of its field, if these are all that it can be."""
    if not field.choices or field.others or field.kind == "yesno":
        return True
    return {*(value if isinstance(value, tuple) else (value,))}.issubset(field.choices)


def duties() -> tuple[str, ...]:
    """Every duty that somebody can have: those that coordinators declare, then those of lists."""
    return (*DUTIES, *dict.fromkeys(each.duty for each in known() if each.duty))


def duty_of(role: Role) -> str:
    """The duty by which people of the directory hold a role; "" if they are not from there."""
    found = find(role.source)
    return (found.duty if found else "") or coordinators_duty(role)


def duties_for(role: Role, answers: Mapping[str, object]) -> tuple[str, ...]:
    """The duties by one of which somebody can have a role in a case with these answers, the role's
    own first."""
    found = find(role.source)
    return (found.duty,) if found and found.duty else coordinators_duties(role, answers)


def field_of(fact: str) -> Field | None:
    """The field by which an entry tells a fact; of several lists' that of the first."""
    return _fields(tuple(__path__)).get(fact)


@cache
def _known(path: tuple[str, ...]) -> tuple[DirectoryList, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(path))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return together(module.LIST for module in modules)


@cache
def _fields(path: tuple[str, ...]) -> Mapping[str, Field]:
    return {f.name: f for each in reversed(_known(path)) for f in each.fields}


@cache
def _by_name(path: tuple[str, ...]) -> Mapping[str, DirectoryList]:
    return {each.name: each for each in _known(path)}
