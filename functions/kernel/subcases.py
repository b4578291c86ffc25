"""Subcases: small cases within a case, such as the sessions of a supervision. What a case keeps of
its own, and how their ids are made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

DOT = "."  # between the id of a case, the name of a subprocess and the number of a subcase
_PARTS = 3


def subcase_id(case_id: str, name: str, number: int) -> str:
    """The id of a subcase: that of its case, the name of its subprocess, its number."""
    return f"{case_id}{DOT}{name}{DOT}{number}"


def root_of(case_id: str) -> str:
    """The id of the case that a subcase is a part of; of any other case its own."""
    return case_id.partition(DOT)[0]


def name_and_number(case_id: str) -> tuple[str, int]:
    """The name of the subprocess and the number of a subcase; "" and 0 for any other case."""
    parts = case_id.split(DOT)
    is_one = len(parts) == _PARTS and parts[2].isascii() and parts[2].isdecimal()
    return (parts[1], int(parts[2])) if is_one else ("", 0)


def is_subcase(case_id: str) -> bool:
    """Whether this is the id of a subcase."""
    return root_of(case_id) != case_id


@dataclass(frozen=True, slots=True)
class OpenSubcase:
    """What a case keeps of a subcase that is open: its number, its state, and the day or time by
    which it is put in order (``Subprocess.dated``), "" without one."""

    number: int
    state: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Subcases:
    """What a case keeps of its subcases of one subprocess: how many were ``begun``, those that are
    ``open``, and how many are ``over`` in each final state."""

    begun: int = 0
    open: tuple[OpenSubcase, ...] = ()
    over: Mapping[str, int] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """How many are in this state."""
        return self.over.get(state, 0) + sum(each.state == state for each in self.open)

    def open_ids(self, case_id: str, name: str) -> Iterator[str]:
        """The ids of the open ones, what comes first by its day first."""
        for each in sorted(self.open, key=lambda each: (each.at or "~", each.number)):
            yield subcase_id(case_id, name, each.number)

    def all_ids(self, case_id: str, name: str) -> Iterator[str]:
        """The ids of all that were ever begun."""
        return (subcase_id(case_id, name, number) for number in range(1, self.begun + 1))

    def closed_numbers(self, before: int = 0) -> Iterator[int]:
        """The numbers of those that are over, newest first; of those ``before`` a number, if one
        is given."""
        still_open = {each.number for each in self.open}
        first = min(before - 1 if before else self.begun, self.begun)
        return (number for number in range(first, 0, -1) if number not in still_open)

    def moved(self, kept: OpenSubcase, source: str, *, is_over: bool) -> "Subcases":
        """The same after a subcase was begun (``source`` is ""), or has moved from a state."""
        others = tuple(each for each in self.open if each.number != kept.number)
        was_over = bool(source) and len(others) == len(self.open)
        over = dict(self.over)
        if was_over:
            over[source] -= 1
        if is_over:
            over[kept.state] = over.get(kept.state, 0) + 1
        left = {state: number for state, number in over.items() if number}
        still_open = others if is_over else (*others, kept)
        return Subcases(max(self.begun, kept.number), still_open, left)
