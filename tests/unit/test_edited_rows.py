"""A case whose own row was edited in the store to something that reads well: it is nobody's truth.

It is read for a desk, a search, a table, a page, the index and a linked case in one place each,
and none of them tells what it says or lets in whom it names.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.entry.desk import app as desk
from functions.entry.indexer import app as indexer
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.render.mail.mail import reference
from functions.render.text.texts import page_text
from functions.services.access.people import known, person_key
from tests.fakes import World
from tests.unit.test_duties import Office
from tests.unit.test_edited_cases import record
from tests.workbooks import sheet_of

ROGUE = "rogue@example.org"


def forge(world: World, case_id: str, role: str) -> None:
    """Another name, another address and other words in a case's row."""
    folder = world.cases.folders[case_id]
    answers = {**folder.case.answers, "reason_and_goals": "Forged goals", "title": "Forged title"}
    people = [
        replace(p, name="Forged Name", email=ROGUE if p.role == role else p.email)
        for p in folder.case.parties
    ]
    folder.edit(parties=tuple(people), answers=answers)


def get(world: World, email: str, query: str) -> str:
    pages = desk.create_app(world.services).test_client()
    got = pages.get(f"/api/d/{world.desk(email)}{query}")
    assert got.status_code == 200
    return got.text


@pytest.fixture
def forged() -> tuple[World, str, str]:
    """Two cases that wait for their coordinator; the row of the first is edited."""
    world = World()
    case_id, other = (world.case_at("confirm", "endorse") for _ in range(2))
    world.index()
    forge(world, case_id, "manager")
    return world, case_id, other


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "query", ["?", "?list=todo&", "?find=1&q=aino&", "?find=1&state=supervision.coordinating&"]
)
def test_who_looks_after_it_sees_its_reference_and_the_warning(
    forged: tuple[World, str, str], query: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, other = forged
    shown = get(world, "anna@example.org", f"{query}lang={language}")
    assert reference(case_id) in shown
    assert reference(other) in shown
    assert shown.count(page_text(language, "broken.row_lead")) == 1
    assert "Forged" not in shown
    assert set(caplog.messages) == {f"history broken: {case_id}"}


@pytest.mark.parametrize("query", ["?find=1&q=forged", "/merge"])
def test_it_is_not_found_by_what_was_put_there_and_not_merged(
    forged: tuple[World, str, str], query: str
) -> None:
    world, case_id, _ = forged
    indexer.handle(world.services, {"Records": [record(case_id)]})
    shown = get(world, "anna@example.org", query)
    assert "Forged" not in shown
    assert reference(case_id) not in shown


@pytest.mark.parametrize("email", ["matti@example.org", "aino@example.net"])
def test_others_in_the_case_are_told_nothing_of_it_on_their_desks(
    forged: tuple[World, str, str], email: str
) -> None:
    world, case_id, other = forged
    shown = get(world, email, "?lang=en")
    assert (reference(case_id) in shown, reference(other) in shown) == (False, True)
    assert page_text("en", "broken.row_lead") not in shown


def test_whom_only_the_edited_row_names_gets_no_desk_and_no_page(
    forged: tuple[World, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = forged
    answer = indexer.handle(world.services, {"Records": [record(case_id)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": case_id}]}
    assert f"history broken: {case_id}" in caplog.messages  # within seconds
    assert known(world.services, person_key(world.services, ROGUE)) is None
    pages = party.create_app(world.services).test_client()
    case = world.case(case_id)
    for person in case.parties:
        got = pages.get(f"/api/t/{world.desk(person.email)}.{case_id}.{person.id}.{case.round}")
        assert got.status_code == 409
        assert "Forged" not in got.text
        assert "Aino" not in got.text
    got = pages.get(f"/api/t/{world.token(case_id, 'manager', 'status')}?lang=en")
    assert got.status_code == 409
    assert page_text("en", "errors.broken.title") in got.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_table_has_a_row_of_it_without_what_it_says(kind: str) -> None:
    office = Office()
    office.take(office.invoice, "invoice")
    office.index()
    folder = office.cases.folders[office.invoice]
    folder.edit(answers={**folder.case.answers, "organisation": "Forged Ltd"})
    table = f"{office.path('fiona')}/tables/quote/invoices/invoiced.{kind}?lang=en"
    told = office.client().get(table).get_data()
    text = told.decode() if kind == "csv" else "\n".join(sheet_of(told).texts(1))
    assert page_text("en", "broken.row") in text
    assert reference(office.invoice) in text
    assert "1001" not in text


def shown_beside(office: Office, case_id: str, role: str) -> str:
    client = party.create_app(office.services).test_client()
    return client.get(f"/api/t/{office.token(case_id, role, 'status')}?lang=en").text


def test_case_told_of_beside_another_is_told_of_by_its_reference() -> None:
    office = Office()
    state = office.case(office.order).state
    office.cases.folders[office.order].edit(state=state, language="sv")
    shown = shown_beside(office, office.invoice, "finance")
    assert reference(office.order) in shown
    assert page_text("en", "broken.row") in shown


@pytest.mark.parametrize("way", [lambda w: w.several, lambda w: w.records])
def test_what_is_read_together_leaves_it_out(
    forged: tuple[World, str, str], way: Callable[[object], Callable[[list[str]], object]]
) -> None:
    world, case_id, other = forged
    found = way(world.cases)([case_id, other])
    assert [*found] == [other]  # type: ignore[call-overload]
