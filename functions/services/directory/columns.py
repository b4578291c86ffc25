"""What may be told of each kind of entry: one table for YAML, CSV and the documentation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from functions.kernel import LANGUAGES, clean
from functions.kernel.directory import CHOICES_OF, SECTORS, Fact
from functions.kernel.duties import DUTIES
from functions.processes import NAMES, current
from functions.render.text.organisation import sectors

Kind = Literal["text", "longtext", "email", "domain", "number", "yesno", "choice", "pattern"]
Single = str | int | bool

MOST_VALUES = 50  # in one list
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of an entry. ``many``: a list.

    ``wrong`` is the code of a value that is not of the ``pattern``.
    ``source``: a choice among what the processes' people are found by there, such as topics.
    ``shortest``/``longest`` are characters of each value; ``lowest``/``highest`` numbers.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    many: bool = False
    shortest: int = 1
    longest: int = 120
    lowest: int = 0
    highest: int = 999
    choices: tuple[str, ...] = ()
    pattern: str = ""
    wrong: str = ""
    source: str = ""

    @property
    def offered(self) -> tuple[str, ...]:
        """What can be chosen."""
        if self.name in CHOICES_OF:
            return choices_of(CHOICES_OF[self.name])
        if self.name == SECTORS:
            return sectors()
        return asked_in(self.source) if self.source else self.choices


class CellError(ValueError):
    """A value that a column does not take: the code of why, and its values."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def _key(name: str, *, many: bool = False) -> Column:
    pattern = "[a-z0-9][a-z0-9-]{0,39}"
    return Column(name, "pattern", True, many, pattern=pattern, wrong="not_key")


_LANGUAGE = Column("language", "choice", True, choices=LANGUAGES)
_RETIRED = Column("retired", "yesno")
_PERSON = (_key("key"), Column("name", required=True), Column("email", "email", True, longest=254))

# By list; the first column is the entry's key.
COLUMNS: dict[str, tuple[Column, ...]] = {
    "units": (
        _key("key"),
        *(Column(f"name_{language}", required=True) for language in LANGUAGES),
        Column("employer", required=True),
        _LANGUAGE,
        _key("coordinators", many=True),
        _RETIRED,
    ),
    "domains": (Column("domain", "domain", True, longest=253), _RETIRED),
    "coordinators": (
        *_PERSON,
        _LANGUAGE,
        Column("duties", "choice", True, many=True, choices=DUTIES),
        Column("topics", "choice", many=True, source="topics"),
        _RETIRED,
    ),
    "supervisors": (
        *_PERSON,
        _LANGUAGE,
        Column("education", "longtext", longest=1000),
        Column("experience", "longtext", longest=4000),
        Column("forms", "choice", True, many=True),
        Column("sectors", "choice", many=True),
        Column(
            "languages",
            "pattern",
            True,
            many=True,
            pattern="[a-z]{2,3}",
            wrong="not_language_code",
        ),
        Column("framework", "longtext", longest=500),
        Column("membership", longest=200),
        Column("licence"),
        Column("qualification_year", "number", lowest=1900, highest=2100),
        Column("place"),
        Column("online", "yesno"),
        Column("maximum", "number", True),
        Column("ongoing_elsewhere", "number"),
        Column("longest_new_process", "number", lowest=1),
        Column("schedule_limits", "longtext", longest=500),
        # Offered as the answer to "how to get in touch", so it has that field's limits.
        Column("contact", "longtext", shortest=5, longest=1000),
        Column(
            "picture",
            "pattern",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_-]*\.(jpg|jpeg|png|webp)",
            wrong="not_picture",
        ),
        Column("published", "yesno"),
        _RETIRED,
    ),
}


@cache
def asked_in(source: str) -> tuple[str, ...]:
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
def choices_of(field: str) -> tuple[str, ...]:
    """The choices of a field, of all processes that ask it."""
    asked = (definition.fields().get(field) for definition in map(current, NAMES))
    return tuple(dict.fromkeys(choice for each in asked if each for choice in each.choices))


def column(source: str, name: str) -> Column | None:
    """The column of this name in a list, if it has one."""
    return next((c for c in COLUMNS[source] if c.name == name), None)


def read_many(spec: Column, raw: tuple[str, ...]) -> Fact:
    """The values of a list, in the order written. ``CellError`` with the first mistake."""
    if len(raw) > MOST_VALUES:
        raise CellError("too_many_values", count=len(raw), most=MOST_VALUES)
    values: list[str] = []
    for each in raw:
        value = str(read_one(spec, each))
        if value in values:
            raise CellError("twice", value=value)
        values.append(value)
    return tuple(values)


def read_one(spec: Column, raw: str) -> Single:
    """The value of one cell. ``CellError`` if the column does not take it."""
    value = _cleaned(spec, raw)
    if spec.kind != "longtext" and ("\n" in value or "\t" in value):
        raise CellError("line_break")
    if clean.has_controls(value, lines=True):
        raise CellError("control")
    if len(value) > spec.longest:
        raise CellError("too_long", length=len(value), most=spec.longest)
    if len(value) < spec.shortest:
        raise CellError("too_short", length=len(value), least=spec.shortest)
    return _READERS[spec.kind](spec, value)


def _cleaned(spec: Column, raw: str) -> str:
    if spec.kind == "longtext":
        return clean.text(raw)
    return clean.line(raw) if spec.kind == "text" else clean.plain(raw)


def _text(_: Column, value: str) -> Single:
    return value


def _email(_: Column, value: str) -> Single:
    address = clean.email(value)
    if address is None:
        raise CellError("not_email", value=value)
    return address


def _domain(_: Column, value: str) -> Single:
    domain = clean.domain(clean.bare(value))
    if domain is None:
        raise CellError("not_domain", value=value)
    return domain


def _number(spec: Column, value: str) -> Single:
    if not _NUMBER.fullmatch(value):
        raise CellError("not_number", value=value)
    if not spec.lowest <= int(value) <= spec.highest:
        raise CellError("out_of_range", value=int(value), lowest=spec.lowest, highest=spec.highest)
    return int(value)


def _yesno(_: Column, value: str) -> Single:
    if value.lower() not in _YES_NO:
        raise CellError("not_yes_no", value=value)
    return _YES_NO[value.lower()]


def _choice(spec: Column, value: str) -> Single:
    if value not in spec.offered:
        raise CellError("not_choice", value=value, choices=", ".join(spec.offered))
    return value


def _pattern(spec: Column, value: str) -> Single:
    if not re.fullmatch(spec.pattern, value):
        raise CellError(spec.wrong, value=value)
    return value


_READERS: dict[Kind, Callable[[Column, str], Single]] = {
    "text": _text,
    "longtext": _text,
    "email": _email,
    "domain": _domain,
    "number": _number,
    "yesno": _yesno,
    "choice": _choice,
    "pattern": _pattern,
}
