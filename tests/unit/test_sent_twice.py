"""A public form that is sent twice is one case, whatever has changed meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from functions.entry.public.app import create_app
from functions.kernel.digests import signature
from functions.kernel.directory import DirectoryFile
from functions.render.text.texts import page_text
from functions.services.access.quotas import code_of
from functions.services.case import apply
from tests.fakes import APPLICATION, World
from tests.unit.test_entry_filling import PATH, hidden, review


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def retired(world: World, source: str, key: str) -> None:
    entry = world.directory.entry(source, key)
    assert entry
    world.directory.save(DirectoryFile((replace(entry, retired=True),)))


CHANGES: dict[str, Callable[[World], object]] = {
    "the wished day passed": lambda world: world.clock.forward(minutes=2),
    "the unit was retired": lambda world: retired(world, "units", APPLICATION["unit"]),
    "the domain was retired": lambda world: retired(world, "domains", "example.org"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("erased", [False, True])
def test_form_sent_again_is_its_case_though_it_could_not_be_opened_today(
    world: World, client: FlaskClient, change: str, erased: bool
) -> None:
    """What was taken a minute ago is not asked for again: whoever obeyed had a second case."""
    world.clock.time = datetime(2026, 8, 3, 20, 58, 55, tzinfo=UTC)  # 23:59 once it is reviewed
    data = review(world, client, desired_start="2026-08-03", title="Jotakin muuta")
    first = client.post(PATH, data=data)
    (case_id,) = world.cases.folders
    if erased:
        world.do(case_id, "disown")
    CHANGES[change](world)
    stored = world.stored()
    again = client.post(PATH, data=data)
    assert world.stored() == stored
    if not erased:
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
        other = client.post(PATH, data={**data, "title": "Other"})  # is no case, and is mended
        assert (other.status_code, hidden(other.text)["_key"]) == (422, data["_key"])
        assert world.stored() == stored
        return
    fresh = hidden(again.text)
    assert (again.status_code, fresh["_key"] != data["_key"]) == (409, True)
    assert page_text("fi", "problems.since_erased") in again.text
    assert 'aria-invalid="true"' in again.text  # beside what is to be mended
    assert fresh["title"] == data["title"]
    assert client.post(PATH, data={**data, "_key": fresh["_key"]}).status_code == 422


def test_form_sent_again_with_a_code_that_is_too_old_is_its_case(
    world: World, client: FlaskClient
) -> None:
    for _ in range(4):
        data = review(world, client)
        got = client.post(PATH, data=data)
    assert got.status_code == 429
    code = code_of(world.services, APPLICATION["applicant_email"], world.services.today())
    assert client.post(PATH, data={**data, "_code": code}).status_code == 303
    world.clock.forward(days=4)
    stored = world.stored()
    assert client.post(PATH, data={**data, "_code": code}).status_code == 303
    assert client.post(PATH, data={**data, "_code": code, "title": "Other"}).status_code == 422
    assert world.stored() == stored


def test_signed_value_is_of_one_purpose(world: World, client: FlaskClient) -> None:
    """The address of the page after sending is no key of a form, and a key names nobody."""
    data = review(world, client)
    to = parse_qs(urlsplit(client.post(PATH, data=data).headers["Location"]).query)["to"][0]
    for step in ("review", "people", "sending"):
        got = client.post(PATH, data={**data, "_key": to, "_step": step})
        assert (got.status_code, hidden(got.text)["_key"] != to) == (200, True)
    shown = client.get(f"{PATH}/sent", query_string={"to": data["_key"], "lang": "fi"})
    assert (shown.status_code, data["_key"][:10] in shown.text) == (200, False)
    assert len(world.cases.folders) == 1


@pytest.mark.parametrize("plain", ["", ".", "nan.x.y", "1.000", "1.000.x", "9" * 12 + ".000.x"])
def test_key_that_we_signed_but_never_minted_is_none(
    world: World, client: FlaskClient, plain: str
) -> None:
    key = f"{plain}.{signature(world.services.rules.secret, apply._KEY, plain)}"
    assert not apply.key_is_ours(world.services, key)
    got = client.post(PATH, data={**review(world, client), "_key": key})
    assert (got.status_code, world.cases.folders) == (200, {})
