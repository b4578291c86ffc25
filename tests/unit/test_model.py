"""A world driven at random: whatever happens, in whatever order, what must hold holds.

People apply, act through links old and new, merge, vote, are replaced; mails are delivered in
any order, twice, or not at all, and their senders die; desks are brought up to date or left
behind; time passes. After every step the invariants hold, and when the faults stop, all mails
leave and every desk shows what the cases say.
"""

from collections import Counter
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from functions.entry.clock import app as clock_entry
from functions.entry.indexer import app as indexer
from functions.kernel import effects
from functions.kernel.case import Case, Party
from functions.kernel.desk import GROUPS, TODO, group, list_of, placements
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.errors import KapulaError
from functions.kernel.form_origin import DRAWN
from functions.kernel.handover import HAND_OVER, RESUMED, VACATED
from functions.kernel.history import verifies as verified
from functions.kernel.linking import decide_together
from functions.kernel.missed_mail import MISSED, RESEND
from functions.kernel.people import Person
from functions.kernel.states import BY_ITSELF, LINK
from functions.kernel.timers import REMIND
from functions.processes import current
from functions.services.access import links
from functions.services.access.links import open_link
from functions.services.access.people import person_key
from functions.services.case import apply, handover, merge
from functions.services.case.act import act
from functions.services.desk import index
from functions.services.desk.index import index_case
from functions.services.desk.worklist import DeskQuery, find_cases, list_page, overview
from functions.services.mail import bounces
from functions.services.mail.deliver import deliver, resume_parked
from functions.services.mail.orders import ask_desk
from functions.services.ports import SendFailed, Write
from tests.fakes import APPLICATION, TYPED, MemoryCases, MemoryPost, World
from tests.invariants import disagreements
from tests.unit.test_services_indexing import right

DEFINITION = current("supervision")
OWN_STEPS = (OPEN, REMIND, BOUNCE, MISSED, RESEND, HAND_OVER, VACATED, RESUMED)
FATES = {"pending", "sent", "suppressed", "parked"}
NAMES = ("Aino", "Bertta", "Cecilia", "Daavid", "Eeli")
STAFF = ("anna@example.org", "sten@example.org", "sulo@example.org", "matti@example.org")
GROUP = {
    **{k: v for k, v in APPLICATION.items() if not k.startswith("applicant")},
    "form_of_supervision": "group",
    "sender_position": "manager",
    "travel_reimbursed": "yes",
    "fee_reimbursed": "no",
}
ENDING = ("withdraw", "withdraw_group", "disown", "disown_group", "reject", "dissolve", "accept")
ENDS = {s.name for s in DEFINITION.states if s.end}
N = st.integers(0, 999)


class Killed(BaseException):
    """The process ended here."""


class Counting(MemoryCases):
    """Cases that know how often each was written."""

    def _write(self, move: Write) -> None:
        super()._write(move)
        self.written[move.decision.case.id] += 1

    written: Counter[str]


class Dying(MemoryPost):
    """A post whose user may be killed, before or after the mail has left."""

    death = ""

    def send(self, message: EmailMessage) -> None:
        death, self.death = self.death, ""
        if death == "before":
            raise Killed
        super().send(message)
        if death == "after":
            raise Killed


def address(name: str) -> str:
    return f"{name.lower()}@example.net"


