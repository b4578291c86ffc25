"""Strangers who fill one desk: its people get some mails, then one for all; nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from functions.kernel.mailboxes import mailbox
from functions.render.text.texts import mail_text
from functions.services.access.desk_links import open_for
from functions.services.access.links import ask_fresh
from functions.services.access.people import person_key
from functions.services.case import apply
from functions.services.desk.worklist import overview
from tests.guards.test_guard_mails import parts
from tests.orders import Quotes
from tests.unit.test_contact import Contacts
from tests.unit.test_services_unanswered import pass_days

ONE_DAY = 5  # mails about new cases


class Desk(Quotes):
    """A world in which strangers open cases of every process, each from a mailbox of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.contacts = Contacts()
        self.contacts.__dict__.update(self.__dict__)

    def opened(self, process: str, **changed: str) -> str:
        """One more case that has come as far as to its staff."""
        self.number += 1
        email = f"box{self.number}@stranger.example"
        ways: dict[str, Callable[[], str]] = {
            "contact": lambda: self.contacts.contact("confirm", email=email, **changed),
            "quote": lambda: self.request("confirm", contact_email=email, **changed),
            "supervision": lambda: self.applied(email, **changed),
        }
        case_id = ways[process]()
        self.index()
        self.deliver_all()
        self.deliver_all()
        return case_id

    def applied(self, email: str, **changed: str) -> str:
        draft = self.draft(
            applicant_email=email, manager_email=f"m{self.number}@example.org", **changed
        )
        case_id = apply.send(self.services, draft)
        self.do(case_id, "confirm")
        self.do(case_id, "endorse")
        return case_id

    def member(self, case_id: str) -> str:
        """The address of the first of the directory who has a place in a case."""
        return next(p.email for p in self.case(case_id).parties if p.ref)

    def got(self, email: str) -> list[str]:
        """Whether each mail to somebody was of a case or of their desk."""
        mails = [m for m in self.post.sent if m["To"] == email]
        return ["desk" if "/api/d/" in str(m) else "case" for m in mails]

    def open_desk(self, email: str) -> None:
        mail = [m for m in self.post.sent if m["To"] == email and "/api/d/" in str(m)][-1]
        open_for(self.services, parts(mail)[2][0].rpartition("/")[2], "own")


def subjects(world: Desk, email: str) -> list[str]:
    return [str(m["Subject"]) for m in world.post.sent if m["To"] == email]


def gathered_subjects(mail: str) -> set[str]:
    return {mail_text("", mail, each).subject for each in ("fi", "sv", "en")}


@pytest.fixture
def world() -> Desk:
    return Desk()


EACH = pytest.mark.parametrize("process", ["contact", "quote", "supervision"])


@EACH
def test_forty_mailboxes_of_one_domain_are_six_mails_and_forty_cases(
    world: Desk, process: str
) -> None:
    ids = [world.opened(process) for _ in range(40)]
    for email in {p.email for p in world.case(ids[0]).parties if p.ref}:
        assert world.got(email) == ["case"] * ONE_DAY + ["desk"]
        mail = [m for m in world.post.sent if m["To"] == email][-1]
        assert mail["Subject"] in gathered_subjects("several_new")
        world.open_desk(email)
        desk = overview(world.services, person_key(world.services, email)).todo
        found = {row.case.id for row in desk.rows}
        assert found <= set(ids)
        assert len(found) > ONE_DAY
    assert len({mailbox(p.email) for i in ids for p in world.case(i).parties[:1]}) == 40


@EACH
def test_who_opens_their_desk_or_acts_is_mailed_of_each_again(world: Desk, process: str) -> None:
    ids = [world.opened(process) for _ in range(8)]
    email = world.member(ids[0])
    before = len(world.got(email))
    world.open_desk(email)
    world.opened(process)
    assert world.got(email)[before:] == ["case"]


def test_who_acts_in_a_new_case_is_mailed_of_each_again(world: Desk) -> None:
    ids = [world.opened("contact") for _ in range(8)]
    email = world.member(ids[0])
    before = len(world.got(email))
    world.contacts.take(ids[7], "answer")
    world.opened("contact")
    assert "case" in world.got(email)[before:]


def test_all_kinds_of_new_cases_share_the_places(world: Desk) -> None:
    ids = [world.opened(p) for p in ("contact", "quote", "supervision") * 4]
    email = world.member(ids[2])
    held = [i for i in ids if any(p.email == email for p in world.case(i).parties)]
    assert len(held) > ONE_DAY
    assert world.got(email) == ["case"] * ONE_DAY + ["desk"]


def test_urgent_case_is_told_by_itself_whatever_else_came(world: Desk) -> None:
    ids = [world.opened("quote") for _ in range(12)]
    email = world.member(ids[0])
    before = len(world.got(email))
    world.opened("quote", urgency="crisis")
    assert world.got(email)[before:] == ["case"]
    for _ in range(12):
        world.opened("quote", urgency="crisis")
    assert world.got(email)[before:] == ["case"] * ONE_DAY + ["desk"]
    assert subjects(world, email)[-1] in gathered_subjects("several_urgent")


def test_reminders_of_urgent_cases_are_kept_back_by_no_first_mails(world: Desk) -> None:
    """They have places of their own, and what tells of the rest is called urgent, too."""
    ids = [world.opened("quote", urgency="crisis") for _ in range(9)]
    email = world.member(ids[0])
    before = len(world.got(email))
    due = world.cases.folders[ids[0]].due_at
    assert due is not None
    world.clock.time = due - timedelta(hours=1)
    pass_days(world, 1)
    reminded = world.got(email)[before:]
    assert reminded.count("case") == ONE_DAY
    assert reminded.count("desk") >= 1
    told = subjects(world, email)[before:]
    assert {*told} <= gathered_subjects("several_urgent") | {t for t in told if "K-" in t}
    assert all(t.startswith(("Kiireellinen", "Brådskande", "Urgent")) for t in told)


def test_case_that_one_of_the_staff_has_acted_in_is_not_new(world: Desk) -> None:
    ids = [world.opened("contact") for _ in range(4)]
    email = world.member(ids[0])
    for case_id in ids:
        world.contacts.take(case_id, "answer")
    for _ in range(6):
        world.opened("contact")
    before = len(world.got(email))
    for case_id in ids:
        world.contacts.take(case_id, "ask_more")
        world.deliver_all()
    assert world.got(email)[before:] == ["case"] * 4


def test_reminders_of_new_cases_are_gathered_too(world: Desk) -> None:
    ids = [world.opened("contact") for _ in range(12)]
    email = world.member(ids[0])
    pass_days(world, 14)
    days = [m["Date"].datetime.date() for m in world.post.sent if m["To"] == email]
    assert max(days.count(day) for day in days) <= 2 * (ONE_DAY + 1)
    assert len(days) > ONE_DAY + 1


def test_link_that_is_asked_for_leaves_all_the_same(world: Desk) -> None:
    ids = [world.opened("contact") for _ in range(8)]
    case = world.case(ids[7])
    held = next(p for p in case.parties if p.ref)
    ask_fresh(world.services, world.token_of(case.id, held))
    assert [m["To"] for m in world.deliver_all()] == [held.email]
