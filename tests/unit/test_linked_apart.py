"""Cases that are linked are one matter: roles are kept apart across them, and somebody who is
replaced in one is replaced in the others."""

from dataclasses import replace

import pytest

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.directory import DirectoryEntry, DirectoryFile
from functions.kernel.errors import Conflict, Invalid, Problem, Refused
from functions.processes import pinned
from functions.render.text.texts import page_text, process_text
from functions.services.access.links import open_link
from functions.services.access.offices import Offices, colleagues
from functions.services.access.people import person_key
from functions.services.case.act import act
from functions.services.case.handover import replace_person, resend
from functions.services.desk.index import index_case
from functions.services.desk.worklist import first_waiting, overview
from functions.services.directory.reassign import carry_out, plans_of
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


def own_client(orders: Quotes, *more: DirectoryEntry) -> str:
    """A quote that its coordinator has asked for, too, as in cases written before, and whose client
    accepts it: its id. ``more`` are in the directory by then."""
    case_id = orders.request("confirm", "quote")
    held = orders.case(case_id).holders("coordinator")
    put(orders, case_id, "contact", held[0].email.replace("@", "+own@"))
    for each in held[1:]:
        put_out(orders, each.ref)
    folder = orders.cases.folders[case_id]
    first = (p for p in folder.case.parties if p not in held[1:])
    folder.case = replace(folder.case, parties=tuple(first))
    orders.directory.save(DirectoryFile(more))
    orders.take(case_id, "accept_organisation")
    return case_id


def put_out(orders: Quotes, key: str) -> None:
    entry = orders.directory.entry("coordinators", key)
    assert entry
    orders.directory.save(DirectoryFile((replace(entry, retired=True),)))


@pytest.mark.parametrize("duty", ["units", "topics", "directory"])
def test_order_goes_to_nobody_who_is_its_client(orders: Quotes, duty: str) -> None:
    """Whoever coordinates the quote passes it on to who may act in it, and holds it in office."""
    case_id = own_client(orders, _person("urho", duty))
    order = orders.order_of(case_id)
    assert [p.ref for p in order.holders("coordinator")] == ["urho"]
    assert Offices(orders.services).gone(pinned("supervision", order.version), order) == ()
    orders.do(order.id, "offer", supervisor="testi")
    assert orders.case(order.id).state == "offered"


def test_order_that_nobody_else_can_have_is_held_without_acting(orders: Quotes) -> None:
    case_id = own_client(orders)
    order = orders.order_of(case_id)
    held = order.holders("coordinator")[0]
    assert [p.ref for p in order.holders("coordinator")] == ["anna"]
    assert open_link(orders.services, orders.token_of(order.id, held)).actions == ()


def test_invoice_goes_to_nobody_who_pays_it(orders: Quotes) -> None:
    orders.directory.save(DirectoryFile((_person("fiona", "finance"), _person("fred", "finance"))))
    case_id = orders.request(*ACCEPTED, "staff", "schedule")
    put(orders, case_id, "contact", "fiona+x@example.org")
    orders.until("2026-09-15")
    invoice = orders.invoice_of(case_id)
    assert "fred" in [p.ref for p in invoice.holders("finance")]
    assert "fiona" not in [p.ref for p in invoice.holders("finance")]


