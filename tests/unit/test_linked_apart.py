"""Cases that are linked are one matter: roles are kept apart across them, and somebody who is
replaced in one is replaced in the others."""

from dataclasses import replace

import pytest

from functions.entry import party
from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.directory import DirectoryFile
from functions.kernel.errors import Conflict, Invalid, Problem, Refused
from functions.processes import pinned
from functions.render.texts import page_text, process_text
from functions.services.act import act
from functions.services.handing import replace_person
from functions.services.links import open_link
from tests.orders import ACCEPTED, Quotes
from tests.unit.test_duties import _person
from tests.unit.test_services_merging import Merging

NEW = {"new_name": "Aina", "new_email": "aina@example.net", "new_language": "sv"}
TESTI = {"new_name": "Testi", "new_email": "Testi+x@example.org", "new_language": "fi"}


@pytest.fixture
def world() -> Merging:
    return Merging()


@pytest.fixture
def orders() -> Quotes:
    return Quotes()


def spelt(world: Merging | Quotes, source: str, key: str, email: str) -> None:
    """Somebody of the directory has this address."""
    entry = world.directory.entry(source, key)
    assert entry
    changed = replace(entry, facts={**entry.facts, "email": email})
    world.directory.save(DirectoryFile((changed,)))


def merged(world: Merging, hub: str) -> str:
    for name in ("Aino", "Bertta"):
        world.answer(hub, name, "yes")
    assert world.case(hub).state == "coordinating"
    return hub


def seated(case: Case, role: str) -> list[str]:
    return [p.email for p in case.holders(role)]


def put(world: Merging | Quotes, case_id: str, role: str, email: str) -> None:
    """A case as one written before, with somebody at this address in a role."""
    folder = world.cases.folders[case_id]
    held = folder.case.holders(role)[0]
    moved = (replace(p, email=email) if p.id == held.id else p for p in folder.case.parties)
    folder.case = replace(folder.case, parties=tuple(moved))


def test_manager_of_one_supervises_nothing_that_joins_it(world: Merging) -> None:
    spelt(world, "supervisors", "testi", "matti+sup@example.org")
    hub = merged(world, world.proposed(world.applied("Aino"), world.applied("Bertta")))
    with pytest.raises(Invalid) as wrong:
        world.do(hub, "offer", supervisor="testi")
    assert wrong.value.problems == (Problem("supervisor", "apart"),)


def test_manager_of_one_is_not_seated_as_coordinator_of_what_joins_it(world: Merging) -> None:
    first = world.applied("Aino", manager_email="sten@example.org")
    hub = merged(world, world.proposed(first, world.applied("Bertta")))
    assert seated(world.case(hub), "coordinator") == ["anna@example.org"]
    own = world.case(hub).holders("coordinator")[0]
    with pytest.raises(Invalid) as wrong:
        replace_person(world.services, "anna@example.org", hub, own.id, {"colleague": "sten"})
    assert wrong.value.problems == (Problem("colleague", "apart"),)


def test_coordinator_of_what_joins_it_becomes_manager_of_none(world: Merging) -> None:
    """The other way round: nobody takes a place that would keep them from the one they hold."""
    first = world.applied("Aino")
    hub = world.proposed(first, world.applied("Bertta"))
    put(world, hub, "coordinator", "urho@example.org")
    manager = world.case(first).holders("manager")[0]
    typed = {**NEW, "new_email": "urho@example.org"}
    with pytest.raises(Invalid) as wrong:
        replace_person(world.services, "anna@example.org", first, manager.id, typed)
    assert wrong.value.problems == (Problem("new_email", "apart"),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_a_stake_beside_does_nothing_and_reads_why(orders: Quotes, language: str) -> None:
    """The client coordinates the work of their own order, as in cases written before."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id).id
    held = orders.case(order).holders("coordinator")[0]
    put(orders, case_id, "contact", held.email.replace("@", "+x@"))
    link = orders.token_of(order, held, "task")
    assert open_link(orders.services, link).actions == ()
    with pytest.raises((Conflict, Invalid, Refused)):
        act(orders.services, link, {"action": "offer", "supervisor": "testi"}, "fi")
    pages = party.create_app(orders.services).test_client()
    shown = pages.get(f"/api/t/{link}?lang={language}").text
    role = process_text("quote", language, "roles.contact")
    assert page_text(language, "apart.lead", role=role) in shown


def test_client_is_not_offered_their_own_order(orders: Quotes) -> None:
    """Neither offered, nor appointed where it was offered before."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id).id
    put(orders, case_id, "contact", "testi+x@example.org")
    with pytest.raises(Invalid) as wrong:
        orders.do(order, "offer", supervisor="testi")
    assert wrong.value.problems == (Problem("supervisor", "apart"),)
    put(orders, case_id, "contact", "tilda@example.net")
    orders.do(order, "offer", supervisor="testi")
    put(orders, case_id, "contact", "testi+x@example.org")
    with pytest.raises((Conflict, Invalid, Refused)):
        orders.do(order, "accept")
    assert orders.case(case_id).holders("supervisor") == ()


def test_client_takes_no_place_in_the_work_of_their_order(orders: Quotes) -> None:
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id).id
    orders.directory.save(DirectoryFile((_person("urho", "topics"),)))
    put(orders, case_id, "contact", "urho@example.org")
    own = orders.case(order).holders("coordinator")[0]
    with pytest.raises(Invalid) as wrong:
        replace_person(orders.services, own.email, order, own.id, {"colleague": "urho"})
    assert wrong.value.problems == (Problem("colleague", "apart"),)


