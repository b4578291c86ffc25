"""What a row of a desk shows, its search finds; and the search says what it finds, by duty."""

import re
from html import unescape

import pytest

from functions.entry.desk import app as desk
from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.desk import asked_words, fits, placements
from functions.kernel.durations import OnDate
from functions.kernel.duties import FINANCE, TOPICS, UNITS
from functions.kernel.visibility import sees
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.render.desk.filters import sought
from tests.fakes import World
from tests.orders import DATED, Quotes
from tests.paths import walks

# What the English label names, and the answers by which each is found.
MEANT = {
    "unit": ("unit",),
    "organisation": ("organisation",),
    "payer": ("organisation",),
    "invoice number": ("invoice_number", "credit_number"),
    "payment reference": ("reference",),
}
EVERYBODY = ("Name", "title", "reference", "email")
EACH = pytest.mark.parametrize("definition", [current(name) for name in NAMES], ids=NAMES)


def found_for(definition: Definition, case: Case, role: str, text: str) -> bool:
    marks = [s.tags for s in placements(definition, case) if s.tags and s.party.role == role]
    return any(fits(each, (), asked_words(text)) for each in marks)


@pytest.mark.parametrize("email", ["anna@example.org", "sten@example.org"])
def test_every_reference_on_a_row_finds_that_row(email: str) -> None:
    world = Quotes()
    world.request(*DATED)
    world.until("2026-09-14")
    world.index()
    client = desk.create_app(world.services).test_client()

    def rows(query: str) -> list[str]:
        page = client.get(f"/api/d/{world.desk(email)}?lang=fi&{query}")
        return [
            " ".join(unescape(re.sub("<[^>]+>", " ", row)).split())
            for row in re.findall(r"<tr>\s*<td.*?</tr>", page.text, re.S)
        ]

    everything = rows("find=1")
    told = [(row, code) for row in everything for code in set(re.findall(r"K-\w{6}", row))]
    assert len(told) > len(everything), "no row names another case"
    for row, code in told:
        assert row in rows(f"find=1&q={code}"), code
        assert row in rows(f"find=1&q={code[2:].lower()}"), code


@pytest.mark.parametrize("duty", [UNITS, TOPICS, FINANCE])
def test_search_finds_for_a_duty_what_its_label_names(duty: str) -> None:
    parts = re.split(", | or ", sought("en", {duty}))
    assert tuple(parts[:4]) == EVERYBODY
    for part in parts[4:]:
        assert any(
            found_for(d, walk.case, role.name, str(walk.case.answers[field]))
            for d in map(current, NAMES)
            for role in d.roles
            if duty_of(role) == duty
            for walk in walks(d, World().directory)
            for field in MEANT[part]
            if field in walk.case.answers and sees(d, field, role.name, walk.case.state)
        ), f"{part} finds nothing for {duty}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_label_names_numbers_of_invoices_to_finance_alone(language: str) -> None:
    number = {"fi": "laskun numero", "sv": "fakturanummer", "en": "invoice number"}[language]
    assert number in sought(language, {FINANCE})
    assert number not in sought(language, {UNITS, TOPICS})
    both = re.split(", | (?:tai|eller|or) ", sought(language, {UNITS, TOPICS, FINANCE}))
    assert len(both) == len(set(both)) == len(EVERYBODY) + len(MEANT)


@EACH
def test_a_deadline_that_was_answered_is_told_to_those_who_may_see_the_answer(
    definition: Definition,
) -> None:
    """Pages, desks and mails of a case tell its deadline to everybody in it."""
    hidden = set[tuple[str, str, str]]()
    for walk in walks(definition, World().directory):
        state = definition.state(walk.case.state)
        if isinstance(state.deadline, OnDate):
            field = state.deadline.field
            roles = {p.role for p in walk.case.parties if p.present}
            hidden |= {
                (state.name, field, r) for r in roles if not sees(definition, field, r, state.name)
            }
    assert hidden == set()
