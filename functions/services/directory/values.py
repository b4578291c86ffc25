"""Reads the values of a list's fields, as a cell of a file or a field of a page has them."""

import re
from collections.abc import Callable
from functools import cache

from functions.kernel import clean
from functions.kernel.directory import Fact
from functions.kernel.directory_lists import ListField, problem_of
from functions.kernel.fields import Kind
from functions.processes import NAMES, current
from functions.render.text.organisation import sectors

Single = str | int | bool

MOST_VALUES = 50  # in one list
_LONGEST = 120  # characters of what has no limit of its own, such as a number
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,9}")


class CellError(ValueError):
    """A value that a field does not take: the code of why, and its values."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def choices(field: ListField) -> tuple[str, ...]:
    """What can be chosen in a field; of another list's entries nothing, for they are not known."""
    if field.choices_of:
        return _choices_of(field.choices_of)
    if field.sectors:
        return sectors()
    return _found_by(field.found_by) if field.found_by else field.choices


def longest(field: ListField) -> int:
    """The most characters of one value."""
    return field.limit or _LONGEST


def read_many(field: ListField, raw: tuple[str, ...]) -> Fact:
    """The values of a list, in the order written. ``CellError`` with the first mistake."""
    if len(raw) > MOST_VALUES:
        raise CellError("too_many_values", count=len(raw), most=MOST_VALUES)
    values: list[str] = []
    for each in raw:
        value = str(read_one(field, each))
        if value in values:
            raise CellError("twice", value=value)
        values.append(value)
    return tuple(values)


def read_one(field: ListField, raw: str) -> Single:
    """The value of one cell. ``CellError`` if the field does not take it."""
    value = _cleaned(field, raw)
    if field.kind != "longtext" and ("\n" in value or "\t" in value):
        raise CellError("line_break")
    if clean.has_controls(value, lines=True):
        raise CellError("control")
    if len(value) > longest(field):
        raise CellError("too_long", length=len(value), most=longest(field))
    if len(value) < max(field.shortest, 1):
        raise CellError("too_short", length=len(value), least=max(field.shortest, 1))
    return _READERS[field.kind](field, value)


def _cleaned(field: ListField, raw: str) -> str:
    if field.kind == "longtext":
        return clean.text(raw)
    return clean.line(raw) if field.kind == "text" and not field.code else clean.plain(raw)


def _text(field: ListField, value: str) -> Single:
    found = field.code.read(value) if field.code else value
    if field.code and found is None:
        raise CellError(problem_of(field.code), value=value)
    return found or value


def _email(_: ListField, value: str) -> Single:
    address = clean.email(value)
    if address is None:
        raise CellError("not_email", value=value)
    return address


def _number(field: ListField, value: str) -> Single:
    if not _NUMBER.fullmatch(value):
        raise CellError("not_number", value=value)
    lowest, highest = field.lowest or 0, field.highest or 0
    if not lowest <= int(value) <= highest:
        raise CellError("out_of_range", value=int(value), lowest=lowest, highest=highest)
    return int(value)


def _yesno(_: ListField, value: str) -> Single:
    if value.lower() not in _YES_NO:
        raise CellError("not_yes_no", value=value)
    return _YES_NO[value.lower()]


def _choice(field: ListField, value: str) -> Single:
    if value not in choices(field):
        raise CellError("not_choice", value=value, choices=", ".join(choices(field)))
    return value


_READERS: dict[Kind, Callable[[ListField, str], Single]] = {
    "text": _text,
    "longtext": _text,
    "email": _email,
    "number": _number,
    "yesno": _yesno,
    "choice": _choice,
}


@cache
def _found_by(source: str) -> tuple[str, ...]:
    """The answers by which the processes find people in a source, in the order they are asked."""
    found = (
        choice
        for definition in map(current, NAMES)
        for role in definition.roles
        if role.source == source
        for choice in definition.picked_by(role)
    )
    return tuple(dict.fromkeys(found))


@cache
def _choices_of(field: str) -> tuple[str, ...]:
    """The choices of a field, of all processes that ask it."""
    asked = (definition.fields().get(field) for definition in map(current, NAMES))
    return tuple(dict.fromkeys(choice for each in asked if each for choice in each.choices))
