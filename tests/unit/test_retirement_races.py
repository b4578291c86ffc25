"""Somebody is retired while an act of theirs, or one that gives them a place, is being written: in
either order they hold nothing in the end, and can do nothing at their next request."""

import copy
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.case import Case, Party
from functions.kernel.directory import DirectoryEntry, DirectoryFile
from functions.kernel.errors import Conflict
from functions.kernel.people import Listing, Person
from functions.processes import pinned
from functions.render.mail.mail import reference
from functions.render.text.texts import page_text
from functions.services.access.links import open_link
from functions.services.access.offices import Offices
from functions.services.case import handover
from functions.services.case.act import act
from functions.services.mail.deliver import deliver
from tests.fake_directory import MemoryDirectory
from tests.fakes import interrupt
from tests.unit.test_directory_told import Kept, told
from tests.unit.test_duties import _person
from tests.unit.test_handing_on import ON, sent_by

LINK = re.compile(r"/api/d/[\w-]{43}\b(?!/)")
CHANGES = [("coordinators", "una"), ("supervisors", "testi"), ("coordinators", "tom"),
           ("coordinators", "fiona")]  # fmt: skip


class Racing(Kept):
    """An office in which everybody has a colleague, and nobody has been told of anything."""

    def __init__(self) -> None:
        super().__init__()
        self.directory.save(
            DirectoryFile(
                tuple(_person(f"{duty}2", duty) for duty in ("units", "topics", "finance"))
            )
        )
        for key in ("north", "south"):
            unit = self.kept("units", key)
            both = {**unit.facts, "coordinators": ("una", "units2")}
            self.directory.save(DirectoryFile((replace(unit, facts=both),)))

    def followed(self) -> None:
        """What the mailer does with all that is due, before any desk is made anew."""
        for key in self.pending():
            deliver(self.services, *key)

    def retire_now(self, source: str, key: str) -> None:
        """Retired, and that is followed, while desks show no case that was written just now."""
        self.put_out(source, key)
        self.followed()

    def settle(self, **length: float) -> None:
        """Time goes on: desks are made as the cases stand, and what is due is done."""
        self.index()
        self.clock.forward(**(length or {"minutes": 11}))
        for _ in range(4):
            for case_id, number in self.cases.unsent(self.clock.now()):
                deliver(self.services, case_id, number)
            self.index()

    def open_places(self, ref: str) -> list[tuple[Case, Party]]:
        """The places that somebody of the directory holds in cases under way, and that do not wait
        for somebody else."""
        cases = map(self.case, self.cases.folders)
        return [
            (case, p)
            for case in cases
            for p in case.parties
            if p.ref == ref and p.present and not p.vacant
            if not pinned(case.process, case.version).is_over(case.state)
        ]


@pytest.fixture
def office() -> Racing:
    return Racing()


def offer(office: Racing) -> None:
    office.do(office.case_id, "offer", supervisor="testi")


def endorse(office: Racing) -> None:
    office.do(office.case_id, "endorse")


def seat_colleague(office: Racing) -> None:
    held = office.case(office.case_id).holders("coordinator")
    by = next(p for p in held if p.ref == "units2")
    other = next(p for p in held if p.ref == "una")
    typed = {"colleague": "kim"}
    handover.replace_person(office.services, by.email, office.case_id, other.id, typed)


def begin_order(office: Racing) -> None:
    office.take(office.case_id, "accept_organisation")


def applied(office: Racing, *actions: str) -> str:
    office.cases.quotas.clear()
    return office.case_at(*actions)


def requested(office: Racing) -> str:
    office.cases.quotas.clear()
    case_id = office.request("confirm")
    office.take(case_id, "quote", valid_until="2026-10-15")
    return case_id


def kim_coordinates(office: Racing) -> str:
    kim = office.kept("coordinators", "kim")
    both = {**kim.facts, "duties": ("directory", "units")}
    office.directory.save(DirectoryFile((replace(kim, facts=both),)))
    return applied(office, "confirm", "endorse")


# What gives somebody a place: how the case begins, the act, and who is put there by it.
SEATING: dict[
    str, tuple[Callable[[Racing], str], Callable[[Racing], None], tuple[str, str]]
] = {
    "offer": (lambda o: applied(o, "confirm", "endorse"), offer, ("supervisors", "testi")),
    "endorse": (lambda o: applied(o, "confirm"), endorse, ("coordinators", "una")),
    "hand over": (kim_coordinates, seat_colleague, ("coordinators", "kim")),
    "order": (
        requested, begin_order, ("coordinators", "tom"),
    ),
}  # fmt: skip


