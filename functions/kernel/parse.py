"""From what was typed to values: every field's rules, and all problems at once."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from types import MappingProxyType

from functions.kernel import clean
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import SINGLE_LINE, Answers, Check, Field, Value, Written
from functions.kernel.people import Directory
from functions.kernel.people_field import are_people, read_people
from functions.kernel.several_values import MAX_VALUES, written

NOTHING: Answers = MappingProxyType({})
YES_NO = {"yes": True, "no": False}
_TYPES: Mapping[str, type] = {
    "yesno": bool,
    "tick": bool,
    "number": int,
    "halves": int,
    "money": int,
    "people": list,
}
_CODED = ("email", "phone", "number", "halves", "money", "date", "datetime", "weburl")


def read(
    fields: Iterable[Field],
    checks: Iterable[Check],
    typed: Mapping[str, str],
    directory: Directory,
    today: date,
    known: Answers = NOTHING,
) -> dict[str, Value]:
    """Turn typed strings into values, or raise ``Invalid`` with every problem in order.

    ``known`` are answers given earlier that the checks may also look at, but for those that are
    asked again: what is left empty now is no answer. Only declared
    fields are read. Those left empty are absent, unless their ``default`` fills them.
    """
    fields = tuple(fields)
    lists = {f.name: f.source for f in fields}
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for each in fields:
        if each.kind == "people":
            people, wrong = read_people(each, typed)
            problems += wrong
            values |= {each.name: people} if people else {}
            continue
        default = _default(each, values, lists, directory) if each.default else ""
        outcome = answer(each, written(each, typed), directory, known, default)
        if isinstance(outcome, Problem):
            problems.append(outcome)
        elif outcome is not None:
            values[each.name] = outcome
    all_answers = _without(known, lists) | values
    problems += _broken_checks(checks, all_answers, problems, directory, today)
    if problems:
        raise Invalid(tuple(problems))
    return values


def answer(
    field: Field,
    written: Written,
    directory: Directory | None = None,
    known: Answers = NOTHING,
    default: str = "",
) -> Value | Problem | None:
    """The value of what was written in one field; None where nothing was, and need not be.

    Without a ``directory`` there is no entry of any that could be chosen.
    """
    if isinstance(written, tuple):
        return _several(field, written, directory, known)
    if raw := tidied(field, written) or default:
        return _value(field, raw, directory, known)
    return Problem(field.name, _missing(field)) if field.required else None


def _several(
    field: Field, written: tuple[str, ...], directory: Directory | None, known: Answers
) -> Value | Problem | None:
    raws = [raw for each in written if (raw := tidied(field, each))]
    if not raws:
        return Problem(field.name, _missing(field)) if field.required else None
    if len(raws) > (limit := field.highest or MAX_VALUES):
        return Problem(field.name, "too_many_values", limit)
    values: list[str] = []
    for raw in raws:
        value = _value(field, raw, directory, known)
        if isinstance(value, Problem):
            return value
        if value in values:
            return Problem(field.name, "repeated", values={"value": str(value)})
        values.append(str(value))
    return tuple(values)


def value_in(field: Field, typed: Mapping[str, str]) -> Value | Problem | None:
    """What somebody wrote in one field, as a value; None where they left it empty.

    The form alone is looked at. Its answer is the same on any day, and whatever the directory says.
    """
    if field.kind == "people":
        people, wrong = read_people(field, typed)
        return next(iter(wrong), people or None)
    if field.many:
        raws = [raw for each in written(field, typed) if (raw := tidied(field, each))]
        several = [value_of(field, raw) for raw in raws]
        wrongly = (each for each in several if isinstance(each, Problem))
        return next(wrongly, tuple(map(str, several)) or None)
    raw = tidied(field, typed.get(field.name, ""))
    return value_of(field, raw) if raw else None


def _without(known: Answers, asked: Iterable[str]) -> dict[str, Value]:
    return {name: known[name] for name in known.keys() - set(asked)}


def tidied(field: Field, raw: str) -> str:
    """What was typed into a field, cleaned as its kind asks: several lines, one, or a code."""
    if field.kind == "longtext":
        return clean.text(raw)
    coded = field.kind in _CODED or field.code is not None
    return clean.plain(raw) if coded else clean.line(raw)


def _broken_checks(
    checks: Iterable[Check],
    all_answers: Answers,
    problems: Iterable[Problem],
    directory: Directory,
    today: date,
) -> list[Problem]:
    """The rules over several answers that do not hold; one for a field, and none where one of
    the answers is wrong by itself."""
    broken = {p.field for p in problems}
    found: list[Problem] = []
    for check in checks:
        looked_at = {check.field, *check.also}
        if looked_at.isdisjoint(broken) and not check.holds(all_answers, directory, today):
            found.append(Problem(check.field, check.name))
            broken.add(check.field)
    return found


def complete(fields: Iterable[Field], values: Answers) -> bool:
    """Whether ``values`` has only declared fields, of the right type, and all required ones.

    The engine asks this again of values that were read elsewhere: deny by default.
    """
    declared = {f.name: f for f in fields}
    if not values.keys() <= declared.keys():
        return False
    for name, field in declared.items():
        if name not in values:
            if field.required:
                return False
        elif not isinstance(values[name], tuple if field.many else _TYPES.get(field.kind, str)):
            return False
    several = [each for v in values.values() if isinstance(v, tuple) for each in v]
    people = [v for v in values.values() if isinstance(v, list)]
    return all(isinstance(each, str) for each in several) and all(map(are_people, people))


def _missing(field: Field) -> str:
    if field.ticked:
        return "none_ticked"
    return {"tick": "untick", "choice": "unchosen", "yesno": "unchosen"}.get(field.kind, "empty")


def _default(field: Field, values: Answers, lists: Mapping[str, str], directory: Directory) -> str:
    found = (_known(origin, values, lists, directory) for origin in field.defaults)
    return next(filter(None, found), "")


def _known(origin: str, values: Answers, lists: Mapping[str, str], directory: Directory) -> str:
    if origin.startswith("="):
        return origin[1:]
    source, dot, attribute = origin.partition(".")
    chosen = str(values.get(source, ""))
    if not dot or not chosen:
        return chosen
    listing = directory.named(lists[source], chosen)
    return str(listing.facts.get(attribute, "")) if listing else ""


def _value(field: Field, raw: str, directory: Directory | None, known: Answers) -> Value | Problem:
    if field.kind != "choice":
        return value_of(field, raw)
    if field.lines_of or field.choices:
        offered = (*field.choices, *(choosable(known, field.lines_of) if field.lines_of else ()))
        return raw if raw in offered else _no_choice(field, raw, field.choices)
    listing = directory.named(field.source, raw) if directory else None
    there = listing is not None and "retired" not in listing.facts
    return raw if there else _no_choice(field, raw)


def value_of(field: Field, raw: str) -> Value | Problem:
    """What was typed, ``tidied`` and not empty, as a value of the field; a choice as it is, whether
    or not it can be chosen."""
    if field.kind in SINGLE_LINE or field.kind == "longtext":
        return _text(field, raw)
    if field.kind == "number":
        return _number(field, raw)
    if field.kind == "money":
        return _money(field, raw)
    if field.kind == "halves":
        return _halves(field, raw)
    if field.kind in ("date", "datetime"):
        return _date(field, raw) if field.kind == "date" else _time(field, raw)
    if field.kind == "yesno":
        return YES_NO[raw] if raw in YES_NO else _no_choice(field, raw, YES_NO, "unchosen")
    if field.kind == "tick":
        return True if raw == "yes" else Problem(field.name, "untick")
    return raw


def _text(field: Field, raw: str) -> Value | Problem:
    if field.kind != "longtext" and ("\n" in raw or "\t" in raw):
        return Problem(field.name, "line_break")
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
    if field.kind == "weburl":
        return _web_address(field, raw)
    if field.code:
        found = field.code.read(raw)
        return found or Problem(field.name, field.code.name, values={"value": raw})
    return raw


def _no_choice(
    field: Field, raw: str, choices: Iterable[str] = (), code: str = "unknown"
) -> Problem:
    texts = {"choices": ", ".join(choices)} if choices else {}
    return Problem(field.name, code, values={"value": raw, **texts})


def lines(answers: Answers, name: str) -> list[str]:
    """The lines of an answer that are not empty, in order; what stands there twice is two."""
    all_answers = str(answers.get(name, "")).splitlines()
    return [line for line in map(clean.line, map(clean.apart, all_answers)) if line]


def distinct_labels(names: Sequence[str]) -> list[str]:
    """Names in order, those that stand there more than once with a number after each: of
    ``A``, ``B``, ``A`` they are ``A (1)``, ``B``, ``A (2)``. No two look the same."""
    looks = list(map(clean.look, names))
    taken, times = set(looks), Counter(looks)
    found: list[str] = []
    for name, look in zip(names, looks, strict=True):
        found.append(_numbered(name, taken) if times[look] > 1 else name)
        taken.add(clean.look(found[-1]))
    return found


def _numbered(name: str, taken: Container[str]) -> str:
    labels = (f"{name} ({n})" for n in count(1))
    return next(label for label in labels if clean.look(label) not in taken)


def choosable(answers: Answers, name: str) -> list[str]:
    """The lines of an answer as choices: all different, also where two lines are the same."""
    return distinct_labels(lines(answers, name))


def _money(field: Field, raw: str) -> Value | Problem:
    from functions.kernel.money import read_sum  # most forms ask for none

    cents = read_sum(raw)
    if cents is None:
        return Problem(field.name, "money")
    return _within(field, cents, 100)


def _number(field: Field, raw: str) -> Value | Problem:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        return Problem(field.name, "number")
    return _within(field, int(raw), 1)


def _halves(field: Field, raw: str) -> Value | Problem:
    """``1,5``, ``1.5`` or ``2``, as a whole number of halves."""
    typed = re.fullmatch(r"(\d{1,6})(?:[.,]([05])0?)?", raw, re.ASCII)
    if not typed:
        return Problem(field.name, "halves")
    return _within(field, 2 * int(typed[1]) + (typed[2] == "5"), 2)


def _within(field: Field, number: int, unit: int) -> Value | Problem:
    """The number if the bounds permit it; they are told in ``unit``."""
    if field.lowest is not None and number < field.lowest:
        return Problem(field.name, "low", _in_units(field.lowest, unit))
    if field.highest is not None and number > field.highest:
        return Problem(field.name, "high", _in_units(field.highest, unit))
    return number


def _in_units(bound: int, unit: int) -> int | float:
    return bound / 2 if unit == 2 and bound % 2 else bound // unit


def _date(field: Field, raw: str) -> Value | Problem:
    """ISO dates from a date picker, Finnish ``3.12.2026`` typed by hand; stored as ISO."""
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", raw, re.ASCII)
    typed = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\.?", raw, re.ASCII)
    parts = iso.groups() if iso else typed.groups()[::-1] if typed else ("0", "0", "0")
    try:
        value = date(*map(int, parts))
    except ValueError:
        return Problem(field.name, "date")
    return value.isoformat() if 1900 <= value.year <= 2100 else Problem(field.name, "date")


def _time(field: Field, raw: str) -> Value | Problem:
    """A day with a time of day in Finland, stored as ISO without a zone."""
    from functions.kernel.local_times import exists, read_time  # most forms ask for none

    found = read_time(raw)
    if found is None:
        return Problem(field.name, "datetime")
    if not exists(found):
        return Problem(field.name, "no_such_time")
    return found.isoformat(timespec="minutes")


def _web_address(field: Field, raw: str) -> Value | Problem:
    from functions.kernel.web_address import read_web_address  # most forms ask for none

    found = read_web_address(raw)
    if found is None:
        return Problem(field.name, "weburl")
    return found if len(found) <= field.limit else Problem(field.name, "long", field.limit)
