"""The registry: every package on this one's path is a process, found by its name. A package in
that of a process is a subprocess, found by both names with a dot between them."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from functions.kernel import LANGUAGES
from functions.kernel.borrowing import borrowed
from functions.kernel.case import Case, Event
from functions.kernel.definition import Definition
from functions.kernel.errors import Unknown, WrongDefinition
from functions.kernel.subcases import DOT

NAMES = tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg))
FOLDER = Path(__file__).parent
CHECKED = FOLDER / "checked"  # in packages: their definitions were checked when they were made


@cache
def versions(name: str) -> tuple[Definition, ...]:
    """Every released definition of a process, oldest first. Each is checked once, by itself and
    beside those of all processes: here, or when the package was made."""
    found = _declared(name)
    if not CHECKED.exists():
        from functions import lists
        from functions.kernel.check import check
        from functions.kernel.check_linked import check_linked
        from functions.kernel.check_within import check_within

        every = [definition for each in NAMES for definition in _declared(each)]
        for definition in found:
            _check_files(check(definition, lists.known()))
            if not definition.within:
                check_linked(definition, every)
                check_within(definition, _declared_within(name))
        for inner in _declared_within(name):
            versions(f"{name}{DOT}{inner}")
    return found


@cache
def _declared(name: str) -> tuple[Definition, ...]:
    outer, _, inner = name.partition(DOT)
    module = importlib.import_module(f"{__name__}.{name}.definition")
    found: tuple[Definition, ...] = module.VERSIONS
    return tuple(borrowed(each, _declared(outer)[-1]) for each in found) if inner else found


def _declared_within(name: str) -> dict[str, tuple[Definition, ...]]:
    """The definitions of the packages in that of a process, by their names."""
    here = () if DOT in name else pkgutil.iter_modules([str(folder(name))])
    inner = [module.name for module in here if module.ispkg]
    return {each: _declared(f"{name}{DOT}{each}") for each in sorted(inner)}


def current(name: str) -> Definition:
    """The definition new cases are born under; KeyError if there is no such process."""
    outer, _, inner = name.partition(DOT)
    if outer not in NAMES or (inner and inner not in (s.name for s in current(outer).subprocesses)):
        raise KeyError(name)
    return versions(name)[-1]


def within(name: str) -> tuple[Definition, ...]:
    """The current definitions of the subprocesses of a process, in its order."""
    return tuple(current(f"{name}{DOT}{each.name}") for each in current(name).subprocesses)


def pinned(name: str, version: int) -> Definition:
    """The definition a case was born under; ``Unknown`` if there is none, as where the case was
    edited in the store."""
    try:
        return next(d for d in versions(name) if d.version == version)
    except (ModuleNotFoundError, StopIteration) as error:
        raise Unknown(name) from error


def checked(case: Case, events: Iterable[Event] = ()) -> Case:
    """A case that was read, and events of it: ``Unknown`` if they name what its definition does
    not know."""
    definition = pinned(case.process, case.version)
    definition.form(case.form)
    definition.state(case.state)
    for party in case.parties:
        definition.role(party.role)
    for name in case.started:
        definition.timer(name)
    _, roles, states = definition.event_names
    for event in events:
        known = event.role in roles and event.target in states
        if not (known and _has_action(definition, event.action)):
            raise Unknown(event.action)
    return case


def _has_action(definition: Definition, name: str) -> bool:
    """Whether an event of a process can have an action of this name, or of one that was taken in a
    subcase (``<subprocess>.<action>``)."""
    inside, _, action = name.rpartition(DOT)
    if inside not in ("", *(each.name for each in definition.subprocesses)):
        return False
    found = versions(f"{definition.name}{DOT}{inside}") if inside else (definition,)
    return any(action in each.event_names[0] for each in found)


@cache
def folder(name: str) -> Path:
    """Where the texts and mails of a process are: beside its code."""
    inner = Path(*name.split(DOT))
    folders = (Path(path) / inner for path in __path__)
    return next((path for path in folders if path.is_dir()), FOLDER / inner)


def _check_files(definition: Definition) -> None:
    base = folder(definition.name)
    required = [base / "texts" / f"{lang}.toml" for lang in LANGUAGES]
    for mail in definition.all_mails:
        required += [base / "mails" / mail.name / f"{lang}.toml" for lang in LANGUAGES]
    missing = [str(path.relative_to(base.parent)) for path in required if not path.is_file()]
    if missing:
        raise WrongDefinition(f"{definition.name}: missing texts: {', '.join(missing)}")
