"""Which fields a page asks of an entry, and the way between them and the cells of a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from functions.kernel import LANGUAGES, clean
from functions.kernel.directory import OTHER, DirectoryEntry, EntryField
from functions.kernel.duties import UNITS, declared
from functions.services.directory.columns import COLUMNS, Column

# Languages that people in Finland are most often supervised in, by ISO 639 code.
_LANGUAGES = ("fi", "sv", "en", "se", "smn", "sms", "fse", "et", "ru", "uk", "de", "fr", "es", "ar")
_NOT_OWN = frozenset({"email", "retired"})  # the coordinators' to change

Typed = Mapping[str, str]
Written = str | tuple[str, ...]

# The order of questions, in groups with a legend of their own.
GROUPS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "units": (
        ("names", ("name_fi", "name_sv", "name_en", "employer")),
        ("handling", ("language", "coordinators")),
        ("state", ("retired",)),
    ),
    "domains": (("domain", ("domain", "retired")),),
    "coordinators": (
        ("person", ("name", "email", "language")),
        ("duties", ("duties", "topics")),
        ("state", ("retired",)),
    ),
    "supervisors": (
        ("person", ("name", "email", "language")),
        (
            "skills",
            (
                "education",
                "experience",
                "licence",
                "qualification_year",
                "framework",
                "membership",
            ),
        ),
        ("work", ("forms", "sectors", "languages", "place", "online")),
        ("room", ("maximum", "ongoing_elsewhere", "longest_new_process", "schedule_limits")),
        ("contact", ("contact",)),
        ("public", ("published",)),
        ("state", ("retired",)),
    ),
}


def asked_of(
    source: str,
    present: DirectoryEntry | None,
    coordinators: Iterable[DirectoryEntry] = (),
    *,
    own: bool = False,
) -> tuple[EntryField, ...]:
    """The fields that are asked of an entry; ``present`` None for a new one.

    ``own``: as supervisors are asked of themselves. A unit may be given to whoever in office
    coordinates units; those it has already can be seen and let go.
    """
    columns = {c.name: c for c in COLUMNS[source]}
    asked = []
    for group, names in GROUPS[source]:
        for name in names:
            fixed = present is not None and name == COLUMNS[source][0].name
            if fixed or (present is None and name == "retired") or (own and name in _NOT_OWN):
                continue
            asked.append(_asked(columns[name], group))
    mine = present.coordinators if present else ()
    offered = tuple(
        c.key
        for c in coordinators
        if c.key in mine or (not c.retired and UNITS in declared(c.facts))
    )
    return tuple(replace(a, choices=offered) if a.name == "coordinators" else a for a in asked)


def _asked(column: Column, group: str) -> EntryField:
    shape = "text" if column.kind in ("pattern", "domain") else str(column.kind)
    if column.many:
        shape = "ticks" if column.offered or column.kind == "pattern" else "lines"
    choices = _LANGUAGES if column.name == "languages" else column.offered
    others = column.name == "languages"
    longest = 0 if shape in ("ticks", "lines", "number") else column.longest
    required = column.required or column.name == "retired"
    return EntryField(column.name, group, shape, required, longest, choices, others)


def typed_from(entry: DirectoryEntry) -> dict[str, Written]:
    """An entry as a file would write it: texts and lists of texts by field."""
    values: dict[str, Written] = {COLUMNS[entry.source][0].name: entry.key}
    if entry.source == "units":
        values |= {f"name_{language}": entry.names[language] for language in LANGUAGES}
    elif entry.source != "domains":
        values["name"] = entry.names[LANGUAGES[0]]
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
