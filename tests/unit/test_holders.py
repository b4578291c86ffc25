"""A link is its holder's alone: rows put back or edited in the store open it for nobody else."""

import logging
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.desk import confirmed
from functions.kernel.directory import DirectoryFile, people_of
from functions.kernel.duties import DUTIES
from functions.kernel.handover import reassign_party, under_way
from functions.kernel.history import SealKeys
from functions.kernel.people import Person
from functions.processes import NAMES, current
from functions.services import commit
from functions.services.access.desk_links import close_desk
from functions.services.access.links import desk_standing, open_link, token_hash
from functions.services.access.people import person_key
from functions.services.commit import PendingWrite
from functions.services.ports import Grant
from tests.fakes import Folder, World, _person
from tests.paths import walks

KINDS = ("task", "status", "desk")
EACH = pytest.mark.parametrize("definition", [*map(current, NAMES)], ids=lambda d: d.name)


def staffed() -> World:
    """A world with two more people of every kind in the directory."""
    world = World()
    more = [
        _person(source, key, "en", **facts)
        for source, facts in (("coordinators", {"duties": DUTIES}), ("supervisors", {}))
        for key in ("alma", "bea")
    ]
    world.directory.save(DirectoryFile(tuple(more)))
    return world


def seats(definition: Definition, world: World) -> Iterator[tuple[Folder, Party]]:
    """Somebody of each role, in each state in which their place can go on to others."""
    seen = set()
    for walk in walks(definition, world.directory):
        for each in (p for p in walk.case.parties if p.present):
            one = (walk.case.state, each.role)
            if one not in seen and under_way(definition, walk.case):
                seen.add(one)
                yield Folder.of(walk.case, walk.told()), each


def somebody(definition: Definition, world: World, role: str, name: str) -> Person:
    """Somebody new for a place: of the directory, where it is from there."""
    source = definition.role(role).source
    if not source:
        return Person(name.title(), f"{name}@example.net", "en")
    (found,) = world.directory.people(people_of(source), name)
    return found


def given(world: World, definition: Definition, case: Case, seat: Party, name: str) -> Party:
    """Who has the place of ``seat`` after it went on to somebody."""
    person = somebody(definition, world, seat.role, name)
    decision = reassign_party(definition, case, seat.id, (person,), world.clock.now())
    commit.commit(world.services, PendingWrite(definition, decision, world.cases.load(case.id)))
    return decision.case.parties[-1]


def link(world: World, case: Case, of: Party, kind: str) -> str:
    if kind != "desk":
        return world.token_of(case.id, of, kind)
    world.index()
    return f"{world.desk(of.email)}.{case.id}.{of.id}.{case.round}"


def answers(client: FlaskClient, token: str) -> list[tuple[int, str]]:
    """What is answered to whoever looks, acts or asks for a fresh link."""
    got = [client.get(f"/api/t/{token}?lang=en")]
    for path, typed in (("", {"action": "withdraw"}), ("/fresh", {"to": "here"})):
        got.append(client.post(f"/api/t/{token}{path}", data={**typed, "_lang": "en"}))
    return [(each.status_code, each.text) for each in got]


@EACH
def test_earlier_link_opens_for_nobody_after_rows_were_put_back(
    definition: Definition, caplog: pytest.LogCaptureFixture
) -> None:
    """The place went on to Alma; the case is put back; the same place goes on to Bea."""
    world, tried = staffed(), 0
    client = party.create_app(world.services).test_client()
    unknown = answers(client, "x" * 43)
    for folder, seat in seats(definition, world):
        case = folder.case
        world.clock.time = folder.told[-1].sealed.event.at
        for kind in KINDS:
            world.cases.folders[case.id] = deepcopy(folder)
            token = link(world, case, given(world, definition, case, seat, "alma"), kind)
            world.cases.folders[case.id] = deepcopy(folder)
            world.desks.known.pop(case.id, None)  # else nobody could take the place
            new = given(world, definition, case, seat, "bea")
            waiting, before = world.pending(), world.case(case.id)
            caplog.clear()
            assert answers(client, token) == unknown, (case.state, seat.role, kind)
            assert (world.pending(), world.case(case.id)) == (waiting, before)
            if kind != "desk":  # whose person has no such place, nor its case on their desk
                assert f"history broken: {case.id}" in caplog.messages
                assert open_link(world.services, world.token_of(case.id, new, kind)).party == new
            tried += 1
    assert tried >= 4 * len(KINDS)


@EACH
def test_link_follows_no_address_that_is_edited_in_the_case(definition: Definition) -> None:
    world = staffed()
    client = party.create_app(world.services).test_client()
    unknown = answers(client, "x" * 43)
    for folder, seat in seats(definition, world):
        world.cases.folders[folder.case.id] = folder
        for kind in KINDS:
            token = link(world, folder.case, seat, kind)
            other = replace(seat, email="other@example.net", ref="")
            parties = tuple(other if p.id == seat.id else p for p in folder.case.parties)
            edited = replace(folder, case=replace(folder.case, parties=parties))
            world.cases.folders[folder.case.id] = edited
            assert answers(client, token) == unknown, (folder.case.state, seat.role, kind)
            world.cases.folders[folder.case.id] = folder
            if kind != "desk" or confirmed(definition, folder.case):
                assert open_link(world.services, token).party.id == seat.id


