"""Which mailbox an address reaches, and every rule that two people must differ."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.errors import Invalid, Problem, Refused
from functions.kernel.mailboxes import mailbox, plain, same_address, same_mailbox
from functions.kernel.people import Person
from functions.services.access.people import person_key
from functions.services.access.quotas import of_form
from functions.services.case.handover import replace_person
from functions.services.case.merge import propose
from functions.services.mail.bounces import returned
from tests.fakes import World
from tests.unit.test_kernel_people_rows import FIELD, read_people

OTHERS_OF = {  # all of one mailbox, beside the first
    "aino@example.net": (
        "AINO@Example.NET",
        "aino+boss@example.net",
        "Aino+a+b@example.net.",
        "aino+@example.net",
    ),
    "first.last@gmail.com": (
        "firstlast@gmail.com",
        "F.I.R.S.T.Last+x@googlemail.com",
        "firstlast@GoogleMail.com",
    ),
    "aino@hyvä.fi": ("aino@xn--hyv-sla.fi", "aino+x@HYVÄ.fi", "aino@hyv\u0061\u0308.fi"),
    "aino@icloud.com": ("aino+1@me.com", "aino@mac.com"),
    "ainomalli@proton.me": ("aino.malli@protonmail.com", "aino_malli+x@pm.me"),
    "aino@fastmail.com": ("shop@aino.fastmail.com", "aino+x@fastmail.fm"),
}
DIFFERENT = [
    ("aino@example.net", "aino@example.org"),
    ("a.ino@example.net", "aino@example.net"),  # dots count where nobody says otherwise
    ("aino@example.net", "aini@example.net"),
    ("aino@exаmple.net", "aino@example.net"),  # a Cyrillic а
    ("+a@example.net", "+b@example.net"),
    ("aino@gmail.com", "aino@gmail.com.example.net"),
    ("aino@hotmail.com", "aino@outlook.com"),  # other people, though one provider
]


@pytest.mark.parametrize(("one", "others"), OTHERS_OF.items())
def test_one_mailbox_however_it_is_written(one: str, others: tuple[str, ...]) -> None:
    assert {mailbox(other) for other in others} == {mailbox(one)}
    assert all(same_mailbox(one, other) for other in others)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_mailboxes(one: str, other: str) -> None:
    assert not same_mailbox(one, other)
    assert not same_address(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@example.org", "A@Example.org", True),
        ("a@hyvä.fi", "A@xn--hyv-sla.fi", True),
        ("a@example.org", "a+b@example.org", False),
        ("first.last@gmail.com", "firstlast@gmail.com", False),
    ],
)
def test_same_address_opens_what_was_mailed_there(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same


ADDRESSES = st.from_regex(r"\A[A-Za-z0-9.+_-]{1,12}@[A-Za-z0-9.-]{1,12}\Z")


@given(ADDRESSES)
def test_mailbox_twice_is_as_once(address: str) -> None:
    assert mailbox(mailbox(address)) == mailbox(address)
    assert same_mailbox(address, plain(address))


def test_own_application_is_not_endorsed_by_another_spelling(world: World) -> None:
    for own in ("AINO@example.net", "aino+boss@example.net"):
        with pytest.raises(Invalid) as wrong:
            sent(world, manager_email=own)
        assert Problem("manager_email", "manager_is_another") in wrong.value.problems


def test_own_application_is_not_endorsed_after_a_replacement(world: World) -> None:
    """Neither the manager's place nor the applicant's is taken by the other's mailbox."""
    case_id = world.case_at("confirm")
    for role, email in (("manager", "aino+x@example.net"), ("applicant", "matti+x@example.org")):
        party = world.case(case_id).holders(role)[0]
        with pytest.raises(Invalid) as wrong:
            replaced(world, case_id, party.id, email)
        assert {p.code for p in wrong.value.problems} & {"manager_is_another"}, role


