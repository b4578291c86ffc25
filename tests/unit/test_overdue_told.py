"""Many cases in which nobody has acted: who keeps the directory gets some mails, then one of all."""

import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import MailOrder, reference
from functions.kernel.directory import DirectoryFile
from functions.kernel.duties import DIRECTORY
from functions.kernel.timers import DUE_BY_LAW, OVERDUE
from functions.render.text.texts import mail_text
from functions.services.access.people import person_key
from functions.services.case.timers import run_due_timer
from functions.services.desk.worklist import overview
from functions.services.mail.deliver import deliver
from tests.unit.test_duties import _person
from tests.unit.test_gathered import Desk

KIM = "kim@example.org"
MOST = 4  # in a day of each kind: three, and one that lists the rest


class Watched(Desk):
    """A desk that Kim watches over, who keeps the directory and has no other duty."""

    def __init__(self) -> None:
        super().__init__()
        kim = replace(_person("kim", "directory"), names=dict.fromkeys(LANGUAGES, "Kim"))
        self.directory.save(DirectoryFile((kim,)))

    def due(self, ids: list[str], mail: str = OVERDUE) -> None:
        """Order for each case that those who keep the directory are told of it, as time does."""
        for case_id in ids:
            case = self.case(case_id)
            last = self.cases.folders[case_id].told[-1].sealed.event.number
            order = MailOrder(mail, "", DIRECTORY, case.state, case.round)
            self.cases.post_once(case_id, f"{last:05}#{mail}", order, self.clock.now())

    def told(self, *, minutes: float = 11) -> list[EmailMessage]:
        """What Kim is mailed now and some minutes later."""
        before = len(self.post.sent)
        for wait in (0, 0, minutes, 0):
            self.clock.forward(minutes=wait)
            self.deliver_all()
        return [m for m in self.post.sent[before:] if m["To"] == KIM]


def references(mails: list[EmailMessage]) -> list[str]:
    """The cases that are told of, each as often as it is."""
    texts = [m.get_body(("plain",)) for m in mails]
    found = [{*re.findall(r"K-[A-Z2-7]{6}", str(t.get_content()))} for t in texts if t]
    return sorted(each for one in found for each in one)


def expected(ids: list[str]) -> list[str]:
    return sorted(map(reference, ids))


def lists(mail: EmailMessage, text: str = "several_overdue") -> bool:
    subjects = [mail_text("", text, language).subject for language in LANGUAGES]
    return str(mail["Subject"]).endswith(tuple(subjects))


@pytest.fixture
def world() -> Watched:
    return Watched()


def test_thirty_cases_that_time_makes_due_on_one_day_are_four_mails(world: Watched) -> None:
    ids = [world.opened("quote", urgency="crisis") for _ in range(30)]
    told: list[EmailMessage] = []
    for _ in range(9):
        world.clock.forward(days=1)
        for case_id in ids:
            while run_due_timer(world.services, case_id):
                pass
        today = world.told()
        assert len(today) <= MOST
        if today:
            assert references(today) == expected(ids)
            assert sum(map(lists, today)) == 1
        told += today
    assert len(told) == 2 * MOST  # it comes to them twice in these days


def test_one_who_keeps_the_directory_is_told_who_is_waited_for(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(5)]
    world.due(ids)
    (listing,) = filter(lists, world.told())
    text = str(listing.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    names = {p.name for p in world.case(ids[0]).parties if p.ref}
    assert names
    assert all(text.count(name) == 2 for name in names)  # of the two that it lists


def test_urgent_and_lawful_ones_have_places_of_their_own(world: Watched) -> None:
    plain = [world.opened("quote") for _ in range(7)]
    urgent = [world.opened("quote", urgency="crisis") for _ in range(7)]
    lawful = [world.opened("contact", topic="accessibility") for _ in range(7)]
    world.due([*plain, *urgent])
    world.due(lawful, DUE_BY_LAW)
    told = world.told()
    assert references(told) == expected([*plain, *urgent, *lawful])
    kinds = [m for m in told if lists(m)]
    assert [str(m["Subject"]).startswith(("Kiireellinen", "Urgent")) for m in kinds].count(
        True
    ) == 1
    assert [lists(m, "several_by_law") for m in told].count(True) == 1
    assert (len(told), len(kinds)) == (3 * MOST, 2)


def test_what_comes_after_the_list_has_left_is_told_the_next_day(world: Watched) -> None:
    first = [world.opened("contact") for _ in range(6)]
    later = [world.opened("contact") for _ in range(6)]
    world.due(first)
    assert references(world.told()) == expected(first)
    world.due(later)
    assert world.told() == []
    world.clock.forward(days=1)
    told = world.told()
    assert len(told) == MOST
    assert references(told) == expected(later)


def test_list_waits_some_minutes_for_what_comes_with_it(world: Watched) -> None:
    first, later = ([world.opened("contact") for _ in range(6)] for _ in range(2))
    world.due(first)
    assert len(world.told(minutes=5)) == MOST - 1
    world.due(later)
    (listing,) = world.told()
    assert len(references([listing])) == len(first) + len(later) - (MOST - 1)


def test_list_leaves_out_what_somebody_has_acted_in(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(9)]
    world.due(ids)
    world.deliver_all(), world.deliver_all()
    alone = [m for m in world.post.sent if m["To"] == KIM]
    acted = next(i for i in ids if reference(i) not in references(alone))
    world.contacts.take(acted, "answer")
    told = world.told()
    assert references([*alone, *told]) == expected([i for i in ids if i != acted])


def test_no_list_leaves_if_all_that_it_lists_was_acted_in(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(4)]
    world.due(ids)
    world.deliver_all(), world.deliver_all()
    alone = references([m for m in world.post.sent if m["To"] == KIM])
    (rest,) = (i for i in ids if reference(i) not in alone)
    world.contacts.take(rest, "answer")
    assert world.told() == []


def test_more_than_one_list_holds_waits_for_the_next_day(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(60)]
    world.due(ids)
    first = world.told()
    world.clock.forward(days=1)
    then = world.told()
    assert max(len(first), len(then)) <= MOST
    assert references([*first, *then]) == expected(ids)


def test_desk_that_the_list_opens_shows_the_cases_to_who_has_them(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(8)]
    world.due(ids)
    world.told()
    email = world.member(ids[0])
    mail = [m for m in world.post.sent if m["To"] == email and lists(m)][-1]
    listed = set(references([mail]))
    world.open_desk(email)
    rows = overview(world.services, person_key(world.services, email)).todo.rows
    assert listed
    assert listed <= {reference(row.case.id) for row in rows}


def test_broken_case_keeps_no_other_from_the_list(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(6)]
    world.due(ids)
    world.deliver_all(), world.deliver_all()
    alone = references([m for m in world.post.sent if m["To"] == KIM])
    broken, *rest = (i for i in ids if reference(i) not in alone)
    world.cases.folders[broken].edit(state="closed")
    assert references(world.told()) == expected(rest)


def test_who_opens_their_desk_is_told_of_each_again(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(5)]
    world.due(ids[:4])
    world.told()
    world.open_desk(KIM)
    world.due(ids[4:])
    assert references(world.told()) == expected(ids[4:])


def test_letter_that_is_tried_twice_is_one(world: Watched) -> None:
    ids = [world.opened("contact") for _ in range(6)]
    world.due(ids)
    told = world.told()
    for key, kept in world.cases.outbox.items():
        if kept.order.mail == OVERDUE and not kept.order.party:
            kept.status, kept.leased_until = "pending", None
            assert deliver(world.services, *key) == "sent"
    assert references(told) == expected(ids)
    assert world.told() == []