def test_grant_that_is_edited_to_another_person_opens_nothing() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    world.index()
    case, client = world.case(case_id), party.create_app(world.services).test_client()
    for one in case.parties:
        for other in (p for p in case.parties if p.email != one.email):
            hashed = token_hash(token := world.token_of(case_id, one, "status"))
            kept = world.grants.grants[hashed]
            world.grants.grants[hashed] = replace(kept, party=other.id)
            assert client.get(f"/api/t/{token}").status_code == 404
            hashed = token_hash(token := world.desk(one.email))
            kept, key = world.grants.grants[hashed], person_key(world.services, other.email)
            world.grants.grants[hashed] = replace(kept, party=key)
            row = f"{token}.{case_id}.{other.id}.{case.round}"
            assert client.get(f"/api/t/{row}").status_code == 404
            desks = desk.create_app(world.services).test_client()
            assert desks.get(f"/api/d/{token}").status_code == 404


def edits(grant: Grant) -> Iterator[Grant]:
    """A grant with each of its fields changed in the store, one at a time."""
    for field in (f.name for f in fields(Grant) if f.name not in ("token_hash", "holder")):
        now: object = getattr(grant, field)
        if isinstance(now, bool):
            yield replace(grant, **{field: not now})
        elif isinstance(now, int):
            yield from (replace(grant, **{field: now + n}) for n in (-1, 1))
        elif isinstance(now, datetime):
            yield from (replace(grant, **{field: now + timedelta(days=n)}) for n in (-400, 400))
        elif now is None:
            yield replace(grant, **{field: grant.expires_at})
        else:
            others = ("task", "status", "desk", "p1", "p2", "submitted", "endorsed", "")
            yield from (replace(grant, **{field: o}) for o in others if o != now)


@pytest.mark.parametrize("kind", KINDS)
def test_grant_that_is_edited_at_all_opens_nothing(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither another day nor another right, nor what was signed out: the seal is of all of it."""
    world = World()
    case_id = world.case_at("confirm")
    case, seat = world.case(case_id), next(p for p in world.case(case_id).parties if p.id == "p2")
    client = party.create_app(world.services).test_client()
    token = link(world, case, seat, kind)
    hashed = token_hash(token.partition(".")[0])
    kept = world.grants.grants[hashed]
    assert client.get(f"/api/t/{token}").status_code == 200
    caplog.set_level(logging.ERROR)
    for edited in edits(kept):
        caplog.clear()
        world.grants.grants[hashed] = edited
        assert client.get(f"/api/t/{token}").status_code == 404, edited
        if (edited.case, edited.party, edited.purpose) == (kept.case, kept.party, kept.purpose):
            assert "history broken" in caplog.text, edited
    world.grants.grants[hashed] = kept
    assert client.get(f"/api/t/{token}").status_code == 200


def test_link_that_was_signed_out_or_is_too_old_is_not_reopened_by_an_edit() -> None:
    world = World()
    world.case_at("confirm")
    token = world.desk("anna@example.org")
    client = desk.create_app(world.services).test_client()
    assert client.get(f"/api/d/{token}").status_code == 200
    close_desk(world.services, token)
    closed = world.grants.grants[token_hash(token)]
    assert desk_standing(world.services, closed) == "closed"
    world.grants.grants[token_hash(token)] = replace(closed, closed=False)
    assert client.get(f"/api/d/{token}").status_code == 404


@pytest.mark.parametrize("holder", ["", "x", "0" * 8 + "." + "0" * 64])
def test_grant_without_its_own_seal_opens_nothing(holder: str) -> None:
    world = World()
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    kept = world.grants.grants[token_hash(token)]
    client = party.create_app(world.services).test_client()
    seal = world.grants.grants[token_hash(world.token(case_id, "manager"))].holder
    for each in (holder, seal):  # of another link of the same person
        world.grants.grants[token_hash(token)] = replace(kept, holder=each)
        assert client.get(f"/api/t/{token}").status_code == 404
    world.grants.grants[token_hash(token)] = kept
    assert client.get(f"/api/t/{token}").status_code == 200


def test_link_outlives_another_spelling_and_a_new_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    world = World()
    case_id = world.case_at("confirm", "return")
    token = world.token(case_id, "manager", "status")
    world.do(case_id, "correct", manager_email="Matti@EXAMPLE.org")
    assert world.case(case_id).holders("manager")[0].email == "Matti@example.org"
    assert open_link(world.services, token).standing == "open"
    world.cases.keys = SealKeys(b"renewed", lambda: (b"secret",))
    assert open_link(world.services, token).standing == "open"
    assert caplog.messages == []
