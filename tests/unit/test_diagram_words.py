"""A diagram in words: each line once, and a subject only where somebody acts."""

import re
from html import unescape

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.kernel.states import BY_ITSELF
from functions.processes import NAMES, current
from functions.render.text.texts import maybe
from infra.site.diagram import diagram
from infra.site.matrix import matrix


def lines(definition: Definition, language: str, form: str) -> dict[str, list[str]]:
    drawn = diagram(definition, language, form)
    inside = drawn[drawn.index("<details") :]
    states = re.findall(r"<li><strong>(.*?)</strong>.*?<ul>(.*?)</ul>", inside, re.S)
    plain = {name: re.findall("<li>(.*?)</li>", told, re.S) for name, told in states}
    return {n: [unescape(re.sub("<[^>]+>", "", x)) for x in told] for n, told in plain.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_line_stands_once_and_nothing_acts_that_is_nobody(name: str, language: str) -> None:
    definition = current(name)
    known = (maybe(name, language, f"roles.{role}") for role in BY_ITSELF)
    nobody = set(filter(None, known))
    for form in definition.forms:
        for state, told in lines(definition, language, form.name).items():
            assert len(told) == len(set(told)), state
            assert not [x for x in told if x.startswith(tuple(f"{n} " for n in nobody))]
    heads = re.findall('scope="rowgroup"[^>]*>(.*?)<', matrix(definition, language))
    assert not [x for x in heads if unescape(x).startswith(tuple(f"{n} " for n in nobody))]
