"""What a form of a page asks beside its fields: yes or no only where nothing has to be filled in."""

import pytest

from functions.kernel.errors import Problem
from functions.processes import NAMES, current
from functions.render.case.act_forms import InitialValues, act_forms, all_wrong
from functions.render.text.words import Words
from tests.fakes import World

ACTIONS = [
    (name, action.name)
    for name in NAMES
    for action in current(name).actions
    if action.pressed
    and not action.reopens_form
    and not action.start_with_last
    and not action.prefill
]
LANGUAGES = ("fi", "sv", "en")


def alone(process: str, name: str, language: str = "en", sent: bool = False):  # type: ignore[no-untyped-def]
    """The form of one action that stands alone on a page, untouched, and its words."""
    definition = current(process)
    words = Words(definition, language, World().directory, definition.forms[0].name)
    typed = {"_form": name} if sent else None
    problems = (Problem("action", "unchosen"),) if sent else ()
    filled = InitialValues(definition.forms[0].name, {}, {}, typed, problems, task=True)
    (form,) = act_forms(words, (definition.action(name),), filled)
    return form, words


@pytest.mark.parametrize(("process", "name"), ACTIONS)
def test_what_has_to_be_filled_in_is_the_choice(process: str, name: str) -> None:
    form, words = alone(process, name)
    required = [f for f in current(process).action(name).fields if f.required and not f.default]
    assert form.mode == ("fill" if required else "ask")
    if required:
        assert form.button == words.text(f"actions.{name}.button")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_names_the_question_that_was_not_answered(language: str) -> None:
    form, words = alone("supervision", "withdraw", language, sent=True)
    (wrong,) = all_wrong(words, [form], (Problem("action", "unchosen"),))
    assert wrong.message.startswith(words.text("actions.withdraw.question"))
    assert words.page("task.undecided") in wrong.message
