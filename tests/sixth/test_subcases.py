"""Subcases: talks within an enrolment are begun, answered, moved and called off with it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from werkzeug.test import TestResponse

from functions.entry.desk import app as entry
from functions.kernel import LANGUAGES
from functions.kernel.case import Actor, MailOrder
from functions.kernel.errors import Conflict, Invalid, KapulaError, Refused
from functions.kernel.handover import hand_over
from functions.kernel.people import Person
from functions.kernel.subcases import OpenSubcase, Subcases
from functions.processes import current, pinned
from functions.services import commit
from functions.services.access import links
from functions.services.access.people import person_key
from functions.services.case.act import act
from functions.services.case.begin import begin
from functions.services.case.timers import run_timer
from functions.services.commit import PendingWrite
from functions.services.desk.index import index_case
from functions.services.integrity import check_sample
from functions.services.mail.bounces import record_bounce
from tests.fakes import interrupt
from tests.guards.pages import page_faults
from tests.sixth import BEFORE
from tests.sixth.test_themeday import enrol
from tests.web_client import Visits

ANNA = "anna@example.org"
DAY, LATER = "2026-09-01", "2026-09-08"


class Talks(Visits):
    """An enrolment with places, and the talks within it."""

    def __init__(self) -> None:
        super().__init__(BEFORE)
        self.aino = enrol(self, "aino", "3")
        self.enrolment = self.case_of(self.aino).id
        self.deliver_all()

    def coordinators(self, purpose: str = "status") -> str:
        case = self.case(self.enrolment)
        anna = next(p for p in case.holders("coordinator") if p.email == ANNA)
        return self.token_of(self.enrolment, anna, purpose)

    def propose(self, day: str = DAY, drawn: int | None = None, **said: str) -> str:
        """Anna begins a talk; its id."""
        begun = self.kept.begun if drawn is None else drawn
        typed = {"action": "propose", "_drawn": str(begun), "talk_day": day, **said}
        return begin(self.services, self.coordinators(), "talk", "propose", typed, "fi").id

    def takes(self, talk: str, action: str, role: str = "contact", **said: str) -> None:
        opened = self.cases.case(talk)
        assert opened
        party = opened.case.holders(role)[0]
        purpose = "task" if action.startswith("suits") else "status"
        token = self.token_in(talk, party.id, purpose)
        act(self.services, token, {"action": action, **said}, "fi")

    def token_in(self, talk: str, party: str, purpose: str = "status") -> str:
        record = self.cases.case(talk)
        assert record
        case, who = record.case, record.case.party(party)
        assert who
        order = MailOrder("any", who.id, purpose, case.state, case.round)
        return links.mint(self.services, talk, order, who.email).rpartition("/")[2]

    @property
    def kept(self) -> Subcases:
        return self.case(self.enrolment).subcases.get("talk", Subcases())

    def replace_contact(self) -> None:
        """Anna gives the contact person's place to Bo."""
        record = self.cases.case(self.enrolment)
        assert record
        case = record.case
        anna = next(p for p in case.holders("coordinator") if p.email == ANNA)
        aino, actor = case.holders("contact")[0], Actor("coordinator", anna.id)
        definition = pinned(case.process, case.version)
        person = Person("Bo Ny", "bo@example.net", "sv")
        decision = hand_over(definition, case, actor, aino.id, person, self.clock.now())
        commit.commit(self.services, PendingWrite(definition, decision, record))

    def talk_state(self, talk: str) -> str:
        return self.cases.folders[talk].case.state


@pytest.fixture
def world() -> Talks:
    return Talks()


def test_talk_is_begun_answered_and_held(world: Talks) -> None:
    talk = world.propose(topic="How to get there")
    assert talk == f"{world.enrolment}.talk.1"
    assert world.kept == Subcases(1, (OpenSubcase(1, "proposed", DAY),))
    world.takes(talk, "suits")
    assert world.kept == Subcases(1, (OpenSubcase(1, "agreed", DAY),))
    world.wait(days=31)
    assert world.kept == Subcases(1, (), {"held": 1})
    world.takes(talk, "missed", "coordinator")
    assert world.kept == Subcases(1, (), {"off": 1})


