"""An offer whose supervisor may act no more: whose turn it is, on page, desk and in reminders."""

from dataclasses import replace
from html import unescape

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.case import MailOrder, reference
from functions.kernel.definition import Purpose
from functions.kernel.directory import ChangeStamp
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.engine import transition
from functions.kernel.states import CLOCK
from functions.kernel.timers import due_at
from functions.processes import NAMES, current
from functions.render.text.texts import page_text, process_text
from functions.render.text.words import Words
from functions.services.access.links import mint
from functions.services.case.act import act
from functions.services.case.handover import replace_person
from functions.services.case.timers import run_due_timer
from tests.fakes import World
from tests.paths import walks
from tests.unit.test_directory_told import BY, Kept

SUPERVISION, QUOTE = current("supervision"), current("quote")


@pytest.fixture
def office() -> Kept:
    """An office in which the supervisor of an offer has been retired."""
    office = Kept()
    held = office.case(office.offered).holders("supervisor")[0]
    office.index()
    office.put_out("supervisors", held.ref)
    office.sent()
    return office


def accepted(office: Kept) -> str:
    """Another case, whose supervisor has accepted."""
    case_id = office.case_at("confirm", "endorse", "offer", "accept")
    office.index()
    return case_id


def test_turn_is_said_to_be_of_who_can_find_another(office: Kept) -> None:
    case = office.case(office.offered)
    assert (case.state, SUPERVISION.turn(case)) == ("offered", "coordinator")
    assert case.since == office.clock.now()
    who = case.holders("coordinator")[0]
    title = process_text("supervision", "en", "tasks.offered.coordinator.title")
    client = party.create_app(office.services).test_client()
    page = unescape(client.get(f"/api/t/{office.token_of(case.id, who)}?lang=en").text)
    assert f"<h1>{title}</h1>" in page
    assert "k-notice--turn" in page
    assert 'value="take_back"' in page or 'id="f-action-take_back"' in page
    applicant = case.holders("applicant")[0]
    theirs = client.get(f"/api/t/{office.token_of(case.id, applicant, 'status')}?lang=en").text
    assert "Coordinator's turn" in unescape(theirs)
    office.index()
    lists = desk.create_app(office.services).test_client()
    seen = unescape(lists.get(f"/api/d/{office.desk(who.email)}?lang=en").text)
    mine = seen[seen.index("Waiting for you") :]
    assert title in mine


def test_coordinator_is_reminded_and_not_the_one_who_is_gone(office: Kept) -> None:
    case = office.case(office.offered)
    gone, who = case.holders("supervisor")[0], case.holders("coordinator")
    due = due_at(SUPERVISION, case)
    assert due
    office.clock.time = due
    before = set(office.cases.outbox)
    assert run_due_timer(office.services, case.id)
    new = [office.cases.outbox[k].order for k in office.cases.outbox.keys() - before]
    assert {(o.mail, o.party) for o in new} == {("remind_vacant", p.id) for p in who}
    assert gone.email not in {m["To"] for m in office.deliver_all()}


def test_turn_is_the_supervisors_again_when_another_takes_the_place(office: Kept) -> None:
    case = office.case(office.offered)
    who, gone = case.holders("coordinator")[0], case.holders("supervisor")[0]
    known = {e.key for e in office.directory.entries("supervisors") if not e.retired}
    other = sorted(known - {gone.ref})[0]
    replace_person(office.services, who.email, case.id, gone.id, {"colleague": other})
    after = office.case(office.offered)
    assert SUPERVISION.turn(after) == "supervisor"
    assert not after.holders("supervisor")[0].vacant


def test_offer_of_who_is_gone_can_be_taken_back(office: Kept) -> None:
    case = office.case(office.offered)
    token = office.token_of(case.id, case.holders("coordinator")[0])
    act(office.services, token, {"action": "take_back"}, "en")
    after = office.case(office.offered)
    assert (after.state, after.holders("supervisor")) == ("coordinating", ())


