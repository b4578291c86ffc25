"""A case as one party sees it: what is hidden from them is in no corner of the page."""

import re
from dataclasses import replace
from html import unescape

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.kernel.summary import HistoryPart
from functions.processes import current
from functions.render.case.view import CaseView, case_view
from functions.render.text.words import Words
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, START, World, history_of
from tests.paths import Walk, opened, step

PEOPLE = MemoryDirectory(*DIRECTORY)
SUPERVISION = current("supervision")


def corrected() -> Walk:
    walk = opened(SUPERVISION, "individual", PEOPLE)
    for name in ("confirm", "return", "correct"):
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


def view(definition: Definition, role: str) -> CaseView:
    walk = corrected()
    told = history_of(walk.case, walk.told())
    reader = walk.case.holders(role)[0]
    words = Words(definition, "en", PEOPLE)
    return case_view(words, walk.case, told, reader, task=True, with_answers=True, now=START)


def hiding(field: str, role: str) -> Definition:
    """Supervision where a role does not see a field."""
    sight = {r: states for r, states in SUPERVISION.visibility[field].items() if r != role}
    return replace(SUPERVISION, visibility={**SUPERVISION.visibility, field: sight})


def test_view_shows_answers_and_what_a_correction_changed() -> None:
    found = repr(view(SUPERVISION, "manager"))
    assert "canary-reason-and-goals-0" in found  # as it was
    assert "canary-reason-and-goals-3" in found  # as it is


def test_view_hidden_field_is_in_no_corner() -> None:
    definition = hiding("reason_and_goals", "manager")
    assert "canary-reason-and-goals" not in repr(view(definition, "manager"))
    assert "canary-reason-and-goals-3" in repr(view(definition, "coordinator"))


def test_view_people_without_who_left() -> None:
    former = next(p for p in corrected().case.parties if p.role == "manager" and not p.present)
    found = repr(view(SUPERVISION, "applicant").sections)
    assert former.email not in found


def test_domains_are_shown_as_people_write_them() -> None:
    walk = corrected()
    parties = tuple(replace(p, email="etu@xn--hyv-sla.example") for p in walk.case.parties)
    answers = {**walk.case.answers, "applicant_email": "etu@xn--hyv-sla.example"}
    case = replace(walk.case, parties=parties, answers=answers)
    words = Words(SUPERVISION, "en", PEOPLE)
    reader = case.holders("coordinator")[0]
    shown = case_view(words, case, HistoryPart(), reader, task=True, with_answers=True, now=START)
    assert "etu@hyvä.example" in repr(shown.sections)
    assert "xn--" not in repr(shown.sections)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("role", "reason"), [("applicant", "return_reason"), ("coordinator", "return_reason")]
)
def test_application_stands_once_where_it_is_corrected(
    role: str, reason: str, language: str
) -> None:
    """In the form to whoever corrects it, with the reason before it; in a summary to others."""
    world = World()
    case_id = world.case_at("confirm", "return")
    purpose = "task" if role == "applicant" else "status"
    path = f"/api/t/{world.token(case_id, role, purpose)}?lang={language}"
    page = unescape(create_app(world.services).test_client().get(path).text)
    case = world.case(case_id)
    assert page.count(str(case.answers["reason_and_goals"])) == 1
    corrects = 'name="reason_and_goals"' in page
    assert corrects == (role == "applicant")
    words = Words(SUPERVISION, language, PEOPLE, "individual")
    fields = SUPERVISION.form("individual").fields
    again = [f for f in fields if f.name != role + "_email"]  # proven, so not corrected
    labels = {words.label(f, own=o) for f in again for o in (True, False)}
    rows = set(re.findall(r"<dt>([^<]*)</dt>", page))
    assert bool(labels & rows) == (not corrects)
    if corrects:
        assert str(case.answers[reason]) in page
