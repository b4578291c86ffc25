"""A form acts on what it was drawn from: once, and on nothing that its reader has not seen."""

from dataclasses import replace
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel.directory import DirectoryFile
from functions.kernel.form_origin import DRAWN
from functions.render.case.act_forms import FORM
from functions.render.text.texts import page_text
from tests.fakes import World
from tests.faults.pages import Page
from tests.guards.test_guard_visibility import Joined
from tests.orders import AGREED, DATED, DATES, Quotes

NAMED = "Aa Ek\nAa Ek\nAa Ek\nBo"
MOVED, LATE, ONCE = (
    page_text("en", key) for key in ("problems.moved", "problems.too_late", "receipt.once")
)


class Desk:
    """Somebody's browser at a link: forms as they were drawn, and what sending them answers."""

    def __init__(self, world: World, token: str) -> None:
        self.path = f"/api/t/{token}"
        self.client = party.create_app(world.services).test_client()

    def form(self, action: str, **said: str) -> dict[str, str]:
        page = Page(200, self.client.get(f"{self.path}?lang=en").text)
        found = next(
            f
            for f in page.forms
            if any(c.name == "action" and c.offered == action for c in f.controls)
        )
        return {**found.sends(), **said, "action": action}

    def send(self, typed: dict[str, str]) -> Page:
        got = self.client.post(self.path, data=typed)
        return Page(got.status_code, unescape(got.text))


def scheduled(**said: str) -> tuple[Quotes, str]:
    world = Quotes()
    case_id = world.request(*AGREED)
    world.take(case_id, "schedule", **{"participant_names": NAMED, **said})
    return world, case_id


def client_of(world: World, case_id: str, role: str = "contact") -> Desk:
    return Desk(world, world.token(case_id, role, "status"))


def test_one_of_three_of_a_name_leaves_once() -> None:
    world, case_id = scheduled()
    at = client_of(world, case_id)
    form = at.form("cancel_one", leaving="Aa Ek (1)")
    assert at.send(form).status == 303
    stored = world.stored()
    for _ in range(2):
        again = at.send(form)
        assert again.status == 409
        assert ONCE in again.html
    after = world.case(case_id).answers
    assert (after["participant_names"], after["cancelled_participants"]) == ("Aa Ek\nAa Ek\nBo", 1)
    assert world.stored() == stored
    assert at.send(at.form("cancel_one", leaving="Aa Ek (1)")).status == 303  # another one


def test_form_drawn_before_names_changed_removes_nobody_else() -> None:
    world, case_id = scheduled()
    at, other = client_of(world, case_id), client_of(world, case_id)
    old = at.form("cancel_one", leaving="Aa Ek (2)")
    assert other.send(other.form("substitute", replaced="Aa Ek (1)", coming_in="Zoe")).status == 303
    stored = world.stored()
    page = at.send(old)
    assert page.status == 422
    assert MOVED in page.html
    assert world.stored() == stored
    drawn = next(f for f in page.forms if f.sends().get(FORM) == "cancel_one").sends()
    assert drawn["action"] == "cancel_one"
    assert drawn[DRAWN] != old[DRAWN]
    assert at.send(drawn).status == 303


def test_answer_that_was_worked_out_makes_no_other_form_of_the_same() -> None:
    """The days of an invoice that were left empty stand in the history as they were computed."""
    world = Quotes()
    case_id = world.request(*DATED)
    world.until("2026-09-14")
    at = Desk(world, world.token(world.invoice_of(case_id).id, "finance"))
    form = at.form("invoice", invoice_number="1001", invoice_date="", due_date="")
    assert at.send(form).status == 303
    assert ONCE in at.send(form).html
    other = at.send({**form, "invoice_number": "1002"})
    assert other.title == page_text("en", "unrecorded.title")


def test_person_of_a_long_name_leaves_once() -> None:
    world, case_id = scheduled(participant_names=f"{'Aino ' * 30}Ek\nBo\nCo")
    at = client_of(world, case_id)
    form = at.form("cancel_one", leaving=f"{'Aino ' * 30}Ek")
    assert at.send(form).status == 303
    assert ONCE in at.send(form).html


def test_other_choice_is_another_form_also_when_it_is_retired() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    at = Desk(world, world.token(case_id, "coordinator"))
    form = at.form("offer", supervisor="testi")
    assert at.send(form).status == 303
    for key in ("testi", "sulo"):
        entry = world.directory.entry("supervisors", key)
        assert entry
        world.directory.save(DirectoryFile((replace(entry, retired=True),)))
        assert ONCE in at.send(form).html
        assert ONCE not in at.send({**form, "supervisor": "sulo"}).html
    assert world.case(case_id).answers["supervisor"] == "testi"


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [
        ({"employer": ""}, {"employer": "Another"}, False),
        ({"title": ""}, {"title": "Another"}, False),
        ({"title": "Another"}, {"title": ""}, False),
        ({"title": ""}, {"title": "Aino Applicant"}, True),
        ({"employer": ""}, {"employer": "Employer of north"}, True),
    ],
)
def test_what_was_filled_in_says_what_it_was_filled_with(
    first: dict[str, str], other: dict[str, str], same: bool
) -> None:
    world = World()
    case_id = world.case_at("confirm", "return")
    at = Desk(world, world.token(case_id, "applicant"))
    form = {**at.form("correct"), **first}
    assert at.send(form).status == 303
    assert ONCE in at.send(form).html
    assert (ONCE in at.send({**form, **other}).html) is same


