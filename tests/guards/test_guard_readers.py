"""No label that speaks to the one who fills in stands over what another person reads."""

import re
from html import unescape

import pytest

from functions.kernel import LANGUAGES
from functions.processes import NAMES, current
from functions.render.case.people import written_by
from functions.render.text.words import Words
from infra.site.matrix import matrix
from tests.fakes import World, history_of
from tests.guards.test_guard_registry import Shown, shown

# Words of the first and the second person; in Finnish also the endings of whose something is.
SPOKEN = {
    "fi": r"sinä|sinun|sinu[alt]\w*|te|teidän|teille|teitä|teillä|minä|minun|minulla|minulle|minua|olen|olet|haluat\w*|voit\w*"
    r"|hyväksyn|lähetät|täytät|\w{3,}(?:(?<!k)si|nne|mme)",
    "sv": r"du|dig|din|ditt|dina|ni|er|ert|era|jag|mig|min|mitt|mina",
    "en": r"you|your|yours|yourself|i|my|me|we|our",
}
NOBODYS = {"uusi", "kuusi", "tilanne"}  # Finnish words that only end like that


def spoken(text: str, language: str) -> list[str]:
    """The words of a text that speak to somebody, or as somebody."""
    found = re.findall(rf"(?<![\w-])(?:{SPOKEN[language]})(?![\w-])", text.casefold())
    return [word for word in found if word not in NOBODYS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_labels_of_answers_speak_to_nobody(name: str, language: str) -> None:
    definition = current(name)
    wrong = []
    for form in ("", *(f.name for f in definition.forms)):
        words = Words(definition, language, World().directory, form)
        told = [words.label(f) for f in definition.fields().values()]
        told += [words.section(s.name) for f in definition.forms for s in f.sections]
        wrong += [f"{form}: {text}" for text in told if spoken(text, language)]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_labels_of_answers_ask_nothing(name: str, language: str) -> None:
    """“Who is dropping out?” is for whoever fills it in; over an answer stands what it is."""
    definition = current(name)
    told = set[str]()
    for form in ("", *(f.name for f in definition.forms)):
        words = Words(definition, language, World().directory, form)
        told |= {words.label(f) for f in definition.fields().values() if f.kind != "tick"}
        told |= {words.section(s.name) for f in definition.forms for s in f.sections}
        told |= {
            words.text(f"documents.{document.name}.{part.name}")
            for document in definition.documents
            for part in document.parts
        }
    assert told
    assert sorted(text for text in told if "?" in text) == []


# Numbers whose labels say what they count; all others have a unit.
COUNTED = {
    "participants", "sessions", "cancelled_participants", "days_left", "option_sessions", "quote_version",
    "number_of_sessions", "sessions_held",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_numbers_say_of_what(name: str, language: str) -> None:
    """“The fee's share of the price: 50” is a fault: 50 what?"""
    definition = current(name)
    words = Words(definition, language, World().directory)
    numbers = [f for f in definition.fields().values() if f.kind == "number"]
    bare = [f.name for f in numbers if words.value(f, 50) == "50"]
    assert [each for each in bare if each not in COUNTED] == []


def asked(page: Shown, language: str) -> tuple[str, ...]:
    """What was asked of the reader of a page themself, for the answers that they gave."""
    definition = current(page.walk.case.process)
    words = Words(definition, language, World().directory, page.walk.case.form)
    own = written_by(words, history_of(page.walk.case, page.walk.told()), page.party)
    return tuple(words.question(f) for n, f in definition.fields().items() if n in own)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_pages_speak_to_nobody_over_what_others_said(name: str, language: str) -> None:
    wrong, labels = set[str](), 0
    for page in shown(current(name), language, every=False):
        own = asked(page, language)
        for label in re.findall(r"<dt>(.*?)</dt>", page.html, re.S):
            text = unescape(re.sub("<[^>]+>", "", label))
            labels += 1
            if spoken(text, language) and not text.startswith(own):
                wrong.add(text)
    assert wrong == set()
    assert labels


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_matrix_speaks_to_nobody(name: str, language: str) -> None:
    rows = re.findall(r'<th scope="row">(.*?)</th>', matrix(current(name), language))
    assert [row for row in rows if spoken(unescape(row), language)] == []


def test_words_that_speak_to_somebody_are_found() -> None:
    assert spoken("Nimesi", "fi") == ["nimesi"]
    assert spoken("Mitä haluat kysyä?", "fi") == ["haluat"]
    assert spoken("Uusi vastaus", "fi") == []
    assert spoken("Mitä seuraavaksi tapahtuu", "fi") == []
    assert spoken("Ditt svar", "sv") == ["ditt"]
    assert spoken("What do you want to ask?", "en") == ["you"]
    assert spoken("Client's answer", "en") == []


def test_hints_of_one_form_are_not_those_of_another() -> None:
    """Who applies alone reads nothing of groups, nor the other way round."""
    definition = current("supervision")
    for language, group in (("fi", "ryhm"), ("sv", "grupp"), ("en", "group")):
        alone = Words(definition, language, World().directory, "individual")
        fields = [f for s in definition.form("individual").sections[2:] for f in s.fields]
        assert [f.name for f in fields if group in alone.hint(f).casefold()] == []
        several = Words(definition, language, World().directory, "group")
        named = [f for f in definition.form("group").fields if f.name.startswith("manager_")]
        told = [several.question(f) + several.hint(f) + several.label(f) for f in named]
        boss = {"fi": "esihenkil", "sv": "chef", "en": "line manager"}[language]
        assert [text for text in told if boss in text.casefold()] == []
        assert several.role("manager") != alone.role("manager")


@pytest.mark.parametrize("language", LANGUAGES)
def test_hints_name_nobody_whom_the_form_does_not_have(language: str) -> None:
    """Who endorses the application of one reads nothing of supervisees."""
    definition = current("supervision")
    own = definition.for_form("individual")
    alone = Words(definition, language, World().directory, "individual")
    acts = {t.action for t in own.transitions}
    able = (a for a in definition.actions if a.name in acts)
    asked = [f for a in able for f in definition.asked(a, "individual")]
    nobody = alone.mention("supervisee").casefold()
    assert [f.name for f in asked if nobody in alone.hint(f).casefold()] == []
