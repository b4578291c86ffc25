"""Whatever process is registered: bad input, actions that are not one's own, forged marks, floods.

Real routes over stores in memory; ``test_bad_input`` and others do the same over sockets for one.
"""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from functions import lists
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.computation import PREVIEW_STAMP
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import open_actions, transition
from functions.kernel.fields import Form
from functions.kernel.people_field import PASTED
from functions.render.case.act_forms import NOT_NOW
from functions.services.case import apply
from tests.abuse.every import DEFINITIONS, Place, filled, good, places
from tests.abuse.test_bad_input import LANGUAGES, expect_mended, wrongs
from tests.fakes import World
from tests.faults.pages import Page

EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
FAR = ("2101-01-01", "1899-12-31", "9999-12-31", "0001-01-01")


@pytest.fixture(autouse=True)
def _forgiven() -> None:
    """No stack runs here whose counters could be forgotten."""


def page_of(client: FlaskClient, path: str, typed: dict[str, str]) -> Page:
    answer = client.post(path, data=typed)
    assert answer.status_code < 500, (path[:30], answer.status_code)
    return Page(answer.status_code, answer.get_data(as_text=True))


def key(world: World) -> str:
    made = apply.mint_key(world.services)
    world.clock.forward(seconds=5)
    return made


def forms(definition: Definition) -> Iterator[tuple[Form, World, FlaskClient, dict[str, str]]]:
    for form in (f for f in definition.forms if f.public):
        world = World()
        typed = good(form.fields, form.checks, world, {})
        yield form, world, public.create_app(world.services).test_client(), typed


@EACH
def test_each_field_of_each_form_when_wrong_is_told_beside_it(definition: Definition) -> None:
    tried = 0
    for form, world, client, typed in forms(definition):
        before, path = world.stored(), f"/api/forms/{definition.name}/{form.name}"
        for section in form.sections:
            for field in (f for f in section.fields if f.kind != "people"):
                far = FAR if field.kind == "date" else ()
                for n, wrong in enumerate((*wrongs(field), *far)):
                    known = {"_step": section.name, "_key": key(world), "_lang": LANGUAGES[n % 3]}
                    wrongly = {**typed, field.name: wrong}
                    page = page_of(client, path, {**known, **wrongly})
                    told = {k: v for k, v in wrongly.items() if v or k == field.name}
                    expect_mended(page, told, field.name, (field.name, wrong[:20]), definition)
                    tried += 1
        assert world.stored() == before
    assert tried > 20


@EACH
def test_a_form_is_taken_when_all_is_right_and_opens_one_case(definition: Definition) -> None:
    for form, world, client, typed in forms(definition):
        path, made = f"/api/forms/{definition.name}/{form.name}", key(world)
        for _ in range(2):
            page = page_of(client, path, {**typed, "_step": "review", "_key": made, "_lang": "fi"})
            assert (page.status, page.errors()) == (303, {})
        assert [f.case.form for f in world.cases.folders.values()] == [form.name]


@EACH
def test_a_form_that_was_taken_is_its_case_whatever_has_changed(definition: Definition) -> None:
    """All days that it names have passed, and all that it chose was retired from the directory."""
    dated = 0
    for form, world, client, typed in forms(definition):
        today = world.services.today().isoformat()
        typed |= {f.name: today for f in form.fields if f.kind == "date"}
        dated += today in typed.values()
        path, made = f"/api/forms/{definition.name}/{form.name}", key(world)
        sent = {**typed, "_step": "review", "_key": made, "_lang": "fi"}
        first = page_of(client, path, sent)
        assert (first.status, first.errors()) == (303, {})
        stored = world.stored()
        every = [e for each in lists.known() for e in world.directory.entries(each.name)]
        world.directory.entries = lambda _source: ()  # type: ignore[method-assign]
        world.directory.listings = lambda _source: ()  # type: ignore[method-assign]
        world.directory.named = lambda _source, _key: None  # type: ignore[method-assign]
        world.directory.knows_domain = lambda _email: False  # type: ignore[method-assign]
        world.clock.forward(days=2)
        again = page_of(client, path, sent)
        assert (bool(every), again.status) == (True, 303)
        assert world.stored() == stored
    assert dated or definition.name == "contact"


