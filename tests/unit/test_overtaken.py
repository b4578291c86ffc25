"""After an outage of mail nobody reads where their case was: only where it is, and what was decided."""

import re

import pytest

from functions.processes import NAMES, versions
from functions.render.text.texts import mail_text
from functions.services.case.timers import run_due_timer
from tests.fakes import World
from tests.unit.test_services_merging import Merging

OFFERED = ("confirm", "endorse", "offer")


def outage(world: World, *actions: str) -> str:
    """A case in which all this was done while no mail left; then the mail service is back."""
    case_id = world.case_at(*actions)
    world.clock.forward(days=3)
    return case_id


def told(world: World, role: str, case_id: str) -> list[str]:
    """The names of the mails that somebody gets now, in their order."""
    email = next(p.email for p in world.case(case_id).parties if p.role == role)
    sent = [m for m in world.deliver_all() if m["To"] == email]
    return [str(m["X-Kapula-Origin"]).rpartition("-")[2] for m in sent]


@pytest.mark.parametrize(
    ("actions", "names"),
    [
        (("confirm",), ["receipt"]),
        (("confirm", "return"), ["returned"]),
        (("confirm", "return", "correct"), ["corrected"]),
        (("confirm", "endorse"), ["endorsed"]),
        (OFFERED, ["offered"]),
        ((*OFFERED, "take_back"), ["search_on"]),
        ((*OFFERED, "take_back", "offer"), ["offered"]),
        ((*OFFERED, "take_back", "offer", "decline"), ["search_on"]),
        ((*OFFERED, "take_back", "offer", "decline", "refuse"), ["refused"]),
        ((*OFFERED, "accept"), ["accepted"]),
        ((*OFFERED, "accept", "begin"), ["accepted", "begun"]),
        (("confirm", "endorse", "ask"), ["question"]),
        (("confirm", "endorse", "ask", "reply"), ["endorsed"]),
        (("confirm", "withdraw"), ["withdrawn"]),
    ],
)
def test_applicant_reads_where_the_case_is_and_what_was_decided(
    actions: tuple[str, ...], names: list[str]
) -> None:
    world = World()
    case_id = outage(world, *actions)
    assert told(world, "applicant", case_id) == names


def test_what_leaves_within_the_hour_is_told_all_the_same() -> None:
    """A mailbox shows that the case went on, and each mail is as it was ordered."""
    world = World()
    case_id = world.case_at(*OFFERED)
    world.clock.forward(minutes=50)
    assert told(world, "applicant", case_id) == ["receipt", "endorsed", "offered"]


def test_case_that_went_on_without_a_word_to_its_applicant_is_told_of_all_the_same() -> None:
    """That it is being merged is asked in the other case, so no later mail of this one says it."""
    world = Merging()
    ids = [world.applied(name) for name in ("Aino", "Bertta")]
    world.proposed(*ids)
    world.clock.forward(days=3)
    assert world.states(*ids) == ["merging", "merging"]
    assert [told(world, "applicant", i)[0] for i in ids[:1]] == ["endorsed"]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("manager", ["accepted_manager", "begun"]),
        ("coordinator", ["accepted_coordinator", "begun"]),
        ("supervisor", ["under_way"]),
    ],
)
def test_others_read_all_that_was_decided(role: str, names: list[str]) -> None:
    world = World()
    case_id = outage(world, *OFFERED, "accept", "begin")
    assert told(world, role, case_id) == names


@pytest.mark.parametrize("name", NAMES)
def test_passing_mails_tell_nothing_that_no_other_does(name: str) -> None:
    """They end nothing, ask for nothing, and have no answers; each leads into a state that goes
    on."""
    for definition in versions(name):
        for mail in (m for m in definition.all_mails if m.passing):
            rows = [t for t in definition.transitions if mail.name in t.mails]
            assert mail.purpose == "status"
            assert not any((mail.shows, mail.newcomers, mail.leavers))
            assert rows
            assert not any(definition.is_over(t.target) or t.source == t.target for t in rows)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_says_in_its_subject_where_a_case_is_passes(name: str) -> None:
    here = re.compile(r"\bis (now )?with\b|\blooking for\b|\bcontinues on\b")
    for definition in versions(name):
        ends = {t.target for t in definition.transitions if definition.is_over(t.target)}
        for mail in (m for m in definition.all_mails if m.purpose == "status"):
            into = {t.target for t in definition.transitions if mail.name in t.mails}
            subject = mail_text(name, mail.name, "en").subject
            assert mail.passing or not here.search(subject) or into <= ends, mail.name


def test_reminders_that_waited_do_not_hide_where_the_case_is() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    for _ in range(12):
        world.clock.forward(days=1)
        while run_due_timer(world.services, case_id):
            pass
    world.clock.forward(hours=2)
    assert told(world, "applicant", case_id) == ["endorsed"]
