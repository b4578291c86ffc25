"""Merging: asked one by one, formed of those who agree, and nothing lost if it comes to nothing."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest

from functions.kernel.case import Case, Party
from functions.kernel.errors import Conflict, Done, Invalid, Refused, Unavailable
from functions.kernel.people import Person
from functions.processes import current
from functions.render.case.view import case_view
from functions.render.text.words import Words
from functions.services.access.people import person_key
from functions.services.case import apply, merge
from functions.services.case.act import act
from functions.services.case.handover import replace_person
from functions.services.case.timers import run_due_timer
from functions.services.mail.deliver import deliver
from functions.services.mail.digest import waiting_long
from functions.services.ports import Write
from tests.fakes import START, MemoryCases, World, history_of

ANNA = Person("Anna Directory", "anna@example.org", "fi", "anna")
GROUP = {"form_of_supervision": "group"}
NAMES = ("Aino", "Bertta", "Cecilia", "Daavid")


class Merging(World):
    """A world where applications are joined."""

    def applied(self, name: str, language: str = "fi", **said: str) -> str:
        """An individual application that waits for the coordinator."""
        typed = {"applicant_name": name, "applicant_email": f"{name.lower()}@example.net", **said}
        goals = f"Secret goals of {name}, all their own."
        case_id = apply.send(self.services, self.draft(language, **typed, reason_and_goals=goals))
        for action in ("confirm", "endorse"):
            self.do(case_id, action)
        return case_id

    def key(self) -> str:
        return apply.mint_key(self.services)

    def proposed(self, *cases: str, key: str = "", **typed: str) -> str:
        filled = {**GROUP, **typed}
        return merge.propose(
            self.services, "supervision", ANNA, cases, filled, "fi", key or self.key()
        )

    def answer(self, hub: str, name: str, consent: str) -> None:
        token = self.place(hub, name)
        act(self.services, token, {"action": "consent", "consent": consent}, "fi")

    def place(self, hub: str, name: str) -> str:
        """The token of a fresh link of one of those who are asked."""
        case = self.case(hub)
        (party,) = (p for p in case.holders("supervisee") if p.name == name)
        return self.token_of(hub, party)

    def withdraw(self, case_id: str) -> None:
        """The sender of an application withdraws it."""
        party = self.case(case_id).holders("applicant")[0]
        token = self.token_of(case_id, party, "status")
        act(self.services, token, {"action": "withdraw"}, "fi")

    def states(self, *cases: str) -> list[str]:
        return [self.case(c).state for c in cases]

    def members(self, hub: str) -> list[str]:
        return [p.name for p in self.case(hub).holders("supervisee")]


@pytest.fixture
def world() -> Merging:
    return Merging()


@pytest.fixture
def three(world: Merging) -> tuple[str, str, str]:
    return world.applied("Aino"), world.applied("Bertta", "sv"), world.applied("Cecilia")


def test_propose_freezes_and_links(world: Merging, three: tuple[str, str, str]) -> None:
    hub = world.proposed(*three)
    assert world.states(hub, *three) == ["merge_pending", "merging", "merging", "merging"]
    assert world.case(hub).linked == three
    assert [world.case(c).linked for c in three] == [(hub,)] * 3
    assert world.members(hub) == ["Aino", "Bertta", "Cecilia"]
    sent = [(m["To"], m["Subject"]) for m in world.deliver_all() if "Yhdist" in m["Subject"]]
    assert {to for to, _ in sent} <= {"aino@example.net", "cecilia@example.net"}


def test_propose_twice_with_one_key_is_one(world: Merging, three: tuple[str, str, str]) -> None:
    key = world.key()
    assert world.proposed(*three, key=key) == world.proposed(*three, key=key)
    with pytest.raises(Invalid) as error:
        world.proposed(*three)
    assert [p.code for p in error.value.problems] == ["moved_on"]


@pytest.mark.parametrize(
    ("picked", "typed", "codes"),
    [
        ((0,), {}, ["pick_more"]),
        ((), {}, ["pick_more"]),
        ((0, 0), {}, ["pick_more"]),
        ((0, 1), {"form_of_supervision": ""}, ["unchosen"]),
        ((0, 1), {"form_of_supervision": "individual"}, ["unknown"]),
        ((0, 1, 2), {"form_of_supervision": "pair"}, ["merged_pair_is_two"]),
        ((0,), {"form_of_supervision": "pair"}, ["pick_more"]),
        ((0, 1), {"title": "x" * 121}, ["long"]),
        ((0,), {"form_of_supervision": ""}, ["pick_more", "unchosen"]),
    ],
)
def test_propose_what_is_wrong_is_said_and_nothing_changes(
    world: Merging,
    three: tuple[str, str, str],
    picked: tuple[int, ...],
    typed: dict[str, str],
    codes: list[str],
) -> None:
    before = world.stored()
    with pytest.raises(Invalid) as error:
        world.proposed(*(three[n] for n in picked), **typed)
    assert [p.code for p in error.value.problems] == codes
    assert world.stored() == before


def test_pair_is_proposed_to_two(world: Merging, three: tuple[str, str, str]) -> None:
    hub = world.proposed(*three[:2], form_of_supervision="pair")
    assert world.states(hub, *three) == ["merge_pending", "merging", "merging", "coordinating"]


def test_who_said_no_to_merging_is_not_asked(world: Merging) -> None:
    cases = [world.applied(n, willing_to_merge=w) for n, w in (("Aino", "yes"), ("Bertta", ""))]
    unwilling = world.applied("Cecilia", willing_to_merge="no")
    way = merge.merger("supervision")
    assert way
    able = [merge.may_join(way, world.case(c), ANNA.email) for c in (*cases, unwilling)]
    assert [bool(place) for place in able] == [True, True, False]
    with pytest.raises(Invalid) as error:
        world.proposed(*cases, unwilling)
    assert [p.code for p in error.value.problems] == ["moved_on"]


def test_propose_whose_answer_is_lost_is_made_all_the_same(
    world: Merging, three: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, commit = type(world.cases), type(world.cases).commit

    def lost(self: MemoryCases, *moves: Write) -> None:
        commit(self, *moves)
        raise Unavailable("lost")

    monkeypatch.setattr(store, "commit", lost)
    hub = world.proposed(*three)
    assert world.states(hub, *three) == ["merge_pending"] + ["merging"] * 3


def test_propose_that_cannot_be_written_says_so(
    world: Merging, three: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: MemoryCases, *moves: Write) -> None:
        raise Unavailable("broken")

    monkeypatch.setattr(type(world.cases), "commit", broken)
    with pytest.raises(Unavailable):
        world.proposed(*three)
    assert world.states(*three) == ["coordinating"] * 3


def test_propose_of_many_reads_few(world: Merging, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(world.cases.__class__, "load", lambda self, case_id: read.append(case_id))
    with pytest.raises(Invalid) as error:
        world.proposed(*(f"case{n}" for n in range(200)))
    assert [p.code for p in error.value.problems] == ["pick_fewer"]
    assert len(read) <= 10


def test_propose_two_of_one_person_refused(world: Merging) -> None:
    with pytest.raises(Invalid) as error:
        world.proposed(world.applied("Aino"), world.applied("Aino"))
    assert [p.code for p in error.value.problems] == ["same_person"]


def test_propose_by_one_who_does_not_look_after_it_refused(world: Merging) -> None:
    cases = world.applied("Aino"), world.applied("Bertta")
    stranger = Person("Else", "else@example.org", "fi", "else")
    with pytest.raises(Invalid) as error:
        merge.propose(world.services, "supervision", stranger, cases, GROUP, "fi", world.key())
    assert [p.code for p in error.value.problems] == ["moved_on"]


def test_all_agree_forms_the_group_at_once(world: Merging, three: tuple[str, str, str]) -> None:
    hub = world.proposed(*three)
    for name in ("Aino", "Bertta", "Cecilia"):
        world.answer(hub, name, "yes")
    assert world.states(hub, *three) == ["coordinating", "merged", "merged", "merged"]
    assert world.members(hub) == ["Aino", "Bertta", "Cecilia"]
    world.do(hub, "offer")
    world.do(hub, "accept")
    assert world.states(hub, *three) == ["active", "joined", "joined", "joined"]


def test_who_has_answered_is_not_reminded_by_a_mail_that_waited(world: Merging) -> None:
    hub = world.proposed(*(world.applied(name) for name in NAMES))
    world.deliver_all()
    world.clock.forward(days=6)
    while run_due_timer(world.services, hub):
        pass
    waiting = {k: world.cases.outbox[k].order for k in world.pending() if k[0] == hub}
    (aino,) = (p for p in world.case(hub).holders("supervisee") if p.name == "Aino")
    (key,) = (k for k, o in waiting.items() if (o.party, o.purpose) == (aino.id, "task"))
    world.answer(hub, "Aino", "yes")
    world.clock.forward(hours=2)
    assert deliver(world.services, *key) == "suppressed"


def test_one_refusal_and_one_silence_drop_only_these(world: Merging) -> None:
    cases = [world.applied(name) for name in NAMES]
    hub = world.proposed(*cases)
    goals = [world.case(c).answers["reason_and_goals"] for c in cases]
    for name, consent in (("Aino", "yes"), ("Bertta", "no"), ("Daavid", "yes")):
        world.answer(hub, name, consent)
    assert world.case(hub).state == "merge_pending"  # a refusal alone settles nothing
    world.clock.forward(days=13)
    while run_due_timer(world.services, hub):
        pass
    assert world.states(hub, *cases) == [
        "coordinating", "merged", "coordinating", "coordinating", "merged",
    ]  # fmt: skip
    assert world.members(hub) == ["Aino", "Daavid"]
    assert world.case(hub).answers["title"] == "Aino, Daavid"
    assert [r["name"] for r in world.case(hub).answers["members"]] == ["Aino", "Daavid"]  # type: ignore[index, union-attr]
    assert [world.case(c).answers["reason_and_goals"] for c in cases] == goals


def test_fewer_than_two_dissolve_it_and_all_come_back(
    world: Merging, three: tuple[str, str, str]
) -> None:
    before = [world.case(c).answers for c in three]
    hub = world.proposed(*three)
    world.answer(hub, "Aino", "yes")
    world.answer(hub, "Bertta", "no")
    world.clock.forward(days=13)
    while run_due_timer(world.services, hub):
        pass
    assert world.states(hub, *three) == ["dissolved"] + ["coordinating"] * 3
    assert [world.case(c).answers for c in three] == before


def test_a_mind_can_be_changed_until_it_is_settled(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three[:2])
    token = world.place(hub, "Aino")
    for consent in ("no", "yes", "no", "yes"):
        act(world.services, token, {"action": "consent", "consent": consent}, "fi")
    assert world.case(hub).state == "merge_pending"
    world.answer(hub, "Bertta", "yes")
    assert world.case(hub).state == "coordinating"
    with pytest.raises(Conflict):
        act(world.services, token, {"action": "consent", "consent": "no"}, "fi")


def test_the_same_vote_again_is_one_vote(world: Merging, three: tuple[str, str, str]) -> None:
    hub = world.proposed(*three[:2])
    token = world.place(hub, "Aino")
    world.answer(hub, "Aino", "yes")
    for _ in range(2):
        with pytest.raises(Done):
            act(world.services, token, {"action": "consent", "consent": "yes"}, "fi")
    steps = [t.sealed.event.action for t in world.cases.folders[hub].told]
    assert steps == ["open", "consent"]


def test_the_clock_settles_what_the_last_vote_did_not_come_to(
    world: Merging, three: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that took the vote was killed before it went on."""
    hub = world.proposed(*three[:2])
    world.answer(hub, "Aino", "yes")
    with monkeypatch.context() as patch:
        patch.setattr("functions.services.case.act._go_on", lambda *_: None)
        world.answer(hub, "Bertta", "yes")
    assert world.case(hub).state == "merge_pending"
    with pytest.raises(Done):
        world.answer(hub, "Bertta", "yes")
    assert run_due_timer(world.services, hub)
    assert world.states(hub, *three[:2]) == ["coordinating", "merged", "merged"]


