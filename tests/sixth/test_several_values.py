"""A field with several values in a form of a process: asked, kept, shown, told what is wrong."""

import json
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from functions.adapters.rows import case_from_plain, case_to_plain
from functions.kernel.case import Event
from functions.kernel.definition import Definition
from functions.kernel.directory_lists import pattern
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.kernel.form_origin import DRAWN, done_before
from functions.kernel.parse import answer, complete
from functions.kernel.several_values import from_json, inputs, written
from functions.render.form.widgets import inputs_from, widgets
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from tests.fakes import World
from tests.paths import opened
from tests.planting import action
from tests.sixth import BEFORE
from tests.web_client import Visits

WISHES = Field("wishes", many=True, longest=20, highest=3)
SPOKEN = Field(
    "spoken", many=True, others=True, languages=True, choices=("fi", "sv"),
    code=pattern("language_code", "[a-z]{2,3}", "fi"),
)  # fmt: skip
TYPED = {
    "theme_day": "2026-11-18", "participants": "1", "name": "Aino", "unit": "north",
    "email": "aino@example.net", "language": "en", "privacy_read": "yes",
}  # fmt: skip


def ticks(*workshops: str) -> dict[str, str]:
    return {f"workshops.{each}": "yes" for each in workshops}


def review(typed: Mapping[str, str]) -> TestResponse:
    return Visits(BEFORE).site.post("/api/forms/themeday/enrol", data={**typed, "_lang": "en"})


def test_several_values_are_kept_and_shown() -> None:
    world = Visits(BEFORE)
    world.send("themeday/enrol", {**TYPED, **ticks("drawing", "listening")})
    world.press("aino@example.net", "confirm")
    shown = world.links.get(world.link("aino@example.net")).text
    assert world.case_of("aino@example.net").answers["workshops"] == ("listening", "drawing")
    assert "Listening, Drawing" in shown
    none = Visits(BEFORE)
    none.send("themeday/enrol", TYPED)
    none.press("aino@example.net", "confirm")
    assert "workshops" not in none.case_of("aino@example.net").answers


@pytest.mark.parametrize(
    ("chosen", "code", "limit"),
    [
        (("listening", "writing", "drawing"), "too_many_values", 2),
        (("writing", "cooking"), "unknown", 0),
    ],
)
def test_what_is_wrong_is_told_there_and_nothing_typed_is_lost(
    chosen: tuple[str, ...], code: str, limit: int
) -> None:
    got = review({**TYPED, **ticks(*chosen)})
    assert got.status_code == 422
    page = unescape(got.text)
    error = page[page.index('id="e-workshops"') :].partition("</p>")[0]
    assert page_text("en", f"problems.{code}", limit=limit) in error
    for each in chosen:
        box = page[page.index(f'name="workshops.{each}"') :].partition(">")[0]
        assert " checked" in box


def test_answers_are_the_same_after_json() -> None:
    world = Visits(BEFORE)
    world.send("themeday/enrol", {**TYPED, **ticks("writing")})
    world.press("aino@example.net", "confirm")
    case = world.case_of("aino@example.net")
    assert case_from_plain(json.loads(json.dumps(case_to_plain(case)))) == case
    rows = [{"name": "Aino", "email": "a@example.org"}]
    plain: dict[str, Any] = {"rows": rows, "none": [], "several": ["a", "b"], "one": "a"}
    assert from_json(plain) == {**plain, "several": ("a", "b")}
    assert from_json(None) is None
    assert from_json("edited in the store") == "edited in the store"


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (WISHES, {"wishes": "one\r\n\r\n two  2\n"}, ("one", "two 2")),
        (WISHES, {"wishes": " \n"}, Problem("wishes", "empty")),
        (WISHES, {"wishes": "a\nb\nc\nd"}, Problem("wishes", "too_many_values", 3)),
        (WISHES, {"wishes": "a\nb\na"}, Problem("wishes", "repeated")),
        (WISHES, {"wishes": "a\n" + "x" * 21}, Problem("wishes", "long", 20)),
        (SPOKEN, {"spoken.sv": "yes", "spoken._other": "et, ru"}, ("sv", "et", "ru")),
        (SPOKEN, {"spoken.sv": "yes", "spoken.fi": "yes"}, ("fi", "sv")),
        (SPOKEN, {"spoken._other": "Finnish"}, Problem("spoken", "language_code")),
        (SPOKEN, {"spoken.fi": ""}, Problem("spoken", "none_ticked")),
        (SPOKEN, {"spoken": "fi"}, Problem("spoken", "none_ticked")),
    ],
)
def test_several_values_are_read(
    field: Field, typed: Mapping[str, str], expected: tuple[str, ...] | Problem
) -> None:
    assert answer(field, written(field, typed)) == expected


@pytest.mark.parametrize("field", [WISHES, SPOKEN])
def test_what_was_answered_fills_the_form_again(field: Field) -> None:
    typed = inputs_from(field, ("sv", "et"))
    assert typed == inputs(field, ("sv", "et"))
    assert written(field, typed) == ("sv", "et")
    assert all(field.owns(name) for name in typed)
    assert not field.owns("spoken_before")
    renamed = inputs_from(field, ("sv", "et"), name="others")
    assert {name.replace("others", field.name) for name in renamed} == {*typed}


def test_lines_are_drawn_as_an_area_and_choices_as_boxes(definition: Definition) -> None:
    words = Words(definition, "en", World().directory, "enrol")
    workshops = definition.fields()["workshops"]
    (boxes,) = widgets(words, [workshops], ticks("writing"), ())
    assert (boxes.shape, boxes.as_text) == ("ticks", "Writing")
    assert words.value(workshops, ("writing", "drawing")) == "Writing, Drawing"
    lines = Field("accessibility_needs", many=True)
    (area,) = widgets(words, [lines], {"accessibility_needs": "one\ntwo"}, ())
    assert (area.shape, area.value, area.limit) == ("textarea", "one\ntwo", 0)


def test_the_same_form_is_known_by_all_that_is_ticked(definition: Definition) -> None:
    workshops = definition.fields()["workshops"]
    asking = action(definition, "accept", fields=(workshops,))
    case = opened(asking, "enrol", World().directory).case
    party = case.parties[0]
    accepted = Event(1, BEFORE, "accept", party.role, party.id, "offered", "placed")
    said = {"workshops": ("listening", "drawing")}
    for ticked, same in (
        (ticks("drawing", "listening"), True),
        (ticks("drawing"), False),
        (ticks("drawing", "listening", "writing"), False),
        ({}, False),
    ):
        typed = {"action": "accept", DRAWN: "0", **ticked}
        found = done_before(asking, case, [(accepted, said)], party, typed)
        assert (found is not None) is same


@pytest.mark.parametrize("wrong", ["writing", ["writing"], ("writing", 1), 7])
def test_the_engine_takes_texts_alone(wrong: Any) -> None:
    field = Field("workshops", "choice", many=True, choices=("writing",))
    assert complete([field], {"workshops": ("writing",)})
    assert not complete([field], {"workshops": wrong})
