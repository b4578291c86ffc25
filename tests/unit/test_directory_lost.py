"""Mails of desks and of the directory that did not arrive: those who keep it hear of them."""

import json
from email.message import EmailMessage

import pytest

from functions.entry.bounces import app as bounces
from functions.render.text.texts import mail_text
from functions.services.access.people import person_key
from functions.services.mail import orders
from tests.unit.test_directory_told import KEEPERS, STRANGER, Kept, told

KINDS = ("Transient", "Undetermined", "Permanent")


@pytest.fixture
def office() -> Kept:
    return Kept()


def come_back(office: Kept, message: EmailMessage, kind: str, written: str = "{}") -> int:
    """What SES says of a mail, in the shape of its event publishing."""
    recipients = [{"emailAddress": written.format(message["To"])}]
    feedback = {
        "eventType": "Bounce",
        "bounce": {"bounceType": kind, "bouncedRecipients": recipients},
        "mail": {"tags": {"origin": [str(message["X-Kapula-Origin"])]}},
    }
    event = {"Records": [{"Sns": {"Message": json.dumps(feedback)}}]}
    return int(bounces.handle(office.services, event)["noted"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("to", ["una@example.org", STRANGER])
def test_mail_on_a_changed_address_that_is_lost_is_told_to_all_who_keep(
    office: Kept, kind: str, to: str
) -> None:
    office.change("coordinators", "una", email=STRANGER)
    (lost,) = [m for m in office.sent() if m["To"] == to]
    assert come_back(office, lost, kind) == 1
    assert come_back(office, lost, kind) == 1
    sent = office.sent()
    assert sorted(m["To"] for m in sent) == sorted(KEEPERS)
    for each in sent:
        language = str(each["Content-Language"])
        assert each["Subject"] == mail_text("", "not_arrived", language).subject
        mail = "address_old" if to == "una@example.org" else "address_new"
        assert mail_text("", mail, language).subject in told(each)
        assert "Una" in told(each)


@pytest.mark.parametrize("kind", KINDS)
def test_lost_link_of_a_desk_is_told_if_the_person_is_in_the_directory(
    office: Kept, kind: str
) -> None:
    orders.ask_desk(office.services, {"email": "tom@example.org"})
    (lost,) = office.deliver_all()
    assert come_back(office, lost, kind) == 1
    assert {to for to, _ in office.mails()} == KEEPERS


def test_who_keeps_the_directory_is_not_told_of_their_own_mail_nor_without_end(
    office: Kept,
) -> None:
    office.change("coordinators", "tom", **{"duties.units": "yes"})
    (lost,) = [m for m in office.sent() if m["To"] == "kim@example.org"]
    assert come_back(office, lost, "Transient") == 1
    (again,) = office.sent()
    assert again["To"] == "kira@example.org"
    assert come_back(office, again, "Transient") == 1
    assert office.sent() == []


@pytest.mark.parametrize("written", ["Una <{}>", '"U, na" <{}>', "<{}>", "{}"])
def test_recipient_may_be_written_as_in_a_header(office: Kept, written: str) -> None:
    office.change("coordinators", "una", email=STRANGER)
    (lost,) = [m for m in office.sent() if m["To"] == STRANGER]
    assert come_back(office, lost, "Undetermined", written) == 1


def test_mail_to_another_address_than_the_letters_is_refused(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    lost = office.sent()[0]
    assert come_back(office, lost, "Transient", "x{}") == 0
    assert office.sent() == []
    assert person_key(office.services, STRANGER) != person_key(office.services, f"x{STRANGER}")


@pytest.mark.parametrize("kind", KINDS)
def test_lost_mail_of_a_case_is_told_if_nobody_else_looks_after_it(kind: str) -> None:
    office = Kept()
    case_id = office.case_at("confirm", "endorse")
    (held,) = office.case(case_id).holders("coordinator")
    lost = [m for m in office.sent() if m["To"] == held.email and "coordinate" in str(m)][-1]
    assert come_back(office, lost, kind) == 1
    mails = office.sent()
    assert {m["To"] for m in mails} == KEEPERS - {held.email}
    assert all(office.kept("coordinators", held.ref).names["fi"] in told(m) for m in mails)
    assert not any(case_id[:6].upper() in told(m) for m in mails)


def test_lost_mail_to_another_party_is_told_on_the_case_alone() -> None:
    office = Kept()
    case_id = office.case_at("confirm", "endorse", "offer")
    (held,) = office.case(case_id).holders("supervisor")
    lost = [m for m in office.sent() if m["To"] == held.email][-1]
    assert come_back(office, lost, "Transient") == 1
    assert office.sent() == []
