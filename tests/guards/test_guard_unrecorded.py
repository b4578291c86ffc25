"""Of two forms of one page only the first is done: the second says that it was not, whatever was
chosen in it, gives back what was typed, and neither thanks nor shows a receipt."""

from collections.abc import Iterator
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel.case import Party
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import open_actions
from functions.kernel.fields import Field
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from tests.abuse.every import Place, places
from tests.guards.pages import page_faults
from tests.guards.test_guard_receipts import roads, typed_for

WORDS = page_text("en", "unrecorded.title").partition(":")[0]
OTHER = "Other words of the second form"


def second_forms(
    place: Place, action: Action, choices: tuple[Action, ...]
) -> Iterator[dict[str, str]]:
    """What somebody sends from another tab: each other choice of the page, and the same choice
    with other words."""
    for other in choices:
        if other != action:
            yield _reworded(place, other, typed_for(place, other))
    again = typed_for(place, action)
    reworded = _reworded(place, action, again)
    if reworded != again:
        yield reworded


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
            for n in range(2):
                for faults in _pairs(definition, at, role, n):
                    wrong += faults
                    sent += 1
    return wrong, sent


def _pairs(definition: Definition, at: Place, role: str, n: int) -> Iterator[list[str]]:
    """What is wrong with each pair of forms of a page: of a mailed link, or of a row of a desk."""
    for purpose in at.purposes(at.case.holders(role)[0]):
        links = roads(at, at.case.holders(role)[0], purpose)  # type: ignore[arg-type]
        if n >= len(links) or (n and purpose == "status"):
            continue
        choices = open_actions(definition, at.case, role, links[n][1])
        for action in choices:
            for number in range(len([*second_forms(at.anew(), action, choices)])):
                place = at.anew()
                who = place.case.holders(role)[0]
                second = [*second_forms(place, action, choices)][number]
                first = typed_for(place, action)
                path = roads(place, who, purpose)[n][0]  # type: ignore[arg-type]
                name = f"{role} {action.name}, then {second['action']} in {place.case.state}"
                yield [f"{name}: {fault}" for fault in _faults(place, path, first, second, who)]


def _faults(
    place: Place, path: str, first: dict[str, str], second: dict[str, str], who: Party
) -> Iterator[str]:
    client = party.create_app(place.world.services).test_client()
    assert client.get(path).status_code == 200
    if client.post(path, data=first).status_code not in (200, 303):
        yield "the first is not done"
        return
    stored = place.world.stored()
    got = client.post(path, data=second)
    text = unescape(got.text)
    if place.world.stored() != stored:
        if got.status_code != 303:
            yield "done, and not said so"
        return  # what can be done still, was
    if WORDS not in text:
        yield f"{got.status_code}: does not say that it was not recorded"
    if "k-receipt" in text or "Thank you" in text:
        yield "thanks for it"
    if OTHER in second.values() and OTHER not in text:
        yield "loses what was typed"
    yield from page_faults(got.text, "en")


@pytest.mark.parametrize("name", NAMES)
def test_second_form_of_a_page_says_that_it_was_not_recorded(name: str) -> None:
    wrong, sent = wrongly_told(current(name))
    assert wrong == []
    assert sent > 10