@EACH
def test_a_flood_of_a_form_sends_three_mails_and_is_told(definition: Definition) -> None:
    for form, world, client, typed in forms(definition):
        path, pages = f"/api/forms/{definition.name}/{form.name}", []
        for _ in range(40):
            sent = {**typed, "_step": "review", "_key": key(world), "_lang": "en"}
            pages.append(page_of(client, path, sent))
        assert [p.status for p in pages] == [303] * 3 + [429] * 37
        kept = pages[-1].form(id="send").sends()
        assert {k: v for k, v in typed.items() if v}.items() <= kept.items()
        mails = world.deliver_all()
        assert len(mails) == 3
        assert "canary" not in "".join(str(m["Subject"]) for m in mails)


def decisions(definition: Definition) -> Iterator[tuple[Place, Action, str, dict[str, str]]]:
    """Every action once, where it can be taken, with the link and what is typed."""
    seen = set()
    for found in places(definition):
        at = found
        for each in (p for p in at.case.parties if p.present):
            for purpose in at.purposes(each):
                for action in open_actions(definition, at.case, each.role, purpose):
                    if action.name in seen:
                        continue
                    seen.add(action.name)
                    at = at.anew()
                    typed = filled(at, action)
                    typed |= {"action": action.name, **at.stamps(action)}
                    yield at, action, at.link(each, purpose), typed


@EACH
def test_each_field_of_each_action_when_wrong_is_told_beside_it(definition: Definition) -> None:
    tried, acted = 0, set()
    for at, action, path, typed in decisions(definition):
        client = party.create_app(at.world.services).test_client()
        before = at.world.stored()
        for field in definition.asked(action, at.case.form):
            if field.kind == "people":
                continue
            far = FAR if field.kind == "date" else ()
            for n, wrong in enumerate((*wrongs(field), *far)):
                wrongly = {**typed, field.name: wrong}
                page = page_of(client, path, {**wrongly, "_lang": LANGUAGES[n % 3]})
                told = {k: v for k, v in wrongly.items() if v and k != "action"}
                expect_mended(page, told, field.name, (action.name, wrong[:20]), definition)
                assert page.form(field.name).sends()["action"] == action.name
                tried += 1
        assert page_of(client, path, {**typed, "action": "nothing"}).status == 422
        assert at.world.stored() == before
        assert page_of(client, path, typed).status in (200, 303), action.name
        assert at.world.stored() != before
        assert page_of(client, path, typed).status == 409, action.name
        acted.add(action.name)
    assert acted == {a.name for a in definition.actions if a.pressed}
    assert tried > 10


@EACH
def test_what_was_computed_and_told_can_be_neither_forged_nor_left_out(
    definition: Definition,
) -> None:
    tried = 0
    for at, action, path, typed in decisions(definition):
        name = PREVIEW_STAMP + action.name
        client = party.create_app(at.world.services).test_client()
        before, right = at.world.stored(), typed.get(name, "")
        without = {k: v for k, v in typed.items() if k != name}
        for forged in ("", "0" * 16, right.upper() + "x", right[:-1], "<b>", "9" * 60_000):
            if not right:
                continue
            page = page_of(client, path, {**without, name: forged})
            assert page.status == 422
            drawn = next(f for f in page.forms if name in f.names())
            assert drawn.sends()[name] == right  # told anew, to be decided on anew
            assert {
                k: v for k, v in without.items() if v and k != "action"
            }.items() <= drawn.sends().items()
            tried += 1
        if right:
            assert page_of(client, path, {**without, f"{name}x": right}).status == 422
            twice = client.post(path, data={**without, name: [right, right]})
            assert twice.status_code == 400
        assert at.world.stored() == before
    computed = [a for a in definition.actions if a.computes and a.computes.previewed]
    assert tried == 6 * len(computed)


