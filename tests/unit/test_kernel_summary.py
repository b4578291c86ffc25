"""The summary of a history says what reading all of it would, and does not grow with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.adapters.rows import summary_from_text, summary_to_text
from functions.kernel.case import Event
from functions.kernel.engine import OPEN
from functions.kernel.summary import HistorySummary, extended
from functions.processes import NAMES, current
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, START, history_of
from tests.paths import Walk, walks

PEOPLE = MemoryDirectory(*DIRECTORY)


def histories(name: str) -> list[Walk]:
    """Ways through a process, with and without their ends erased."""
    return list(walks(current(name), PEOPLE))


@pytest.mark.parametrize("name", NAMES)
def test_summary_is_as_the_history_says(name: str) -> None:
    definition, longest = current(name), 0
    corrects = {OPEN, *(a.name for a in definition.actions if a.reopens_form)}
    for walk in histories(name):
        told = [(e.sealed, e.answers) for e in walk.told()]
        longest = max(longest, len(told))
        summary = history_of(walk.case, walk.told()).summary
        events = [entry.event for entry, _ in told]
        assert summary.last[-1] == events[-1]
        assert [e.number for e in summary.last] == sorted(e.number for e in summary.last)
        for part in ("action", "party", "source", "target", "role"):  # the last of each
            want = {getattr(e, part): e for e in events}
            assert {getattr(e, part): e for e in summary.last} == want
        said = {n: entry.event for entry, answers in told for n in answers or ()}
        assert {n: event for event, names in summary.answered for n in names} == said
        whole = {entry.event.number: set(answers or ()) for entry, answers in told}
        assert all(set(names) == whole[event.number] for event, names in summary.answered)
        filled = [e.number for e in events if e.action in corrects][-2:]
        assert list(summary.filled) == filled
        moves = [e.number for e in events if e.source != e.target]
        assert summary.moved == max(moves)
        assert all(summary.acted(p.id) == any(e.party == p.id for e in events)
                   for p in walk.case.parties)  # fmt: skip
        assert summary_from_text(summary_to_text(summary)) == summary
    assert longest > 3


def test_who_was_picked_before_is_told_with_how_it_ended() -> None:
    """The last end of each one's work, and nobody's who was not picked."""
    definition, seen = current("supervision"), set[tuple[str, ...]]()
    for walk in histories("supervision"):
        wanted: dict[tuple[str, str], tuple[str, object]] = {}
        for role in definition.roles:
            rows = {(t.action, t.source) for t in definition.transitions if role.name in t.vacates}
            picked = ""
            for each in walk.told() if role.key and rows else ():
                event = each.sealed.event
                picked = str((each.answers or {}).get(role.key, picked))
                if picked and (event.action, event.source) in rows:
                    wanted[role.key, picked] = (event.action, event.at)
                    picked = ""
        summary = history_of(walk.case, walk.told()).summary
        found = {(e.field, e.key): (e.action, e.at) for e in summary.ended}
        assert found == wanted
        seen |= set(found)
    assert seen


def test_work_of_one_who_was_picked_ends_once() -> None:
    definition = current("supervision")
    role = next(r for r in definition.roles if r.key and any(r.name in t.vacates
                for t in definition.transitions))  # fmt: skip
    row = next(t for t in definition.transitions if role.name in t.vacates)
    event = Event(1, START, "pick", "coordinator", "p1", row.source, row.source)
    summary = extended(HistorySummary(), definition, event, {role.key: "sulo"})
    ends = replace(event, number=2, action=row.action, at=START + timedelta(days=1))
    summary = extended(summary, definition, ends, {})
    assert [(e.key, e.at) for e in summary.ended] == [("sulo", ends.at)]
    again = replace(ends, number=3, at=START + timedelta(days=2))
    assert extended(summary, definition, again, {}).ended == summary.ended
    assert summary.picked == {}


def test_summary_does_not_grow_with_what_is_done_again() -> None:
    walk = next(w for w in histories("supervision") if len(w.decisions) > 4)
    definition, decision = current("supervision"), walk.decisions[-1]
    summary, sizes = history_of(walk.case, walk.told()).summary, list[int]()
    for number in range(500):
        event = replace(decision.event, number=decision.event.number + number)
        summary = extended(summary, definition, event, decision.answers)
        sizes.append(len(summary_to_text(summary)))
    assert sizes[-1] - sizes[0] < 20  # numbers of more digits
    assert summary != HistorySummary()
