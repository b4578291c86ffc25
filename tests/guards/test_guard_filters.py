"""What a desk can filter by is told apart: no two choices read alike, and none like a page."""

from collections import Counter

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.desk import desk_lists
from functions.kernel.duties import DUTIES, FINANCE, RIGHTS
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.render.desk.filters import selects
from functions.render.text.texts import maybe, process_text
from tests.fakes import World
from tests.paths import walks


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_choices_of_a_filter_read_alike(language: str) -> None:
    for select in selects(World().directory, language, {}, DUTIES):
        times = Counter(choice.label.casefold() for choice in select.choices)
        assert [label for label, often in times.items() if often > 1] == [], select.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_case_has_a_name_that_is_no_title_of_a_page(language: str) -> None:
    names = []
    for process in NAMES:
        for form in current(process).forms:
            name = maybe(process, language, f"forms.{form.name}.name")
            title = process_text(process, language, f"forms.{form.name}.title")
            assert name, (process, form.name)
            assert not form.public or name != title, (process, form.name)
            names.append(name)
    assert len(set(names)) == len(names)


def test_states_of_invoices_are_said_to_be_of_invoices() -> None:
    by_name = {s.name: s for s in selects(World().directory, "en", {}, DUTIES)}
    labels = {c.value: c.label for c in by_name["state"].choices}
    assert labels["quote.completed"] == "Completed"
    kinds = {c.value: c.label for c in by_name["form"].choices}
    assert (kinds["quote.request"], kinds["quote.invoice"]) == ("Quote", "Invoice")


@pytest.mark.parametrize("duty", RIGHTS["search"]["look"])
def test_states_and_forms_are_those_that_the_duty_leads_to(duty: str) -> None:
    """No more and no fewer than there are cases of in which somebody has a place by it."""
    states, forms = set[str](), set[str]()
    for process in NAMES:
        definition = current(process)
        own = {role.name for role in definition.roles if duty_of(role) == duty}
        for walk in walks(definition, World().directory):
            if own & {party.role for party in walk.case.parties}:
                states.add(f"{process}.{walk.case.state}")
                forms.add(f"{process}.{walk.case.form}")
    by_name = {s.name: s for s in selects(World().directory, "en", {}, {duty})}
    starts = {f"{n}.{f.start}" for n in NAMES for f in current(n).forms if f.public}
    assert {c.value for c in by_name["state"].choices} == states - starts
    assert {c.value for c in by_name["form"].choices} == forms if len(forms) > 1 else True


def test_finance_chooses_among_the_states_of_invoices() -> None:
    by_name = {s.name: s for s in selects(World().directory, "en", {}, {FINANCE})}
    assert "form" not in by_name
    assert 5 < len(by_name["state"].choices) < 9


BOTH = {"fi": ("tarjou", "lasku"), "sv": ("offert", "faktur"), "en": ("quote", "invoice")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_in_which_invoices_lie_are_named_after_them(language: str) -> None:
    quote = current("quote")
    invoice = quote.form("invoice")
    for role, group in desk_lists(quote):
        heading = process_text("quote", language, f"desk.{role}.{group}").casefold()
        words = BOTH[language] if role in invoice.assigns else BOTH[language][1:]
        if role in (*invoice.assigns, invoice.opener):
            assert all(word in heading for word in words), (role, group)
