"""Cases that somebody has changed, met where they are read beside others; and cases that were
put back whole, with the tail of their history gone."""

import copy

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.errors import Broken
from functions.render.text.texts import page_text
from functions.services.access.links import open_link
from functions.services.case import handover
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.desk.index import index_case
from functions.services.integrity import check_sample, is_latest
from functions.services.mail.bounces import record_bounce
from tests.fakes import Folder, World
from tests.unit.test_duties import Office
from tests.unit.test_services_merging import Merging


def tamper(folder: Folder) -> None:
    """The case itself was changed; of histories nothing is read beside another case."""
    folder.edit(language="sv")


def test_other_rows_of_the_table_are_as_ever() -> None:
    office = Office()
    office.take(office.invoice, "invoice")
    office.index()
    for case_id in (office.order, office.supervision):  # others, on other desks
        tamper(office.cases.folders[case_id])
    got = office.client().get(f"{office.path('fiona')}/tables/quote/invoices/invoiced.csv?lang=en")
    assert page_text("en", "broken.row") not in got.text


def test_document_of_a_joined_case_says_so(caplog: pytest.LogCaptureFixture) -> None:
    world = Merging()
    cases = [world.applied(name) for name in ("Aino", "Bertta", "Cecilia")]
    hub = world.proposed(*cases)
    link = world.token(hub, "coordinator", "status")
    client = party.create_app(world.services).test_client()
    assert page_text("en", "broken.row") not in client.get(f"/api/t/{link}?lang=en").text
    tamper(world.cases.folders[cases[1]])
    shown = client.get(f"/api/t/{link}?lang=en")
    assert (shown.status_code, shown.text.count(page_text("en", "broken.row"))) == (200, 1)
    assert "Secret goals of Cecilia" in shown.text
    assert {*caplog.messages} == {f"history broken: {cases[1]}"}


def test_case_told_of_beside_another_says_so(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    client = party.create_app(office.services).test_client()
    link = office.token(office.invoice, "finance", "status")
    assert page_text("en", "broken.row") not in client.get(f"/api/t/{link}?lang=en").text
    tamper(office.cases.folders[office.order])
    shown = client.get(f"/api/t/{link}?lang=en")
    assert shown.status_code == 200
    assert page_text("en", "broken.row") in shown.text
    assert {*caplog.messages} == {f"history broken: {office.order}"}


@pytest.fixture
def put_back() -> tuple[World, str, str]:
    """A case, put back by one turn with all its rows, and a link of the turn that is gone."""
    world = World()
    case_id = world.case_at("confirm")
    earlier = copy.deepcopy(world.cases.folders[case_id])
    world.do(case_id, "endorse")
    world.index()
    link = world.token(case_id, "coordinator")
    world.cases.folders[case_id] = earlier
    assert world.cases.load(case_id).sound  # type: ignore[union-attr]  # its own seal fits
    return world, case_id, link


def test_link_of_a_turn_that_is_gone_tells(
    put_back: tuple[World, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, link = put_back
    assert not open_link(world.services, link).sound
    with pytest.raises(Broken):
        act(world.services, link, {"action": "offer", "supervisor": "testi"}, "fi")
    assert {*caplog.messages} == {f"history broken: {case_id}"}


def test_stream_of_what_was_put_back_tells(
    put_back: tuple[World, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, _ = put_back
    for _ in range(2):  # and it is not forgotten once the desks are as the case says
        index_case(world.services, case_id)
    assert caplog.messages == [f"history broken: {case_id}"] * 2
    del world.cases.folders[case_id]
    index_case(world.services, case_id)
    assert len(caplog.messages) == 3


def test_nights_sample_tells_of_what_was_put_back(
    put_back: tuple[World, str, str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, case_id, _ = put_back
    monkeypatch.setattr("random.random", lambda: 0.0)
    assert check_sample(world.services) == 1
    assert caplog.messages == [f"history broken: {case_id}"]


@pytest.fixture
def redated() -> tuple[World, str, list[str]]:
    """A case that was put back by one step, with the last row of its history gone; and links of
    the turn to which it was put back."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    links = [world.token(case_id, role, "status") for role in ("supervisor", "applicant")]
    earlier = copy.deepcopy(world.cases.folders[case_id])
    world.do(case_id, "redate", "status")
    world.index()
    world.cases.folders[case_id] = earlier
    assert world.cases.load(case_id).sound  # type: ignore[union-attr]
    return world, case_id, links


def test_links_of_an_earlier_turn_act_on_nothing_that_was_put_back(
    redated: tuple[World, str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    world, case_id, links = redated
    pages = party.create_app(world.services).test_client()
    before = world.cases.folders[case_id].case
    shown = pages.get(f"/api/t/{links[0]}?lang=en").text
    assert page_text("en", "broken.title") in shown
    assert 'name="action"' not in shown
    answer = pages.post(f"/api/t/{links[0]}", data={"action": "close"})
    assert answer.status_code == 409
    assert world.cases.folders[case_id].case == before
    assert set(caplog.messages) == {f"history broken: {case_id}"}


def test_links_that_permit_nothing_tell_of_it_too(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever looks after a case is warned, whether or not there is something for them to do."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    parties = world.case(case_id).parties
    links = {p.role: world.token(case_id, p.role, "status") for p in parties}
    earlier = copy.deepcopy(world.cases.folders[case_id])
    note_case_bounce(world, case_id)
    world.cases.folders[case_id] = earlier
    pages = party.create_app(world.services).test_client()
    for role, link in links.items():
        caplog.clear()
        shown = pages.get(f"/api/t/{link}?lang=en").text
        assert page_text("en", "broken.title") in shown, role
        assert (page_text("en", "broken.desk") in shown) == (role == "coordinator")
        assert caplog.messages == [f"history broken: {case_id}"]
    desks = desk.create_app(world.services).test_client()
    path = f"/api/d/{world.desk('anna@example.org')}/people/{case_id}?lang=en"
    assert page_text("en", "broken.desk") in desks.get(path).text


def note_case_bounce(world: World, case_id: str) -> None:
    """A step that leaves the turn: a mail of the case that came back."""
    record_bounce(world.services, case_id, "p2")
    world.index()


def test_nobody_else_writes_to_it_either(redated: tuple[World, str, list[str]]) -> None:
    world, case_id, _ = redated
    typed = {"new_name": "New Manager", "new_email": "new@example.org", "new_language": "fi"}
    with pytest.raises(Broken):
        handover.replace_person(world.services, "anna@example.org", case_id, "p2", typed)
    world.clock.forward(days=400)
    with pytest.raises(Broken):
        run_due_timer(world.services, case_id)


def test_case_that_moved_since_it_was_read_was_not_put_back() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    file = world.cases.load(case_id)
    assert file
    world.do(case_id, "offer")
    world.index()
    assert is_latest(world.services, file)
