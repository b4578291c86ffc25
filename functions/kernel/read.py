"""From what was typed to values: every field's rules, and all problems at once."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from functions.kernel import clean
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import SINGLE_LINE, Answers, Check, Field, Value
from functions.kernel.people import Directory
from functions.kernel.people_rows import are_people, read_people

YES_NO = {"yes": True, "no": False}


def read(
    fields: Iterable[Field],
    checks: Iterable[Check],
    typed: Mapping[str, str],
    directory: Directory,
    today: date,
    known: Answers = MappingProxyType({}),
) -> dict[str, Value]:
    """Turn typed strings into values, or raise ``Invalid`` with every problem in order.

    ``known`` are answers given earlier that the checks may also look at.

    Only declared fields are read; anything else in ``typed`` has no effect. Fields left
    empty are absent from the result, unless their ``default`` fills them.
    """
    fields = tuple(fields)
    lists = {f.name: f.source for f in fields}
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for each in fields:
        value, wrong = _answer(each, typed, values, lists, directory)
        problems += wrong
        if value is not None and not wrong:
            values[each.name] = value
    broken, told = {p.field for p in problems}, {**known, **values}
    for check in checks:
        if check.field not in broken and not check.holds(told, directory, today):
            problems.append(Problem(check.field, check.name))
            broken.add(check.field)
    if problems:
        raise Invalid(tuple(problems))
    return values


def complete(fields: Iterable[Field], values: Answers) -> bool:
    """Whether ``values`` has only declared fields, of the right type, and all required ones.

    The engine asks this again of values that were read elsewhere: deny by default.
    """
    declared = {f.name: f for f in fields}
    if not values.keys() <= declared.keys():
        return False
    return all(
        _fits(f, values[name]) if name in values else not f.required for name, f in declared.items()
    )


def _fits(field: Field, value: Value) -> bool:
    return are_people(value) if field.kind == "people" else isinstance(value, _type(field))


def _type(field: Field) -> type:
    return bool if field.kind in ("yesno", "tick") else int if field.kind == "number" else str


def _answer(
    field: Field,
    typed: Mapping[str, str],
    values: Answers,
    lists: Mapping[str, str],
    directory: Directory,
) -> tuple[Value | None, list[Problem]]:
    """One field's value, or None for an empty one, with what is wrong with it."""
    if field.kind == "people":
        people, wrong = read_people(field, typed)
        return people or None, wrong
    raw = clean.text(typed.get(field.name, ""))
    if not raw and field.default:
        raw = _default(field, values, lists, directory)
    if not raw:
        return None, [Problem(field.name, _missing(field))] if field.required else []
    outcome = _value(field, raw, directory)
    return (None, [outcome]) if isinstance(outcome, Problem) else (outcome, [])


def _missing(field: Field) -> str:
    return {"tick": "untick", "choice": "unchosen", "yesno": "unchosen"}.get(field.kind, "empty")


def _default(field: Field, values: Answers, lists: Mapping[str, str], directory: Directory) -> str:
    found = (_known(origin, values, lists, directory) for origin in field.defaults)
    return next(filter(None, found), "")


def _known(origin: str, values: Answers, lists: Mapping[str, str], directory: Directory) -> str:
    source, dot, attribute = origin.partition(".")
    chosen = str(values.get(source, ""))
    if not dot or not chosen:
        return chosen
    for listing in directory.listings(lists[source]):
        if listing.key == chosen:
            return str(listing.facts.get(attribute, ""))
    return ""


def _value(field: Field, raw: str, directory: Directory) -> Value | Problem:
    if field.kind in SINGLE_LINE or field.kind == "longtext":
        return _text(field, raw)
    if field.kind == "number":
        return _number(field, raw)
    if field.kind == "date":
        return _date(field, raw)
    if field.kind == "yesno":
        return YES_NO[raw] if raw in YES_NO else Problem(field.name, "unchosen")
    if field.kind == "tick":
        return True if raw == "yes" else Problem(field.name, "untick")
    offered = field.choices or tuple(x.key for x in directory.listings(field.source))
    return raw if raw in offered else Problem(field.name, "unknown")


def _text(field: Field, raw: str) -> Value | Problem:
    if clean.has_controls(raw, lines=field.kind == "longtext"):
        return Problem(field.name, "characters")
    if len(raw) > field.limit:
        return Problem(field.name, "long", field.limit)
    if len(raw) < field.shortest:
        return Problem(field.name, "short", field.shortest)
    if field.kind == "email":
        return clean.email(raw) or Problem(field.name, "email")
    if field.kind == "phone":
        return clean.phone(raw) or Problem(field.name, "phone")
    return raw


def _number(field: Field, raw: str) -> Value | Problem:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        return Problem(field.name, "number")
    number = int(raw)
    if field.lowest is not None and number < field.lowest:
        return Problem(field.name, "low", field.lowest)
    if field.highest is not None and number > field.highest:
        return Problem(field.name, "high", field.highest)
    return number


def _date(field: Field, raw: str) -> Value | Problem:
    """ISO dates from a date picker, Finnish ``3.12.2026`` typed by hand; stored as ISO."""
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", raw, re.ASCII)
    typed = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", raw, re.ASCII)
    parts = iso.groups() if iso else typed.groups()[::-1] if typed else ("0", "0", "0")
    try:
        value = date(*map(int, parts))
    except ValueError:
        return Problem(field.name, "date")
    return value.isoformat() if 1900 <= value.year <= 2100 else Problem(field.name, "date")