class Model(RuleBasedStateMachine):
    """Everything that anybody or anything can do to the product."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.services = self.world.services
        self.cases = self.world.cases
        self.cases.__class__ = Counting
        self.cases.written = Counter()  # type: ignore[attr-defined]
        self.world.post.__class__ = Dying
        self.tokens: list[str] = []  # of every mail and every page opened from a desk
        self.dead: set[str] = set()
        self.final: dict[str, tuple[str, int]] = {}
        self.drafts: list[apply.Draft] = []

    @initialize(far=st.lists(st.sampled_from([0, 1, 2, 2, 2, 2, 3, 4]), min_size=3, max_size=5))
    def some_are_on_their_way(self, far: list[int]) -> None:
        for n, steps in enumerate(far):
            self.apply_alone(n, "north" if n % 4 else "south", crisis=n == 3)
            case_id = list(self.cases.folders)[-1]
            for action in ("confirm", "endorse", "offer", "accept")[:steps]:
                self.world.do(case_id, action)

    # --- what people do

    @rule(n=N, unit=st.sampled_from(["north", "south"]), crisis=st.booleans())
    def apply_alone(self, n: int, unit: str, crisis: bool) -> None:
        name = NAMES[n % 5]
        typed = {"applicant_name": name, "applicant_email": address(name), "unit": unit}
        if crisis:
            typed["form_of_supervision"] = "crisis"
        self._send(self.world.draft(**typed))

    @rule(n=N, size=st.integers(2, 4))
    def apply_as_a_group(self, n: int, size: int) -> None:
        rows = {}
        for row in range(1, size + 1):
            name = NAMES[(n + row) % 5]
            rows |= {f"supervisees-{row}-name": name, f"supervisees-{row}-email": address(name)}
        key = apply.mint_key(self.services)
        self.world.clock.forward(seconds=5)
        self._send(apply.Draft(DEFINITION, DEFINITION.form("group"), {**GROUP, **rows}, "sv", key))

    @precondition(lambda self: self.drafts)
    @rule(n=N)
    def resend_missed(self, n: int) -> None:
        before = self._moves()
        with suppress(KapulaError):
            apply.send(self.services, self.drafts[n % len(self.drafts)])
        assert self._moves() == before

    def _send(self, draft: apply.Draft) -> None:
        before = len(self.cases.folders)
        with suppress(KapulaError):
            apply.send(self.services, draft)
            self.drafts.append(draft)
            assert len(self.cases.folders) == before + 1

    @rule(picked=st.lists(N, min_size=1, max_size=5), gently=st.sampled_from([True, True, False]))
    def do_what_can_be_done(self, picked: list[int], gently: bool) -> None:
        for n in picked:
            able = [x for x in self._able() if not (gently and x[2] in ENDING)]
            if able:
                self._do(*able[n * 31 % len(able)], yes=n % 7 > 0)

    def _do(self, case: Case, party: Party, action: str, purpose: str, *, yes: bool) -> None:
        token = self.world.token_of(case.id, party, purpose)
        self.tokens.append(token)
        self._act(token, case, party, action, yes=yes)
        same = action == "consent" and case.votes.get(party.id) is yes
        assert self.world.case(case.id).revision > case.revision or same, action

    @precondition(lambda self: self.tokens)
    @rule(n=N, action=st.sampled_from(DEFINITION.actions), yes=st.booleans())
    def try_any_link(self, n: int, action: object, yes: bool) -> None:
        """Any link there ever was, for anything: done only if the table says so."""
        token = self.tokens[n % len(self.tokens)]
        name: str = action.name  # type: ignore[attr-defined]
        try:
            opened = open_link(self.services, token)
        except KapulaError:
            return
        case, party = opened.case, opened.party
        before, able = self._moves(), self._permits(case, party, name, opened.purpose)
        if opened.standing == "open" and able:
            self._act(token, case, party, name, yes=yes)
            return
        with pytest.raises(KapulaError):
            act(self.services, token, self._typed(case, name, yes=yes), "fi")
        assert self._moves() == before

    @precondition(lambda self: self._asking())
    @rule(votes=st.lists(st.sampled_from([True, True, True, False, None]), min_size=4, max_size=4))
    def vote(self, votes: list[bool | None]) -> None:
        case = self._asking()[0]
        asked = case.holders("supervisee")
        for party, yes in zip(asked, votes, strict=False):
            if yes is not None and self._asking() and self.world.case(case.id).round == case.round:
                self._do(self.world.case(case.id), party, "consent", "task", yes=yes)

    @precondition(lambda self: len(self._mergeable()) > 1)
    @rule(first=N, size=st.integers(2, 4), by=st.booleans())
    def propose(self, first: int, size: int, by: bool) -> None:
        cases = self._mergeable()
        ids = list(dict.fromkeys(cases[(first + n) % len(cases)].id for n in range(size)))
        key = apply.mint_key(self.services)
        who = (
            Person("S", "sten@example.org", "sv", "sten")
            if by
            else Person("A", STAFF[0], "fi", "anna")
        )
        form, before = {"form_of_supervision": "group"}, self._moves()
        try:
            hub = merge.propose(self.services, "supervision", who, ids, form, "fi", key)
        except KapulaError:
            assert self._moves() == before
            return
        assert self.world.case(hub).state == "merge_pending"
        moved = self._moves()
        assert merge.propose(self.services, "supervision", who, ids, form, "fi", key) == hub
        assert self._moves() == moved

    @precondition(lambda self: self.cases.folders)
    @rule(n=N, m=N, who=st.sampled_from(STAFF), to=st.sampled_from([*NAMES, "Fanni"]))
    def replace(self, n: int, m: int, who: str, to: str) -> None:
        case, party = self._someone(n, m)
        if party is None:
            return
        typed = {
            "new_name": to,
            "new_email": address(to),
            "new_language": "en",
            "colleague": "sten",
        }
        if party.role == "manager":
            typed["new_email"] = f"{to.lower()}@example.org"
        before = self._moves()
        try:
            handover.replace_person(self.services, who, case.id, party.id, typed)
        except KapulaError:
            assert self._moves() == before
            return
        after = self.world.case(case.id)
        assert (after.state, after.round) == (case.state, case.round)
        assert after.party(party.id) == party.leaving(after.revision)
        assert who in [p.email for p in case.holders("coordinator")]

    @precondition(lambda self: self.cases.folders)
    @rule(n=N, m=N, who=st.sampled_from(STAFF))
    def resend(self, n: int, m: int, who: str) -> None:
        case, party = self._someone(n, m)
        with suppress(KapulaError):
            handover.resend(self.services, who, case.id, party.id if party else "p1")

    @rule(email=st.sampled_from([*STAFF, *map(address, NAMES)]))
    def ask_for_a_desk(self, email: str) -> None:
        ask_desk(self.services, {"email": email})

    @precondition(lambda self: self.cases.folders)
    @rule(n=N, m=N)
    def open_from_a_desk(self, n: int, m: int) -> None:
        case, party = self._someone(n, m)
        if party:
            desk = self.world.desk(party.email)
            self.tokens.append(f"{desk}.{case.id}.{party.id}.{case.round}")

    @precondition(lambda self: self.cases.folders)
    @rule(n=N, m=N, forged=st.booleans())
    def mail_comes_back(self, n: int, m: int, forged: bool) -> None:
        case, party = self._someone(n, m)
        if party:
            wrong = "somebody@else.example"
            told = bounces.returned(
                self.services, f"{case.id}-{party.id}", wrong if forged else party.email
            )
            assert told is not forged

    # --- what the machinery does, and what goes wrong in it

    @rule(picked=st.lists(N, max_size=12))
    def deliver_some(self, picked: list[int]) -> None:
        """Any mails of the outbox, also those that were sent, in any order."""
        every = list(self.cases.outbox)
        for n in picked if every else ():
            self._deliver(every[-1 - n % len(every)])

    @rule(death=st.sampled_from(["before", "after", "broken", "refused"]))
    def something_breaks(self, death: str) -> None:
        if death in ("before", "after"):
            self.world.post.death = death  # type: ignore[attr-defined]
        else:
            self.world.post.failures.append(SendFailed(death, permanent=death == "refused"))

    @precondition(lambda self: self.cases.folders)
    @rule(picked=st.lists(N, max_size=5))
    def index_some(self, picked: list[int]) -> None:
        every = list(self.cases.folders)
        for n in picked:
            index_case(self.services, every[n % len(every)])

    @rule(hours=st.sampled_from([1, 2, 24, 24, 24 * 4, 24 * 8]), ticks=st.integers(0, 3))
    def time_passes(self, hours: int, ticks: int) -> None:
        self.world.clock.forward(hours=hours)
        for _ in range(ticks):
            with suppress(Killed):
                clock_entry.handle(self.services, {"digest": hours > 24})

    @rule(n=N)
    def desk_is_looked_at(self, n: int) -> None:
        """Whatever was not indexed yet: no row is wrong, though one may be missing."""
        people = [*STAFF, "testi@example.org", *map(address, NAMES)]
        key = person_key(self.services, people[n % len(people)])
        seen = overview(self.services, key)
        for listed in (seen.todo, *seen.lists, find_cases(self.services, key, DeskQuery())):
            for row in listed.rows:
                case = self.world.case(row.case.id)
                assert case == row.case
                assert row.party in case.parties
                assert row.party.present
                assert person_key(self.services, row.party.email) == key

    # --- what must hold

    @invariant()
    def histories_are_whole(self) -> None:
        table = {(t.action, t.source, t.target) for t in DEFINITION.transitions}
        for case_id, folder in self.cases.folders.items():
            entries = [t.sealed for t in folder.told]
            assert verified(self.cases.keys, case_id, entries, entries[-1].seal)
            assert len(entries) == self.cases.written[case_id] == folder.case.revision + 1  # type: ignore[attr-defined]
            state = ""
            for entry in entries:
                step = entry.event
                assert step.source == state
                if step.action in OWN_STEPS:
                    assert step.action == OPEN or step.target == state
                else:
                    assert (step.action, step.source, step.target) in table
                state = step.target
            assert folder.case.state == state

    @invariant()
    def votes_are_of_those_who_are_asked(self) -> None:
        for folder in self.cases.folders.values():
            case = folder.case
            asked = (
                {p.id for p in case.holders("supervisee")}
                if case.state == "merge_pending"
                else set()
            )
            assert set(case.votes) <= asked

    @invariant()
    def mails_have_a_fate(self) -> None:
        for kept in self.cases.outbox.values():
            assert kept.status in FATES
            assert (kept.due_at is not None) == (
                kept.status == "pending"
            ) or kept.status == "parked"

    @invariant()
    def hubs_and_originals_agree(self) -> None:
        assert disagreements({i: f.case for i, f in self.cases.folders.items()}) == []

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for case_id, folder in self.cases.folders.items():
            case = folder.case
            if case.state in ENDS:
                told = (case.state, case.round)
                assert self.final.setdefault(case_id, told) == told
        for token in self.tokens:
            try:
                opened = open_link(self.services, token)
            except KapulaError:
                self.dead.add(token)
                continue
            if opened.standing != "open":
                self.dead.add(token)
            elif opened.purpose == "task":
                assert opened.party.role in DEFINITION.state(opened.case.state).turn_roles
                assert opened.party.present
            assert opened.standing != "open" or token not in self.dead

    def teardown(self) -> None:
        """The faults stop: every mail leaves, no timer is left, and the desks are right."""
        self.world.post.failures.clear()
        self.world.post.death = ""  # type: ignore[attr-defined]
        resume_parked(self.services)
        for _ in range(80):  # what is held for a recipient goes within days
            self.world.clock.forward(hours=2)
            acted = clock_entry.handle(self.services, {})["acted"]
            if not acted and not self.world.pending():
                break
        assert self.world.pending() == []
        assert {k.status for k in self.cases.outbox.values()} <= {"sent", "suppressed"}
        for check in (self.histories_are_whole, self.hubs_and_originals_agree):
            check()
        records = [
            {"dynamodb": {"Keys": {"case": {"S": i}, "part": {"S": "case"}}, "SequenceNumber": i}}
            for i in reversed(self.cases.folders)
        ]
        assert indexer.handle(self.services, {"Records": records}) == {"batchItemFailures": []}
        assert right(self.world)
        self._desks_say_what_cases_say()

    def _desks_say_what_cases_say(self) -> None:
        """Worked out from the cases alone, list by list."""
        told: dict[tuple[str, str], set[tuple[str, str]]] = {}
        everything: dict[str, set[str]] = {}
        for folder in self.cases.folders.values():
            case = folder.case
            if case.state in ("unconfirmed", "group_unconfirmed", "discarded"):
                continue
            for party in (p for p in case.parties if p.present):
                key = person_key(self.services, party.email)
                stands = group(DEFINITION, case, party.role, party.id)
                where = TODO if stands == "todo" else list_of("supervision", party.role, stands)
                told.setdefault((key, where), set()).add((case.id, party.id))
                if party.role == "coordinator":
                    everything.setdefault(key, set()).add(case.id)
        prefixes = [
            TODO,
            *(list_of("supervision", r.name, g) for r in DEFINITION.roles for g in GROUPS),
        ]
        for key in {key for key, _ in told}:
            for prefix in prefixes:
                shown = [(r.case.id, r.party.id) for r in self._all(key, prefix)]
                assert len(shown) == len(set(shown))
                assert set(shown) == told.get((key, prefix), set()), prefix
            sought, cursor = set[str](), ""
            while True:
                page = find_cases(self.services, key, DeskQuery(), cursor)
                sought |= {r.case.id for r in page.rows}
                cursor = page.next
                if not cursor:
                    break
            assert sought == everything.get(key, set())

    # --- short ways

    def _all(self, key: str, prefix: str) -> list[object]:
        rows, cursor = [], ""
        while True:
            page = list_page(self.services, key, prefix, cursor)
            rows += page.rows
            cursor = page.next
            if not cursor:
                return rows  # type: ignore[return-value]

    def _moves(self) -> dict[str, int]:
        return {i: f.case.revision for i, f in self.cases.folders.items()}

    def _asking(self) -> list[Case]:
        cases = (f.case for f in self.cases.folders.values())
        return [c for c in cases if c.state == "merge_pending"]

    def _mergeable(self) -> list[Case]:
        cases = (f.case for f in self.cases.folders.values())
        return [c for c in cases if (c.form, c.state) == ("individual", "coordinating")]

    def _someone(self, n: int, m: int) -> tuple[Case, Party | None]:
        case = list(self.cases.folders.values())[n % len(self.cases.folders)].case
        return case, case.parties[m % len(case.parties)] if case.parties else None

    def _permits(self, case: Case, party: Party, action: str, purpose: str) -> bool:
        """Straight from the table, without the engine."""
        spec = DEFINITION.action(action)
        if spec.role != party.role or not party.present or purpose not in spec.available_on:
            return False
        if case.state not in {t.source for t in DEFINITION.transitions if t.action == action}:
            return False
        if action == "go_on" and not case.next_timer:  # nobody has asked yet
            return False
        if action in ("redate", "redate_instead") and case.next_timer:
            return False
        rows = [t for t in DEFINITION.transitions if (t.action, t.source) == (action, case.state)]
        return any(not t.forms or case.form in t.forms for t in rows)

    def _able(self) -> list[tuple[Case, Party, str, str]]:
        found = []
        for folder in self.cases.folders.values():
            case = folder.case
            for party in case.parties:
                purpose = "task" if DEFINITION.turn(case) == party.role else "status"
                for action in DEFINITION.actions:
                    if action.role not in (*BY_ITSELF, LINK) and self._permits(
                        case, party, action.name, purpose
                    ):
                        found.append((case, party, action.name, purpose))
        return found

    def _typed(self, case: Case, action: str, *, yes: bool) -> dict[str, str]:
        typed = {"action": action, **TYPED.get(action, {}), "consent": "yes" if yes else "no"}
        typed[DRAWN] = str(case.revision)
        if action in ("correct", "correct_group"):
            typed |= {k: str(v) for k, v in case.answers.items() if isinstance(v, str)}
        if action == "correct_group":
            listed = case.answers.get("supervisees")
            rows = enumerate(listed if isinstance(listed, list) else [], 1)
            cells = ("name", "email", "language")
            typed |= {f"supervisees-{n}-{c}": row.get(c, "") for n, row in rows for c in cells}
            typed |= {"travel_reimbursed": "yes", "fee_reimbursed": "no"}
        return typed

    def _act(self, token: str, case: Case, party: Party, action: str, *, yes: bool) -> None:
        act(self.services, token, self._typed(case, action, yes=yes), "fi")
        if DEFINITION.action(action).votes and case.votes.get(party.id) is yes:
            assert self.world.case(case.id).votes in (case.votes, {})  # said before
            return
        step = self.cases.folders[case.id].told[case.revision + 1].sealed.event
        assert (step.action, step.role, step.party) == (action, party.role, party.id)
        if DEFINITION.action(action).votes and self.world.case(case.id).round == case.round:
            assert self.world.case(case.id).votes == {**case.votes, party.id: yes}

    def _deliver(self, key: tuple[str, str]) -> None:
        before = len(self.world.post.sent)
        was = self.cases.outbox[key].status
        with suppress(Killed):
            deliver(self.services, *key)
        for message in self.world.post.sent[before:]:
            assert was == "pending"
            body = message.get_body(("plain",))
            assert body is not None
            if "/api/t/" in body.get_content():
                self.tokens.append(body.get_content().partition("/api/t/")[2][:43])


RUNS = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
Model.TestCase.settings = RUNS
TestModel = Model.TestCase


def _found(monkeypatch: pytest.MonkeyPatch, patched: object, name: str, worse: object) -> None:
    """The model fails in a world with this fault in it."""
    quick = settings(
        RUNS,
        max_examples=600,  # it ends with the first that fails
        phases=[Phase.generate],
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
    )
    monkeypatch.setattr(patched, name, worse)
    with pytest.raises((AssertionError, KapulaError)):
        run_state_machine_as_test(Model, settings=quick)


def test_model_finds_a_mail_that_is_never_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, MemoryCases, "unsent", lambda self, now: ())


def test_model_finds_a_released_case_that_stays_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, effects, "decide_together", lambda *asked: decide_together(*asked)[:1])


def test_model_finds_a_link_that_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, links, "_standing", lambda grant, case, party, now: "open")


def test_model_finds_a_desk_that_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, index, "placements", lambda *asked: placements(*asked)[1:])
