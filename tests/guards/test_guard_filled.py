"""A form that starts from answers given earlier holds them all, and sends them back as they were."""

import pytest

from functions.kernel.definition import Action, Definition
from functions.kernel.fields import Answers, Value
from functions.kernel.parse import read
from functions.processes import NAMES, current
from functions.render.form.widgets import inputs_from
from functions.render.page.pages import Filling, step_page
from tests.fakes import World
from tests.faults.pages import Form, Page
from tests.guards.test_guard_registry import Shown, shown
from tests.paths import answer

STARTED = {"supervision", "quote"}  # processes in which a form starts from the case's answers
SIBLINGS = {"accept_organisation"}  # drawn for another choice in the form, as accept_person is


def starting(definition: Definition, page: Shown) -> list[tuple[Action, Form]]:
    """The forms of a page that start from what was answered, each with its action."""
    drawn = Page(200, page.html).forms
    actions = [a for a in definition.actions if a.reopens_form or a.start_with_last]
    return [
        (action, form)
        for action in actions
        for form in drawn
        if any((c.name, c.offered) == ("action", action.name) for c in form.controls)
    ]


def sent_back(
    definition: Definition, action: Action, page: Shown, form: Form
) -> tuple[Answers, Answers]:
    """What a form asks and the case knows, and what is read of the form that nobody touched."""
    world, case = World(), page.walk.case
    asked = [f for f in definition.asked(action, case.form) if f.name in case.answers]
    said = read(asked, (), form.sends(), world.directory, world.services.today(), case.answers)
    return {f.name: case.answers[f.name] for f in asked}, said


def without_cases(value: Value) -> Value:
    """People as a form knows them."""
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in row.items() if k not in ("case", "unit")} for row in value]


@pytest.mark.parametrize("name", NAMES)
def test_form_that_starts_from_answers_sends_them_back(name: str) -> None:
    definition, seen = current(name), set()
    for page in shown(definition, "en", every=True):
        for action, form in starting(definition, page):
            known, said = sent_back(definition, action, page, form)
            wanted = {n: without_cases(v) for n, v in known.items()}
            assert said == wanted, (action.name, page.walk.taken)
            seen |= {(action.name, f) for f in known}
    starts = {a.name for a in definition.actions if a.reopens_form or a.start_with_last}
    assert starts - {action for action, _ in seen} <= SIBLINGS
    assert starts or name not in STARTED


@pytest.mark.parametrize("name", NAMES)
def test_public_form_filled_from_answers_sends_them_back(name: str) -> None:
    """As where a message, or another process, leads on into the form."""
    definition, world = current(name), World()
    for form in definition.forms:
        if not form.public:
            continue
        known = {f.name: answer(f, world.directory, "0") for f in form.fields}
        typed = {k: v for f in form.fields for k, v in inputs_from(f, known[f.name], "fi").items()}

        filling = Filling(definition, form, "en", typed, world.directory)
        for section in form.sections:
            page = Page(200, step_page(filling, section)).form("_step")
            said = read(
                section.fields, (), page.sends(), world.directory, world.services.today(), known
            )
            wanted = {f.name: without_cases(known[f.name]) for f in section.fields}
            assert said == wanted, (form.name, section.name)
