"""What pages and mails need of a history without reading it: kept with its case, and no longer
however long the history gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.kernel.case import Event
from functions.kernel.definition import Definition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers
from functions.kernel.history import SealedEvent

EventWithAnswers = tuple[SealedEvent, Answers | None]  # None: what was said has been erased
AnsweredEvent = tuple[Event, tuple[str, ...]]  # an event with the names of what was answered in it


@dataclass(frozen=True, slots=True)
class EndedPick:
    """How and when the work of somebody who was picked for a role ended: the field by which they
    were picked, their key, the action."""

    field: str
    key: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """A history in short, oldest first.

    ``last`` has the last event of each kind: of an action by a party from a state to another.
    ``answered`` has the events in which an answer was given last, each with all that was answered
    in it; ``filled`` the numbers of the last two in which the form was. ``picked`` says by field
    who is picked now, ``ended`` how it ended with others.
    """

    last: tuple[Event, ...] = ()
    answered: tuple[AnsweredEvent, ...] = ()
    filled: tuple[int, ...] = ()
    picked: Mapping[str, str] = field(default_factory=dict)
    ended: tuple[EndedPick, ...] = ()

    def acted(self, party_id: str) -> bool:
        """Whether this party has done anything."""
        return any(event.party == party_id for event in self.last)

    def event(self, number: int) -> Event | None:
        """The event of this number, if it is among those kept."""
        found = (*self.last, *(event for event, _ in self.answered))
        return next((event for event in found if event.number == number), None)

    @property
    def moved(self) -> int:
        """The number of the last event that led from one state to another."""
        return max((e.number for e in self.last if e.source != e.target), default=0)


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """The entries of a history that were read, oldest first, with the summary of all of it.

    ``fillings`` are the last two in which the form was filled in; ``older`` is the number before
    which there are entries that were not read, 0 if there are none.
    """

    entries: Sequence[EventWithAnswers] = ()
    summary: HistorySummary = field(default_factory=HistorySummary)
    fillings: Sequence[EventWithAnswers] = ()
    older: int = 0


def extended(
    summary: HistorySummary, definition: Definition, event: Event, answers: Answers
) -> HistorySummary:
    """The summary of a history after one more event."""
    last = (*(e for e in summary.last if _kind(e) != _kind(event)), event)
    answered = summary.answered
    if answers:
        answered = (*answered, (event, tuple(answers)))
    fills = {OPEN, *(a.name for a in definition.actions if a.reopens_form)}
    filled = summary.filled
    if event.action in fills:
        filled = (*filled, event.number)[-2:]
    picked, ended = _picks(summary, definition, event, answers)
    return HistorySummary(last, tuple(_latest(answered)), filled, picked, ended)


def erased(event: Event) -> HistorySummary:
    """The summary of a history whose last event erased all that was said in it."""
    return HistorySummary((event,))


def _kind(event: Event) -> tuple[str, ...]:
    return event.action, event.role, event.party, event.source, event.target


def _latest(answered: Sequence[AnsweredEvent]) -> Iterator[AnsweredEvent]:
    """Those in which something was answered that no later one answers."""
    for number, (event, names) in enumerate(answered, 1):
        later = {name for _, others in answered[number:] for name in others}
        if not later.issuperset(names):
            yield event, names


def _picks(
    summary: HistorySummary, definition: Definition, event: Event, answers: Answers
) -> tuple[Mapping[str, str], tuple[EndedPick, ...]]:
    picked, ended = dict(summary.picked), summary.ended
    for role in definition.roles:
        ending = {(t.action, t.source) for t in definition.transitions if role.name in t.vacates}
        if not (role.key and ending):
            continue
        key = str(answers.get(role.key, picked.get(role.key, "")))
        picked[role.key] = key
        if key and (event.action, event.source) in ending:
            now = EndedPick(role.key, key, event.action, event.at)
            ended = (*(e for e in ended if (e.field, e.key) != (role.key, key)), now)
            picked[role.key] = ""
    return {name: key for name, key in picked.items() if key}, ended