@pytest.fixture(params=SEATING)
def seating(
    office: Racing, request: pytest.FixtureRequest
) -> tuple[Racing, Callable[[Racing], None], tuple[str, str]]:
    begins, does, who = SEATING[request.param]
    office.case_id = begins(office)  # type: ignore[attr-defined]
    office.followed()
    office.index()
    return office, does, who


Seating = tuple[Racing, Callable[[Racing], None], tuple[str, str]]


def test_who_is_retired_while_they_are_given_a_place_holds_none(seating: Seating) -> None:
    """The directory was read before, and the case is written after."""
    office, does, who = seating
    interrupt(office, lambda: office.retire_now(*who))
    does(office)
    office.settle()
    assert office.open_places(who[1]) == []


def test_who_is_retired_just_after_they_were_given_a_place_holds_none(seating: Seating) -> None:
    """That they are retired is followed before any desk shows the case as theirs."""
    office, does, who = seating
    does(office)
    assert office.open_places(who[1])
    office.followed()  # mails of the act leave while they are in office
    office.retire_now(*who)
    office.settle()
    assert office.open_places(who[1]) == []


def test_place_that_is_given_late_is_told_once(office: Racing) -> None:
    """To who follows, once for each place; looking again tells and does nothing more."""
    case_id = applied(office, "confirm", "endorse")
    office.followed()
    office.put_out("coordinators", "una")
    office.followed()
    assert [p.ref for p in office.case(case_id).holders("coordinator")] == ["una", "units2"]
    before = len(office.post.sent)
    office.settle()
    office.settle(hours=25)
    assert [p.ref for p in office.case(case_id).holders("coordinator")] == ["units2"]
    mails = [m for m in office.post.sent[before:] if m["To"] == "units2@example.org"]
    assert len([m for m in mails if m["Subject"] in ON and reference(case_id) in told(m)]) == 1
    as_it_is = office.case(case_id)
    office.settle(hours=25)
    assert office.case(case_id) == as_it_is


def test_desk_that_was_made_late_is_looked_at_a_day_later(office: Racing) -> None:
    case_id = applied(office, "confirm", "endorse")
    office.followed()
    office.put_out("coordinators", "una")
    office.followed()
    office.clock.forward(minutes=11)
    office.followed()  # the case lies on no desk yet
    assert office.open_places("una")
    office.settle(hours=25)
    assert office.open_places("una") == []
    assert office.case(case_id).holders("coordinator")


def test_place_that_nobody_may_have_is_told_once_and_tried_each_day(office: Racing) -> None:
    """Also when the first look at the desk found it: there is one order for it, not two."""
    for key in ("units2", "kim"):
        entry = office.kept("coordinators", key)
        office.directory.save(DirectoryFile((replace(entry, retired=True),)))
    case_id = sent_by(office, "kira@example.org")
    office.followed()
    office.retire_now("coordinators", "una")
    office.settle()
    office.settle(hours=25)
    orders = [k for k in office.cases.outbox.values() if k.order.mail == "follow_case"]
    assert [k.order.state for k in orders] == [case_id]
    unheld = [k for k in office.cases.outbox.values() if k.order.mail == "unheld"]
    assert len(unheld) == 1


@pytest.mark.parametrize(("source", "key"), CHANGES)
def test_act_of_who_is_retired_meanwhile_is_written_or_refused(
    office: Racing, source: str, key: str
) -> None:
    """Whoever was first: what was written stays, and the next request does nothing."""
    office.index()
    case, held, action = acting(office, key)
    link = office.token_of(case.id, held)
    again = office.token_of(case.id, held, "status")
    interrupt(office, lambda: office.retire_now(source, key))
    with suppress(Conflict):  # else it was written: that they are retired came later
        act(office.services, link, action, "fi")
    office.settle()
    assert office.open_places(key) == []
    after = office.case(case.id)
    for token in (link, again):
        opened = open_link(office.services, token)
        assert opened.standing in ("left", "done")
        assert opened.actions == ()
        with pytest.raises(Conflict):
            act(office.services, token, action, "fi")
    assert office.case(case.id) == after