def test_talk_has_the_people_of_its_enrolment_and_stores_none(world: Talks) -> None:
    talk = world.propose()
    record = world.cases.case(talk)
    assert record is not None
    assert record.case.parties == world.case(world.enrolment).parties
    assert world.cases.folders[talk].case.parties == ()


def test_moved_day_puts_talks_in_another_order(world: Talks) -> None:
    first, second = world.propose(DAY), world.propose(LATER)
    assert list(world.kept.open_ids(world.enrolment, "talk")) == [first, second]
    world.takes(first, "suits_not", other_days="Later")
    world.takes(first, "move", "coordinator", talk_day="2026-09-20")
    assert list(world.kept.open_ids(world.enrolment, "talk")) == [second, first]


def test_no_more_are_begun_than_may_be_open(world: Talks) -> None:
    for number in range(3):
        world.propose(f"2026-09-0{number + 1}")
    with pytest.raises(Conflict):
        world.propose(LATER)
    assert world.kept.begun == 3


def test_open_talks_are_called_off_with_the_enrolment(world: Talks) -> None:
    first, second = world.propose(DAY), world.propose(LATER)
    world.takes(first, "suits")
    token = world.token(world.enrolment, "contact", "status")
    act(world.services, token, {"action": "withdraw"}, "fi")
    assert [world.talk_state(t) for t in (first, second)] == ["off", "off"]
    assert world.kept == Subcases(2, (), {"off": 2})
    assert all(not world.cases.folders[t].timers for t in (first, second))


def test_talk_tells_its_enrolment(world: Talks) -> None:
    first, second = world.propose(DAY), world.propose(LATER)
    world.takes(first, "give_up")
    assert world.case(world.enrolment).state == "left"
    assert [world.talk_state(t) for t in (first, second)] == ["off", "off"]
    assert world.cases.waitlist("themeday#2026-10-07").occupying == {}
    assert "freed" in [k.order.mail for k in world.cases.outbox.values()]


def test_same_form_sent_twice_begins_one(world: Talks) -> None:
    first = world.propose(drawn=0)
    assert world.propose(drawn=0) == first
    assert world.kept.begun == 1


def test_who_is_replaced_meanwhile_is_refused(world: Talks) -> None:
    talk = world.propose()

    interrupt(world, world.replace_contact)
    with pytest.raises(KapulaError) as refusal:
        world.takes(talk, "suits")
    assert isinstance(refusal.value, (Conflict, Refused))
    assert world.talk_state(talk) == "proposed"


def test_history_of_the_enrolment_tells_of_talks(world: Talks) -> None:
    talk = world.propose()
    world.takes(talk, "suits")
    page = world.links.get(f"/api/t/{world.coordinators()}?lang=en").text
    assert "Talk 1: You proposed a talk" in page
    assert "Talk 1: The contact person agreed to the day of the talk" in page
    for folder in world.cases.folders:
        record = world.cases.load(folder)
        assert record
        assert record.sound


def test_page_of_the_enrolment_lists_talks_and_leads_there_and_back(world: Talks) -> None:
    world.propose()
    token = world.token(world.enrolment, "contact", "status")
    page = world.links.get(f"/api/t/{token}?lang=en").text
    assert "Talk 1" in page
    (way,) = set(re.findall(rf'"(/api/t/{token}\.talk\.1\.1[^"]*)"', page))
    there = world.links.get(way).text
    assert "Does the day suit you?" in there
    got = world.links.post(way, data={"action": "suits", "_lang": "en"})
    assert got.status_code == 303
    assert "You agreed to the day" in world.links.get(got.headers["Location"]).text
    (back,) = set(re.findall(rf'"(/api/t/{token}\.1\?lang=en)"', there)) or {""}
    assert back == "" or "Theme day" in world.links.get(back).text


