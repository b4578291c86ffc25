"""Races on true transactions: of all who write at once, one wins, and the others are told."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.kernel.directory import ChangeStamp
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.errors import Conflict, KapulaError
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.faults.journey import (
    ANSWERS,
    COORDINATOR,
    MANAGER,
    SUPERVISOR,
    Person,
    begin,
    fill_form,
    walk_to,
)
from tests.faults.pages import Page
from tests.faults.rig import Rig

ENDORSE = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
RETURN = {"action": "return", "return_reason": "Tarkenna vielä tavoitteita."}
ROUNDS = 20
LATE = 0.5  # seconds; more than a decision takes on a busy machine


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all jobs as nearly at the same moment as threads can; their results in order."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def poster(rig: Rig, kind: str, path: str, typed: dict[str, str]) -> Callable[[], Page]:
    """A request of its own browser."""
    client = rig.apps[kind].application.test_client()

    def post() -> Page:
        answer = client.post(path, data=typed)
        return Page(answer.status_code, answer.get_data(as_text=True), dict(answer.headers))

    return post


def taken(state: dict[str, Any]) -> list[str]:
    """The actions in the history of the only case."""
    (case,) = state["cases"]
    return [action for _, action, *_ in case["steps"]]


class TestManagersTask:
    @pytest.fixture(autouse=True)
    def _at_the_manager(self, rig, starts):
        begin(rig, starts["end"])
        self.rig, self.token = rig, starts["end"].tokens[MANAGER]

    def test_of_fifty_parallel_decisions_one_changes_the_case(self):
        rig, path = self.rig, f"/api/t/{self.token}"
        jobs = [poster(rig, "t", path, RETURN if n % 2 else ENDORSE) for n in range(50)]
        pages = at_once(*jobs)
        assert Counter(p.status for p in pages) == {303: 1, 409: 49}
        winner = "return" if [p.status for p in pages].index(303) % 2 else "endorse"
        titles = {"return": "Palautit hakemuksen", "endorse": "Puolsit hakemusta"}
        chosen = ["return" if n % 2 else "endorse" for n in range(50)]
        seen = {(c, p.title) for c, p in zip(chosen, pages, strict=True) if p.status == 409}
        (other,) = titles.keys() - {winner}
        unrecorded = "Valintaasi ei kirjattu: asia oli jo edennyt"
        assert seen == {(winner, titles[winner]), (other, unrecorded)}
        rig.settle()
        mails = {"return": {"00002-0"}, "endorse": {"00002-0", "00002-1"}}
        assert taken(rig.observe()) == ["open", "confirm", winner]
        sent = [m.id.partition(".")[2].partition("@")[0] for m in rig.mails()]
        assert sorted(sent) == sorted(mails[winner])

    def test_of_two_writers_one_wins_in_every_round(self, starts):
        for _ in range(ROUNDS):
            begin(self.rig, starts["end"])

            def attempt(typed: dict[str, str]) -> str:
                try:
                    act(self.rig.services, self.token, typed, "fi")
                except Conflict:
                    return ""
                return typed["action"]

            won = at_once(lambda: attempt(ENDORSE), lambda: attempt(RETURN))
            assert sorted(map(bool, won)) == [False, True]
            (case,) = self.rig.observe()["cases"]
            assert [s[1] for s in case["steps"]] == ["open", "confirm", *filter(None, won)]
            assert len(case["outbox"]) == 3 + (2 if won[0] else 1)

    def test_a_reminder_never_costs_a_decision(self, starts):
        case_id = self._case_id()
        outcomes = Counter()
        for _ in range(ROUNDS // 2):
            begin(self.rig, starts["end"])
            self.rig.clock.forward(days=8)
            reminded, _ = at_once(
                lambda: run_due_timer(self.rig.services, case_id),
                lambda: act(self.rig.services, self.token, ENDORSE, "fi"),
            )
            expected = ["remind", "endorse"] if reminded else ["endorse"]
            assert taken(self.rig.observe()) == ["open", "confirm", *expected]
            outcomes[reminded] += 1
        self.rig.settle()
        reminders = [m for m in self.rig.mails() if m.to == MANAGER]
        assert reminders == []  # its turn was over before the mailer came to it
        assert outcomes.total() == ROUNDS // 2

    def _case_id(self) -> str:
        cases = {item["case"]["S"] for (t, _), item in self.rig.tables("cases").items()}
        (case_id,) = cases
        return case_id


class TestOffer:
    def test_of_expiry_and_acceptance_one_happens_and_counts(self, rig):
        start = walk_to(rig, "offer")["end"]
        typed = {"action": "accept", "contact_instructions": "Soita maanantaina."}
        (case_id,) = {item["case"]["S"] for (t, _), item in start.tables.items() if t == "cases"}
        outcomes = Counter()
        for n in range(ROUNDS // 2):
            begin(rig, start)
            rig.clock.forward(days=4)
            assert run_due_timer(rig.services, case_id)
            rig.clock.forward(days=4)

            def accept() -> bool:
                try:
                    act(rig.services, start.tokens[SUPERVISOR], typed, "fi")
                except Conflict:
                    return False
                return True

            def expire(late: float = n % 2 * LATE) -> bool:
                time.sleep(late)  # every second time, so that the other is first, too
                return run_due_timer(rig.services, case_id)

            expired, accepted = at_once(expire, accept)
            outcomes[accepted] += 1
            assert {expired, accepted} == {True, False}
            state = rig.observe()
            assert taken(state)[-1] == ("accept" if accepted else "expire")
            ongoing, queued = state["counts"]["testi"]
            assert int((ongoing or {"N": "0"})["N"]) == int(accepted)
            assert int((queued or {"N": "0"})["N"]) == 0
        assert min(outcomes[True], outcomes[False]) > 0, "one of them was always first"


class TestRetirement:
    """Somebody is retired at the moment at which they are given a place, or act in one."""

    @pytest.fixture(autouse=True)
    def _desks_are_made(self, rig):
        before = rig.tables()
        rig.indexing = True
        yield
        rig.indexing = False
        rig.restore(before)

    @pytest.mark.parametrize("stage", ["endorse", "offer"])
    def test_whoever_is_retired_meanwhile_holds_nothing(self, rig, stage):
        """The supervisor is offered the case, or accepts it."""
        start = walk_to(rig, stage)["end"]
        offers = {"action": "offer", "supervisor": "testi"}
        accepts = {"action": "accept", "contact_instructions": "Soita maanantaina."}
        who, typed = {"endorse": (COORDINATOR, offers), "offer": (SUPERVISOR, accepts)}[stage]
        outcomes = Counter()
        for _ in range(ROUNDS // 2):
            begin(rig, start)
            outcomes[self._at_once(rig, start.tokens[who], typed)] += 1
            for _ in range(3):
                rig.pump.drain()
                rig.clock.forward(minutes=11)
                rig.sweep()
            self._holds_nothing(rig)
            if stage == "offer":
                with pytest.raises(Conflict):
                    act(rig.services, start.tokens[who], typed, "fi")
        assert outcomes.total() == ROUNDS // 2

    def _at_once(self, rig, token, typed):
        before = rig.services.directory.entry("supervisors", "testi")
        mark, after = (
            ChangeStamp(rig.clock.now(), "coordinators/anna"),
            replace(before, retired=True),
        )
        revision = rig.services.directory.revision()

        def does():
            try:
                act(rig.services, token, typed, "fi")
            except KapulaError:
                return False
            return True

        def retire():
            change = DirectoryChange(before, after, mark)
            rig.services.directory.replace(after, mark, revision, change)

        return at_once(does, retire)[0]

    def _holds_nothing(self, rig):
        (case_id,) = {i["case"]["S"] for i in rig.tables("cases").values()
                      if i["part"]["S"] == "case"}  # fmt: skip
        case = rig.services.cases.load(case_id).case
        held = [p for p in case.holders("supervisor") if p.ref == "testi" and not p.vacant]
        assert held == [], case.state


class TestPublicForm:
    served = True

    def test_twenty_parallel_sends_and_one_later_are_one_case(self, rig):
        review = _review(rig)
        form = review.form(id="send")
        rig.clock.forward(seconds=5)
        jobs = [poster(rig, "forms", form.action, form.sends()) for _ in range(20)]
        assert [p.status for p in at_once(*jobs)] == [303] * 20
        rig.pump.drain()
        rig.clock.time += timedelta(minutes=11)
        assert poster(rig, "forms", form.action, form.sends())().status == 303
        rig.settle()
        state = rig.observe()
        assert taken(state) == ["open"]
        assert state["quotas"] == 1
        assert len(rig.mails()) == 1


def _review(rig: Rig) -> Page:
    """The page before sending."""
    kept: list[Page] = []

    class Careful(Person):
        def send(self, form, **chosen):
            page = super().send(form, **chosen) if form.id == "step" else kept[-1]
            kept.append(page)
            return page

    fill_form(Careful(rig), **ANSWERS)
    return kept[-1]


@pytest.fixture(scope="class")
def starts(rig):
    return walk_to(rig, "confirm")
