"""Races where several cases move at once, on true transactions: a merge happens whole or not."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.kernel.case import Case
from functions.kernel.errors import Conflict, Invalid, KapulaError
from functions.services.case import handover
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.faults.journey import COORDINATOR, MANAGER, Start, begin
from tests.faults.rig import Rig
from tests.faults.several import (
    NAMES,
    address,
    applied,
    cases_of,
    hub_of,
    proposed,
    start_of,
    three_applied,
    token,
)
from tests.faults.test_two_writers import ROUNDS, at_once
from tests.invariants import disagreements

YES = {"action": "consent", "consent": "yes"}
CLOSE = {"action": "close_merge"}
NO = {"action": "consent", "consent": "no"}


def tried(do: Callable[[], Any]) -> Callable[[], bool]:
    """Whether it was done; being told that one is too late is no error."""

    def attempt() -> bool:
        try:
            done = do()
        except (Conflict, Invalid):
            return False
        return done is not False

    return attempt


def whole(rig: Rig) -> dict[str, Case]:
    """All cases, which agree with each other; histories are whole too."""
    cases = cases_of(rig)
    assert disagreements(cases) == []
    rig.observe()
    return cases


class _Race:
    """Rounds that all begin where ``ready`` left off; ``names`` of those who applied."""

    @pytest.fixture(scope="class")
    @classmethod
    def start(cls, rig: Rig) -> Start:
        three_applied(rig)
        cls.ready(rig)
        return start_of(rig)

    @classmethod
    def ready(cls, rig: Rig) -> None:
        """What has happened before."""
        proposed(rig, *cases_of(rig))

    @pytest.fixture(autouse=True)
    def _at_the_start(self, rig: Rig, start: Start) -> None:
        self.rig, self.start = rig, start

    def again(self) -> None:
        begin(self.rig, self.start)

    def says(self, name: str, typed: dict[str, str]) -> Callable[[], bool]:
        link = token(self.rig, hub_of(self.rig), address(name))
        return tried(lambda: act(self.rig.services, link, typed, "fi"))

    def withdraws(self, name: str) -> Callable[[], bool]:
        cases = cases_of(self.rig).values()
        (case,) = (c for c in cases if c.parties[0].email == address(name))
        link = token(self.rig, case, address(name), "status")
        return tried(lambda: act(self.rig.services, link, {"action": "withdraw"}, "fi"))


class TestVotes(_Race):
    def test_two_who_agree_at_once_are_both_counted(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            self.says("Aino", YES)()
            done = at_once(self.says("Bertta", YES), self.says("Cecilia", YES))
            assert done == [True, True]
            run_due_timer(
                self.rig.services, hub_of(self.rig).id
            )  # whoever came last may have failed
            states = sorted(c.state for c in whole(self.rig).values())
            assert states == ["coordinating", "merged", "merged", "merged"]
            hub = self.rig.services.cases.load(hub_of(self.rig).id)
            steps = [t.sealed.event.action for t in hub.history]
            assert steps == ["open", "consent", "consent", "consent", "settle"]

    def test_two_answers_of_one_person_are_one_after_the_other(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            assert at_once(self.says("Aino", YES), self.says("Aino", NO)) == [True, True]
            hub = self.rig.services.cases.load(hub_of(self.rig).id)
            said = [t.answers["consent"] for t in hub.history[1:]]
            assert sorted(said) == [False, True]
            assert list(hub.case.votes.values()) == [said[-1]]
            whole(self.rig)


class TestSettling(_Race):
    @classmethod
    def ready(cls, rig: Rig) -> None:
        hub = proposed(rig, *cases_of(rig))
        case = rig.services.cases.load(hub).case
        for name in ("Aino", "Bertta"):
            act(rig.services, token(rig, case, address(name)), YES, "fi")

    def settles(self) -> Callable[[], bool]:
        case_id = hub_of(self.rig).id
        return tried(lambda: run_due_timer(self.rig.services, case_id))

    def test_a_vote_against_the_clock_counts_or_is_late(self) -> None:
        for n in range(ROUNDS):
            self.again()
            self.rig.clock.forward(days=8)
            typed = YES if n % 2 else NO
            settled, said = at_once(self.settles(), self.says("Cecilia", typed))
            assert settled or said
            while run_due_timer(self.rig.services, hub_of(self.rig).id):
                pass
            cases = whole(self.rig)
            members = {p.name for p in hub_of(self.rig).holders("supervisee")}
            assert members == {"Aino", "Bertta", *({"Cecilia"} if said and n % 2 else ())}
            assert sorted(c.state for c in cases.values()).count("merged") == len(members)

    def test_a_withdrawal_against_the_clock_is_in_or_out(self) -> None:
        seen = set()
        for _ in range(ROUNDS):
            self.again()
            self.rig.clock.forward(days=8)
            settled, gone = at_once(self.settles(), self.withdraws("Aino"))
            assert settled or gone
            while run_due_timer(self.rig.services, hub_of(self.rig).id):
                pass
            states = sorted(c.state for c in whole(self.rig).values())
            seen.add(gone)
            expected = {
                True: ["coordinating", "coordinating", "dissolved", "withdrawn"],
                False: ["coordinating", "coordinating", "merged", "merged"],
            }
            assert states == expected[gone]
        assert seen

    def test_closing_by_hand_against_the_clock_happens_once(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            self.rig.clock.forward(days=8)
            link = token(self.rig, hub_of(self.rig), COORDINATOR, "status")
            done = at_once(
                self.settles(), tried(lambda link=link: act(self.rig.services, link, CLOSE, "fi"))
            )
            assert sorted(done) == [False, True]
            assert whole(self.rig)
            history = self.rig.services.cases.load(hub_of(self.rig).id).history
            last = [t.sealed.event.action for t in history][-1]
            assert last == ("settle" if done[0] else "close_merge")


class TestProposing(_Race):
    @classmethod
    def ready(cls, rig: Rig) -> None:
        pass

    def test_of_two_proposals_with_a_case_in_common_one_is_made(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            one, two, three = cases_of(self.rig)
            done = at_once(
                tried(lambda: proposed(self.rig, one, two)),  # noqa: B023
                tried(lambda: proposed(self.rig, two, three)),  # noqa: B023
            )
            assert sorted(done) == [False, True]
            states = sorted(c.state for c in whole(self.rig).values())
            assert states == ["coordinating", "merge_pending", "merging", "merging"]

    def test_a_proposal_against_a_withdrawal_is_made_of_all_or_not(self) -> None:
        for _ in range(ROUNDS):
            self.again()
            ids = list(cases_of(self.rig))
            made, gone = at_once(
                tried(lambda ids=ids: proposed(self.rig, *ids)), self.withdraws(NAMES[0])
            )
            assert gone  # it can be withdrawn while it is being merged too
            states = sorted(c.state for c in whole(self.rig).values())
            if made:
                assert states == ["merge_pending", "merging", "merging", "withdrawn"]
            else:
                assert states == ["coordinating", "coordinating", "withdrawn"]


class TestHandingOver:
    def test_whoever_is_replaced_decided_before_or_not_at_all(self, rig: Rig) -> None:
        typed = {"new_name": "Mervi", "new_email": "mervi@example.org", "new_language": "fi"}
        endorse = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
        case_id = applied(rig, "Aino", endorsed=False)
        start = start_of(rig)
        seen = set()
        for _ in range(ROUNDS):
            begin(rig, start)
            case = rig.services.cases.load(case_id).case
            link = token(rig, case, MANAGER)
            manager = case.holders("manager")[0].id

            def decide(link: str = link) -> bool:
                try:
                    act(rig.services, link, endorse, "fi")
                except KapulaError:
                    return False
                return True

            def replaced(manager: str = manager) -> bool:
                handover.replace_person(rig.services, COORDINATOR, case_id, manager, typed)
                return True

            handed, decided = at_once(replaced, decide)
            assert handed
            file = rig.services.cases.load(case_id)
            steps = [t.sealed.event.action for t in file.history][2:]
            assert steps == (["endorse", "hand_over"] if decided else ["hand_over"])
            assert [p.name for p in file.case.holders("manager")] == ["Mervi"]
            assert file.case.state == ("coordinating" if decided else "submitted")
            rig.observe()
            seen.add(decided)
            with pytest.raises(KapulaError):
                act(rig.services, link, endorse, "fi")
        assert seen
