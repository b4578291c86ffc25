"""What messages need of the engine: topics, referrals, what stays, and what is over."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html import unescape

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.check import check
from functions.kernel.consequences import Referral
from functions.kernel.desk import GROUPS, TODO, list_of, placements
from functions.kernel.directory import DirectoryFile
from functions.kernel.durations import Calendar, day_begins, day_ends, day_of, last_day
from functions.kernel.errors import HandedOn, WrongDefinition
from functions.kernel.timers import deadline
from functions.lists import known
from functions.processes import current
from functions.render.case.referral import referral_form
from functions.render.case.view import case_view
from functions.render.text import dates
from functions.render.text.words import Words
from functions.services.access.people import person_key
from functions.services.case import apply, handover
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.mail.digest import waiting_long
from tests.fakes import World, history_of, token_in

LISTS = known()

CONTACT = current("contact")
TYPED = {
    "topic": "general",
    "message": "How do I apply for supervision?",
    "name": "Liisa Sender",
    "email": "liisa@example.net",
    "phone": "040 123 4567",
    "privacy_read": "yes",
}
WHO = {"answer": "assignee", "convert": "assignee", "spam": "assignee"}
SAID = {
    "answer": {"answer": "First answer of ours."},
    "ask_more": {"question": "One more question."},
    "convert": {"to_form": "individual"},
}


class Contacts(World):
    """A world in which somebody writes to us."""

    def contact(self, *actions: str, **changed: str) -> str:
        key = apply.mint_key(self.services)
        self.clock.forward(seconds=5)
        form = CONTACT.form("message")
        draft = apply.Draft(CONTACT, form, {**TYPED, **changed}, "fi", key)
        case_id = apply.send(self.services, draft)
        for name in actions:
            self.take(case_id, name)
        return case_id

    def take(self, case_id: str, action: str, **said: str) -> None:
        self.clock.forward(minutes=1)
        token = self.token(case_id, WHO.get(action, "sender"))
        act(self.services, token, {"action": action, **SAID.get(action, {}), **said}, "fi")

    def page(self, case_id: str, role: str, purpose: str = "status") -> str:
        client = create_app(self.services).test_client()
        got = client.get(f"/api/t/{self.token(case_id, role, purpose)}?lang=en")
        assert got.status_code == 200
        return unescape(got.text)


@pytest.fixture
def world() -> Contacts:
    return Contacts()


def names(case: Case) -> list[str]:
    return sorted(p.ref for p in case.holders("assignee"))


def answers(world: Contacts, key: str, *topics: str) -> None:
    entry = next(e for e in world.directory.entries("coordinators") if e.key == key)
    told = replace(entry, facts={**entry.facts, "topics": topics})
    world.directory.save(DirectoryFile((told,)))


def test_assignees_are_those_who_answer_the_topic(world: Contacts) -> None:
    answers(world, "sten", "invoicing")
    told = {
        topic: names(world.case(world.contact("confirm", topic=topic)))
        for topic in ("general", "invoicing")
    }
    assert told == {"general": ["anna", "sten"], "invoicing": ["sten"]}


def test_every_answer_stays_on_the_page(world: Contacts) -> None:
    case_id = world.contact("confirm", "answer", "ask_more")
    world.take(case_id, "answer", answer="Second answer of ours.")
    for role in ("sender", "assignee"):
        html = world.page(case_id, role)
        said = [html.index(SAID["answer"]["answer"]), html.index(SAID["ask_more"]["question"])]
        said.append(html.index("Second answer of ours."))
        assert said == sorted(said)


@pytest.mark.parametrize(
    ("form", "filled"),
    [
        (
            "individual",
            {
                "applicant_name": "Liisa Sender",
                "applicant_email": "liisa@example.net",
                "applicant_phone": "040 123 4567",
                "reason_and_goals": "How do I apply for supervision?",
            },
        ),
        (
            "group",
            {
                "manager_name": "Liisa Sender",
                "manager_email": "liisa@example.net",
                "reason_and_goals": "How do I apply for supervision?",
            },
        ),
    ],
)
def test_door_carries_over_what_was_typed(
    world: Contacts, form: str, filled: dict[str, str]
) -> None:
    case_id = world.contact("confirm")
    words = Words(CONTACT, "en", world.directory)
    sender = world.case(case_id).holders("sender")[0]
    assert referral_form(words, world.case(case_id), sender) is None
    world.take(case_id, "convert", to_form=form)
    case = world.case(case_id)
    found = referral_form(words, case, sender)
    assert found is not None
    assert (found.path, dict(found.typed)) == (f"/api/forms/supervision/{form}", filled)
    assert referral_form(words, case, case.holders("assignee")[0]) is None
    assert referral_form(words, case, replace(sender, present=False)) is None
    assert f'action="/api/forms/supervision/{form}"' in world.page(case_id, "sender")
    assert len(world.cases.folders) == 1


def test_onward_of_unknown_things_is_refused() -> None:
    lost = Referral("nowhere", "sender", ("to_form", "boat"), "x", "y", {"shoe": "size"})
    with pytest.raises(WrongDefinition, match="follows the choice boat of to_form") as error:
        check(replace(CONTACT, referrals=(lost,)), LISTS)
    assert "fields names the field shoe, which is not there" in str(error.value)


def lists(world: Contacts, case_id: str, role: str) -> set[str]:
    """The lists of desks that a case lies in for a role."""
    places = {s.sort_key for s in placements(CONTACT, world.case(case_id)) if s.party.role == role}
    known = {n: list_of("contact", role, n) for n in GROUPS}
    found = {name for name, prefix in known.items() for p in places if p.startswith(prefix)}
    return found | ({"todo"} if any(p.startswith(TODO) for p in places) else set())


@pytest.mark.parametrize(
    ("actions", "assignee", "sender"),
    [
        (("confirm",), {"todo"}, {"waiting"}),
        (("confirm", "answer"), {"waiting"}, {"todo"}),
        (("confirm", "answer", "close"), {"closed"}, {"closed"}),
        (("confirm", "withdraw"), {"closed"}, {"closed"}),
        (("confirm", "convert"), {"returned"}, {"todo"}),
        (("confirm", "convert", "finish"), {"closed"}, {"closed"}),
        (("confirm", "spam"), set(), set()),
    ],
)
def test_desks(
    world: Contacts, actions: tuple[str, ...], assignee: set[str], sender: set[str]
) -> None:
    case_id = world.contact(*actions)
    assert (lists(world, case_id, "assignee"), lists(world, case_id, "sender")) == (
        assignee,
        sender,
    )


def test_what_is_over_waits_for_nobody(world: Contacts) -> None:
    case_id = world.contact("confirm", "answer", "close")
    world.clock.forward(days=30)
    world.index()
    waiting, _ = waiting_long(world.services, person_key(world.services, "anna@example.org"))
    assert waiting == []
    assert "Nobody needs to do anything." in world.page(case_id, "sender")
    assert "We will delete these details on" in world.page(case_id, "sender")
    anna = world.case(case_id).holders("assignee")[0]
    assert not handover.may_be_replaced(CONTACT, world.case(case_id), anna)


def test_erased_a_year_after_with_a_history_that_verifies(world: Contacts) -> None:
    case_id = world.contact("confirm", "answer", "close")
    begun = day_of(world.case(case_id).entered_at)
    last = last_day(begun, Calendar(months=12), {})
    assert last is not None
    due = day_ends(last)
    world.clock.time = due - timedelta(seconds=1)
    assert not run_due_timer(world.services, case_id)
    world.clock.time = due
    assert run_due_timer(world.services, case_id)
    folder = world.cases.folders[case_id]
    assert (folder.case.state, folder.case.answers, folder.case.parties) == ("erased", {}, ())
    assert [t.answers for t in folder.told] == [None] * len(folder.told)
    file = world.cases.load(case_id)
    assert file
    assert file.sound


def test_handed_to_a_colleague(world: Contacts) -> None:
    answers(world, "anna", "general")
    case_id = world.contact("confirm")
    (anna,) = world.case(case_id).holders("assignee")
    (field,) = handover.asked(CONTACT, anna)
    assert (field.name, field.source) == ("colleague", "coordinators")
    world.deliver_all()
    handover.replace_person(
        world.services, "anna@example.org", case_id, anna.id, {"colleague": "sten"}
    )
    assert names(world.case(case_id)) == ["sten"]
    assert [m["To"] for m in world.deliver_all()] == ["sten@example.org"]
    with pytest.raises(HandedOn):
        handover.owned_case(world.services, case_id, "anna@example.org")


@pytest.mark.parametrize(
    ("topic", "days"), [("accessibility", (6, 8, 8)), ("data_subject", (14, 21, 21))]
)
def test_whoever_may_miss_the_laws_day_is_told_of_it_before(
    world: Contacts, topic: str, days: tuple[int, ...]
) -> None:
    case_id = world.contact("confirm", topic=topic)
    case = world.case(case_id)
    last, begun = deadline(CONTACT, case), day_of(case.entered_at)
    assert last is not None
    world.deliver_all()
    world.clock.time = day_begins(begun) + timedelta(hours=12)  # after the mails of each morning
    found = []
    while day_of(world.clock.now()) <= last:
        world.clock.forward(days=1)
        while run_due_timer(world.services, case_id):
            pass
        now = day_of(world.clock.now())
        sent = [*world.deliver_all(), *world.deliver_all()]
        found += [(now, m["To"], str(m["Subject"]), body(m), m["Content-Language"]) for m in sent]
    law = {"fi": "laista", "sv": "följer av lag", "en": "The law sets"}
    named = [x for x in found if law[x[4]] in x[3]]
    assert all(dates.day(last, tongue) in text for _, _, _, text, tongue in named)
    assert all(dates.short_day(last, tongue) in subject for _, _, subject, _, tongue in named)
    assert {at for at, *_ in named} == {begun + timedelta(days=n) for n in days}
    of_case = re.compile("^(?:Varmista vastaus|Vastaa asiaan|Se till att|Svara i) .*K-")
    told = {((at - begun).days, to) for at, to, subject, *_ in named if of_case.match(subject)}
    assert "sten@example.org" in {to for _, to in told}  # who keeps the directory
    assert {at for at, _ in told} == {days[-1]}


def body(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    return " ".join(plain.get_content().split())


def test_of_a_message_that_was_answered_nobody_hears_that_it_is_due(world: Contacts) -> None:
    case_id = world.contact("confirm", topic="accessibility")
    world.deliver_all()
    world.clock.forward(days=9)
    while run_due_timer(world.services, case_id):
        pass
    world.deliver_all()  # it is put into the box of each who keeps the directory
    world.take(case_id, "answer")
    assert not any("Varmista" in str(m["Subject"]) for m in world.deliver_all())


def test_answer_can_be_read_after_closing_by_the_link_that_the_page_names(world: Contacts) -> None:
    """The receipt of the message has it, as the consequence of closing says."""
    case_id = world.contact("confirm", "answer", "close")
    sent = [m for m in world.deliver_all() if m["X-Kapula-Origin"].endswith("-receipt")]
    page = create_app(world.services).test_client().get(f"/api/t/{token_in(sent[0])}").text
    assert world.case(case_id).state == "closed"
    assert "First answer of ours." in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_adviser_stays_named_to_whom_they_answered(language: str) -> None:
    """Who has read a name does not lose it by asking on; before the first answer they have none."""
    world = Contacts()
    case_id = world.contact("confirm")
    names = [p.name for p in world.case(case_id).holders("assignee")]

    def shown() -> str:
        path = f"/api/t/{world.token(case_id, 'sender', 'status')}?lang={language}"
        return unescape(create_app(world.services).test_client().get(path).text)

    assert not any(name in shown() for name in names)
    world.take(case_id, "answer")
    (answerer,) = {n for n in names if f"– {n}" in shown()}
    world.take(case_id, "ask_more")
    assert world.case(case_id).state == "assigned"
    page = shown()
    assert f"– {answerer}" in page.partition('class="k-history"')[2]
    assert answerer in page.partition('class="k-history"')[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_writer_is_spoken_to(language: str) -> None:
    """What somebody wrote or did is theirs on their own page, and the sender's on another's."""
    world = Contacts()
    case_id = world.contact("confirm", "answer", "ask_more")

    def shown(role: str, purpose: str = "status") -> str:
        path = f"/api/t/{world.token(case_id, role, purpose)}?lang={language}"
        return unescape(create_app(world.services).test_client().get(path).text)

    words = Words(CONTACT, language, world.directory, "message")
    own, other = shown("sender"), shown("assignee", "task")
    for name in ("name", "email", "question"):
        asked, read = (f"<dt>{words.label(CONTACT.fields()[name], own=o)}" for o in (True, False))
        assert asked in own
        assert read not in own
        assert read in other
        assert asked not in other
    for action in ("confirm", "ask_more"):
        done, told = (words.text(f"actions.{action}.{part}") for part in ("done", "history"))
        assert done in own
        assert told not in own
        assert f"{told} – Liisa Sender" in other
    answered = words.text("actions.answer.done")
    assert answered in other
    assert answered not in own


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_promises_nothing_that_a_case_cannot_come_to(
    world: Contacts, language: str
) -> None:
    """What was led on to a form is not replied to any more."""
    case_id = world.contact("confirm", "convert")
    words, case = Words(CONTACT, language, world.directory, "message"), world.case(case_id)
    for party in case.parties:
        told = history_of(case, world.cases.folders[case_id].told)
        view = case_view(
            words, case, told, party, task=False, with_answers=True, now=world.clock.now()
        )
        later = [hand.what for hand in view.route if hand.standing == "next"]
        assert later == [words.text("states.closed.name")]
