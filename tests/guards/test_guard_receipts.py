"""Every act of every registered process ends on a receipt, whoever did it and through which link,
that names exactly those whom the act has put a mail into the outbox for;
the same form sent again does nothing and is answered with that receipt."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel.case import Party
from functions.kernel.computation import PREVIEW_STAMP, preview, stamp
from functions.kernel.definition import Action, Definition, Purpose
from functions.kernel.engine import open_actions
from functions.kernel.fields import Answers, Field
from functions.kernel.form_origin import DRAWN
from functions.kernel.mailboxes import mailbox, same_address
from functions.processes import NAMES, current, pinned
from functions.render.form.widgets import typed_from
from functions.render.text.texts import process_text
from functions.render.text.words import Words
from tests.abuse.every import NothingRight, Place, good, places
from tests.guards.pages import page_faults


def typed_for(place: Place, action: Action, *, same: bool = False) -> dict[str, str]:
    """What somebody types who does it: an answer to all that it asks, and its stamps; what stands
    already, if that is to stay the ``same``."""
    asked = place.definition.asked(action, place.case.form)
    known = place.case.answers
    try:
        answers = good(asked, action.checks, place.world, known)
    except NothingRight:  # not before a day that the case names
        days = [str(v) for n, v in known.items() if place.definition.fields()[n].kind == "date"]
        latest = datetime.fromisoformat(f"{max(days)}T12:00:00+00:00")
        place.world.clock.time = latest + timedelta(days=1)
        answers = good(asked, action.checks, place.world, known)
    told = preview(action, place.case, place.world.clock.now())
    stamps = {PREVIEW_STAMP + action.name: stamp(told)} if told else {}
    drawn = {DRAWN: str(place.case.revision)}
    if same and action.reopens_form:
        answers = {**answers, **as_it_stands(asked, known)}
    return {**answers, **stamps, **drawn, "action": action.name, "_lang": "en"}


def as_it_stands(asked: Iterable[Field], known: Answers) -> dict[str, str]:
    """What a form that is filled in already sends when nothing is changed."""
    typed = dict[str, str]()
    for field in (f for f in asked if f.name in known):
        value = known[field.name]
        if isinstance(value, list):
            for n, row in enumerate(value, 1):
                cells = ("name", "email", "language")
                typed |= {f"{field.name}-{n}-{cell}": row[cell] for cell in cells}
        else:
            typed[field.name] = typed_from(field, value)
    return typed


def misnamed(place: Place, who: Party, mails: set[tuple[str, str]], page: str) -> Iterator[str]:
    """What a receipt says wrongly of ``mails``, the keys of those that were put into the outbox:
    each role it names are people who are all mailed, each name is of somebody who is, and nobody
    else is."""
    found = re.search(r"<p>([^<]*) will get an email about this[.]", page)
    told = re.split(", | and ", found[1]) if found else []
    told = [name[0].lower() + name[1:] for name in told if name != "Nobody"]
    if "You will get an email about this." in page:
        told.append("you")
    mailed, people = set[str](), dict[str, set[str]]()
    for case_id in {key[0] for key in mails}:
        case = place.world.case(case_id)
        definition = pinned(case.process, case.version)
        words = Words(definition, "en", place.world.directory, case.form)
        sent = {place.world.cases.outbox[k].order.party for k in mails if k[0] == case_id}
        mailed |= {mailbox(p.email) for p in case.parties if p.id in sent}
        for held in (p for p in case.parties if p.present or p.id in sent):
            own = same_address(held.email, who.email)
            many = words.maybe(f"mentions_several.{held.role}")
            for name in ("you",) if own else (words.mention(held.role), many, held.name):
                people.setdefault(name, set()).add(mailbox(held.email))
    for name in told:
        if not people.get(name):
            yield f"{name} is nobody who could be mailed"
        for each in people.get(name, set()) - mailed:
            yield f"{name}: {each} is not mailed"
    for each in mailed - {p for name in told for p in people.get(name, ())}:
        yield f"{each} is mailed and not named in {told}"


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
        typed = typed_for(place, action, same=bool(number))
        links = roads(place, who, purpose)[number : number + 1]
        for path, by in links:
            if action not in open_actions(definition, place.case, role, by):
                continue
            client = party.create_app(place.world.services).test_client()
            before = set(place.world.cases.outbox)
            got = client.post(path, data=typed)
            mails = set(place.world.cases.outbox) - before
            name = f"{role} {action.name} in {place.case.state} by {'desk' if number else 'mail'}"
            if got.status_code == 303:
                got = client.get(got.headers["Location"])
            text = unescape(got.text)
            done = process_text(definition.name, "en", f"actions.{action.name}.done")
            if got.status_code != 200 or done not in text or "k-receipt" not in text:
                found.append(f"{name}: {got.status_code} {done in text} {'k-receipt' in text}")
            found += [f"{name}: {f}" for f in page_faults(got.text, "en")]
            if not action.votes:
                found += [f"{name}: {f}" for f in misnamed(place, who, mails, text)]
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