def test_form_that_begins_one_is_a_page_of_its_own(world: Talks) -> None:
    token = world.coordinators()
    page = world.links.get(f"/api/t/{token}?lang=en").text
    (way,) = set(re.findall(r'"(/api/t/[^"]+/begin/talk/propose[^"]*)"', page))
    form = world.links.get(way).text
    assert "On which day do we talk?" in form
    bad = world.links.post(way, data={"action": "propose", "_drawn": "0", "talk_day": ""})
    assert bad.status_code == 422
    got = world.links.post(
        way, data={"action": "propose", "_drawn": "0", "talk_day": DAY, "_lang": "en"}
    )
    assert got.status_code == 303
    after = world.links.get(got.headers["Location"]).text
    assert "You proposed a talk" in after
    assert world.kept.begun == 1


def test_nobody_else_begins_one(world: Talks) -> None:
    token = world.token(world.enrolment, "contact", "status")
    got = world.links.get(f"/api/t/{token}/begin/talk/propose")
    assert got.status_code == 404
    assert "/begin/" not in world.links.get(f"/api/t/{token}").text


def test_talks_are_erased_with_their_enrolment(world: Talks) -> None:
    talk = world.propose(topic="A canary of 2026")
    link = world.token_in(talk, "p1")
    token = world.token(world.enrolment, "contact", "status")
    act(world.services, token, {"action": "withdraw"}, "fi")
    world.wait(days=370)
    assert world.case(world.enrolment).state == "erased"
    folder = world.cases.folders[talk]
    assert folder.case.answers == {}
    assert all(entry.answers is None for entry in folder.told)
    assert not folder.timers
    assert not world.cases.folders[world.enrolment].timers
    assert "canary" not in str(world.stored())
    assert world.links.get(f"/api/t/{link}").status_code == 404


def test_who_is_asked_in_a_talk_has_it_on_their_desk(world: Talks) -> None:
    talk = world.propose()
    world.index()
    desk = {i.case for i in world.desks.cards.values() if i.sort_key.startswith("todo#")}
    assert talk in desk
    assert all(
        not i.sort_key.startswith("role#") for i in world.desks.cards.values() if i.case == talk
    )
    world.takes(talk, "suits")
    world.index()
    assert all(i.case != talk for i in world.desks.cards.values())


WAYS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("suits", "contact"),),
    (("suits_not", "contact"),),
    (("suits_not", "contact"), ("move", "coordinator")),
    (("cancel", "coordinator"),),
    (("give_up", "contact"),),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(a for a, _ in way) or "begun")