def test_vote_of_one_who_was_replaced_does_not_count(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three[:2])
    world.answer(hub, "Aino", "no")
    (aino,) = (p for p in world.case(hub).holders("supervisee") if p.name == "Aino")
    new = {"new_name": "Alma", "new_email": "alma@example.net", "new_language": "fi"}
    replace_person(world.services, ANNA.email, hub, aino.id, new)
    assert world.case(hub).votes == {}
    world.answer(hub, "Bertta", "yes")
    world.answer(hub, "Alma", "yes")
    assert world.states(hub, *three[:2]) == ["coordinating", "merged", "merged"]
    mails = [kept.order.mail for (case, _), kept in world.cases.outbox.items() if case == hub]
    assert "answers_in" not in mails, "all agreed: there is nothing to tell the coordinator"


def test_who_withdraws_is_out_at_once_and_never_merged(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three)
    token = world.place(hub, "Aino")
    world.answer(hub, "Aino", "yes")
    world.withdraw(three[0])
    case = world.case(hub)
    assert (world.members(hub), case.linked, case.votes) == (["Bertta", "Cecilia"], three[1:], {})
    assert [row["name"] for row in case.answers["members"]] == ["Bertta", "Cecilia"]  # type: ignore[index, union-attr]
    assert case.answers["title"] == "Bertta, Cecilia"
    with pytest.raises((Conflict, Refused)):
        act(world.services, token, {"action": "consent", "consent": "yes"}, "fi")
    world.answer(hub, "Bertta", "yes")
    world.answer(hub, "Cecilia", "yes")
    assert world.states(hub, *three) == ["coordinating", "withdrawn", "merged", "merged"]


