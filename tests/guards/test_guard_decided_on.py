"""Whoever decides sees what their decision is held against."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.kernel.definition import Definition
from functions.kernel.durations import day_of
from functions.kernel.fields import Answers
from functions.kernel.states import BY_ITSELF
from functions.kernel.visibility import sees
from functions.processes import NAMES, current
from tests.fakes import START, World
from tests.paths import said, walks

# What is told in another answer: the treatment of VAT by its rate.
TOLD_BY = {"vat": "vat_percent"}


class Looked(dict[str, Any]):
    """Answers that remember which of them were looked at."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self.at: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.at.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.at.add(key)
        return super().get(key, default)


def unseen(definition: Definition) -> set[tuple[str, str, str]]:
    """The actions with a check that looks at what their actor does not see where they act: each
    with the answer and the state."""
    directory, found = World().directory, set()
    for walk in walks(definition, directory):
        case = walk.case
        here = {t.action for t in definition.transitions if t.source == case.state}
        for action in definition.actions:
            if action.name not in here or action.role in BY_ITSELF:
                continue
            asked = {f.name: f for f in definition.asked(action, case.form)}
            filled = {**case.answers, **said(definition, case, action.name, directory)}
            for told in varied(filled, asked):
                looked = Looked(told)
                for check in action.checks:
                    check.holds(looked, directory, day_of(START))
                found |= {
                    (action.name, name, case.state)
                    for name in looked.at - asked.keys() & definition.fields().keys()
                    if not any(
                        sees(definition, each, action.role, case.state)
                        for each in (name, TOLD_BY.get(name, name))
                    )
                }
    return found


def varied(filled: Answers, asked: Mapping[str, Any]) -> Iterator[Answers]:
    """The answers with every choice of each question of an action, of the case's country too."""
    yield filled
    abroad = {"payer_type": "organisation", "country": "US"}
    for field in asked.values():
        for choice in field.choices:
            yield {**filled, field.name: choice}
            yield {**filled, **abroad, field.name: choice}


@pytest.mark.parametrize("name", NAMES)
def test_who_decides_sees_what_the_decision_is_held_against(name: str) -> None:
    assert unseen(current(name)) == set()


def test_what_is_hidden_from_who_decides_is_found() -> None:
    quote = current("quote")
    hidden = {**quote.visibility, "country": {"contact": (), "finance": ()}}
    found = unseen(replace(quote, visibility=hidden))
    assert ("quote", "country", "in_review") in found
