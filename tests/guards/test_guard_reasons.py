"""A mail about an act tells only those that they read its reasons who do."""

import re
from collections.abc import Iterator

import pytest

from functions.kernel.definition import Definition
from functions.kernel.visibility import sees
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text
from functions.render.text.words import Words
from tests.fakes import World

LANGUAGES = ("fi", "sv", "en")
YOU = re.compile(
    r"(?:näet|lue)[^.]*perustelu|(?:du ser|ser du|läs)[^.]*motivering|(?:you can see|read|to see)[^.]*reasons",
    re.IGNORECASE,
)
REASONS = re.compile(r"perustelu|motivering|reasons", re.IGNORECASE)


def told(definition: Definition) -> Iterator[tuple[str, str, str, bool]]:
    """Each mail of an act that asks for reasons, with a form and a role that it goes to there, and
    whether that role reads them then."""
    for row in definition.transitions:
        reasons = [f.name for f in definition.action(row.action).fields if f.transient]
        for form in definition.forms if reasons else ():
            if row.forms and form.name not in row.forms:
                continue
            for mail in map(definition.mail, row.mails):
                for role in (mail.to, *mail.also):
                    read = all(sees(definition, f, role, row.target) for f in reasons)
                    yield mail.name, form.name, role, read


def sentences(process: str, mail: str, language: str) -> list[str]:
    text = mail_text(process, mail, language)
    return re.split(r"(?<=[.:]) ", " ".join((text.ask, *text.body, text.silence)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_says_who_reads_the_reasons(name: str, language: str) -> None:
    definition, directory = current(name), World().directory
    wrong = set[str]()
    for mail, form, role, read in told(definition):
        words = Words(definition, language, directory, form)
        for sentence in filter(REASONS.search, sentences(name, mail, language)):
            if YOU.search(sentence) and not read:
                wrong.add(f"{mail} to {role} of {form}: {sentence}")
            others = {words.mention(r.name) for r in definition.roles}
            elsewhere = Words(definition, language, directory)
            strangers = {elsewhere.mention(r.name) for r in definition.roles} - others
            named = [n for n in strangers if re.search(rf"\b{n}\b", sentence, re.IGNORECASE)]
            wrong |= {f"{mail} to {role} of {form} names {n}: {sentence}" for n in named}
    assert sorted(wrong) == []
