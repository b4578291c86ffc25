"""Whatever has changed since a form was sent, the same form sent again is told of as done: the
directory may have lost all that it chose, and days and months may have passed."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel.case import Party
from functions.kernel.definition import Action, Definition, Purpose
from functions.kernel.directory import DirectoryFile
from functions.kernel.engine import open_actions
from functions.processes import NAMES, current
from functions.render.text.texts import page_text, process_text
from functions.services.case.timers import run_due_timer
from tests.abuse.every import Place, places
from tests.guards.test_guard_receipts import roads, typed_for

NOT_RECORDED = page_text("en", "unrecorded.lead")


def retire(place: Place, kept: str = "") -> None:
    """Every entry of the directory is retired but that of whoever sends the form."""
    entries = [
        e
        for s in ("units", "supervisors", "coordinators", "domains")
        for e in place.world.directory.entries(s)
    ]
    left = [
        replace(e, retired=True, facts={**e.facts, "employer": "Another"})
        for e in entries
        if e.key != kept
    ]
    place.world.directory.save(DirectoryFile(tuple(left)))


def changes(place: Place, who: Party) -> Iterator[str]:
    """What happens one after the other, each by its name."""
    retire(place, who.ref)
    yield "the directory was emptied"
    place.world.clock.forward(days=1)
    yield "a day passed"
    place.world.clock.forward(days=31)
    yield "a month passed"
    while run_due_timer(place.world.services, place.case.id):
        pass
    yield "what was due was done"


def told_again(definition: Definition) -> tuple[list[str], set[str]]:
    """Forms that were done and are told of otherwise when they are sent again; the acts tried."""
    wrong, tried = list[str](), set[str]()
    for at in places(definition):
        for role in dict.fromkeys(p.role for p in at.case.parties if p.present):
            for purpose in ("task", "status"):
                for action in open_actions(definition, at.case, role, purpose):
                    for sparse in (False, True):
                        wrong += _faults(at.anew(), role, purpose, action, sparse)
                    tried.add(action.name)
    return wrong, tried


def _faults(place: Place, role: str, purpose: Purpose, action: Action, sparse: bool) -> list[str]:
    who = place.case.holders(role)[0]
    typed = typed_for(place, action)
    if sparse:  # what need not be said is left empty, and may be filled or worked out
        asked = place.definition.asked(action, place.case.form)
        named = {f.name for f in asked if f.default or not f.required} & {*typed}
        if not named:
            return []
        typed = {n: v for n, v in typed.items() if n not in named}
    path, _ = roads(place, who, purpose)[0]
    client = party.create_app(place.world.services).test_client()
    first = client.post(path, data=typed)
    if sparse and first.status_code == 422:
        return []  # one of what is left empty is asked for by a rule
    name = f"{role} {action.name} in {place.case.state} {'sparse' if sparse else ''}"
    found = [] if first.status_code in (200, 303) else [f"{name}: {first.status_code}"]
    done = process_text(place.definition.name, "en", f"actions.{action.name}.done")
    for change in changes(place, who):
        stored, erased = place.world.stored(), not place.case.parties
        again = client.post(path, data=typed)
        text = unescape(again.text)
        told = erased or (again.status_code == 409 and done in text)
        if not told or NOT_RECORDED in text:
            found.append(f"{name}, {change}: {again.status_code} {done in text}")
        if place.world.stored() != stored:
            found.append(f"{name}, {change}: done twice")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_form_that_was_done_is_told_of_as_done_whatever_has_changed_since(name: str) -> None:
    definition = current(name)
    wrong, tried = told_again(definition)
    assert wrong == []
    seated = {p.role for at in places(definition) for p in at.case.parties}
    assert tried == {a.name for a in definition.actions if a.pressed and a.role in seated}
