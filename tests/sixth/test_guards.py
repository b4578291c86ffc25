"""What every registered process is held to, this one is held to as well."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from functions import processes
from functions.kernel import LANGUAGES
from functions.kernel.capacity import Capacity
from functions.kernel.consequences import Computation, Spawn
from functions.kernel.definition import Action, CounterRule, Definition, Mail, Transition
from functions.kernel.documents import Document
from functions.kernel.fields import Field, FieldKind, Form
from functions.kernel.meetings import Meeting
from functions.kernel.roles import Role
from functions.kernel.states import State, Timer
from functions.kernel.subprocesses import Subprocess
from functions.kernel.tables import Table
from tests.guards import test_guard_filled as filled
from tests.guards import test_guard_mails as mails
from tests.guards import test_guard_registry as guards
from tests.guards import test_guard_visibility as desks

HERE = Path(__file__).parent
MOST_LINES = 230
OF_EACH = (
    guards.test_texts_none_missing,
    guards.test_texts_missing_one_is_found,
    guards.test_ways_onward_lead_to_forms,
    guards.test_matrix_says_what_pages_show,
)
IN_EACH_LANGUAGE = (
    guards.test_pages_of_every_role_and_state,
    guards.test_forms_of_every_step,
    guards.test_forms_ask_every_field,
    guards.test_every_problem_has_words,
    guards.test_diagram_and_matrix_are_drawn,
    guards.test_matrix_agrees_with_the_definition,
)
OF_MAILS = (mails.test_mail_is_whole, mails.test_mail_without_a_deadline_asks_for_none)


@pytest.mark.parametrize("guard", OF_EACH, ids=lambda g: g.__name__)
def test_guard(definition: Definition, guard) -> None:
    guard(definition)


@pytest.mark.parametrize("guard", IN_EACH_LANGUAGE, ids=lambda g: g.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_guard_in_each_language(definition: Definition, guard, language: str) -> None:
    guard(definition, language)


@pytest.mark.parametrize("guard", OF_MAILS, ids=lambda g: g.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_guard_of_mails(definition: Definition, guard, language: str) -> None:
    for mail in definition.all_mails:
        guard(definition.name, mail.name, language)
    mails.test_mail_tells_nothing_of_the_case(definition.name, language)


OF_WORDS = (guards.test_texts_none_missing, guards.test_texts_missing_one_is_found)


@pytest.mark.parametrize("guard", OF_WORDS, ids=lambda g: g.__name__)
def test_guard_of_subprocess(talk: Definition, guard) -> None:
    guard(talk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_guards_of_mails_and_words_of_subprocess(talk: Definition, language: str) -> None:
    for mail in talk.all_mails:
        for guard in OF_MAILS:
            guard(talk.name, mail.name, language)
    mails.test_mail_tells_nothing_of_the_case(talk.name, language)
    guards.test_every_problem_has_words(talk, language)


def test_guard_of_desks(definition: Definition) -> None:
    desks.test_no_page_of_a_desk_shows_what_the_matrix_denies(definition)


def test_export_is_whole(definition: Definition) -> None:
    guards.test_export_is_whole(definition.name)


def test_definition_and_journey_are_short() -> None:
    """Texts and mails do not count: they are as long as three languages are."""
    code = [*(HERE / "themeday").glob("*.py"), HERE / "test_themeday.py"]
    assert len(code) == 3
    assert sum(len(path.read_text("utf-8").splitlines()) for path in code) < MOST_LINES


PAGE = (HERE.parents[1] / "docs" / "adding-a-process.md").read_text("utf-8")
TOLD = (
    Action,
    Definition,
    Field,
    Form,
    Mail,
    Spawn,
    Document,
    Computation,
    Role,
    Capacity,
    Timer,
    State,
    Table,
    CounterRule,
    Subprocess,
    Transition,
    Meeting,
)


def test_page_shows_this_process() -> None:
    files = (HERE / "themeday" / "definition.py", HERE / "themeday" / "talk" / "definition.py")
    code = "\n".join(path.read_text("utf-8") for path in files)
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) > 6
    assert [block for block in shown if block not in code] == []


@pytest.mark.parametrize("kind", TOLD, ids=lambda k: k.__name__)
def test_page_tells_of_every_mechanism(kind: type) -> None:
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`|```.*?```", PAGE, re.DOTALL))))
    names = {f.name for f in fields(kind) if f.init}
    assert sorted(names - told) == []


def test_every_kind_of_field_is_filled_from_answers(definition: Definition) -> None:
    """Of the forms of all processes, this one's among them."""
    filled.test_public_form_filled_from_answers_sends_them_back(definition.name)
    kinds = {f.kind for name in processes.NAMES for f in processes.current(name).fields().values()}
    assert kinds == {*get_args(FieldKind)}
