"""A mail about an act does not say “if it had been” of what the case knows: each way that the case
can have gone has a mail of its own."""

import re

import pytest

from functions.kernel import LANGUAGES
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text

BEFORE = {
    "fi": r"\bjos\b[^.:]*\b(?:oli|olit|ollut|olivat)\b",
    "sv": r"\bom\b[^.:]*\bhade\b(?! velat)|\bom\b[^.:]*\bredan (?:var|är)\b",
    "en": r"\bif\b[^.:]*\bhad\b(?! a\b)",
}
# What only the reader knows, or a linked case.
READERS = {
    "contact": {"withdrawn"},
    "quote": {"cancelled_started", "completed", "called_off_started", "cancelled_held"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_mails_of_acts_know_what_has_been(name: str, language: str) -> None:
    definition, wrong = current(name), set[str]()
    sent = {mail for row in definition.transitions for mail in row.mails}
    for mail in sorted(sent - READERS.get(name, set())):
        text = mail_text(name, mail, language)
        for part in (text.ask, *text.body, text.silence):
            if re.search(BEFORE[language], part, re.IGNORECASE):
                wrong.add(f"{mail}: {part}")
    assert sorted(wrong) == []