def acting(office: Racing, key: str) -> tuple[Case, Party, dict[str, str]]:
    """A case in which it is the turn of somebody of the directory, and what they do there."""
    said = {
        "una": {"action": "offer", "supervisor": "testi"},
        "testi": {"action": "accept", "contact_instructions": "Call me."},
        "tom": {"action": "answer", "answer": "Yes, you can."},
        "fiona": {"action": "invoice", "invoice_number": "1001"},
    }[key]
    for case, held in office.open_places(key):
        definition = pinned(case.process, case.version)
        names = {t.action for t in definition.transitions if t.source == case.state}
        if definition.turn(case) == held.role and said["action"] in names:
            return case, held, said
    raise AssertionError(key)


class Believing(MemoryDirectory):
    """A directory whose lists are believed for a while, as processes do that read them."""

    believed: MemoryDirectory | None = None

    def _lists(self) -> MemoryDirectory:
        if self.believed is None:
            self.believed = MemoryDirectory()
            self.believed.__dict__.update(copy.copy(self.__dict__))
            self.believed._entries = dict(self._entries)
        return self.believed

    def read_anew(self) -> None:
        self.believed = None

    def listings(self, source: str) -> Sequence[Listing]:
        return self._lists().listings(source)

    def people(self, source: str, key: str) -> Sequence[Person]:
        return self._lists().people(source, key)

    def named(self, source: str, key: str) -> Listing | None:
        return self._lists().named(source, key)


def believes(office: Racing) -> None:
    """From now on this process has read the lists as they are."""
    office.directory.__class__ = Believing
    assert office.directory.listings("coordinators")


@pytest.mark.parametrize(("source", "key"), CHANGES)
def test_place_goes_to_nobody_who_was_in_office_a_moment_ago(
    office: Racing, source: str, key: str
) -> None:
    """Neither back to the same person, nor to another who has left, by a list that is old."""
    office.index()
    assert office.open_places(key)
    believes(office)
    office.retire_now(source, key)
    assert office.open_places(key) == []


def test_who_was_given_a_place_by_an_old_list_does_not_keep_it(office: Racing) -> None:
    """An application is confirmed by a process that has not heard of it."""
    case_id = applied(office)
    believes(office)
    old = office.directory._lists()  # type: ignore[attr-defined]
    office.retire_now("coordinators", "una")
    office.directory.believed = old  # type: ignore[attr-defined]
    office.do(case_id, "confirm")
    office.do(case_id, "endorse")
    assert office.open_places("una")
    definition = pinned("supervision", office.case(case_id).version)
    (_, held), *_ = office.open_places("una")
    assert not Offices(office.services).holds(definition, office.case(case_id), held)
    office.settle()
    assert office.open_places("una") == []


def test_changed_address_is_looked_at_again_too(office: Racing) -> None:
    case_id = applied(office, "confirm", "endorse")
    office.followed()
    before: DirectoryEntry = office.kept("coordinators", "una")
    office.change("coordinators", "una", email="una.new@example.org")
    office.followed()
    assert before.facts["email"] in [p.email for p in office.case(case_id).holders("coordinator")]
    office.settle()
    held = [p.email for p in office.case(case_id).holders("coordinator") if p.ref == "una"]
    assert held == ["una.new@example.org"]


def test_looking_again_ends_after_a_day(office: Racing) -> None:
    office.retire_now("coordinators", "una")
    for _ in range(3):
        office.settle(hours=25)
    waits = [k for k in office.cases.outbox.values() if k.order.mail == "recheck"]
    assert [k.status for k in waits] == ["sent"]
    assert office.clock.now() - office.kept("coordinators", "una").changed.at > timedelta(days=3)  # type: ignore[union-attr]


def test_link_to_a_new_address_opens_though_an_old_list_does_not_know_it(office: Racing) -> None:
    """The mail that says that an address is theirs now leads to their desk at once."""
    believes(office)
    old = office.directory._lists()  # type: ignore[attr-defined]
    new = "una.new@example.org"
    office.change("coordinators", "una", email=new)
    mails = [mail for mail in office.sent() if mail["To"] == new]
    paths = {found[0] for mail in mails if (found := LINK.search(told(mail)))}
    assert len(paths) == len(mails) > 0
    for path in paths:
        office.directory.believed = old  # type: ignore[attr-defined]
        answer = office.client().get(path)
        assert answer.status_code == 200
        assert page_text("fi", "desk_open.title") in answer.text
