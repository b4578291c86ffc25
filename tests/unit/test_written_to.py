"""Who writes to somebody is told who reads it, and in which language."""

from dataclasses import replace
from html import unescape

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.engine import open_actions, transition
from functions.kernel.readers import readers
from functions.kernel.visibility import sees
from functions.processes import NAMES, current
from functions.render.case.people import reading
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.case.act import act
from tests.fakes import World
from tests.guards.test_guard_visibility import Joined
from tests.orders import SAID, Quotes
from tests.paths import walks


def page(world: World, case_id: str, role: str, language: str = "en") -> str:
    client = party.create_app(world.services).test_client()
    token = world.token(case_id, role)
    return unescape(client.get(f"/api/t/{token}?lang={language}").text)


def told(language: str, who: str) -> str:
    return page_text(language, "task.readers", who=who)


def test_coordinator_reads_in_which_language_the_applicant_and_the_manager_read() -> None:
    world = World()
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    typed = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    act(world.services, token, typed, "sv")
    seen = page(world, case_id, "coordinator")
    both = "applicant (Finnish), line manager (Swedish)"
    for name in ("question", "mend_reason", "refuse_reason", "close_reason"):
        assert f"{hint(world, case_id, name)} {told('en', both)}" in seen, name
    assert told("sv", "sökande (finska), chef (svenska)") in page(
        world, case_id, "coordinator", "sv"
    )


def test_supervisor_of_an_order_reads_that_its_client_reads_the_instructions() -> None:
    """The client is in the order, whose case the supervisor is not in until they accept."""
    world = Quotes()
    case_id = world.request("confirm", "quote")
    typed = {"action": "accept_organisation", **SAID["accept_organisation"]}
    act(world.services, world.token(case_id, "contact"), typed, "sv")
    order = world.order_of(case_id).id
    world.do(order, "offer", supervisor="testi")
    both = "coordinator (Finnish, Swedish), client (Swedish)"
    assert told("en", both) in page(world, order, "supervisor")


def hint(world: World, case_id: str, name: str) -> str:
    definition = current("supervision")
    words = Words(definition, "en", world.directory, world.case(case_id).form)
    return words.hint(definition.fields()[name])


def test_everybody_who_reads_it_stands_in_the_list_of_readers() -> None:
    """Mailed or not: a hint that names the line manager stands beside a list that does, too."""
    for name in NAMES:
        definition = current(name)
        for walk in walks(definition, World().directory):
            case = walk.case
            for who in (p for p in case.parties if p.present):
                for action in open_actions(definition, case, who.role, "task"):
                    row = transition(definition, case, action.name)
                    assert row
                    for field, found in readers(definition, case, who, action).items():
                        see = {
                            p.id
                            for p in case.parties
                            if p.present
                            and p.id != who.id
                            and (p.role != who.role or not definition.role(p.role).source)
                            and sees(definition, field, p.role, row.target)
                        }
                        assert {p.id for p in found} == see, (action.name, field)


def test_several_in_one_role_are_told_in_the_plural() -> None:
    world = Joined()
    for name in ("Aino", "Bertta", "Cecilia"):
        world.votes(name, "yes")
    world.settle()
    case = world.case(world.hub)
    held = case.holders("supervisee")
    words = Words(current("supervision"), "en", world.directory, case.form)
    assert "the applicants (" in reading(words, held)
    assert "the applicants (" not in reading(words, held[:1])


def test_reply_is_read_in_the_language_of_who_asked() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "ask")
    definition, case = current("supervision"), world.case(case_id)
    writer, action = case.holders("applicant")[0], definition.action("reply")
    found = readers(definition, case, writer, action)["reply"]
    assert next(p.role for p in found) == "coordinator"
    assert {p.role for p in found} == {"coordinator", "manager"}
    speaking = replace(case, parties=tuple(replace(p, language="sv") for p in case.parties))
    assert {p.language for p in readers(definition, speaking, writer, action)["reply"]} == {"sv"}
    assert "coordinator (Finnish, Swedish), line manager (" in page(world, case_id, "applicant")


def test_quote_is_written_in_the_clients_language() -> None:
    world = Quotes()
    case_id = world.request("confirm")
    language = world.case(case_id).holders("contact")[0].language
    spoken = page_text("en", f"people.{language}")
    assert f"({spoken})" in page(world, case_id, "coordinator")


def test_list_to_merge_from_tells_in_which_language_each_gets_mails() -> None:
    world = Joined()
    who = world.case(world.hub).holders("coordinator")[0]
    world.case_at("confirm", "endorse")
    world.index()
    client = desk.create_app(world.services).test_client()
    seen = unescape(client.get(f"/api/d/{world.desk(who.email)}/merge?lang=en").text)
    assert page_text("en", "merging.reads", language=page_text("en", "people.fi")) in seen
