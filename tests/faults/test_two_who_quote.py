"""Races over a quote, on true transactions: one wins, the other is told, cases agree."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.kernel.case import Case
from functions.kernel.directory import DirectoryFile
from functions.kernel.duties import DUTIES
from functions.services.access.links import open_link
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.faults.journey import COORDINATOR, Start, begin
from tests.faults.ordering import (
    ACCEPT,
    BEGIN,
    BEGINS,
    BILLING,
    CLIENT,
    FINANCE,
    OFF,
    PRICED,
    REMIND,
    REQUESTED,
    SCHEDULE,
    STAFF,
    midnight,
    morning,
)
from tests.faults.pages import Page
from tests.faults.rig import Rig
from tests.faults.several import cases_of, start_of, token, walked
from tests.faults.test_two_who_merge import tried
from tests.faults.test_two_writers import at_once

ROUNDS = 5
ACCEPTS = {"action": "accept_organisation", **BILLING}
REVISES = {"action": "revise", **PRICED, "net_price": "1000"}
CANCELS, CALLS_OFF = {"action": "cancel"}, {"action": "call_off", **OFF}


class _Race:
    """Rounds that all begin after these stages."""

    stages: tuple[object, ...]

    @pytest.fixture(scope="class")
    @classmethod
    def start(cls, rig: Rig) -> Start:
        everybody = rig.services.directory.entries("coordinators")
        topics = ("quotes", "invoicing")
        told = {"topics": topics, "duties": DUTIES}
        staff = [replace(e, facts={**e.facts, **told}) for e in everybody]
        rig.services.directory.save(DirectoryFile(tuple(staff)))
        return walked(rig, start_of(rig), *cls.stages)

    @pytest.fixture(autouse=True)
    def _at_the_start(self, rig: Rig, start: Start) -> None:
        self.rig, self.start = rig, start

    def again(self) -> None:
        begin(self.rig, self.start)

    def case(self, form: str = "request") -> Case:
        (found,) = (c for c in cases_of(self.rig).values() if c.form == form)
        return found

    def states(self) -> dict[str, str]:
        """Where each case stands; no two are of one form, and those that are linked know it."""
        cases = cases_of(self.rig)
        self.rig.observe()
        assert len({c.form for c in cases.values()}) == len(cases)
        request = self.case()
        assert {*request.linked} == cases.keys() - {request.id}
        assert all(c.linked == (request.id,) for c in cases.values() if c is not cases[request.id])
        return {c.form: c.state for c in cases.values()}

    def says(
        self, email: str, typed: dict[str, str], purpose: str = "task", form: str = "request"
    ) -> Callable[[], bool]:
        """A decision with what the page told when it was opened."""
        role = "finance" if form == "invoice" else ""
        link = token(self.rig, self.case(form), email, purpose, role)
        page = Page(200, self.rig.apps["t"].get(f"/api/t/{link}").get_data(as_text=True))
        (drawn,) = (f for f in page.forms if any(c.offered == typed["action"] for c in f.controls))
        stamps = {k: v for k, v in drawn.sends().items() if k.startswith("_computed-")}
        return tried(lambda: act(self.rig.services, link, {**stamps, **typed}, "fi"))

    def time_passes(self) -> Callable[[], bool]:
        case_id = self.case().id
        return tried(lambda: run_due_timer(self.rig.services, case_id))

    def taken(self) -> list[str]:
        history = self.rig.services.cases.load(self.case().id).history
        return [t.sealed.event.action for t in history]


class TestQuoted(_Race):
    stages = REQUESTED

    def test_a_quote_is_accepted_or_revised(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            accepts = self.says(CLIENT, ACCEPTS)
            accepted, revised = at_once(accepts, self.says(COORDINATOR, REVISES, "status"))
            assert accepted is not revised
            price = {True: 125050, False: 100000}[accepted]
            assert self.case().answers["net_price"] == price
            ends = {"request": "staffing", "ordered": "coordinating"}
            assert self.states() == (ends if accepted else {"request": "quoted"})
            assert accepts() is False  # by the same link: it was of an earlier quote, or is done
            assert open_link(self.rig.services, token(self.rig, self.case(), CLIENT, "status"))

    def test_accepted_twice_it_opens_one_case(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            both = [self.says(CLIENT, ACCEPTS), self.says(CLIENT, ACCEPTS)]
            assert sorted(at_once(*both)) == [False, True]
            assert self.states() == {"request": "staffing", "ordered": "coordinating"}

    def test_a_reminder_hinders_nobody(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            self.rig.clock.time = morning("2026-08-28")
            reminded, accepted = at_once(self.time_passes(), self.says(CLIENT, ACCEPTS))
            assert accepted
            assert self.taken().count("remind") == reminded
            assert self.states() == {"request": "staffing", "ordered": "coordinating"}

    def test_after_its_last_day_it_is_accepted_or_expired(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            self.rig.clock.time = midnight("2026-09-01")
            expired, accepted = at_once(self.time_passes(), self.says(CLIENT, ACCEPTS))
            assert expired is not accepted
            ends = {"request": "staffing", "ordered": "coordinating"}
            assert self.states() == (ends if accepted else {"request": "expired"})


class TestScheduled(_Race):
    stages = (*REQUESTED, ACCEPT, *STAFF, SCHEDULE, REMIND)

    def test_it_is_cancelled_by_one_of_them_and_a_fee_is_the_clients(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            cancels, calls = (
                self.says(CLIENT, CANCELS, "status"),
                self.says(COORDINATOR, CALLS_OFF, "status"),
            )
            cancelled, called = at_once(cancels, calls)
            assert cancelled is not called
            ends = {"request": "cancelled", "ordered": "called_off"}
            assert self.states() == ({**ends, "invoice": "invoice_due"} if cancelled else ends)
            assert self.case().answers["fee"] == (62525 if cancelled else 0)

    def test_cancelled_as_it_begins_it_is_invoiced_once(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            self.rig.clock.time = midnight(BEGINS.isoformat())
            cancels = self.says(CLIENT, CANCELS, "status")
            begun, cancelled = at_once(self.time_passes(), cancels)
            assert begun or cancelled
            state = "cancelled" if cancelled else "running"
            assert self.case().state == state
            assert self.states()["invoice"] == "invoice_due"
            kind = self.case("invoice").answers["invoice_kind"]
            assert kind == ("price" if "start" in self.taken() else "fee")


class TestInvoices(_Race):
    stages = (*REQUESTED, ACCEPT, *STAFF, SCHEDULE, BEGIN)

    def test_of_two_numbers_one_is_given(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            people = [p.email for p in self.case("invoice").holders("finance")]
            assert sorted(people) == sorted([FINANCE, COORDINATOR])
            typed = [{"action": "invoice", "invoice_number": n} for n in ("1001", "1002")]
            done = at_once(
                *(self.says(e, t, form="invoice") for e, t in zip(people, typed, strict=True))
            )
            assert sorted(done) == [False, True]
            number = self.case("invoice").answers["invoice_number"]
            assert number == ("1001" if done[0] else "1002")
            assert self.states()["invoice"] == "invoiced"

    def test_invoiced_as_it_is_called_off_it_is_credited_or_dropped(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            typed = {"action": "invoice", "invoice_number": "1001"}
            invoices = self.says(FINANCE, typed, form="invoice")
            calls = self.says(COORDINATOR, CALLS_OFF, "status")
            invoiced, called = at_once(invoices, calls)
            assert called
            ends = {"request": "cancelled", "ordered": "called_off"}
            assert self.states() == {**ends, "invoice": "credit_due" if invoiced else "dropped"}
