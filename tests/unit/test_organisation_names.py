"""Names that an organisation has in three languages are read in the reader's, whoever wrote them."""

from pathlib import Path

import pytest
import yaml

from functions.kernel import LANGUAGES
from functions.processes import current
from functions.render.text.organisation import organisation
from functions.render.text.words import Words
from tests.fakes import World


def read(text: str, language: str) -> str:
    words = Words(current("supervision"), language, World().directory, "individual")
    return words.value(words.definition.fields()["employer"], text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_employer_is_read_in_the_language_of_the_reader(language: str) -> None:
    """A Swedish reader of an application reads no Finnish name of the welfare area."""
    own = organisation()["employers"]["own"]
    assert {read(written, language) for written in own.values()} == {own[language]}
    assert read(f" {own['fi'].upper()}", language) == own[language]


def test_another_employer_stays_as_it_was_written() -> None:
    assert read("Toinen Esimerkki Oy", "sv") == "Toinen Esimerkki Oy"


def test_the_employers_of_the_demonstration_have_names_in_every_language() -> None:
    known = {name for names in organisation()["employers"].values() for name in names.values()}
    demo = yaml.safe_load(Path("infra/demo/directory.yaml").read_text(encoding="utf-8"))
    assert {unit["employer"] for unit in demo["units"]} <= known
