"""The registry: every package on this one's path is a process, found by its name."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from functions.kernel import LANGUAGES
from functions.kernel.case import Case, Event
from functions.kernel.definition import Definition
from functions.kernel.errors import Unknown, WrongDefinition
from functions.kernel.states import BY_ITSELF, OWN_EVENTS

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

        every = [definition for each in NAMES for definition in _declared(each)]
        for definition in found:
            _check_files(check(definition, lists.known()))
            check_linked(definition, every)
    return found


@cache
def _declared(name: str) -> tuple[Definition, ...]:
    module = importlib.import_module(f"{__name__}.{name}.definition")
    found: tuple[Definition, ...] = module.VERSIONS
    return found


def current(name: str) -> Definition:
    """The definition new cases are born under; KeyError if there is no such process."""
    if name not in NAMES:
        raise KeyError(name)
    return versions(name)[-1]


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
    for event in events:
        definition.state(event.target)
        if event.action not in OWN_EVENTS:
            definition.action(event.action)
        if event.role not in BY_ITSELF:
            definition.role(event.role)
    return case


@cache
def folder(name: str) -> Path:
    """Where the texts and mails of a process are: beside its code."""
    folders = (Path(path) / name for path in __path__)
    return next((path for path in folders if path.is_dir()), FOLDER / name)


def _check_files(definition: Definition) -> None:
    base = folder(definition.name)
    required = [base / "texts" / f"{lang}.toml" for lang in LANGUAGES]
    for mail in definition.all_mails:
        required += [base / "mails" / mail.name / f"{lang}.toml" for lang in LANGUAGES]
    missing = [str(path.relative_to(base.parent)) for path in required if not path.is_file()]
    if missing:
        raise WrongDefinition(f"{definition.name}: missing texts: {', '.join(missing)}")