@EACH
def test_no_link_does_what_is_not_its_own(definition: Definition) -> None:
    tried = 0
    for at in places(definition):
        client = party.create_app(at.world.services).test_client()
        for each in (p for p in at.case.parties if p.present):
            for purpose in at.purposes(each):
                able = {a.name for a in open_actions(definition, at.case, each.role, purpose)}
                path = at.link(each, purpose)
                page = Page(200, client.get(path).get_data(as_text=True))
                offered = {c.offered for f in page.forms for c in f.controls if c.name == "action"}
                assert {o for o in offered if not o.startswith(NOT_NOW)} == able, (
                    at.case.state,
                    each.role,
                    purpose,
                )
                before = at.world.stored()
                for action in definition.actions:
                    if action.name in able:
                        continue
                    if not (transition(definition, at.case, action.name) or tried % 6 == 0):
                        tried += 1
                        continue  # of those that nobody may do here, every sixth
                    answer = client.post(path, data={"action": action.name, PREVIEW_STAMP: "x"})
                    assert answer.status_code in (409, 422), (at.case.state, action.name)
                    tried += 1
                assert at.world.stored() == before
    assert tried > 30


@EACH
def test_pressing_every_button_of_untouched_forms_decides_nothing(definition: Definition) -> None:
    """At every place of the process, for every person in it, through each kind of link."""
    pressed = 0
    for at in places(definition):
        client = party.create_app(at.world.services).test_client()
        for each in (p for p in at.case.parties if p.present):
            for purpose in at.purposes(each):
                path = at.link(each, purpose)
                page = Page(200, client.get(path).get_data(as_text=True))
                before = at.world.stored()
                for form in (f for f in page.forms if "action" in f.names()):
                    ways = [c for c in form.controls if c.name == "action"]
                    assert not [c for c in ways if c.kind == "radio" and c.value]
                    for button in ({}, *({name: value} for name, value in form.buttons if name)):
                        answer = page_of(client, path, {**form.sends(), **button})
                        assert answer.status in (200, 422), (at.case.state, each.role)
                        pressed += 1
                assert at.world.stored() == before, (at.case.state, each.role, purpose)
    assert pressed > 4


@EACH
def test_an_action_alone_asks_whether_to_do_it_or_is_filled_in(definition: Definition) -> None:
    """Nobody ticks a box beside the button that says what it does; "not now" does nothing."""
    asked = set()
    for at in places(definition):
        client = party.create_app(at.world.services).test_client()
        for each in (p for p in at.case.parties if p.present):
            for purpose in at.purposes(each):
                path, before = at.link(each, purpose), at.world.stored()
                page = Page(200, client.get(path).get_data(as_text=True))
                for form in (f for f in page.forms if "action" in f.names()):
                    ways = [c for c in form.controls if c.name == "action"]
                    assert [c.kind for c in ways] in (["hidden"], ["radio"] * len(ways))
                    assert len(ways) > 1 or ways[0].kind == "hidden"
                    for way in (c.offered for c in ways if c.offered.startswith(NOT_NOW)):
                        asked.add(way)
                        boxes = {c.name for c in form.controls if c.kind in ("text", "textarea")}
                        typed = {**form.sends(), **{x: f"In {x.replace('-', ' ')}" for x in boxes}}
                        again = page_of(client, path, {**typed, "action": way, "_lang": "en"})
                        assert again.status == 200
                        assert "Nothing was sent or changed" in again.html
                        kept = next(f for f in again.forms if f.sends().get("action") == way)
                        sends = kept.sends()
                        for box in boxes:  # a line that was pasted is a row by now
                            row = f"{re.escape(box.removesuffix(PASTED))}[0-9]+-name"
                            there = row if box.endswith(f"-{PASTED}") else re.escape(box)
                            found = [v for k, v in sends.items() if re.fullmatch(there, k)]
                            assert typed[box] in found, box
                assert at.world.stored() == before
    assert asked