def test_who_is_asked_to_supervise_becomes_no_client(orders: Quotes) -> None:
    case_id = orders.request(*ACCEPTED)
    orders.do(orders.order_of(case_id).id, "offer", supervisor="testi")
    contact = orders.case(case_id).holders("contact")[0]
    by = orders.case(case_id).holders("coordinator")[0]
    with pytest.raises(Invalid) as wrong:
        replace_person(orders.services, by.email, case_id, contact.id, TESTI)
    assert wrong.value.problems == (Problem("new_email", "apart"),)


@pytest.mark.parametrize("where", ["application", "proposal"])
def test_applicant_who_is_replaced_in_one_is_replaced_in_the_other(
    world: Merging, where: str
) -> None:
    """Whoever has left is neither asked nor mailed; who came is asked in their place."""
    first, second = world.applied("Aino"), world.applied("Bertta")
    hub = world.proposed(first, second)
    world.answer(hub, "Aino", "yes")
    case_id, role = {"application": (first, "applicant"), "proposal": (hub, "supervisee")}[where]
    place = next(p for p in world.case(case_id).holders(role) if p.name == "Aino")
    world.deliver_all()
    before = len(world.post.sent)
    replace_person(world.services, "anna@example.org", case_id, place.id, NEW)
    assert seated(world.case(first), "applicant") == ["aina@example.net"]
    assert {*seated(world.case(hub), "supervisee")} == {"aina@example.net", "bertta@example.net"}
    assert world.case(first).answers["applicant_email"] == "aina@example.net"
    assert "Aino" not in str(world.case(hub).answers)
    assert world.case(hub).votes == {}
    for name in ("Aina", "Bertta"):
        world.answer(hub, name, "yes")
    assert world.states(hub, first, second) == ["coordinating", "merged", "merged"]
    world.do(hub, "offer", supervisor="testi")
    world.do(hub, "accept")
    for _ in range(3):
        world.deliver_all()
    told = {str(m["To"]) for m in world.post.sent[before:]}
    assert "aino@example.net" not in told
    assert {"aina@example.net", "bertta@example.net"} <= told


def test_nobody_takes_part_twice(world: Merging) -> None:
    first = world.applied("Aino")
    hub = world.proposed(first, world.applied("Bertta"))
    applicant = world.case(first).holders("applicant")[0]
    typed = {**NEW, "new_email": "bertta+x@example.net"}
    with pytest.raises(Invalid) as wrong:
        replace_person(world.services, "anna@example.org", first, applicant.id, typed)
    assert wrong.value.problems == (Problem("new_email", "there_already"),)
    assert seated(world.case(hub), "supervisee") == ["aino@example.net", "bertta@example.net"]
    assert seated(world.case(first), "applicant") == ["aino@example.net"]


def test_work_of_an_order_names_its_new_client(orders: Quotes) -> None:
    """By name and address, with nothing more of the old one; and both are sound."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id).id
    contact = orders.case(case_id).holders("contact")[0]
    by = orders.case(case_id).holders("coordinator")[0]
    replace_person(orders.services, by.email, case_id, contact.id, NEW)
    answers = orders.case(order).answers
    assert (answers["client_name"], answers["client_email"]) == ("Aina", "aina@example.net")
    assert "client_phone" not in answers
    for each in (case_id, order):
        file = orders.cases.load(each)
        assert file
        assert file.sound
    spelt(orders, "supervisors", "testi", "aina+x@example.net")
    with pytest.raises(Invalid):
        orders.do(order, "offer", supervisor="testi")


def test_what_a_case_opens_is_named_as_it_is_declared() -> None:
    """The answers that follow a hand-over are those of the form that is opened."""
    opened = [
        (pinned(o.process, 1).form(o.form), pinned("quote", 1).role(role), names)
        for row in pinned("quote", 1).transitions
        for o in row.opens
        for role, names in o.names.items()
    ]
    assert opened
    for form, role, names in opened:
        assert {*names} <= {f.name for f in form.fields}
        assert role.fields
