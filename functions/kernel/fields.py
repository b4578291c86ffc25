"""Fields and forms: declared once, read on the server, drawn on the site and on pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal

from functions.kernel.people import Directory

Kind = Literal["text", "longtext", "email", "phone", "number", "date", "choice", "yesno", "tick"]
Value = str | int | bool
Answers = Mapping[str, Value]

SINGLE_LINE: tuple[Kind, ...] = ("text", "email", "phone")
MAX_LENGTH: dict[Kind, int] = {"text": 120, "longtext": 2000, "email": 254, "phone": 30}


@dataclass(frozen=True, slots=True)
class Field:
    """One question. Its label, hint and choices' names are texts beside the process.

    ``shortest``/``longest`` are characters after cleaning; ``lowest``/``highest`` whole
    numbers. ``source`` names a list of the directory the choices come from. ``default``
    names the field, or ``list.attribute`` of the directory entry chosen in the field of
    that name (``unit.employer``), that fills this one when it is left empty. ``fixed``
    fields are shown but not asked again when the form is corrected. ``shows`` lists what is
    told of each directory entry that can be chosen (texts ``facts.<name>``). ``page`` names
    the page of the site to read before answering.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    shortest: int = 0
    longest: int = 0
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    source: str = ""
    default: str = ""
    fixed: bool = False
    autocomplete: str = ""
    width: int = 0
    shows: tuple[str, ...] = ()
    page: str = ""

    @property
    def limit(self) -> int:
        """The most characters this field takes; 0 where length has no meaning."""
        return self.longest or MAX_LENGTH.get(self.kind, 0)

    @property
    def chosen(self) -> bool:
        """Whether an answer is picked, not written."""
        return self.kind in ("choice", "yesno", "tick")


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule over several answers; its message is a text beside the process.

    ``holds(answers, directory, today)``; ``today`` is the date in Finland.
    """

    name: str
    field: str
    holds: Callable[[Answers, Directory, date], bool]


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that are asked together: a step of a long form, a fieldset of a short one."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A public form: what the public sends to start a case, as ``opener``."""

    name: str
    opener: str
    sections: tuple[Section, ...]
    checks: tuple[Check, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in the order they are asked."""
        return tuple(chain.from_iterable(section.fields for section in self.sections))
