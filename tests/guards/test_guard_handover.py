"""The pages of a case's people are those of every process: there it is a case."""

import re
import tomllib
from pathlib import Path

import pytest

TEXTS = Path("functions/render/texts")
OWN = {"fi": r"hakemu|tarjou|lasku", "sv": r"ansök|offert|faktur", "en": r"applica|quote|invoice"}


@pytest.mark.parametrize("language", OWN)
def test_people_page_names_no_kind_of_case(language: str) -> None:
    texts = tomllib.loads((TEXTS / f"merging.{language}.toml").read_text(encoding="utf-8"))
    found = {key: text for key, text in texts["handover"].items() if isinstance(text, str)}
    assert {key for key, text in found.items() if re.search(OWN[language], text.lower())} == set()
