"""Which fields a page asks of an entry, and the way between them and the cells of a file."""

import re
from collections.abc import Iterable, Mapping, Sequence

from functions import lists
from functions.kernel import clean
from functions.kernel.directory import OTHER, DirectoryEntry, EntryField
from functions.kernel.directory_lists import ListField
from functions.kernel.duties import declared
from functions.services.directory.values import choices, longest

Typed = Mapping[str, str]
Written = str | tuple[str, ...]


def asked_of(
    source: str,
    present: DirectoryEntry | None,
    others: Iterable[DirectoryEntry] = (),
    *,
    own: bool = False,
) -> tuple[EntryField, ...]:
    """The fields that are asked of an entry; ``present`` None for a new one.

    ``own``: as people are asked of themselves. ``others`` are entries of the lists that it can
    name: those in use, of people with the duty for it; those it names already can be seen and let
    go.
    """
    known = lists.named(source)
    skipped = {"retired"} if present is None else {known.key}
    skipped |= {*known.not_by_owner} if own else set()
    everybody = tuple(others)
    return tuple(
        _asked(field, section.name, _offered(field, present, everybody))
        for section in known.sections
        for field in section.fields
        if isinstance(field, ListField) and field.name not in skipped
    )


def _offered(
    field: ListField, present: DirectoryEntry | None, others: Iterable[DirectoryEntry]
) -> tuple[str, ...]:
    if not field.source:
        return choices(field)
    named = present.facts.get(field.name, ()) if present else ()
    mine = named if isinstance(named, tuple) else (named,)
    return tuple(
        each.key
        for each in others
        if each.source == field.source
        and (each.key in mine or (not each.retired and _has(each, field.duty)))
    )


def _has(entry: DirectoryEntry, duty: str) -> bool:
    return not duty or duty in declared(entry.facts)


def _asked(field: ListField, group: str, offered: tuple[str, ...]) -> EntryField:
    shape = str(field.kind)
    if field.many:
        shape = "ticks" if choices(field) or field.source else "lines"
    longest_text = 0 if shape in ("ticks", "lines", "number") else longest(field)
    required = field.required or field.name == "retired"
    return EntryField(field.name, group, shape, required, longest_text, offered, field.others)


def typed_from(entry: DirectoryEntry) -> dict[str, Written]:
    """An entry as a file would write it: texts and lists of texts by field."""
    known = lists.named(entry.source)
    values: dict[str, Written] = {known.key: entry.key, **known.naming(entry)}
    for name, value in entry.facts.items():
        values[name] = value if isinstance(value, tuple) else _plain(value)
    return {**values, "retired": _plain(entry.retired)}


def _plain(value: str | int | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def form_from(asked: Sequence[EntryField], entry: DirectoryEntry) -> dict[str, str]:
    """An entry as its form is filled: the other way round from ``cells``."""
    values = typed_from(entry)
    form: dict[str, str] = {}
    for each in asked:
        value = values.get(each.name, () if each.shape in ("ticks", "lines") else "")
        if isinstance(value, str):
            form[each.name] = clean.writable(value)
        elif each.shape == "lines":
            form[each.name] = "\n".join(value)
        else:
            written = [v for v in value if v not in each.choices] if each.others else []
            ticked = [v for v in value if v not in written]
            form |= {f"{each.name}.{v}": "yes" for v in ticked}
            form |= {f"{each.name}.{OTHER}": ", ".join(written)} if written else {}
    return form


def cells(
    asked: Iterable[EntryField], typed: Typed, present: DirectoryEntry | None
) -> dict[str, Written]:
    """What was typed, as a file would write it; what was left empty is left out.

    Ticks have no order of their own: what an entry had already keeps its order, since the
    first of a unit's coordinators may be the one who is asked first.
    """
    values = typed_from(present) if present else {}
    written: dict[str, Written] = {}
    for each in asked:
        raw = typed.get(each.name, "")
        value: Written = clean.text(raw) and raw
        if each.shape == "lines":
            value = tuple(line for line in clean.text(raw).split("\n") if clean.text(line))
        elif each.shape == "ticks":
            before = values.get(each.name, ())
            value = _ticked(each, typed, before if isinstance(before, tuple) else ())
        if value:
            written[each.name] = value
    return written


def _ticked(asked: EntryField, typed: Typed, before: tuple[str, ...]) -> tuple[str, ...]:
    start = f"{asked.name}."
    ticked = [n.removeprefix(start) for n, v in typed.items() if n.startswith(start) and v]
    other = re.split(r"[\s,;]+", typed.get(start + OTHER, "")) if asked.others else []
    chosen = [*(t for t in ticked if t != OTHER), *filter(None, other)]
    ordered = [v for v in (*before, *asked.choices) if v in chosen]
    return tuple(dict.fromkeys([*ordered, *chosen]))
