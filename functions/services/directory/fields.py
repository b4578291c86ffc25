"""Which fields a page asks of an entry, with all that can be chosen, and how it fills them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from functions import lists
from functions.kernel.directory import DirectoryEntry, Fact
from functions.kernel.duties import declared
from functions.kernel.fields import Field, Written
from functions.processes import NAMES, current
from functions.render.form import widgets
from functions.render.text.organisation import sectors


def with_choices(field: Field) -> Field:
    """A field of a list with the choices that it ``offers``; of another list's entries none, for
    they are not known."""
    return replace(field, choices=_offers(field.offers)) if field.offers else field


def asked_of(
    source: str,
    present: DirectoryEntry | None,
    others: Iterable[DirectoryEntry] = (),
    *,
    own: bool = False,
) -> tuple[Field, ...]:
    """The fields that are asked of an entry; ``present`` None for a new one.

    ``own``: as people are asked of themselves. ``others`` are entries of the lists that it can
    name: those in use, of people with the duty for it; those it names already can be seen and let
    go.
    """
    known = lists.named(source)
    skipped = {"retired"} if present is None else {known.key}
    skipped |= {*known.not_by_owner} if own else set()
    everybody = tuple(others)
    asked = (f for section in known.sections for f in section.fields if f.name not in skipped)
    offered = (
        replace(field, choices=_entries(field, present, everybody))
        if field.source
        else with_choices(field)
        for field in asked
    )
    return tuple(offered) if own else tuple(replace(f, autocomplete="off") for f in offered)


def _entries(
    field: Field, present: DirectoryEntry | None, others: Iterable[DirectoryEntry]
) -> tuple[str, ...]:
    named = present.facts.get(field.name, ()) if present else ()
    own = named if isinstance(named, tuple) else (named,)
    return tuple(
        each.key
        for each in others
        if each.source == field.source
        and (each.key in own or (not each.retired and _has(each, field.duty)))
    )


def _has(entry: DirectoryEntry, duty: str) -> bool:
    return not duty or duty in declared(entry.facts)


def typed_from(entry: DirectoryEntry) -> dict[str, Written]:
    """An entry as a file would write it: texts and lists of texts by field."""
    known = lists.named(entry.source)
    facts = _facts(entry)
    fields = (field for field in known.fields if field.name in facts)
    values = ((f, facts[f.name]) for f in fields)
    return {f.name: v if isinstance(v, tuple) else widgets.typed_from(f, v) for f, v in values}


def form_from(asked: Iterable[Field], entry: DirectoryEntry) -> dict[str, str]:
    """An entry as its form is filled, by input."""
    facts, form = _facts(entry), dict[str, str]()
    for field in asked:
        form |= widgets.inputs_from(field, facts.get(field.name))
    return form


def _facts(entry: DirectoryEntry) -> dict[str, Fact]:
    """All that an entry says, by field."""
    known = lists.named(entry.source)
    return {
        known.key: entry.key,
        **known.naming(entry),
        **entry.facts,
        "retired": entry.retired,
    }


@cache
def _offers(origin: str) -> tuple[str, ...]:
    """The organisation's sectors, what the processes find people of a source by, or the choices of
    a field of all processes that ask it; in the order they are asked."""
    if origin == "sectors":
        return sectors()
    definitions = [current(name) for name in NAMES]
    found = [
        choice
        for definition in definitions
        for role in definition.roles
        if role.source == origin
        for choice in definition.picked_by(role)
    ]
    asked = filter(None, (definition.fields().get(origin) for definition in definitions))
    return tuple(dict.fromkeys([*found, *(choice for each in asked for choice in each.choices)]))
