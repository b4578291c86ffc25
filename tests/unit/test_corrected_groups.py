"""A group application that is corrected: who is listed then takes part, and nobody else."""

import pytest

from functions.entry.party import app as party
from functions.kernel.diff import latest_changes
from functions.kernel.errors import Conflict, Invalid, Refused
from functions.processes import current
from functions.services.access.links import open_link
from functions.services.case import apply
from functions.services.case.act import act
from tests.fakes import APPLICATION, World, history_of
from tests.faults.pages import Form, Page
from tests.unit.test_retirement import Staffed

LISTED = (("Aa", "aa@example.net"), ("Bb", "bb@example.net"), ("Cilla", "cc@example.net"))
TYPED = {
    "form_of_supervision": "group",
    "reason_and_goals": "We want to learn from our work.",
    "unit": "north",
    "manager_name": "Matti",
    "manager_email": "matti@example.org",
    "sender_position": "manager",
    "travel_reimbursed": "no",
    "fee_reimbursed": "no",
    "manager_language": "fi",
}


def typed(*people: tuple[str, str]) -> dict[str, str]:
    rows = enumerate(people, 1)
    cells = (("name", 0), ("email", 1))
    return TYPED | {f"supervisees-{n}-{c}": row[i] for n, row in rows for c, i in cells}


@pytest.fixture
def office() -> Staffed:
    return Staffed()


@pytest.fixture
def group(office: Staffed) -> str:
    """A group application that has come back to its sender."""
    return listed_group(office)


def listed_group(office: Staffed) -> str:
    """The same."""
    definition = current("supervision")
    said = {**typed(*LISTED), "privacy_read": "yes"}
    key = apply.mint_key(office.services)
    office.clock.forward(seconds=5)
    draft = apply.Draft(definition, definition.form("group"), said, "fi", key)
    case_id = apply.send(office.services, draft)
    link = office.token(case_id, "manager")
    act(office.services, link, {"action": "confirm_group"}, "fi")
    office.do(case_id, "send_back")
    office.deliver_all()
    return case_id


def corrected(office: Staffed, case_id: str, *people: tuple[str, str]) -> None:
    said = {"action": "correct_group", **typed(*people)}
    act(office.services, office.token(case_id, "manager"), said, "fi")


def seated(office: Staffed, case_id: str) -> dict[str, str]:
    return {p.email: p.id for p in office.case(case_id).holders("supervisee")}


def test_who_is_listed_takes_part(office: Staffed, group: str) -> None:
    """Who stays keeps their place, who is new is mailed, who is gone reads nothing of it."""
    before = seated(office, group)
    gone = next(p for p in office.case(group).holders("supervisee") if p.name == "Cilla")
    link = office.token_of(group, gone, "status")
    corrected(office, group, *LISTED[:2], ("Dd", "dd@example.net"))
    office.deliver_all()
    after = seated(office, group)
    assert [*after] == ["aa@example.net", "bb@example.net", "dd@example.net"]
    assert {e: i for e, i in after.items() if e in before} == dict([*before.items()][:2])
    office.do(group, "offer", supervisor="testi")
    office.do(group, "accept")
    told = {str(m["To"]) for m in office.deliver_all()}
    assert {"aa@example.net", "dd@example.net"} <= told
    assert "cc@example.net" not in told
    page = party.create_app(office.services).test_client().get(f"/api/t/{link}?lang=en")
    instructions = str(office.case(group).answers["contact_instructions"])
    assert instructions not in page.text
    assert open_link(office.services, link).actions == ()


def test_new_one_is_told_at_once(office: Staffed, group: str) -> None:
    corrected(office, group, *LISTED[:2], ("Dd", "dd@example.net"))
    assert "dd@example.net" in {str(m["To"]) for m in office.deliver_all()}


def test_who_is_left_out_hears_it_once_and_reads_it_on_their_page(
    office: Staffed, group: str
) -> None:
    gone = next(p for p in office.case(group).holders("supervisee") if p.name == "Cilla")
    link = office.token_of(group, gone, "status")
    corrected(office, group, *LISTED[:2])
    sent = [m for m in office.deliver_all() if m["To"] == "cc@example.net"]
    assert ["Et ole enää mukana" in str(m["Subject"]) for m in sent] == [True]
    page = party.create_app(office.services).test_client().get(f"/api/t/{link}?lang=sv").text
    assert "Du är inte längre med i det här ärendet" in page
    assert "Din tur" not in page


