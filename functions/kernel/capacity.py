"""Capacity: cases that share a limited number of units, and the waitlist of those that do not
fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from functions.kernel.fields import Answers


@dataclass(frozen=True, slots=True)
class Waitlist:
    """The cases that occupy units and those that wait for some: how many units each takes, in order
    of arrival.

    ``revision`` counts writes, so that of two who take the last place one wins.
    """

    key: str
    occupying: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Capacity:
    """A limited number of units that cases occupy.

    Cases that answered the choice ``by`` alike share the number of places that ``limits`` has for
    that answer. A case takes as many as it answered in ``units_field``, or one. It holds them in
    the states ``occupying``; in the state ``waiting`` it waits, and is taken out of it by
    ``admits``, an action of a linked case, once it is the first and there is room.
    """

    by: str
    limits: Mapping[str, int]
    occupying: tuple[str, ...]
    waiting: str
    admits: str
    units_field: str = ""

    def counts(self, state: str) -> bool:
        """Whether a case in this state holds places or waits for them."""
        return state == self.waiting or state in self.occupying

    def enters(self, source: str, target: str) -> bool:
        """Whether a step between these states takes places."""
        return target in self.occupying and source not in self.occupying

    def units(self, answers: Answers) -> int:
        """How many places a case of these answers takes."""
        units = answers.get(self.units_field)
        return units if isinstance(units, int) else 1

    def fits(self, waitlist: Waitlist, case_id: str, answers: Answers) -> bool:
        """Whether a case may take its places now: nobody was there before it, and it has room."""
        first = next(iter(waitlist.waiting), case_id)
        left = self.limits.get(str(answers.get(self.by, "")), 0) - sum(waitlist.occupying.values())
        return first == case_id and self.units(answers) <= left

    def next_in(self, waitlist: Waitlist, choice: str) -> tuple[str, ...]:
        """The cases that wait for units of this ``choice`` and fit now, one after the other."""
        left = self.limits.get(choice, 0) - sum(waitlist.occupying.values())
        found: list[str] = []
        for case_id, units in waitlist.waiting.items():
            left -= units
            if left < 0:
                break
            found.append(case_id)
        return tuple(found)

    def moved(self, waitlist: Waitlist, case_id: str, state: str, units: int) -> Waitlist:
        """The waitlist after a case has come to ``state``; the order of the others does not
        change."""
        return replace(
            waitlist,
            occupying=_with(waitlist.occupying, case_id, units if state in self.occupying else 0),
            waiting=_with(waitlist.waiting, case_id, units if state == self.waiting else 0),
        )


def _with(occupied: Mapping[str, int], case_id: str, units: int) -> dict[str, int]:
    left = {**occupied, case_id: units}
    return {case: number for case, number in left.items() if number}