def test_turn_is_the_supervisors_again_when_they_are_back(office: Kept) -> None:
    gone = office.case(office.offered).holders("supervisor")[0]
    office.clock.forward(minutes=1)
    before, mark = office.kept("supervisors", gone.ref), ChangeStamp(office.clock.now(), BY)
    after = replace(before, retired=False)
    office.directory.replace(
        after, mark, office.directory.revision(), DirectoryChange(before, after, mark)
    )
    sent = office.sent()
    case = office.case(office.offered)
    assert SUPERVISION.turn(case) == "supervisor"
    taken = [t.sealed.event.action for t in office.cases.load(case.id).history]  # type: ignore[union-attr]
    assert taken[-2:] == ["vacated", "resumed"]
    asked = [m for m in sent if m["To"] == gone.email and reference(case.id) in m["Subject"]]
    assert len(asked) == 1


def test_accepted_work_of_who_is_gone_waits_for_the_coordinator() -> None:
    office = Kept()
    case_id = accepted(office)
    office.put_out("supervisors", office.case(case_id).holders("supervisor")[0].ref)
    office.sent()
    case = office.case(case_id)
    assert (case.state, SUPERVISION.turn(case)) == ("active", "coordinator")
    history = len(office.cases.load(case_id).history)  # type: ignore[union-attr]
    office.sent()
    assert len(office.cases.load(case_id).history) == history  # type: ignore[union-attr]


@pytest.fixture
def seller() -> tuple[Kept, str]:
    """An order whose dates are agreed, and whose supervisor has been retired."""
    office = Kept()
    case_id = office.request("confirm")
    office.take(case_id, "quote", valid_until="2026-10-31")
    office.take(case_id, "accept_organisation")
    office.staff(case_id)
    office.take(case_id, "schedule", start_date="2026-11-02", end_date="2026-12-20")
    office.index()
    office.put_out("supervisors", "testi")
    office.sent()
    return office, case_id


def read(office: Kept, case_id: str, role: str, purpose: Purpose = "status") -> str:
    who = office.case(case_id).holders(role)[0]
    client = party.create_app(office.services).test_client()
    token = office.token_of(case_id, who, purpose)
    return unescape(client.get(f"/api/t/{token}?lang=en").text)


@pytest.mark.parametrize("name", NAMES)
def test_vacant_place_wins_over_everything_that_a_case_under_way_waits_for(name: str) -> None:
    definition = current(name)
    seen = set()
    for walk in walks(definition, World().directory):
        for case in (d.case for d in walk.decisions):
            for role in {p.role for p in case.parties if p.present} & {"supervisor"}:
                parties = tuple(replace(p, vacant=p.role == role) for p in case.parties)
                left = replace(case, parties=parties)
                own = definition.turn(case)
                wanted = own if definition.is_over(case.state) else definition.owner
                assert definition.turn(left) == wanted, case.state
                seen.add(own)
    assert CLOCK in seen or "supervisor" not in {r.name for r in definition.roles}


def test_order_waits_for_its_coordinator_on_all_pages(seller: tuple[Kept, str]) -> None:
    office, case_id = seller
    work = office.order_of(case_id).id
    for each in (case_id, work):
        case = office.case(each)
        assert current(case.process).turn(case) == "coordinator"
        assert "Waiting for another supervisor" in read(office, each, "coordinator")
    shown = read(office, case_id, "coordinator", "task")
    assert "<h1>Find another supervisor</h1>" in shown
    assert "k-notice--turn" in shown
    theirs = read(office, case_id, "contact")
    assert "Waiting for another supervisor" in theirs
    assert "We will remind you" not in theirs
    assert "Starts on" not in theirs


def test_order_without_supervisor_does_not_start_and_is_not_invoiced(
    seller: tuple[Kept, str],
) -> None:
    office, case_id = seller
    office.mailed(case_id)
    office.until("2026-10-31")
    assert [m for m, _ in office.mailed(case_id)] == ["remind_vacant"]
    office.until("2026-11-02")
    case = office.case(case_id)
    assert (case.state, QUOTE.turn(case)) == ("accepted", "coordinator")
    assert not {"start_date", "started_on"} & case.answers.keys()
    assert office.linked(case_id, "quote", "invoice") is None
    mails = [m for m, _ in office.mailed(case_id)]
    assert mails == ["postponed", "postponed_coordinator"]
    assert transition(QUOTE, case, "schedule") is None
    assert "Waiting for another supervisor" in read(office, case_id, "contact")
    assert "<h1>Find another supervisor</h1>" in read(office, case_id, "coordinator", "task")
    office.until("2026-11-10")
    assert [m for m, _ in office.mailed(case_id)] == ["remind_vacant"]