@pytest.mark.parametrize("role", ["manager", "coordinator"])
def test_who_is_replaced_in_a_correction_hears_it(role: str) -> None:
    world = World()
    case_id = world.case_at("confirm", "return")
    held = {p.id for p in world.case(case_id).holders(role)}
    changed = {"manager_email": "uusi@example.org"} if role == "manager" else {"unit": "south"}
    before = set(world.cases.outbox)
    world.do(case_id, "correct", **{**APPLICATION, **changed})
    gone = held - {p.id for p in world.case(case_id).holders(role)}
    orders = [world.cases.outbox[k].order for k in world.cases.outbox.keys() - before]
    assert {o.party for o in orders if o.mail == "left_out"} == gone
    assert gone


def test_nobody_who_stays_hears_that_they_are_left_out(office: Staffed, group: str) -> None:
    before = set(office.cases.outbox)
    corrected(office, group, *LISTED[::-1])
    mails = {office.cases.outbox[k].order.mail for k in office.cases.outbox.keys() - before}
    assert mails == {"corrected_group", "coordinate_again"}


def test_pasted_people_are_shown_in_rows_before_they_are_sent(office: Staffed, group: str) -> None:
    """Yes is chosen and the form sent: whoever was pasted by mistake would have been mailed."""
    path = f"/api/t/{office.token(group, 'manager')}"
    client = party.create_app(office.services).test_client()
    form = {**typed(*LISTED[:1]), "action": "correct_group"}
    before = set(office.cases.outbox)
    got = client.post(path, data={**form, "supervisees-pasted": "Ee Ek; ee@example.net; svenska"})
    assert got.status_code == 422
    assert "har nu egna rader" in got.text or "omilla riveillään" in got.text
    assert set(office.cases.outbox) == before
    sends = Page(422, got.text).form("supervisees-1-name").sends()
    assert sends["supervisees-2-email"] == "ee@example.net"
    assert not sends.get("supervisees-pasted")
    assert client.post(path, data={**sends, "action": "correct_group"}).status_code == 303
    assert [*seated(office, group)] == ["aa@example.net", "ee@example.net"]


def test_list_may_be_shorter(office: Staffed, group: str) -> None:
    corrected(office, group, *LISTED[:2])
    assert [*seated(office, group)] == ["aa@example.net", "bb@example.net"]


def test_coordinator_who_is_listed_coordinates_no_more(office: Staffed, group: str) -> None:
    una = office.case(group).holders("coordinator")[0]
    link = office.token_of(group, una, "task")
    corrected(office, group, *LISTED[:2], ("Una", "Una+x@example.org"))
    assert [p.ref for p in office.case(group).holders("coordinator")] == ["kira"]
    with pytest.raises((Conflict, Invalid, Refused)):
        act(office.services, link, {"action": "offer", "supervisor": "testi"}, "fi")


def test_supervisor_who_is_listed_is_not_offered_it(office: Staffed, group: str) -> None:
    corrected(office, group, *LISTED[:2], ("Testi", "testi@example.org"))
    with pytest.raises(Invalid) as wrong:
        office.do(group, "offer", supervisor="testi")
    assert [p.field for p in wrong.value.problems] == ["supervisor"]


def drawn(office: Staffed, path: str, **sent: str) -> Form:
    """The form that corrects the application, as a browser gets it."""
    client = party.create_app(office.services).test_client()
    got = client.post(path, data=sent) if sent else client.get(f"{path}?lang=sv")
    assert got.status_code == 200
    return Page(200, got.text).form("supervisees-1-name")


def test_people_stand_in_the_form_and_stay_when_it_is_sent_untouched(
    office: Staffed, group: str
) -> None:
    before, answers = seated(office, group), office.case(group).answers
    path = f"/api/t/{office.token(group, 'manager')}"
    typed = drawn(office, path).sends()
    assert [typed[f"supervisees-{n}-name"] for n in (1, 2, 3)] == [name for name, _ in LISTED]
    client = party.create_app(office.services).test_client()
    assert client.post(path, data={**typed, "action": "correct_group"}).status_code == 303
    assert office.case(group).state == "coordinating"
    assert seated(office, group) == before
    sent = office.deliver_all()
    told = {str(m["To"]) for m in sent}
    assert told
    assert told.isdisjoint(email for _, email in LISTED)
    file = office.cases.load(group)
    assert file
    history = history_of(file.case, file.history)
    assert latest_changes(current("supervision"), file.case, history.fillings) == ()
    people = zip(file.case.answers["supervisees"], answers["supervisees"], strict=True)
    assert all(now == {**then, "language": "fi"} for now, then in people)


def test_more_rows_are_drawn_and_nothing_is_done(office: Staffed, group: str) -> None:
    path = f"/api/t/{office.token(group, 'manager')}"
    form = drawn(office, path)
    more = drawn(office, path, **form.sends(), _more="supervisees", action="correct_group")
    rows = [sum(n.endswith("-name") and "visees" in n for n in f.names()) for f in (form, more)]
    assert rows[1] > rows[0]
    assert more.sends()["supervisees-3-email"] == "cc@example.net"
    assert office.case(group).state == "returned"
