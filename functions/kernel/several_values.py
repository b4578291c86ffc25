"""Fields with several values: boxes to tick next to the choices, or a text on each line.

A field ``sectors`` has the inputs ``sectors.schools``, ``sectors.home-care`` and so on; where
others than its choices can be written, they are in the input ``sectors._other``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from functions.kernel import clean
from functions.kernel.fields import Field, Written

OTHER = "_other"
MAX_VALUES = 50  # of a field that does not say how many


def written(field: Field, typed: Mapping[str, str]) -> Written:
    """What was typed into a field, as it was: the text of one, each value of several. Ticks come
    in the order of the choices."""
    raw = typed.get(field.name, "")
    if not field.many:
        return raw
    if not field.ticked:
        return tuple(line for line in clean.text(raw).split("\n") if clean.text(line))
    others = re.split(r"[\s,;]+", typed.get(f"{field.name}.{OTHER}", "")) if field.others else []
    chosen = [*ticked(field, typed), *filter(None, others)]
    return tuple(dict.fromkeys([*(v for v in field.choices if v in chosen), *chosen]))


def from_json(answers: Any) -> Any:
    """Answers with several values as they were before JSON made a list of them; what is no answers
    as it is."""
    if not isinstance(answers, dict):
        return answers
    return {name: tuple(v) if _are_texts(v) else v for name, v in answers.items()}


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def faults(field: Field) -> Iterator[str]:
    """What a field cannot be at once with several values."""
    if field.many and field.kind not in ("text", "choice"):
        yield f"has many values of kind {field.kind}; several are texts or choices"
    if field.many and (field.default or field.ranked or field.unique):
        yield "has many values; one with a default, a ranking or unique values has one"
    if field.others and not (field.many and field.choices and field.kind == "text"):
        yield "takes others; only many texts with choices have others beside these"


def ticked(field: Field, typed: Mapping[str, str]) -> list[str]:
    """The values whose boxes are ticked, also those that cannot be chosen any more."""
    start = f"{field.name}."
    found = (name.removeprefix(start) for name in typed if name.startswith(start) and typed[name])
    return [value for value in found if value != OTHER]


def inputs(field: Field, values: Iterable[str]) -> dict[str, str]:
    """Several values as they would be typed, by input: the other way round from ``written``."""
    if not field.ticked:
        return {field.name: "\n".join(values)}
    others = [v for v in values if field.others and v not in field.choices]
    boxes = {f"{field.name}.{value}": "yes" for value in values if value not in others}
    return boxes | ({f"{field.name}.{OTHER}": ", ".join(others)} if others else {})
