"""What is overdue comes first in a list and is marked; an address that is no page says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel import LANGUAGES
from functions.kernel.desk import placements
from functions.kernel.timers import is_late
from functions.processes import NAMES, current
from tests.fakes import World
from tests.guards.test_guard_routes import Site, site
from tests.orders import ACCEPTED, Quotes
from tests.paths import walks


@pytest.mark.parametrize("name", NAMES)
def test_overdue_lies_before_what_is_not_in_every_list(name: str) -> None:
    """Whenever it came there: a long time to answer does not let it pass a short one."""
    definition, seen = current(name), 0
    cases = [d.case for w in walks(definition, World().directory) for d in w.decisions]
    waiting = {c.state: c for c in cases if not definition.is_over(c.state)}
    for case in waiting.values():
        newer = replace(case, entered_at=case.entered_at + timedelta(days=40), turned_at=None)
        now = newer.entered_at + timedelta(days=1)
        if not is_late(definition, case, now) or is_late(definition, newer, now):
            continue
        seen += 1
        for old, new in zip(
            placements(definition, case), placements(definition, newer), strict=True
        ):
            if (
                old.sort_key.startswith("todo#")
                or "#on#" in old.sort_key
                or "#aside#" in old.sort_key
            ):
                assert old.sort_key < new.sort_key
    assert seen


def test_due_day_orders_what_came_at_one_moment() -> None:
    world = Quotes()
    first, second = world.request("confirm"), world.request("confirm")
    world.take(first, "quote", valid_until="2026-09-30")
    world.take(second, "quote", valid_until="2026-08-20")
    definition = current("quote")
    places = [
        next(
            s.sort_key
            for s in placements(definition, world.case(i))
            if s.sort_key.startswith("todo#")
        )
        for i in (first, second)
    ]
    assert places[0] > places[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("create", [public.create_app, party.create_app, desk.create_app])
def test_address_of_a_form_that_is_no_page_says_so(create, language: str) -> None:  # type: ignore[no-untyped-def]
    found: Site = site(create)
    rules = [r for r in found.rules() if r.methods]
    paged = {r.rule for r in rules if "GET" in r.methods}  # type: ignore[operator]
    sent = {
        "fi": "Mitään ei tallennettu eikä lähetetty",
        "sv": "Ingenting sparades",
        "en": "Nothing was saved or sent",
    }
    gone = {"fi": "Palaa selaimessa", "sv": "Gå tillbaka", "en": "Go back in your browser"}
    posted = [r for r in rules if r.rule not in paged]
    assert posted or create is public.create_app
    for rule in posted:
        got = found.app.test_client().get(f"{found.path(rule)}?lang={language}")
        assert got.status_code == 405
        assert sent[language] in got.text
        assert gone[language] in got.text


@pytest.mark.parametrize("create", [public.create_app, party.create_app, desk.create_app])
@pytest.mark.parametrize("odd", ["nonsense", "quote", "running", "%2e%2e", "0"])
def test_no_address_that_somebody_makes_up_is_taken_for_a_broken_case(create, odd: str) -> None:  # type: ignore[no-untyped-def]
    found: Site = site(create)
    asked = dict.fromkeys(
        ("state", "form", "process", "list", "done", "unit", "after", "find"), odd
    )
    for rule in (r for r in found.rules() if "GET" in (r.methods or ())):
        whole = found.path(rule)
        for name in {*rule.arguments} - {"token"}:
            known = {
                **found.case,
                "process": "quote",
                "name": "invoices",
                "state": "paid",
                "kind": "csv",
            }
            known |= {"form": "request", "source": "units", "key": "north", "token": found.token}
            if name == "kind":
                continue
            built = rule.build({**{a: known[a] for a in rule.arguments}, name: odd})
            assert built
            assert found.app.test_client().get(str(built[1])).status_code in (200, 303, 404)
        assert found.app.test_client().get(whole, query_string=asked).status_code != 409


def test_overdue_row_is_marked() -> None:
    office = Quotes()
    case_id = office.request(*ACCEPTED[:1])
    office.index()
    token = office.desk(office.case(case_id).holders("coordinator")[0].email)
    app = desk.create_app(office.services).test_client()
    assert "Overdue" not in app.get(f"/api/d/{token}?lang=en").text
    office.clock.forward(days=9)
    office.index()
    token = office.desk(office.case(case_id).holders("coordinator")[0].email)
    assert ">Overdue<" in app.get(f"/api/d/{token}?lang=en").text
