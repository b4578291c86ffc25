"""A reminder that comes again does not threaten with what has happened since it came first."""

import re

import pytest

from functions.kernel.definition import Definition
from functions.kernel.states import TURN, State
from functions.kernel.urgency import paces
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text

LANGUAGES = ("fi", "sv", "en")
TELLS = re.compile(
    r"\b(?:kerromme|meddelar vi|vi meddelar|(?:we )?will tell|will hear of it|saa tiedon|får veta det)\b",
    re.IGNORECASE,
)


def repeated(definition: Definition, state: State) -> set[str]:
    """The mails that are sent to the turn's holder both before and after somebody else is told."""
    told, before, again = False, set[str](), set[str]()
    for timer in state.timers:
        mail = definition.mail(timer.mail) if timer.mail else None
        others = mail and mail.to not in (*state.turn_roles, TURN)
        if timer.escalates or others:
            told = True
        elif mail and told and mail.name in before:
            again.add(mail.name)
        elif mail:
            before.add(mail.name)
    return again


@pytest.mark.parametrize("name", NAMES)
def test_reminder_after_somebody_was_told_does_not_say_that_they_will_be(name: str) -> None:
    definition = current(name)
    wrong = [
        f"{state.name}: {mail} ({language})"
        for state in paces(definition.states)
        for mail in sorted(repeated(definition, state))
        for language in LANGUAGES
        for urgent in [state not in definition.states]
        if TELLS.search(mail_text(name, mail, language, urgent=urgent).silence)
    ]
    assert wrong == []
