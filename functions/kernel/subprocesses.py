"""What a definition says of the small processes within it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from functions.kernel.fields import Answers
from functions.kernel.subcases import Subcases

NONE_BEGUN = Subcases()


@dataclass(frozen=True, slots=True)
class Subprocess:
    """A small process within a case: a definition of its own, in the folder ``name`` of that of the
    process, whose people are those of the case.

    Holders of ``begun_by`` begin one by a form of that definition while the case is in one of
    ``states``; holders of ``known_to`` know of them. Of ``limit`` in a case at most ``limit_open``
    are open at once. Open ones go on while the case is in ``states`` and ``lasts``. ``takes`` maps
    an action of the case to the one by link that open ones take then; ``reports`` maps an action
    there, or ``open``, to the one by link that the case takes then if it can. ``dated`` is the
    answer there with the day by which they are put in order. ``spreads`` maps a form that begins
    several at once to what makes the answers of each out of those of the form.
    """

    name: str
    known_to: tuple[str, ...]
    begun_by: tuple[str, ...]
    states: tuple[str, ...]
    lasts: tuple[str, ...] = ()
    limit: int = 100
    limit_open: int = 12
    takes: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)
    dated: str = ""
    spreads: Mapping[str, Callable[[Answers], Sequence[Answers]]] = field(
        default_factory=dict, compare=False
    )

    @property
    def goes_on_in(self) -> tuple[str, ...]:
        """The states of the case in which one of them can be open."""
        return (*dict.fromkeys((*self.states, *self.lasts)),)

    def remaining(self, kept: Subcases) -> int:
        """How many more can be begun now."""
        return max(0, min(self.limit - kept.begun, self.limit_open - len(kept.open)))

    def answers(self, form: str, answers: Answers) -> Sequence[Answers]:
        """The answers of each subcase that a form begins."""
        return self.spreads[form](answers) if form in self.spreads else (answers,)
