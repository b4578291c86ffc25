"""Every act of every registered process ends on a receipt, whoever did it and through which link;
the same form sent again does nothing and is answered with that receipt."""

from datetime import datetime, timedelta
from html import unescape

import pytest

from functions.entry import party
from functions.kernel.case import Party
from functions.kernel.definition import Action, Definition, Purpose
from functions.kernel.drawn import DRAWN
from functions.kernel.engine import open_actions
from functions.kernel.reckoning import STAMP, foretold, stamp
from functions.processes import NAMES, current
from functions.render.texts import process_text
from tests.abuse.every import NothingRight, Place, good, places
from tests.guards.pages import page_faults


def typed_for(place: Place, action: Action) -> dict[str, str]:
    """What somebody types who does it: an answer to all that it asks, and its stamps."""
    asked = place.definition.asked(action, place.case.form)
    known = place.case.answers
    try:
        answers = good(asked, action.checks, place.world, known)
    except NothingRight:  # not before a day that the case names
        days = [str(v) for n, v in known.items() if place.definition.fields()[n].kind == "date"]
        latest = datetime.fromisoformat(f"{max(days)}T12:00:00+00:00")
        place.world.clock.time = latest + timedelta(days=1)
        answers = good(asked, action.checks, place.world, known)
    told = foretold(action, place.case, place.world.clock.now())
    stamps = {STAMP + action.name: stamp(told)} if told else {}
    drawn = {DRAWN: str(place.case.revision)}
    return {**answers, **stamps, **drawn, "action": action.name, "_lang": "en"}


def roads(place: Place, who: Party, purpose: Purpose) -> list[tuple[str, Purpose]]:
    """The links through which somebody can act: that of a mail, and a row of their desk."""
    mailed = f"/api/t/{place.world.token_of(place.case.id, who, purpose)}"
    if place.definition.unproven(place.case):
        return [(mailed, purpose)]
    place.world.index()
    own: Purpose = "task" if place.definition.turn(place.case) == who.role else "status"
    desk = place.world.desk(who.email)
    row = f"/api/t/{desk}.{place.case.id}.{who.id}.{place.case.round}"
    return [(mailed, purpose), (row, own)]


def unreceipted(definition: Definition) -> tuple[list[str], set[str]]:
    """Acts after which a page says nothing of them, or is wrong; and the acts that were tried."""
    wrong, tried = list[str](), set[str]()
    for at in places(definition):
        for role in dict.fromkeys(p.role for p in at.case.parties if p.present):
            for purpose in ("task", "status"):
                for action in open_actions(definition, at.case, role, purpose):
                    wrong += list(_faults(definition, at, role, purpose, action))
                    tried.add(action.name)
    return wrong, tried


def _faults(
    definition: Definition, at: Place, role: str, purpose: Purpose, action: Action
) -> list[str]:
    found = []
    for number in range(2):
        place = at.anew()
        who = place.case.holders(role)[0]
        typed = typed_for(place, action)
        links = roads(place, who, purpose)[number : number + 1]
        for path, by in links:
            if action not in open_actions(definition, place.case, role, by):
                continue
            client = party.create_app(place.world.services).test_client()
            got = client.post(path, data=typed)
            name = f"{role} {action.name} in {place.case.state} by {'desk' if number else 'mail'}"
            if got.status_code == 303:
                got = client.get(got.headers["Location"])
            text = unescape(got.text)
            done = process_text(definition.name, "en", f"actions.{action.name}.done")
            if got.status_code != 200 or done not in text or "k-receipt" not in text:
                found.append(f"{name}: {got.status_code} {done in text} {'k-receipt' in text}")
            found += [f"{name}: {f}" for f in page_faults(got.text, "en")]
            found += [f"{name}: {f}" for f in _twice(place, path, typed, done)]
    return found


def _twice(place: Place, path: str, typed: dict[str, str], done: str) -> list[str]:
    """What is wrong when the same form is sent a second and a third time."""
    found, stored = [], place.world.stored()
    client = party.create_app(place.world.services).test_client()
    for language in ("en", "sv"):
        got = client.post(path, data={**typed, "_lang": language})
        if got.status_code != 409:
            found.append(f"sent again: {got.status_code}")
        if language == "en" and done not in unescape(got.text):
            found.append("sent again: does not say what was done")
        found += [f"sent again: {f}" for f in page_faults(got.text, language)]
    return found + ["done twice"] * (place.world.stored() != stored)


@pytest.mark.parametrize("name", NAMES)
def test_every_act_ends_on_a_receipt(name: str) -> None:
    definition = current(name)
    wrong, tried = unreceipted(definition)
    assert wrong == []
    seated = {p.role for at in places(definition) for p in at.case.parties}
    assert tried == {a.name for a in definition.actions if a.pressed and a.role in seated}