def test_the_coordinator_does_not_wait_for_who_withdrew(world: Merging) -> None:
    cases = [world.applied(name) for name in NAMES]
    hub = world.proposed(*cases)
    for name, consent in (("Aino", "yes"), ("Bertta", "no"), ("Cecilia", "yes")):
        world.answer(hub, name, consent)
    world.withdraw(cases[3])
    assert current("supervision").turn(world.case(hub)) == "coordinator"
    mails = [kept.order.mail for (case, _), kept in world.cases.outbox.items() if case == hub]
    coordinators = world.case(hub).holders("coordinator")
    assert mails.count("answers_in") == len(coordinators)


def test_a_proposal_is_settled_at_once_when_a_withdrawal_leaves_nothing_to_wait_for(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three)
    world.answer(hub, "Aino", "yes")
    world.answer(hub, "Bertta", "yes")
    world.withdraw(three[2])
    assert world.states(hub, *three) == ["coordinating", "merged", "merged", "withdrawn"]


def test_a_proposal_with_one_left_is_over_and_their_application_goes_on(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three[:2])
    world.withdraw(three[0])
    assert world.states(hub, *three[:2]) == ["dissolved", "withdrawn", "coordinating"]


def test_withdrawal_and_settlement_at_the_same_moment_are_one_after_the_other(
    world: Merging, three: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is written first, nobody is merged who has withdrawn."""
    hub = world.proposed(*three)
    world.answer(hub, "Aino", "yes")
    world.answer(hub, "Bertta", "yes")
    store, commit, late = type(world.cases), type(world.cases).commit, [three[0]]

    def raced(self: MemoryCases, *moves: Write) -> None:
        while late:
            world.withdraw(late.pop())
        commit(self, *moves)

    monkeypatch.setattr(store, "commit", raced)
    with suppress(Conflict):
        world.do(hub, "close_merge")
    assert world.states(hub, three[0]) == ["dissolved", "withdrawn"]
    assert world.states(*three[1:]) == ["coordinating"] * 2


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_others_are_not_told_who_withdrew(world: Merging, language: str) -> None:
    cases = [world.applied(name) for name in NAMES]
    hub = world.proposed(*cases)
    world.withdraw(cases[3])
    case = world.case(hub)
    left = Words(current("supervision"), language, world.directory).text("actions.leave.history")
    for party in case.holders("supervisee"):
        page = _seen(world, case, party, language)
        assert "Daavid" not in page
        assert left not in page
    assert left in _seen(world, case, case.holders("coordinator")[0], language)


@pytest.mark.parametrize(
    ("proposed", "yes", "becomes"),
    [("group", 2, "pair"), ("group", 3, "group"), ("crisis", 2, "crisis")],
)
def test_the_form_follows_the_number_of_those_who_joined(
    world: Merging, three: tuple[str, str, str], proposed: str, yes: int, becomes: str
) -> None:
    hub = world.proposed(*three, form_of_supervision=proposed)
    for number, name in enumerate(("Aino", "Bertta", "Cecilia")):
        world.answer(hub, name, "yes" if number < yes else "no")
    if yes < 3:
        world.do(hub, "close_merge")
    assert world.case(hub).answers["form_of_supervision"] == becomes


def test_what_follows_a_merger_is_no_case_of_the_digest(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three)
    for name in ("Aino", "Bertta", "Cecilia"):
        world.answer(hub, name, "yes")
    world.index()
    world.clock.forward(days=40)
    anna = person_key(world.services, ANNA.email)
    assert [case.id for case in waiting_long(world.services, anna)[0]] == [hub]


def test_the_coordinator_breaks_a_group_up(world: Merging, three: tuple[str, str, str]) -> None:
    hub = world.proposed(*three)
    for name in ("Aino", "Bertta", "Cecilia"):
        world.answer(hub, name, "yes")
    world.do(hub, "dissolve")
    assert world.states(hub, *three) == ["dissolved"] + ["coordinating"] * 3
    again = world.proposed(*three)
    assert world.states(again, *three) == ["merge_pending"] + ["merging"] * 3


def test_a_linked_case_moves_by_its_link_alone(world: Merging, three: tuple[str, str, str]) -> None:
    world.proposed(*three)
    with pytest.raises((Invalid, Refused)):
        world.do(three[0], "offer")


def _seen(world: Merging, case: Case, reader: Party, language: str = "en") -> str:
    """Everything on a party's page of a case."""
    words = Words(current("supervision"), language, world.directory)
    file = world.cases.load(case.id)
    assert file
    told = history_of(case, file.history)
    return repr(case_view(words, case, told, reader, task=False, with_answers=True, now=START))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_only_the_coordinator_learns_of_a_refusal(
    world: Merging, three: tuple[str, str, str], language: str
) -> None:
    """Whether Bertta refuses or is silent, everybody else sees the very same pages."""
    worlds = []
    for refuses in (True, False):
        one = Merging()
        cases = [one.applied(n) for n in ("Aino", "Bertta", "Cecilia")]
        hub = one.proposed(*cases)
        one.answer(hub, "Aino", "yes")
        if refuses:
            one.answer(hub, "Bertta", "no")
        one.clock.time = START + timedelta(days=3)
        worlds.append((one, hub, cases))
    for at in ("asked", "settled"):
        pages = []
        for one, hub, cases in worlds:
            if at == "settled":
                one.clock.forward(days=13)
                one.answer(hub, "Cecilia", "yes")
                while run_due_timer(one.services, hub):
                    pass
            seen = {}
            for number, case_id in enumerate((hub, *cases)):
                for party in one.case(case_id).parties:
                    if party.name != "Bertta" and party.role != "coordinator":
                        page = _seen(one, one.case(case_id), party, language)
                        seen[number, party.role, party.name] = _timeless(page, hub, cases)
            pages.append(seen)
        assert pages[0] == pages[1]
        assert len(pages[0]) > 6


def _timeless(page: str, hub: str, cases: list[str]) -> str:
    for number, case_id in enumerate((hub, *cases)):
        page = page.replace(case_id[:6].upper(), f"case-{number}")
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+|\d\d[:.]\d\d", "", page)


def test_goals_are_seen_by_coordinator_and_supervisor_alone(
    world: Merging, three: tuple[str, str, str]
) -> None:
    hub = world.proposed(*three)
    for name in ("Aino", "Bertta", "Cecilia"):
        world.answer(hub, name, "yes")
    case = world.case(hub)
    for party in case.parties:
        page = _seen(world, case, party)
        assert "Secret goals" not in page
        assert ("bertta@example.net" in page) is (party.role == "coordinator")
