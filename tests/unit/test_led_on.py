"""A case that led on to a form learns that the form was sent, and waits for it no more."""

import re
from html import unescape

import pytest

from functions.kernel.case import Case, reference
from functions.processes import current
from functions.services.case import apply
from functions.services.case.timers import run_due_timer
from tests.web_client import Visits

CONTACT = current("contact")
LIISA = "liisa@example.net"
MESSAGE = {
    "topic": "general",
    "message": "How do we get supervision for our team?",
    "name": "Liisa Sender",
    "email": LIISA,
    "privacy_read": "yes",
}
# What each form asks beside what the message fills in.
FORMS = {
    "individual": (
        "supervision/individual",
        {
            "form_of_supervision": "individual",
            "unit": "north",
            "manager_name": "Matti Manager",
            "manager_email": "matti@example.org",
            "privacy_read": "yes",
        },
    ),
    "request": (
        "quote/request",
        {
            "product": "group",
            "participants": "4",
            "urgency": "usual",
            "payer_type": "individual",
            "privacy_read": "yes",
        },
    ),
}


class Led(Visits):
    """A world in which a message was led on to a form."""

    def led(self, form: str) -> Case:
        self.send("contact/message", MESSAGE)
        self.press(LIISA, "confirm")
        (contact,) = (f.case for f in self.cases.folders.values())
        (assignee, *_) = contact.holders("assignee")
        self.press(assignee.email, "convert", to_form=form)
        return self.case(contact.id)

    def carried(self) -> dict[str, str]:
        """What the button to the form takes along."""
        page = self.links.get(self.link(LIISA)).text
        door = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if "/forms/" in f)
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', door)
        return {name: unescape(value) for name, value in found}

    def others(self, contact: Case) -> list[Case]:
        return [f.case for f in self.cases.folders.values() if f.case.id != contact.id]


@pytest.fixture
def world() -> Led:
    return Led()


@pytest.mark.parametrize("form", FORMS)
def test_form_that_was_sent_is_told_to_the_case_that_led_to_it(world: Led, form: str) -> None:
    contact, (path, typed) = world.led(form), FORMS[form]
    world.send(path, {**world.carried(), **typed})
    (case,) = world.others(contact)
    assert world.case(contact.id).state == "converted"  # the mailbox is not proven yet
    world.press(LIISA, "confirm")
    after = world.case(contact.id)
    assert after.state == "closed"
    assert after.answers["form_reference"] == reference(case.id)
    assert world.case(case.id).state != "unconfirmed"
    told = {m["To"] for m in world.deliver_all() if reference(contact.id) in m["Subject"]}
    assert told == {p.email for p in contact.parties}
    for party in after.parties:
        page = world.links.get(f"/api/t/{world.token_of(contact.id, party, 'status')}?lang=en")
        assert reference(case.id) in page.text
    world.clock.forward(days=31)
    assert not run_due_timer(world.services, contact.id)  # nothing waits, nobody is reminded


def test_form_without_the_key_is_a_case_of_its_own(world: Led) -> None:
    contact, (path, typed) = world.led("individual"), FORMS["individual"]
    carried = {k: v for k, v in world.carried().items() if k != "_key"}
    world.send(path, {**carried, **typed})
    world.press(LIISA, "confirm")
    (case,) = world.others(contact)
    assert case.linked == ()
    assert world.case(contact.id).state == "converted"


def test_key_that_was_made_up_leads_nowhere(world: Led) -> None:
    contact, (path, typed) = world.led("individual"), FORMS["individual"]
    carried = world.carried()
    *plain, _sign = carried["_key"].split(".")
    other = apply.mint_key(world.services).rpartition(".")[2]
    world.send(path, {**carried, **typed, "_key": ".".join((*plain, other))})
    world.press(LIISA, "confirm")
    (case,) = world.others(contact)
    assert case.linked == ()
    assert world.case(contact.id).state == "converted"


def test_key_closes_a_case_once(world: Led) -> None:
    """A form that is filled once more opens a case; there is nothing left to tell."""
    contact, (path, typed) = world.led("individual"), FORMS["individual"]
    carried = world.carried()
    for title in ("First", "Second"):
        world.send(path, {**carried, **typed, "title": title})
        world.press(LIISA, "confirm")
    first, second = world.others(contact)
    assert {first.state, second.state} == {"submitted"}
    assert world.case(contact.id).answers["form_reference"] == reference(first.id)