def test_place_of_who_left_goes_to_no_client(orders: Quotes) -> None:
    """A place that is handed on, and who is offered for it by hand."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id)
    put(orders, case_id, "contact", "sten+x@example.org")
    for key in ("urho", "tea"):
        orders.directory.save(DirectoryFile((_person(key, "topics"),)))
    held = order.holders("coordinator")[0]
    definition = pinned("supervision", order.version)
    offered = colleagues(orders.services, definition, order, held).listings("coordinators")
    assert "sten" not in {x.key for x in offered}
    for each in order.holders("coordinator"):
        put_out(orders, each.ref)
    file = orders.cases.load(order.id)
    assert file
    for plan in plans_of(orders.services, file):
        carry_out(orders.services, plan)
    after = orders.case(order.id)
    assert {"urho", "tea"} & {p.ref for p in after.holders("coordinator")}
    assert "sten" not in {p.ref for p in after.holders("coordinator")}


def mine(orders: Merging | Quotes, email: str) -> set[str]:
    return {
        x.case.id for x in overview(orders.services, person_key(orders.services, email)).todo.rows
    }


def shown(orders: Merging | Quotes, email: str) -> set[str]:
    seen = overview(orders.services, person_key(orders.services, email))
    return {x.case.id for each in (seen.todo, *seen.lists) for x in each.rows}


def test_desk_has_no_task_that_its_person_may_not_do(orders: Quotes) -> None:
    """It lies among what waits for others, in rows, mails of the week and what is next."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id)
    held = order.holders("coordinator")[0]
    orders.index()
    assert order.id in mine(orders, held.email)
    put(orders, case_id, "contact", held.email.replace("@", "+x@"))
    assert order.id not in mine(orders, held.email), "before the desk is made anew"
    index_case(orders.services, case_id)  # what is written is the quote: the order follows
    assert order.id not in mine(orders, held.email)
    assert order.id in shown(orders, held.email)
    key = person_key(orders.services, held.email)
    waiting = first_waiting(orders.services, key)
    assert waiting is None or waiting.case.id != order.id
    page = desk.create_app(orders.services).test_client()
    html = page.get(f"/api/d/{orders.desk(held.email)}?lang=en").text
    task = process_text("supervision", "en", "forms.ordered.tasks.coordinating.title")
    assert order.id[:6].upper() in html.upper()
    assert task not in html


def test_desk_has_no_task_of_a_merged_case_that_its_person_may_not_do(world: Merging) -> None:
    first = world.applied("Aino")
    hub = merged(world, world.proposed(first, world.applied("Bertta")))
    held = world.case(hub).holders("coordinator")[0]
    world.index()
    assert hub in mine(world, held.email)
    put(world, first, "manager", held.email)
    world.index()
    assert hub not in mine(world, held.email)
    assert hub in shown(world, held.email)


def test_page_of_people_offers_nothing_to_who_may_not_act(orders: Quotes) -> None:
    """But to hand on their own place."""
    case_id = orders.request(*ACCEPTED)
    order = orders.order_of(case_id)
    orders.do(order.id, "offer", supervisor="testi")
    own, *_ = order.holders("coordinator")
    supervisor = orders.case(order.id).holders("supervisor")[0]
    put(orders, case_id, "contact", own.email)
    page = desk.create_app(orders.services).test_client()
    html = page.get(f"/api/d/{orders.desk(own.email)}/people/{order.id}?lang=en").text
    assert f"/people/{order.id}/{own.id}?" in html
    assert f"/people/{order.id}/{supervisor.id}?" not in html
    assert f'value="{supervisor.id}"' not in html
    with pytest.raises(Refused):
        resend(orders.services, own.email, order.id, supervisor.id)


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
        for o in row.spawns
        for role, names in o.names.items()
    ]
    assert opened
    for form, role, names in opened:
        assert {*names} <= {f.name for f in form.fields}
        assert role.fields


def test_page_of_a_merger_reads_the_cases_that_it_joins_once(
    world: Merging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is kept apart in them, whatever is told of them."""
    hub = merged(world, world.proposed(world.applied("Aino"), world.applied("Bertta")))
    client, token = party.create_app(world.services).test_client(), world.token(hub, "coordinator")
    reads, several = [], world.cases.several
    monkeypatch.setattr(world.cases, "several", lambda ids: reads.append(ids) or several(ids))
    page = client.get(f"/api/t/{token}")
    assert all(name in page.text for name in ("Aino", "Bertta"))
    assert reads == [world.case(hub).linked]
