"""No document shows what the matrix denies, whoever opens it and wherever the case is."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.definition import ALWAYS, Definition
from functions.processes import NAMES, versions
from functions.render.document.content import DocumentView, document_view
from functions.render.text.words import Words
from tests.document_fixtures import papered
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY
from tests.guards.test_guard_visibility import denied
from tests.paths import walks

__all__ = ["papered"]
PEOPLE = MemoryDirectory(*DIRECTORY)
WITH_DOCUMENTS = [d for name in NAMES for d in versions(name) if d.documents]


def read(definition: Definition) -> "Iterator[Read]":
    """Every document that anybody can open on any walk, with what they may not see of the case."""
    for walk in walks(definition, PEOPLE):
        case = walk.case
        for document in definition.documents:
            for party in (p for p in case.parties if p.present and document.readable(case, p.role)):
                words = Words(definition, LANGUAGES[case.revision % len(LANGUAGES)], PEOPLE)
                view = document_view(words, case, document, party, case.entered_at)
                yield view, case, denied(definition, case, [party])


Read = tuple[DocumentView, Case, list[str]]


def leaks(views: Iterable[Read]) -> Iterator[str]:
    for view, case, canaries in views:
        told = repr(view)
        yield from (f"{view.name} in {case.state} shows {c}" for c in canaries if c in told)


@pytest.mark.parametrize("definition", WITH_DOCUMENTS, ids=lambda d: f"{d.name}-{d.version}")
def test_no_document_shows_what_the_matrix_denies(definition: Definition) -> None:
    views = list(read(definition))
    assert list(leaks(views)) == []
    assert {view.name for view, _, _ in views} == {p.name for p in definition.documents}


def hiding(definition: Definition) -> Definition:
    """With one document, of which a manager does not see why supervision is wanted."""
    visibility = {**definition.visibility, "reason_and_goals": {"applicant": ALWAYS}}
    return replace(definition, visibility=visibility, documents=definition.documents[:1])


def test_document_of_a_trial_shows_nothing_that_is_denied(papered: Definition) -> None:
    views = list(read(hiding(papered)))
    assert list(leaks(views)) == []
    assert any("canary-reason-and-goals" in repr(view) for view, _, _ in views)


def test_document_that_shows_too_much_is_found(
    papered: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "functions.render.document.content.visible", lambda d, case, role: case.answers
    )
    first = next(leaks(read(hiding(papered))))
    assert first == "quote in submitted shows canary-reason-and-goals-0"
