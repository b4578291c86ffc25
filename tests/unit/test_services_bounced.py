"""Mail that came back: marked on the case, told to the coordinator, never sent again."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.entry.bounces import app as bounces
from functions.entry.party import app as party_entry
from functions.kernel.case import Actor, Case, Party
from functions.kernel.definition import Definition
from functions.kernel.missed_mail import missed, resend_missed
from functions.kernel.states import CLOCK
from functions.processes import NAMES, current
from functions.render.text.organisation import organisation
from functions.render.text.texts import page_text, process_text
from functions.services.case import handover
from functions.services.case.handover import resend
from tests.fakes import World
from tests.paths import walks


@pytest.fixture
def world() -> World:
    return World()


def _manager(world: World, case_id: str) -> Party:
    return world.case(case_id).holders("manager")[0]


def _event(letter: str, address: str, **changed: Any) -> dict[str, Any]:
    """What SNS hands over for a hard bounce (SES event publishing)."""
    feedback = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": address}],
        },
        "mail": {"tags": {"origin": [letter]}},
        **changed,
    }
    return {"Records": [{"Sns": {"Message": json.dumps(feedback)}}]}


def test_hard_bounce_is_marked_and_told_to_the_coordinators_once(world: World) -> None:
    case_id = world.case_at("confirm")
    world.deliver_all()
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email)
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert _manager(world, case_id).reachable is False
    told = [(m["To"], m["Subject"]) for m in world.deliver_all()]
    assert sorted(to for to, _ in told) == ["anna@example.org", "sten@example.org"]
    assert [t.sealed.event.action for t in world.cases.load(case_id).history].count("bounce") == 1


def test_nothing_more_is_sent_to_a_mailbox_that_bounced(world: World) -> None:
    first = world.case_at("confirm")
    world.deliver_all()
    manager = _manager(world, first)
    bounces.handle(world.services, _event(f"{first}-{manager.id}", manager.email))
    world.deliver_all()
    world.clock.forward(minutes=11)
    second = world.case_at("confirm")
    assert manager.email not in [m["To"] for m in world.deliver_all()]
    assert _manager(world, second).reachable is False


def test_complaint_counts_as_a_bounce(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(
        f"{case_id}-{manager.id}",
        manager.email,
        eventType="Complaint",
        complaint={"complainedRecipients": [{"emailAddress": manager.email.upper()}]},
    )
    assert bounces.handle(world.services, event) == {"noted": 1}
    assert _manager(world, case_id).reachable is False


@pytest.mark.parametrize(
    "changed",
    [
        {"bounce": {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "x@y.fi"}]}},
        {"eventType": "Delivery"},
        {"eventType": None},
        {"mail": {"tags": {}}},
        {"mail": {"tags": {"origin": ["nosuchcase-p1"]}}},
    ],
)
def test_other_and_forged_feedback_changes_nothing(world: World, changed: dict[str, Any]) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email, **changed)
    before = world.stored()
    assert bounces.handle(world.services, event) == {"noted": 0}
    assert world.stored() == before


def test_feedback_about_another_address_than_the_partys_is_refused(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", "somebody.else@example.org")
    assert bounces.handle(world.services, event) == {"noted": 0}
    assert _manager(world, case_id).reachable is True
    assert world.limits.until == {}


def test_unreadable_feedback_does_not_stop_the_rest(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    event = _event(f"{case_id}-{manager.id}", manager.email)
    event["Records"].insert(0, {"Sns": {"Message": "not json"}})
    assert bounces.handle(world.services, event) == {"noted": 1}


GIVEN_UP = ("Transient", "Undetermined")


def _given_up(case_id: str, party: Party, kind: str, mail: str) -> dict[str, Any]:
    bounce = {"bounceType": kind, "bouncedRecipients": [{"emailAddress": party.email}]}
    return _event(f"{case_id}-{party.id}-{mail}", party.email, bounce=bounce)


def _coordinators_view(world: World, case_id: str) -> str:
    client = party_entry.create_app(world.services).test_client()
    token = world.token(case_id, "coordinator", "status")
    return client.get(f"/api/t/{token}?lang=en").get_data(as_text=True)


@pytest.mark.parametrize("kind", GIVEN_UP)
def test_mail_that_was_given_up_on_is_shown_and_can_be_sent_again(world: World, kind: str) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    world.deliver_all()
    supervisor = world.case(case_id).holders("supervisor")[0]
    letter = next(m for m in world.post.sent if m["To"] == supervisor.email)["X-Kapula-Origin"]
    assert letter == f"{case_id}-{supervisor.id}-offer"
    event = _given_up(case_id, supervisor, kind, "offer")
    for _ in range(2):
        assert bounces.handle(world.services, event) == {"noted": 1}
    party = world.case(case_id).holders("supervisor")[0]
    assert (party.missed, party.reachable, world.limits.until) == ("offer", True, {})
    assert world.deliver_all() == []
    page = _coordinators_view(world, case_id)
    assert page_text("en", "case.missed") in page
    assert process_text("supervision", "en", "history.missed") in page

    handover.resend(world.services, "anna@example.org", case_id, party.id)
    (mail,) = world.deliver_all()
    assert (mail["To"], mail["X-Kapula-Origin"]) == (supervisor.email, letter)
    page = _coordinators_view(world, case_id)
    assert page_text("en", "case.missed") not in page
    assert process_text("supervision", "en", "history.own.resend") in page
    history = world.cases.load(case_id).history  # type: ignore[union-attr]
    assert [t.sealed.event.action for t in history][-2:] == ["missed", "resend"]


def turn_of(definition: Definition, case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return party is not None and definition.turn(case) == party.role


@pytest.mark.parametrize("name", NAMES)
def test_mail_that_asks_is_sent_again_as_it_was(world: World, name: str) -> None:
    """In every form and state, whoever has the turn there: its link leads to the same task."""
    definition, tried = current(name), set()
    for walk in walks(definition, world.directory):
        case, last = walk.case, walk.decisions[-1]
        asking = (o for o in last.mail_orders if o.purpose == "task")
        for order in (o for o in asking if (case.form, case.state, o.mail) not in tried):
            tried.add((case.form, case.state, order.mail))
            later = last.event.at + timedelta(minutes=1)
            noted = missed(definition, case, order.party, order.mail, later)
            assert noted
            again = resend_missed(definition, noted.case, Actor(CLOCK), order.party, later, order)
            assert again.mail_orders == (order,), (case.form, case.state)
            later += timedelta(days=400)
            much_later = resend_missed(
                definition, noted.case, Actor(CLOCK), order.party, later, order
            )
            if turn_of(definition, case, order.party):
                assert much_later.mail_orders[0].purpose == "task"
    assert len(tried) > 3


@pytest.mark.parametrize("name", NAMES)
def test_no_mail_of_any_kind_is_sent_again_when_its_case_has_gone_on(
    world: World, name: str
) -> None:
    """In every form, at every step: what was ordered there is sent again as it was as long as the
    case is there, and later its reader gets a link to where the case is, whatever the mail says."""
    definition, tried = current(name), set()
    for walk in walks(definition, world.directory):
        case, last = walk.case, walk.decisions[-1]
        later = last.event.at + timedelta(minutes=1)
        for number, decision in enumerate(walk.decisions):
            since = [d.event.action for d in walk.decisions[number + 1 :]]
            for order in decision.mail_orders:
                noted = missed(definition, case, order.party, order.mail, later)
                if noted is None:
                    continue
                again = resend_missed(
                    definition, noted.case, Actor(CLOCK), order.party, later, order, since
                )
                here = (order.state, order.round) == (case.state, case.round)
                name_of_link = order.mail if here else definition.new_link_mail.name
                assert [o.mail for o in again.mail_orders] == [name_of_link], (order, walk.taken)
                tried.add((order.mail, here))
    gone_on = {mail for mail, here in tried if not here}
    passing = {mail.name for mail in definition.all_mails if mail.passing}
    assert len(gone_on) > 3
    assert bool(passing & gone_on) == bool(passing)


def missed_and_sent_again(world: World, case_id: str, role: str, mail: str) -> list[str]:
    """The names of the mails that somebody gets by *Send again*."""
    party = world.case(case_id).holders(role)[0]
    bounces.handle(world.services, _told_of(case_id, party, world.clock.now(), mail))
    world.deliver_all()
    handover.resend(world.services, "anna@example.org", case_id, party.id)
    sent = [m for m in world.deliver_all() if m["To"] == party.email]
    return [str(m["X-Kapula-Origin"]).rpartition("-")[2] for m in sent]


@pytest.mark.parametrize(
    ("role", "actions", "mail", "sent"),
    [
        ("applicant", (), "endorsed", "endorsed"),
        ("applicant", ("offer",), "endorsed", "fresh_link"),
        ("applicant", ("offer",), "offered", "offered"),
        ("applicant", ("offer", "take_back"), "offered", "fresh_link"),
        ("applicant", ("offer", "take_back", "offer"), "offered", "offered"),
        ("applicant", ("offer", "accept"), "accepted", "accepted"),
        ("applicant", ("offer", "accept", "begin"), "accepted", "fresh_link"),
        ("applicant", ("refuse",), "refused", "refused"),
    ],
)
def test_what_was_missed_is_sent_again_while_the_case_is_where_it_says(
    world: World, role: str, actions: tuple[str, ...], mail: str, sent: str
) -> None:
    case_id = world.case_at("confirm", "endorse", *actions)
    world.deliver_all()
    assert missed_and_sent_again(world, case_id, role, mail) == [sent]


def test_mail_about_people_is_not_sent_again_when_these_are_others(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    bounces.handle(world.services, _event(f"{case_id}-{manager.id}", manager.email))
    world.deliver_all()
    assert missed_and_sent_again(world, case_id, "coordinator", "unreachable") == ["unreachable"]
    world.clock.forward(minutes=1)
    typed = {"new_name": "Minna", "new_email": "minna@example.org", "new_language": "fi"}
    handover.replace_person(world.services, "anna@example.org", case_id, manager.id, typed)
    world.deliver_all()
    assert missed_and_sent_again(world, case_id, "coordinator", "unreachable") == ["fresh_link"]


def test_nobody_else_reads_of_it(world: World) -> None:
    case_id = world.case_at("confirm", "endorse")
    manager = _manager(world, case_id)
    bounces.handle(world.services, _given_up(case_id, manager, "Transient", "endorse"))
    client = party_entry.create_app(world.services).test_client()
    for role in ("applicant", "manager"):
        token = world.token(case_id, role, "status")
        page = client.get(f"/api/t/{token}?lang=en").get_data(as_text=True)
        assert page_text("en", "case.missed") not in page
        assert process_text("supervision", "en", "history.missed") not in page


def test_who_acts_has_had_their_mail(world: World) -> None:
    case_id = world.case_at("confirm")
    event = _given_up(case_id, _manager(world, case_id), "Transient", "endorse")
    bounces.handle(world.services, event)
    assert _manager(world, case_id).missed == "endorse"
    world.do(case_id, "endorse")
    assert _manager(world, case_id).missed == ""


def test_mail_whose_day_is_over_is_sent_again_as_a_link(world: World) -> None:
    """What it asked for was done since, or its day has passed: a link to where the case is now."""
    case_id = world.case_at("confirm", "endorse")
    manager = _manager(world, case_id)
    bounces.handle(world.services, _given_up(case_id, manager, "Transient", "endorse"))
    handover.resend(world.services, "anna@example.org", case_id, manager.id)
    mails = [m["X-Kapula-Origin"] for m in world.deliver_all()]
    assert f"{case_id}-{manager.id}-fresh_link" in mails
    assert f"{case_id}-{manager.id}-endorse" not in mails


@pytest.mark.parametrize(
    "letter", ["{case}-p2-no_such_mail", "{case}-p2", "{case}-p99-endorse", "desk-x"]
)
def test_given_up_mail_that_is_none_of_ours_changes_nothing(world: World, letter: str) -> None:
    case_id = world.case_at("confirm")
    manager = _manager(world, case_id)
    before = world.stored()
    bounce = {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": manager.email}]}
    event = _event(letter.format(case=case_id), manager.email, bounce=bounce)
    bounces.handle(world.services, event)
    assert world.stored() == before


@pytest.mark.parametrize("actions", [(), ("confirm",), ("confirm", "endorse", "offer", "accept")])
def test_answers_to_mails_go_to_the_organisation(world: World, actions: tuple[str, ...]) -> None:
    world.case_at(*actions)
    assert {m["Reply-To"] for m in world.deliver_all()} == {organisation()["reply_to"]}


def _told_of(case_id: str, party: Party, at: datetime, name: str = "endorse") -> dict[str, Any]:
    """What SNS hands over for a mail that was given up on and had been sent at a moment."""
    mail = {"tags": {"origin": [f"{case_id}-{party.id}-{name}"]}, "timestamp": at.isoformat()}
    bounce = {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": party.email}]}
    return _event("", party.email, bounce=bounce, mail=mail)


@pytest.mark.parametrize("lost", [False, True])
def test_notice_that_comes_twice_or_late_is_none_of_a_mail_that_was_sent_again(
    world: World, lost: bool
) -> None:
    case_id = world.case_at("confirm")
    sent = world.clock.now()
    world.deliver_all()
    manager = _manager(world, case_id)
    for _ in range(2):
        bounces.handle(world.services, _told_of(case_id, manager, sent))
        assert _manager(world, case_id).missed == "endorse"
    world.clock.forward(minutes=5)
    resend(world.services, "anna@example.org", case_id, manager.id)
    again = world.clock.now()
    for _ in range(2):
        bounces.handle(world.services, _told_of(case_id, manager, sent))
        assert _manager(world, case_id).missed == ""
        world.deliver_all()
        world.clock.forward(minutes=5)
    if lost:  # the one that was sent again is another mail
        bounces.handle(world.services, _told_of(case_id, manager, again))
        assert _manager(world, case_id).missed == "endorse"


@pytest.mark.parametrize("timed", [False, True])
def test_notice_of_a_mail_whose_reader_has_acted_since_is_none(world: World, timed: bool) -> None:
    case_id = world.case_at("confirm")
    sent = world.clock.now()
    world.deliver_all()
    manager = _manager(world, case_id)
    world.do(case_id, "endorse")
    told = _told_of(case_id, manager, sent) if timed else None
    event = told or _given_up(case_id, manager, "Transient", "endorse")
    bounces.handle(world.services, event)
    assert _manager(world, case_id).missed == ""
