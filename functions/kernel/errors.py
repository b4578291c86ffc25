"""Every refusal the product knows, each with a code that names its public message.

The messages live in ``render/texts/<language>.toml`` under ``errors.<code>``; the HTTP
status stands here so that it is decided once.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: ``field`` (or "" for the whole form), a message code, its numbers.

    ``values`` is what the message quotes; ``line`` the line of a file, from 1. The code ``file`` is
    of how a file is written: operators alone see it, in English, which is its value ``message``.
    """

    field: str
    code: str
    limit: int | float | None = None
    values: Mapping[str, str | int] = dataclasses.field(default_factory=dict, compare=False)
    line: int = 0


class KapulaError(Exception):
    """Base of all refusals. ``code`` names the public message, ``status`` the HTTP answer."""

    code = "error"
    status = 400

    @property
    def problem(self) -> Problem:
        """This refusal as a line above the form it refused, which is shown again."""
        return Problem("", self.code)


class Refused(KapulaError):
    """Not permitted; says no more than that, so that nobody learns what exists."""

    code = "refused"
    status = 404


class DeskOver(KapulaError):
    """A desk's link that shows no desk now: its page says why, in its person's language.

    ``standing``: ``unopened``, ``old``, ``newer`` (a later link was opened) or ``closed``;
    ``done``: the form that was sent had been done before.
    """

    code = "desk_over"
    status = 410

    def __init__(self, language: str, standing: str, email: str, *, done: bool = False) -> None:
        super().__init__(self.code)
        self.done = done
        self.language, self.standing, self.email = language, standing, email


class Conflict(KapulaError):
    """Somebody else changed the case first: the case has moved since it was read."""

    code = "conflict"
    status = 409


class Done(Conflict):
    """The same form was sent before: what was done then is its history's ``number``."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class SinceErased(Conflict):
    """The same form was sent before, and the case that it opened has been erased: nothing is
    written, and nobody is mailed."""

    code = "since_erased"


class HandedOn(Conflict):
    """The place by which somebody acts is another's by now; ``names`` are those who have it."""

    code = "handed_on"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(*names)
        self.names = names


class DutyLost(KapulaError):
    """A page is for a duty that somebody of the directory had when they opened it, and has not."""

    code = "duty_lost"
    status = 403


class Broken(KapulaError):
    """The history of the case is not as it was written: nothing more is written to it. ``values``
    are what its texts quote."""

    code = "broken"
    status = 409
    values: Mapping[str, str] = MappingProxyType({})


class Unknown(Broken, KeyError):
    """Something of this name is in no definition; a case that names it was edited in the store, or
    saved by a newer release."""


class Newer(Broken):
    """Saved by a newer release of the service, named if that is known, in a way that this one does
    not understand: it is not shown and never written to, and nothing is wrong with it."""

    code = "newer"

    def __init__(self, release: str = "") -> None:
        super().__init__(release)
        self.values = {"named": f" ({release})" if release else ""}


class Taken(KapulaError):
    """A value that must be unique belongs to another answer already. ``field`` said it."""

    code = "taken"
    status = 422

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Unreadable(KapulaError):
    """The request is not a form we can read (encoding, repeated or too many fields)."""

    code = "unreadable"


class TooLarge(KapulaError):
    """The request is larger than any of our forms."""

    code = "too_large"
    status = 413


class TooMany(KapulaError):
    """A limit on mails to one address was reached."""

    code = "too_many"
    status = 429


class TooManyFromSource(TooMany):
    """One address of the net sends more forms than anybody at a desk would."""

    code = "too_many_from_source"


class Unavailable(KapulaError):
    """A service we depend on did not answer. The same request may be sent again."""

    code = "unavailable"
    status = 503


class Unprintable(KapulaError):
    """A document cannot be made into a PDF; its page can be read all the same."""

    code = "unprintable"
    status = 422


class WrongDefinition(Exception):
    """A process definition contradicts itself. Raised when a definition is
    first loaded from a checkout, or when packages are made."""


class Invalid(KapulaError):
    """What was typed cannot be taken as it is. ``problems`` in the order of the fields."""

    code = "invalid"
    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems
