"""Who writes to somebody is told who reads it, and in which language."""

from dataclasses import replace
from html import unescape

from functions.entry import desk, party
from functions.kernel.readers import readers
from functions.processes import current
from functions.render.texts import page_text
from functions.services.act import act
from tests.fakes import World
from tests.guards.test_guard_visibility import Joined
from tests.orders import Quotes


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
    assert told("en", "applicant (Finnish)") in seen  # a question
    assert told("en", "applicant (Finnish), line manager (Swedish)") in seen  # a refusal
    assert told("sv", "sökande (finska), chef (svenska)") in page(
        world, case_id, "coordinator", "sv"
    )


def test_reply_is_read_in_the_language_of_who_asked() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "ask")
    definition, case = current("supervision"), world.case(case_id)
    writer, action = case.holders("applicant")[0], definition.action("reply")
    found = readers(definition, case, writer, action)["reply"]
    assert {p.role for p in found} == {"coordinator"}
    speaking = replace(case, parties=tuple(replace(p, language="sv") for p in case.parties))
    assert {p.language for p in readers(definition, speaking, writer, action)["reply"]} == {"sv"}
    assert told("en", "coordinator (Finnish, Swedish)") in page(world, case_id, "applicant")


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
