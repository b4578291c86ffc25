"""Another supervisor takes the place of one: who hears of it, and what was the earlier one's own."""

from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.render.text.texts import mail_text, process_text
from functions.services.case.handover import replace_person
from tests.fakes import TYPED, World
from tests.orders import Quotes

OWN = TYPED["accept"]["contact_instructions"]


def replaced(world: World, case_id: str) -> list[str]:
    """The mails that are ordered when another supervisor takes the place, with the address."""
    case = world.case(case_id)
    who, old = case.holders("coordinator")[0], case.holders("supervisor")[0]
    other = next(x.key for x in world.directory.listings("supervisors") if x.key != old.ref)
    before = set(world.cases.outbox)
    replace_person(world.services, who.email, case_id, old.id, {"colleague": other})
    new = world.cases.outbox.keys() - before
    return sorted(
        f"{kept.order.mail} {world.case(key[0]).party(kept.order.party).role}"  # type: ignore[union-attr]
        for key, kept in world.cases.outbox.items()
        if key in new
    )


def page(world: World, case_id: str, role: str) -> str:
    client = party.create_app(world.services).test_client()
    return unescape(client.get(f"/api/t/{world.token(case_id, role, 'status')}?lang=en").text)


@pytest.mark.parametrize("acts", [("accept",), ("accept", "begin")], ids=["accepted", "begun"])
def test_those_concerned_are_mailed_and_what_was_the_earlier_ones_own_is_gone(
    acts: tuple[str, ...],
) -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", *acts)
    assert OWN in page(world, case_id, "applicant")
    told = replaced(world, case_id)
    assert told == [
        "another_supervisor applicant",
        "another_supervisor manager",
        "handed supervisor",
    ]
    case = world.case(case_id)
    assert "contact_instructions" not in case.answers
    seen = page(world, case_id, "applicant")
    assert case.holders("supervisor")[0].email in seen
    document = seen[: seen.index('id="history-title"')]
    assert OWN not in document


def test_who_was_not_told_of_the_offer_is_not_told_who_has_it_now() -> None:
    world = World()
    assert replaced(world, world.case_at("confirm", "endorse", "offer")) == ["handed supervisor"]


def test_client_of_an_order_is_mailed_and_reads_no_earlier_instructions() -> None:
    world = Quotes()
    quote = world.request("confirm")
    world.take(quote, "quote", valid_until="2026-10-31")
    world.take(quote, "accept_organisation")
    world.staff(quote)
    ordered = world.case(quote).linked[0]
    assert "contact_instructions" in world.case(quote).answers
    assert "another_supervisor contact" in replaced(world, ordered)
    assert "contact_instructions" not in world.case(quote).answers
    assert "contact_instructions" not in world.case(ordered).answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_took_over_is_not_said_to_have_accepted(language: str) -> None:
    accepted = {"fi": "ottanut", "sv": "tagit emot", "en": "accepted"}[language]
    now = process_text("supervision", language, "states.active.to.supervisor.now")
    assert accepted not in now
    for name in ("remind_first", "remind_close"):
        assert accepted not in mail_text("supervision", name, language).why
