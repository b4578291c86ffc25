"""Who is asked for something hears when it lapses; a form that is corrected stands on one page."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text
from functions.render.text.words import Words
from tests.fakes import World

LONG = timedelta(days=28)  # of a shorter one the mail tells the day
REMINDED = {"converted"}  # told by a reminder of its own, the next one
STEPS = {"fi": r"edelli\w+ vaihee", "sv": r"föregående steg", "en": r"(?:previous|earlier) step"}


def lapsing(definition: Definition) -> Iterator[tuple[str, int]]:
    """Each mail by which somebody is asked for what lapses by itself, and after how many days."""
    for row in definition.transitions:
        state = definition.state(row.target)
        spans = [r.after for r in state.timers if r.action]
        days = [span.days for span in spans if isinstance(span, timedelta) and span >= LONG]
        for mail in map(definition.mail, row.mails):
            if mail.purpose == "task" and days and mail.name not in REMINDED:
                yield mail.name, days[0]


@pytest.mark.parametrize("name", NAMES)
def test_mail_that_asks_tells_when_it_lapses(name: str) -> None:
    wrong = set[str]()
    for mail, days in lapsing(current(name)):
        for language in LANGUAGES:
            text = mail_text(name, mail, language)
            weeks = {28: ("neljässä viikossa", "fyra veckor", "four weeks")}.get(days, ())
            told = (str(days), *weeks)
            if not any(t in text.silence.casefold() for t in told):
                wrong.add(f"{mail} ({language}): {days} days")
    assert sorted(wrong) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_form_that_is_corrected_speaks_of_no_steps(name: str, language: str) -> None:
    """It is filled in step by step, and corrected on one page."""
    definition, directory = current(name), World().directory
    wrong = set[str]()
    for action in (a for a in definition.actions if a.reopens_form):
        forms = {f for t in definition.transitions if t.action == action.name for f in t.forms}
        for form in sorted(forms):
            words = Words(definition, language, directory, form)
            for field in definition.asked(action, form):
                if re.search(STEPS[language], words.hint(field), re.IGNORECASE):
                    wrong.add(f"{form}: {field.name}")
    assert wrong == set()
