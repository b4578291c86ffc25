"""Of two forms of one page only the first is done: the second says that it was not, whatever was
chosen in it, gives back what was typed, and neither thanks nor shows a receipt."""

from collections.abc import Iterator
from html import unescape
from itertools import product

import pytest

from functions.entry.party import app as party
from functions.kernel.definition import Action, Definition, Purpose
from functions.kernel.engine import open_actions
from functions.kernel.fields import Field
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from tests.abuse.every import Place, places
from tests.guards.pages import page_faults
from tests.guards.test_guard_receipts import roads, typed_for

WORDS = page_text("en", "unrecorded.title").partition(":")[0]
OTHER = "Other words of the second form"


def _reworded(place: Place, action: Action, typed: dict[str, str]) -> dict[str, str]:
    """The same form with another answer wherever there is one; whether it is right does not
    matter any more."""
    asked = place.definition.asked(action, place.case.form)
    others = {f.name: other for f in asked if (other := _other(place, f, typed.get(f.name, "")))}
    return {**typed, **others}


def _other(place: Place, field: Field, answer: str) -> str:
    if field.source:
        listed = (each.key for each in place.world.directory.listings(field.source))
        return next((key for key in listed if key != answer), "")
    if field.kind == "yesno":
        return "no" if answer == "yes" else "yes"
    if field.chosen or field.lines_of or field.code or field.kind not in ("text", "longtext"):
        return next((c for c in field.choices if c != answer), "")
    return OTHER


def wrongly_told(definition: Definition) -> tuple[list[str], int]:
    """Second forms that are answered as if they were done, or lose what was typed; and how many
    were sent."""
    wrong, sent = list[str](), 0
    for at in places(definition):
        for role in dict.fromkeys(p.role for p in at.case.parties if p.present):
            for first, second, purpose, number in _pairs(definition, at, role):
                name = f"{role} {first.name}, then {second.name} in {at.case.state}"
                faults = _faults(at.anew(), role, first, second, (purpose, number))
                wrong += [f"{name}: {fault}" for fault in faults]
                sent += 1
    return wrong, sent


def _pairs(
    definition: Definition, at: Place, role: str
) -> Iterator[tuple[Action, Action, Purpose, int]]:
    """What is chosen in one tab and then in another: by each mailed link, and by a row of a desk
    where it is their turn."""
    turn: tuple[Purpose, ...] = ("task",) if definition.turn(at.case) == role else ()
    desk = turn and not definition.unproven(at.case)
    for purpose, number in (*((p, 0) for p in (*turn, "status")), *(("task", 1),) * bool(desk)):
        open_here = open_actions(definition, at.case, role, purpose)
        for first, second in product(open_here, open_here):
            yield first, second, purpose, number


def _faults(
    place: Place, role: str, first: Action, second: Action, link: tuple[Purpose, int]
) -> Iterator[str]:
    client = party.create_app(place.world.services).test_client()
    two = _reworded(place, second, typed_for(place, second))
    if (one := typed_for(place, first)) == two:
        return
    path = roads(place, place.case.holders(role)[0], link[0])[link[1]][0]
    done = client.post(path, data=one)
    if done.status_code not in (200, 303):  # who erased a case is told at once
        yield "the first is not done"
    stored = place.world.stored()
    got = client.post(path, data=two)
    text = unescape(got.text)
    if place.world.stored() != stored:  # what can be done still, was
        yield from () if got.status_code == 303 else ("done, and not said so",)
        return
    if WORDS not in text:
        yield f"{got.status_code}: does not say that it was not recorded"
    if "k-receipt" in text or "Thank you" in text:
        yield "thanks for it"
    if OTHER in two.values() and OTHER not in text:
        yield "loses what was typed"
    yield from page_faults(got.text, "en")


@pytest.mark.parametrize("name", NAMES)
def test_second_form_of_a_page_says_that_it_was_not_recorded(name: str) -> None:
    wrong, sent = wrongly_told(current(name))
    assert wrong == []
    assert sent > 10
