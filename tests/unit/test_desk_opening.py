"""A desk's link on its way: mailed, opened by choice, closed, and replaced by a newer one."""

import pytest

from functions.entry.desk import app as desk_entry
from functions.kernel import LANGUAGES
from functions.kernel.errors import DeskOver
from functions.kernel.mailboxes import masked
from functions.render.text.texts import page_text
from functions.services.access.desk_links import close_desk, open_desk, open_for
from functions.services.ports import Grant
from tests.fakes import World
from tests.guards.pages import page_faults

ANNA = "anna@example.org"


def test_reading_the_link_opens_nothing() -> None:
    world = World()
    token = world.desk_link(ANNA)
    app = desk_entry.create_app(world.services).test_client()
    before = world.stored()
    for path in ("", "/merge", "/directory", "/people/x", "?list=todo"):
        got = app.get(f"/api/d/{token}{path}")
        assert got.status_code == 200
        assert page_text("fi", "desk_open.title") in got.text, path
        assert ANNA not in got.text
        assert masked(ANNA) in got.text
    assert world.stored() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_opening_needs_a_choice_and_says_so_at_it(language: str) -> None:
    world = World()
    token, app = world.desk_link(ANNA), desk_entry.create_app(world.services).test_client()
    for typed in ({}, {"device": "x"}):
        got = app.post(f"/api/d/{token}", data={"_lang": language, **typed})
        assert got.status_code == 422
        assert page_text(language, "problems.device") in got.text
        assert page_faults(got.text, language) == []
        assert open_desk(world.services, token).standing == "unopened"


@pytest.mark.parametrize(("device", "hours"), [("own", 12), ("shared", 1)])
def test_hours_count_from_the_opening(device: str, hours: int) -> None:
    world = World()
    token, app = world.desk_link(ANNA), desk_entry.create_app(world.services).test_client()
    world.clock.forward(days=6)
    assert app.post(f"/api/d/{token}", data={"device": device}).status_code == 303
    world.clock.forward(hours=hours, seconds=-1)
    app.post(f"/api/d/{token}", data={"device": "own"})  # opening twice is opening once
    assert open_desk(world.services, token).standing == "open"
    world.clock.forward(seconds=1)
    assert open_desk(world.services, token).standing == "old"


def test_link_that_nobody_opened_lies_seven_days() -> None:
    world = World()
    token = world.desk_link(ANNA)
    world.clock.forward(days=7)
    assert open_desk(world.services, token).standing == "old"


def test_opening_ends_the_earlier_ones_and_asking_ends_none() -> None:
    world = World()
    app = desk_entry.create_app(world.services).test_client()
    tokens = []
    for _ in range(3):
        tokens.append(world.desk_link(ANNA))
        world.clock.forward(minutes=1)
    app.post(f"/api/d/{tokens[1]}", data={"device": "own"})
    assert [open_desk(world.services, t).standing for t in tokens] == ["newer", "open", "unopened"]
    app.post(f"/api/d/{tokens[2]}", data={"device": "own"})
    assert [open_desk(world.services, t).standing for t in tokens] == ["newer", "newer", "open"]
    assert app.post(f"/api/d/{tokens[0]}", data={"device": "own"}).status_code == 410
    assert page_text("fi", "desk_old.newer_title") in app.get(f"/api/d/{tokens[0]}").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_out_ends_this_link_and_says_how_to_get_another(language: str) -> None:
    world = World()
    token, app = world.desk(ANNA), desk_entry.create_app(world.services).test_client()
    assert f'href="/api/d/{token}/out?lang=' in app.get(f"/api/d/{token}").text
    got = app.post(f"/api/d/{token}/out", data={"_lang": language, "out": "yes"})
    assert got.status_code == 303
    after = app.get(got.headers["Location"]).text
    assert page_text(language, "desk_old.closed_title") in after
    assert f'action="/api/d/{token}/fresh"' in after
    assert page_faults(after, language) == []
    for path in ("", "/merge", "/directory"):
        assert page_text("fi", "desk_old.closed_title") in app.get(f"/api/d/{token}{path}").text
    app.post(f"/api/d/{token}", data={"device": "own"})
    assert open_desk(world.services, token).standing == "closed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_out_is_asked_before_it_is_done(language: str) -> None:
    """A program that presses every button of an open desk leaves it open."""
    world = World()
    token, app = world.desk(ANNA), desk_entry.create_app(world.services).test_client()
    asked = app.get(f"/api/d/{token}/out?lang={language}")
    assert asked.status_code == 200
    assert page_faults(asked.text, language) == []
    for answer in ("", "x"):
        got = app.post(f"/api/d/{token}/out", data={"_lang": language, "out": answer})
        assert got.status_code == 422
        assert page_text(language, "task.undecided") in got.text
        assert page_faults(got.text, language) == []
    got = app.post(f"/api/d/{token}/out", data={"_lang": language, "out": "no"})
    assert got.headers["Location"].endswith(f"/api/d/{token}?lang={language}")
    assert open_desk(world.services, token).standing == "open"


@pytest.mark.parametrize("language", LANGUAGES)
def test_new_link_needs_a_choice_where_it_goes(language: str) -> None:
    world = World()
    token, app = world.desk(ANNA), desk_entry.create_app(world.services).test_client()
    world.clock.forward(hours=12)
    got = app.post(f"/api/d/{token}/fresh", data={"_lang": language})
    assert got.status_code == 422
    assert page_text(language, "problems.where_to") in got.text
    got = app.post(f"/api/d/{token}/fresh", data={"_lang": language, "send_to": "elsewhere"})
    assert page_text(language, "fresh_elsewhere.title") in got.text
    assert world.deliver_all() == []
    app.post(f"/api/d/{token}/fresh", data={"_lang": language, "send_to": "here"})
    assert [m["To"] for m in world.deliver_all()] == [ANNA]


@pytest.mark.parametrize("device", ["own", "shared"])
def test_signing_out_wins_over_an_opening_that_was_under_way(device: str) -> None:
    """The button was pressed twice; the second press is written after its person has signed out."""
    world = World()
    token = world.desk_link(ANNA)
    find = world.grants.find

    def overtaken(hashed: str) -> Grant | None:
        found = find(hashed)
        world.grants.find = find  # type: ignore[method-assign]
        open_for(world.services, token, "own")
        close_desk(world.services, token)
        return found

    world.grants.find = overtaken  # type: ignore[method-assign]
    with pytest.raises(DeskOver) as over:
        open_for(world.services, token, device)
    assert over.value.standing == "closed"
    assert open_desk(world.services, token).standing == "closed"