def test_reasons_of_others_change_nothing_of_a_form() -> None:
    """Days that the coordinator changes meanwhile are not what is asked about."""
    world, case_id = scheduled()
    at = client_of(world, case_id, "coordinator")
    old = at.form("call_off", provider_reason="The supervisor has fallen ill.")
    other = client_of(world, case_id)
    assert other.send(other.form("substitute", replaced="Bo", coming_in="Zoe")).status == 303
    assert at.send(old).status == 303


def test_vote_of_another_refuses_nothing() -> None:
    world = Joined()
    world.votes("Aino", "yes")
    world.votes("Bertta", "yes")
    at = client_of(world, world.hub, "coordinator")
    form = at.form("close_merge")
    world.votes("Cecilia", "no")
    assert at.send(form).status == 303


def test_votes_at_the_same_time_both_count() -> None:
    world = Joined()
    holders = world.case(world.hub).holders("supervisee")
    people = {p.name: p for p in holders if p.name != "Cecilia"}
    desks = {n: Desk(world, world.token_of(world.hub, p)) for n, p in people.items()}
    forms = {n: d.form("consent", consent="yes") for n, d in desks.items()}
    assert [desks[n].send(forms[n]).status for n in forms] == [303, 303]
    assert [desks[n].send(forms[n]).status for n in forms] == [409, 409]
    name = next(iter(forms))
    assert desks[name].send(desks[name].form("consent", consent="no")).status == 303
    assert desks[name].send(forms[name]).status == 422  # the answer has changed since
    assert world.case(world.hub).votes[people[name].id] is False


def test_withdrawal_is_not_refused_for_what_the_manager_does() -> None:
    world = World()
    case_id = world.case_at("confirm")
    at = client_of(world, case_id, "applicant")
    form = at.form("withdraw")
    world.do(case_id, "endorse")
    assert at.send(form).status == 303
    assert at.send(form).status == 409


def test_offer_to_another_is_not_taken_back_unseen() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    at = client_of(world, case_id, "coordinator")
    form = at.form("take_back")
    world.do(case_id, "decline")
    world.do(case_id, "offer")
    stored = world.stored()
    assert MOVED in at.send(form).html
    assert world.stored() == stored


def test_what_can_no_longer_be_done_is_said_so() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    at = client_of(world, case_id, "coordinator")
    form = at.form("take_back")
    world.do(case_id, "decline")
    page = at.send(form)
    assert page.status == 422
    assert LATE in page.html


def test_text_typed_at_a_desk_is_kept_when_the_case_moves() -> None:
    world, case_id = scheduled()
    world.index()
    who = world.case(case_id).holders("coordinator")[0]
    row = f"{world.desk(who.email)}.{case_id}.{who.id}.{world.case(case_id).round}"
    at, other = Desk(world, row), client_of(world, case_id)
    form = at.form("call_off", provider_reason="The supervisor has fallen ill.")
    assert other.send(other.form("substitute", replaced="Bo", coming_in="Zoe")).status == 303
    page = at.send(form)
    assert page.status == 409
    assert MOVED in page.html
    kept = next(f for f in page.forms if f.sends().get(FORM) == "call_off")
    assert kept.sends()["provider_reason"] == form["provider_reason"]
    assert at.client.post(kept.action, data=kept.sends()).status_code == 303
    assert world.case(case_id).state == "cancelled"


def test_days_are_changed_once_and_everybody_mailed_once() -> None:
    world, case_id = scheduled()
    at = client_of(world, case_id, "coordinator")
    form = at.form(
        "reschedule", **{**DATES, "participant_names": NAMED, "start_date": "2026-09-21"}
    )
    assert at.send(form).status == 303
    mails = set(world.cases.outbox)
    assert at.send(form).status == 409
    assert set(world.cases.outbox) == mails
    assert at.send({**form, "start_date": "2026-09-22"}).status == 422


@pytest.mark.parametrize("drawn", ["", "x", "-1", "9" * 40])
def test_what_says_nothing_of_its_form_is_not_done_twice(drawn: str) -> None:
    world, case_id = scheduled()
    at = client_of(world, case_id)
    form = {**at.form("cancel_one", leaving="Aa Ek (1)"), DRAWN: drawn}
    assert at.send(form).status == 303
    assert at.send(form).status == 409
    assert world.case(case_id).answers["cancelled_participants"] == 1


def test_act_whose_answer_was_lost_is_told_of_when_the_desk_has_been_left() -> None:
    """Somebody who presses again on a page of a desk that has ended is not told that nothing was
    done: they would do it once more."""
    world, case_id = scheduled()
    world.index()
    held = world.case(case_id).holders("contact")[0]
    home = world.desk(held.email)
    at = Desk(world, f"{home}.{case_id}.{held.id}.{world.case(case_id).round}")
    form = at.form("cancel_one", leaving="Aa Ek (1)")
    assert at.send(form).status == 303
    stored = world.stored()
    world.clock.forward(days=2)
    again = at.send(form)
    assert again.status == 410
    assert ONCE in again.html
    assert page_text("en", "unrecorded.lead") not in again.html
    assert world.stored() == stored
