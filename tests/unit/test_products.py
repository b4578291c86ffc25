"""What the site leads to can be asked for, and a country is there at first."""

import re
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.processes import current
from functions.render.form.widgets import widgets
from functions.render.text.words import Words
from tests.fakes import World

SITE = Path(__file__).parents[2] / "site"
PAGES = {
    "fi": "fi/palvelut/johtaminen.md",
    "sv": "sv/tjanster/ledarskap.md",
    "en": "en/services/leadership.md",
}
OR = {"fi": " tai ", "sv": " eller ", "en": " or "}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_service_that_the_site_suggests_can_be_asked_for(language: str) -> None:
    words = Words(current("quote"), language, World().directory)
    field = current("quote").fields()["product"]
    names = {words.choice(field, value).casefold() for value in field.choices}
    told = re.findall("<dd>(.*?)</dd>", (SITE / PAGES[language]).read_text(encoding="utf-8"))
    suggested = {each.casefold() for line in told for each in line.split(OR[language])}
    assert suggested
    assert suggested <= names


@pytest.mark.parametrize("language", LANGUAGES)
def test_country_stands_there_at_first_and_is_never_undecided(language: str) -> None:
    quote = current("quote")
    words = Words(quote, language, World().directory, "request")
    field = quote.fields()["country"]
    for typed, chosen in ({}, "FI"), ({"country": "SE"}, "SE"):
        (found,) = widgets(words, [field], typed, ())
        assert [o.value for o in found.options if o.chosen] == [chosen]
        assert found.preset
    (open_one,) = widgets(words, [quote.fields()["mode"]], {}, ())
    assert not open_one.preset


def test_ids_of_names_to_choose_from_have_no_spaces_and_differ() -> None:
    quote = current("quote")
    words = Words(quote, "en", World().directory)
    names = "Aino Alku\nAinoAlku\nÅke Öberg-Å."
    (found,) = widgets(words, [quote.fields()["leaving"]], {}, (), {"participant_names": names})
    ids = [option.id for option in found.options]
    assert [option.label for option in found.options] == names.split("\n")
    assert len({*ids}) == 3
    assert [i for i in ids if i.split() != [i]] == []
    assert found.id == f"f-leaving-{ids[0]}"
