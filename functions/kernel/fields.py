"""Fields and forms. They are declared once, and validation, the site and all pages use the
declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Literal

from functions.kernel.people import Directory
from functions.kernel.ranking import Ranking

FieldKind = Literal[
    "text",
    "longtext",
    "email",
    "phone",
    "number",
    "halves",
    "money",
    "date",
    "datetime",
    "weburl",
    "choice",
    "yesno",
    "tick",
    "people",
]
People = list[dict[str, str]]  # rows of name, email, language; of merged cases unit and case too
Value = str | int | bool | People | tuple[str, ...]
Answers = Mapping[str, Value]
Written = str | tuple[str, ...]  # as somebody wrote it, not read yet

SINGLE_LINE: tuple[FieldKind, ...] = ("text", "email", "phone", "weburl")
TRAP = "website"  # an input of every form that people do not see; programs fill it
MAX_LENGTH: dict[FieldKind, int] = {
    "text": 120,
    "longtext": 2000,
    "email": 254,
    "phone": 30,
    "weburl": 1000,  # invitations to video meetings have some hundreds
}


@dataclass(frozen=True, slots=True)
class Code:
    """A standard that a text follows. ``read`` gives its normal form, or None for what is none;
    the message is a text ``checks.<name>``. ``example`` is one in its normal form."""

    name: str
    read: Callable[[str], str | None] = field(compare=False)
    example: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. Its label, hint and choices' names are texts beside the process.

    ``shortest``/``longest`` are characters after cleaning; ``lowest``/``highest`` whole
    numbers, of ``people`` how many. A field with ``many`` values, a tuple of at most ``highest``,
    has a box to tick beside each choice, or takes a text on each line; with ``others``, what is no
    choice can be written beside the boxes. ``source`` names a list of the directory the choices
    come from. ``default`` names the field, or ``list.attribute`` of the directory entry chosen in
    the field of that name (``unit.employer``), that fills this one when it is left empty;
    of several, with commas, the first that has an answer; ``=FI`` is that word itself.
    ``immutable`` fields are shown but not asked again when the form is corrected. ``shows`` lists
    what is told of each directory entry that can be chosen (texts ``facts.<name>``), and ``ranked``
    how a long list of them is put in order. ``page`` names the page of the site to read before
    answering: ``privacy`` or ``terms`` (texts ``page.<name>`` and ``…_path``). What a field says
    ``keep_all_versions`` on the page each time it is said, with its day; of any other only the last
    answer is shown. ``money`` is whole cents and ``halves`` whole halves of a unit, such as 3 for
    one and a half hours, between ``lowest`` and ``highest``. ``datetime`` is a time of day in
    Finland, ``weburl`` an address that begins with ``https``. ``code`` is the
    standard a text follows; the choices ``lines_of`` are the lines of the case's answer of that
    name, before those in ``choices``. What is said in a ``transient`` field, such as a reason, is
    an answer of the case until the next act; from then on the history alone shows it, beside the
    act it belongs to. An action's field that is ``unique`` takes each value once in the whole
    organisation; fields with the same word there share their values. Choices that are ``countries``
    need no texts: the standard library of names has them; those that are ``languages`` are called
    as the directory calls them. ``with_vat`` names the field with the same sum and its VAT.

    In a list of the directory alone, ``offers`` says what choices it takes from elsewhere: the
    organisation's ``sectors``, the ``topics`` that roles are found by, or those of the field of
    that name, in whichever process asks it. Of a ``source`` of people only those are offered who
    have the ``duty``.
    """

    name: str
    kind: FieldKind = "text"
    required: bool = True
    shortest: int = 0
    longest: int = 0
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    source: str = ""
    default: str = ""
    immutable: bool = False
    autocomplete: str = ""
    width: int = 0
    shows: tuple[str, ...] = ()
    page: str = ""
    keep_all_versions: bool = False
    transient: bool = False
    lines_of: str = ""
    code: Code | None = None
    unique: str = ""
    countries: bool = False
    languages: bool = False
    many: bool = False
    others: bool = False
    offers: str = ""
    duty: str = ""
    with_vat: str = ""
    ranked: Ranking | None = field(default=None, compare=False)

    @property
    def limit(self) -> int:
        """The most characters this field takes; 0 where length has no meaning."""
        return self.longest or MAX_LENGTH.get(self.kind, 0)

    @property
    def chosen(self) -> bool:
        """Whether an answer is picked, not written."""
        return self.kind in ("choice", "yesno", "tick")

    @property
    def ticked(self) -> bool:
        """Whether several answers are picked, each with a box of its own."""
        return self.many and bool(self.choices or self.source or self.offers or self.lines_of)

    @property
    def defaults(self) -> tuple[str, ...]:
        """Where the answer comes from when it is left empty, best first."""
        return tuple(filter(None, self.default.split(",")))

    @property
    def preset(self) -> str:
        """The word that fills it when it is left empty; "" if there is none."""
        return next((origin[1:] for origin in self.defaults if origin.startswith("=")), "")

    def owns(self, name: str) -> bool:
        """Whether an input of this name belongs to this field: rows have one for each cell, and
        several values one for each choice."""
        if name == self.name:
            return True
        start = f"{self.name}-" if self.kind == "people" else f"{self.name}." if self.ticked else ""
        return bool(start) and name.startswith(start)


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule over several answers; its message is a text beside the process.

    ``holds(answers, directory, today)``; ``today`` is the date in Finland. Nothing is said while
    ``field``, or one of those that it looks at ``also``, is wrong by itself.
    """

    name: str
    field: str
    holds: Callable[[Answers, Directory, date], bool]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that are asked together: a step of a long form, a fieldset of a short one."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that opens a case in the state ``start``; whoever sends it has the role ``opener``.

    ``route`` is the usual way through the states, drawn as the line of hands; ``assigns`` the roles
    whose slots are filled at once, the opener's first. A ``public`` form is anybody's, and its case
    waits in ``start`` until the opener's mailbox is shown to be theirs; any other is opened by what
    is done to cases. ``shows_linked`` are roles that read those too, ``names_linked`` those that
    are told of them: what they are and where they stand. One that ``follows`` is opened by an act
    in a case of another process, by nobody in its own. ``fields`` are all fields in the order they
    are asked.
    """

    name: str
    opener: str
    sections: tuple[Section, ...]
    start: str
    route: tuple[str, ...]
    mails: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    assigns: tuple[str, ...] = ()
    public: bool = True
    shows_linked: tuple[str, ...] = ()
    names_linked: tuple[str, ...] = ()
    follows: bool = False
    fields: tuple[Field, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Put the sections' fields together once: every request asks for them."""
        together = tuple(chain.from_iterable(section.fields for section in self.sections))
        object.__setattr__(self, "fields", together)

    def own(self, typed: Mapping[str, str]) -> dict[str, str]:
        """What was typed into inputs of this form; other inputs are ignored."""
        fields = self.fields
        names, lists = {f.name for f in fields}, [f for f in fields if f.kind == "people" or f.many]
        return {
            name: value
            for name, value in typed.items()
            if name in names or any(f.owns(name) for f in lists)
        }