def test_dates_are_agreed_anew_once_another_supervisor_is_in_place(
    seller: tuple[Kept, str],
) -> None:
    office, case_id = seller
    office.until("2026-11-05")
    case = office.case(case_id)
    who, gone = case.holders("coordinator")[0], case.holders("supervisor")[0]
    replace_person(office.services, who.email, case_id, gone.id, {"colleague": "sulo"})
    office.until("2026-11-06")
    assert office.case(case_id).state == "accepted"
    days = {"start_date": "2026-12-01", "end_date": "2026-12-20"}
    office.take(case_id, "schedule", **days)
    office.until("2026-12-01")
    assert office.case(case_id).state == "running"
    assert office.invoice_of(case_id)


def test_order_starts_as_agreed_if_another_came_in_time(seller: tuple[Kept, str]) -> None:
    office, case_id = seller
    case = office.case(case_id)
    who, gone = case.holders("coordinator")[0], case.holders("supervisor")[0]
    replace_person(office.services, who.email, case_id, gone.id, {"colleague": "sulo"})
    office.until("2026-11-02")
    assert office.case(case_id).state == "running"


def test_supervision_in_progress_waits_for_another_supervisor() -> None:
    office = Kept()
    case_id = office.case_at("confirm", "endorse", "offer", "accept", "begin")
    office.index()
    office.put_out("supervisors", office.case(case_id).holders("supervisor")[0].ref)
    office.sent()
    case = office.case(case_id)
    assert (case.state, SUPERVISION.turn(case)) == ("running", "coordinator")
    theirs = read(office, case_id, "applicant")
    assert "Waiting for another supervisor" in theirs
    assert "the supervisor records it" not in theirs
    assert "record that here" not in read(office, case_id, "supervisor")
    due = due_at(SUPERVISION, case)
    assert due
    office.clock.time = due
    before = set(office.cases.outbox)
    assert run_due_timer(office.services, case_id)
    new = [office.cases.outbox[k].order.mail for k in office.cases.outbox.keys() - before]
    assert set(new) == {"remind_vacant"}


def at_vacant(name: str) -> tuple[Kept, str]:
    """A case under way whose supervisor is gone: accepted, in progress, or ordered."""
    office = Kept()
    if name == "ordered":
        quote = office.request("confirm")
        office.take(quote, "quote", valid_until="2026-10-31")
        office.take(quote, "accept_organisation")
        office.staff(quote)
        case_id = office.case(quote).linked[0]
    else:
        case_id = office.case_at("confirm", "endorse", "offer", "accept")
        if name == "running":
            office.do(case_id, "begin")
    office.index()
    office.put_out("supervisors", office.case(case_id).holders("supervisor")[0].ref)
    office.sent()
    return office, case_id


@pytest.mark.parametrize("name", ["active", "running", "ordered"])
def test_who_finds_another_is_led_from_a_mailed_link_to_where_it_is_done(name: str) -> None:
    office, case_id = at_vacant(name)
    way = f'href="{page_text("en", "page.desk_path")}">{page_text("en", "handover.by_desk")}<'
    for purpose in ("task", "status"):
        assert way in read(office, case_id, "coordinator", purpose)  # type: ignore[arg-type]
    applicant = office.case(case_id).holders("applicant")
    assert not applicant or way not in read(office, case_id, "applicant")


@pytest.mark.parametrize("name", ["active", "running", "ordered"])
def test_spent_link_asks_first_for_what_is_to_be_done_now(name: str) -> None:
    """Also where nothing but the page of the people leads on."""
    office, case_id = at_vacant(name)
    case = office.case(case_id)
    who = case.holders("coordinator")[0]
    order = MailOrder("any", who.id, "task", "coordinating", case.round - 1)
    token = mint(office.services, case_id, order, who.email).rpartition("/")[2]
    client = party.create_app(office.services).test_client()
    page = unescape(client.get(f"/api/t/{token}?lang=en").text)
    words = Words(SUPERVISION, "en", office.directory, case.form)
    assert f"<h1>{words.task(case, 'coordinator', 'title')}</h1>" in page
    assert page_text("en", "over.done_lead") not in page
