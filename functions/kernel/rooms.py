"""Room for so many: cases that share a number of places, and the queue of those who wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from functions.kernel.fields import Answers


@dataclass(frozen=True, slots=True)
class Queue:
    """Who holds places and who waits for them: how many each case takes, in order of arrival.

    ``revision`` counts writes, so that of two who take the last place one wins.
    """

    key: str
    seated: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """Places of which there are only so many.

    Cases that answered the choice ``by`` alike share the number of places that ``most`` has for
    that answer. A case takes as many as it answered in ``size``, or one. It holds them in the
    states ``seated``; in the state ``waiting`` it waits, and is taken out of it by ``calls``, an
    action of a linked case, once it is the first and there is room.
    """

    by: str
    most: Mapping[str, int]
    seated: tuple[str, ...]
    waiting: str
    calls: str
    size: str = ""

    def counts(self, state: str) -> bool:
        """Whether a case in this state holds places or waits for them."""
        return state == self.waiting or state in self.seated

    def enters(self, source: str, target: str) -> bool:
        """Whether a step between these states takes places."""
        return target in self.seated and source not in self.seated

    def takes(self, answers: Answers) -> int:
        """How many places a case of these answers takes."""
        told = answers.get(self.size)
        return told if isinstance(told, int) else 1

    def fits(self, queue: Queue, case_id: str, answers: Answers) -> bool:
        """Whether a case may take its places now: nobody was there before it, and it has room."""
        first = next(iter(queue.waiting), case_id)
        left = self.most.get(str(answers.get(self.by, "")), 0) - sum(queue.seated.values())
        return first == case_id and self.takes(answers) <= left

    def moved(self, queue: Queue, case_id: str, state: str, places: int) -> Queue:
        """The queue once a case is in ``state``; who waits on keeps their turn."""
        return replace(
            queue,
            seated=_with(queue.seated, case_id, places if state in self.seated else 0),
            waiting=_with(queue.waiting, case_id, places if state == self.waiting else 0),
        )


def _with(held: Mapping[str, int], case_id: str, places: int) -> dict[str, int]:
    left = {**held, case_id: places}
    return {case: number for case, number in left.items() if number}