def test_pages_of_every_role_are_sound_in_each_language(world: Talks, way) -> None:
    talk = world.propose(topic="How to get there")
    for action, role in way:
        said = {"talk_day": LATER} if action == "move" else {}
        world.takes(talk, action, role, **said)
    record = world.cases.case(talk)
    assert record
    for party in record.case.parties:
        for case_id, there in (
            (talk, current("themeday.talk")),
            (world.enrolment, current("themeday")),
        ):
            now = world.cases.case(case_id)
            assert now
            for purpose in (
                ("task", "status") if there.turn(now.case) == party.role else ("status",)
            ):
                token = world.token_in(case_id, party.id, purpose)
                for language in LANGUAGES:
                    got = world.links.get(f"/api/t/{token}?lang={language}")
                    assert got.status_code == 200
                    assert page_faults(got.text, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_page_is_sound_with_and_without_faults(world: Talks, language: str) -> None:
    path = f"/api/t/{world.coordinators()}/begin/talk/propose"
    got = world.links.get(f"{path}?lang={language}")
    bad = world.links.post(path, data={"action": "propose", "_drawn": "0", "_lang": language})
    other = world.links.post(path, data={"action": "propose", "talk_day": DAY, "_lang": language})
    assert [got.status_code, bad.status_code, other.status_code] == [200, 422, 422]
    assert [page_faults(each.text, language) for each in (got, bad, other)] == [[], [], []]
    assert world.kept.begun == 0


@pytest.fixture
def hidden(world: Talks) -> Iterator[Talks]:
    """Talks of which the contact person is not to know."""
    spec = current("themeday").subprocess("talk")
    object.__setattr__(spec, "known_to", ("coordinator",))
    yield world
    object.__setattr__(spec, "known_to", ("contact", "coordinator"))


def test_who_is_not_to_know_of_talks_finds_none(hidden: Talks) -> None:
    talk = hidden.propose()
    token = hidden.token(hidden.enrolment, "contact", "status")
    page = hidden.links.get(f"/api/t/{token}?lang=en").text
    assert "Talk" not in page
    for address in (f"{token}.talk.1.1", hidden.token_in(talk, "p1", "task")):
        assert hidden.links.get(f"/api/t/{address}").status_code == 404
        got = hidden.links.post(f"/api/t/{address}", data={"action": "suits"})
        assert got.status_code == 404
    assert "Talk 1" in hidden.links.get(f"/api/t/{hidden.coordinators()}?lang=en").text


def test_link_of_another_case_opens_no_subcase(world: Talks) -> None:
    talk = world.propose()
    enrol(world, "bea", "1")
    other = world.case_of("bea@example.net")
    token = world.token_of(other.id, other.holders("contact")[0], "status")
    for address in (
        f"{token}.talk.1.1",
        f"{token}.{talk.partition('.')[2]}.1",
        f"{token}.talk.x.1",
    ):
        assert world.links.get(f"/api/t/{address}").status_code == 404
    own = world.token(world.enrolment, "contact", "status")
    for address in (f"{own}.talk.2.1", f"{own}.nothing.1.1", f"{own}.talk.1.0", f"{own}.talk.1"):
        assert world.links.get(f"/api/t/{address}").status_code == 404


def test_expired_link_of_the_case_opens_no_subcase(world: Talks) -> None:
    world.propose()
    token = world.token(world.enrolment, "contact", "status")
    assert "f-action-suits" in world.links.get(f"/api/t/{token}.talk.1.1?lang=en").text
    world.clock.forward(days=181)
    page = world.links.get(f"/api/t/{token}.talk.1.1?lang=en").text
    assert "f-action-suits" not in page


def test_desk_row_of_the_case_says_what_is_next_and_a_talk_opens_from_it(
    world: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.render.desk.desk.NAMES", ("themeday",))
    world.propose()
    world.index()
    desk, desks = world.desk(world.aino), entry.create_app(world.services).test_client()
    page = desks.get(f"/api/d/{desk}?lang=en").text
    assert "Talk 1: Day proposed, Tue 1 September 2026" in page
    (way,) = set(re.findall(rf'"(/api/t/{desk}\.{world.enrolment}\.talk\.1\.p\d+\.1[^"]*)"', page))
    there = world.links.get(way).text
    assert "f-action-suits" in there
    (back,) = set(re.findall(rf'"(/api/t/{desk}\.{world.enrolment}\.p\d+\.\d+[^"]*)"', there))
    assert "Talk 1" in world.links.get(back).text


def test_mail_of_a_talk_that_comes_back_is_noted_on_the_enrolment(world: Talks) -> None:
    talk = world.propose()
    record_bounce(world.services, talk, "p1")
    party = world.case(world.enrolment).party("p1")
    assert party
    assert not party.reachable


def test_long_list_is_shown_a_page_at_a_time(world: Talks) -> None:
    spec = current("themeday").subprocess("talk")
    object.__setattr__(spec, "limit", 60)
    for _ in range(47):
        world.takes(world.propose(), "cancel", "coordinator")
    object.__setattr__(spec, "limit", 9)
    token, seen = world.token(world.enrolment, "contact", "status"), []
    address = f"/api/t/{token}?lang=en"
    while address:
        page = unescape(world.links.get(address).text)
        seen.append([int(n) for n in re.findall(r">Talk (\d+)</a>", page)])
        address = next(iter(re.findall(r'href="([^"]*subcases=[^"]*)" rel="next"', page)), "")
    assert [n for part in seen for n in part] == list(range(47, 0, -1))
    assert [len(part) for part in seen] == [20, 20, 7]


def test_who_takes_over_has_the_open_talks_on_their_desk(world: Talks) -> None:
    talk = world.propose()
    world.index()
    world.replace_contact()
    index_case(world.services, world.enrolment)
    desks = {i.desk for i in world.desks.cards.values() if i.case == talk}
    assert desks == {person_key(world.services, "bo@example.net")}


def test_mails_of_a_talk_go_to_who_is_in_the_case_then(world: Talks) -> None:
    world.propose()
    world.replace_contact()
    sent = [m["To"] for m in world.deliver_all() if "tal" in str(m["Subject"]).lower()]
    assert "aino@example.net" not in sent
    world.wait(days=4)
    assert "bo@example.net" in [m["To"] for m in world.post.sent]


def answer(world: Talks, **typed: str) -> TestResponse:
    token = world.token(world.enrolment, "contact", "status")
    return world.links.post(f"/api/t/{token}/answer/talk", data={"_lang": "en", **typed})


def drawn(*numbers: int) -> dict[str, str]:
    return {f"{number}-_drawn": "0" for number in numbers}


def test_all_talks_are_answered_on_one_page(world: Talks) -> None:
    talks = [world.propose(day) for day in (DAY, LATER, "2026-09-15")]
    token = world.token(world.enrolment, "contact", "status")
    page = world.links.get(f"/api/t/{token}?lang=en").text
    (way,) = set(re.findall(rf'"(/api/t/{token}/answer/talk[^"]*)"', page))
    shown = world.links.get(way).text
    assert [shown.count(f"Talk {n}, ") for n in (1, 2, 3)] == [1, 1, 1]
    assert "checked" not in shown
    typed = {"all": "suits", "2-action": "suits_not", "2-other_days": "Any Friday"}
    got = answer(world, **typed, **drawn(1, 2, 3))
    assert got.status_code == 303
    assert "You answered 3." in world.links.get(got.headers["Location"]).text
    assert [world.talk_state(t) for t in talks] == ["agreed", "unsuited", "agreed"]


def test_what_is_left_open_stays_open(world: Talks) -> None:
    talks = [world.propose(day) for day in (DAY, LATER)]
    assert answer(world, **drawn(1, 2)).status_code == 422
    assert answer(world, **{"2-action": "suits"}, **drawn(1, 2)).status_code == 303
    assert [world.talk_state(t) for t in talks] == ["proposed", "agreed"]


def test_what_is_wrong_with_one_keeps_no_other_from_being_answered(world: Talks) -> None:
    talks = [world.propose(day) for day in (DAY, LATER)]
    typed = {"1-action": "suits", "2-action": "suits_not", "2-other_days": "x" * 201}
    got = answer(world, **typed, **drawn(1, 2))
    assert got.status_code == 422
    assert [world.talk_state(t) for t in talks] == ["agreed", "proposed"]
    assert "Talk 1" not in got.text
    assert 'href="#f-2-other_days"' in got.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_all_answers_is_sound(world: Talks, language: str) -> None:
    token = world.token(world.enrolment, "contact", "status")
    path = f"/api/t/{token}/answer/talk?lang={language}"
    assert page_faults(world.links.get(path).text, language) == []
    for day in (DAY, LATER):
        world.propose(day)
    assert page_faults(world.links.get(path).text, language) == []
    bad = answer(world, _lang=language, **drawn(1, 2))
    assert page_faults(bad.text, language) == []


def test_nobody_answers_for_others(world: Talks) -> None:
    world.propose()
    token = world.coordinators()
    page = world.links.get(f"/api/t/{token}/answer/talk?lang=en").text
    assert "Nothing more asks for your answer here." in page
    got = world.links.post(f"/api/t/{token}/answer/talk", data={"all": "suits", **drawn(1)})
    assert got.status_code == 422
    assert world.links.get(f"/api/t/{token}/answer/nothing").status_code == 404
    assert world.talk_state(f"{world.enrolment}.talk.1") == "proposed"


@pytest.fixture
def season(world: Talks) -> Iterator[Talks]:
    """Talks of which one form begins a number."""
    spec, days = current("themeday").subprocess("talk"), (DAY, LATER, "2026-09-15", "2026-09-22")
    several = {"propose": lambda a: [{**a, "talk_day": d} for d in days[: int(a["topic"])]]}
    object.__setattr__(spec, "spreads", several)
    yield world
    object.__setattr__(spec, "spreads", {})


def test_season_is_begun_by_one_form_in_one_act(season: Talks) -> None:
    before = len(season.cases.folders[season.enrolment].told)
    first = season.propose(topic="3")
    assert [each.at for each in season.kept.open] == [DAY, LATER, "2026-09-15"]
    assert len(season.cases.folders[season.enrolment].told) == before + 1
    assert [m["To"] for m in season.deliver_all()] == [season.aino]
    assert season.propose(topic="3", drawn=0) == first
    assert season.kept.begun == 3


def test_season_that_is_too_long_begins_nothing(season: Talks) -> None:
    with pytest.raises(Invalid):
        season.propose(topic="4")
    assert season.kept.begun == 0


def test_talks_are_looked_at_when_their_people_change(world: Talks) -> None:
    talk, moved = world.propose(), world.propose(LATER)
    due = {t: world.cases.folders[t].due_at for t in (talk, moved)}
    world.clock.forward(minutes=9)
    world.replace_contact()
    assert {world.cases.folders[t].due_at for t in (talk, moved)} == {world.clock.now()}
    for timer in list(world.services.timers.due(world.clock.now())):
        run_timer(world.services, timer)
    again = [world.cases.folders[t].due_at for t in (talk, moved)]
    assert again == list(due.values())
    assert [world.talk_state(t) for t in (talk, moved)] == ["proposed", "proposed"]
    assert check_sample(world.services) == 0


def test_people_are_replaced_in_the_case_alone(world: Talks) -> None:
    talk, desks = world.propose(), entry.create_app(world.services).test_client()
    world.index()
    desk = world.desk(ANNA)
    assert desks.get(f"/api/d/{desk}/people/{world.enrolment}").status_code == 200
    assert desks.get(f"/api/d/{desk}/people/{talk}").status_code == 404


def test_mail_says_which_talk_it_is_about(world: Talks) -> None:
    world.propose()
    second = world.propose(LATER)
    world.deliver_all()
    world.takes(second, "cancel", "coordinator")
    subjects = [str(m["Subject"]) for m in world.deliver_all() if m["To"] == world.aino]
    assert [s for s in subjects if s.startswith("Samtal 2 är inställt")]


def test_mail_of_one_talk_leads_to_all_that_ask(world: Talks) -> None:
    first = world.propose()
    token = world.token_in(first, "p1", "task")
    assert "/answer/" not in world.links.get(f"/api/t/{token}").text
    world.propose(LATER)
    (way,) = set(
        re.findall(
            r'"(/api/t/[^"]+/answer/talk[^"]*)"', world.links.get(f"/api/t/{token}?lang=en").text
        )
    )
    shown = world.links.get(way).text
    assert [shown.count(f"Talk {n}, ") for n in (1, 2)] == [1, 1]
