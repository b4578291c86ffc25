"""No paper shows what the matrix denies, whoever opens it and wherever the case is."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.processes import NAMES, versions
from functions.render.paper import PaperView, paper_view
from functions.render.words import Words
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY
from tests.guards.test_guard_visibility import denied
from tests.papered import papered
from tests.walks import walks

__all__ = ["papered"]
PEOPLE = MemoryDirectory(*DIRECTORY)
WITH_PAPERS = [d for name in NAMES for d in versions(name) if d.papers]


def read(definition: Definition) -> "Iterator[Read]":
    """Every paper that anybody can open on any walk, with what they may not see of the case."""
    for walk in walks(definition, PEOPLE):
        case = walk.case
        for paper in definition.papers:
            for party in (p for p in case.parties if p.present and paper.readable(case, p.role)):
                words = Words(definition, LANGUAGES[case.revision % len(LANGUAGES)], PEOPLE)
                view = paper_view(words, case, paper, party, case.entered_at)
                yield view, case, denied(definition, case, [party])


Read = tuple[PaperView, Case, list[str]]


def leaks(views: Iterable[Read]) -> Iterator[str]:
    for view, case, canaries in views:
        told = repr(view)
        yield from (f"{view.name} in {case.state} shows {c}" for c in canaries if c in told)


@pytest.mark.parametrize("definition", WITH_PAPERS, ids=lambda d: f"{d.name}-{d.version}")
def test_no_paper_shows_what_the_matrix_denies(definition: Definition) -> None:
    views = list(read(definition))
    assert list(leaks(views)) == []
    assert {view.name for view, _, _ in views} == {p.name for p in definition.papers}


def hiding(definition: Definition) -> Definition:
    """With one paper, of which a manager does not see why supervision is wanted."""
    sights = {**definition.sights, "reason_and_goals": {"applicant": ()}}
    return replace(definition, sights=sights, papers=definition.papers[:1])


def test_paper_of_a_trial_shows_nothing_that_is_denied(papered: Definition) -> None:
    views = list(read(hiding(papered)))
    assert list(leaks(views)) == []
    assert any("canary-reason-and-goals" in repr(view) for view, _, _ in views)


def test_paper_that_shows_too_much_is_found(
    papered: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.render.paper.visible", lambda d, case, role: case.answers)
    first = next(leaks(read(hiding(papered))))
    assert first == "quote in submitted shows canary-reason-and-goals-0"