def test_place_is_not_taken_by_the_same_mailbox_unless_mail_came_back(world: World) -> None:
    case_id = world.case_at("confirm")
    manager = world.case(case_id).holders("manager")[0]
    with pytest.raises(Invalid) as wrong:
        replaced(world, case_id, manager.id, "matti+x@example.org")
    assert wrong.value.problems == (Problem("new_email", "there_already"),)
    assert returned(world.services, f"{case_id}-{manager.id}", manager.email)
    with pytest.raises(Invalid):
        replaced(world, case_id, manager.id, "MATTI@example.org")
    replaced(world, case_id, manager.id, "matti+x@example.org")
    assert world.case(case_id).holders("manager")[0].email == "matti+x@example.org"


def test_supervisor_is_not_offered_their_own_application(world: World) -> None:
    world.case_at("confirm")
    case_id = sent(world, applicant_email="Testi+x@example.org")
    world.do(case_id, "confirm")
    world.do(case_id, "endorse")
    with pytest.raises(Invalid) as wrong:
        world.do(case_id, "offer", supervisor="testi")
    assert wrong.value.problems == (Problem("supervisor", "supervisor_is_another"),)
    world.do(case_id, "offer", supervisor="sulo")
    party = world.case(case_id).holders("supervisor")[0]
    with pytest.raises(Invalid) as wrong:
        replace_person(
            world.services, "anna@example.org", case_id, party.id, {"colleague": "testi"}
        )
    assert wrong.value.problems == (Problem("colleague", "supervisor_is_another"),)


def test_people_of_a_group_have_mailboxes_of_their_own() -> None:
    typed = {
        f"{FIELD.name}-{n}-{cell}": value
        for n in range(1, 31)
        for cell, value in (("name", f"Person {n}"), ("email", f"victim+{n}@outside.example"))
    }
    _, problems = read_people(FIELD, typed)
    assert [p.code for p in problems] == ["twice"] * 29


def test_applications_of_one_mailbox_are_not_joined(world: World) -> None:
    emails = ("aino@example.net", "aino+x@example.net")
    ids = [sent(world, applicant_email=email) for email in emails]
    for case_id in ids:
        world.do(case_id, "confirm")
        world.do(case_id, "endorse")
    anna = Person("Anna", "anna@example.org", "fi", "anna")
    with pytest.raises(Invalid) as wrong:
        propose(world.services, "supervision", anna, ids, {}, "fi", "key")
    assert Problem("cases", "same_person") in wrong.value.problems


def test_limits_are_the_mailboxs_and_desks_the_addresss(world: World) -> None:
    services, emails = world.services, ("aino@example.net", "Aino+x@example.net")
    others = ("aino+y@example.net", "Aino+x@example.net")
    assert len({of_form(services, email) for email in emails}) == 2
    assert len({of_form(services, email) for email in others}) == 1
    assert len({person_key(services, email) for email in emails}) == 2
    assert person_key(services, "AINO@example.net") == person_key(services, emails[0])


def test_mail_that_came_back_from_one_spelling_stops_no_other(world: World) -> None:
    """A stranger can name a plus part that its provider refuses."""
    case_id = sent(world, manager_email="matti+none@example.org")
    world.do(case_id, "confirm")
    party = world.case(case_id).holders("manager")[0]
    assert returned(world.services, f"{case_id}-{party.id}", party.email)
    world.case_at("confirm")
    assert "matti@example.org" in {m["To"] for m in world.deliver_all()}


def test_nobody_opens_a_place_of_another_spelling(world: World) -> None:
    case_id = world.case_at("confirm")
    with pytest.raises(Refused):
        replace_person(world.services, "anna+x@example.org", case_id, "p1", {})


@pytest.fixture
def world() -> World:
    return World()


def sent(world: World, **changed: str) -> str:
    """The id of a new application that differs in this."""
    from functions.services.case import apply

    return apply.send(world.services, replace(world.draft(**changed)))


def replaced(world: World, case_id: str, party_id: str, email: str) -> None:
    typed = {"new_name": "New Person", "new_email": email, "new_language": "fi"}
    replace_person(world.services, "anna@example.org", case_id, party_id, typed)
