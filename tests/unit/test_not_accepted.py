"""Whoever was offered work and did not accept it keeps nothing of the case, however it ended."""

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel.case import reference
from functions.processes import current
from tests.fakes import World
from tests.paths import walks

SUPERVISION = current("supervision")


def test_offer_that_ends_takes_its_supervisor_out_of_the_case() -> None:
    ended = set()
    for walk in walks(SUPERVISION, World().directory):
        event = walk.decisions[-1].event
        if event.source == "offered" and event.target not in ("offered", "active", "running"):
            ended.add((event.action, walk.case.form))
            assert walk.case.holders("supervisor") == (), (event.action, walk.case.form)
            asked = [p for p in walk.case.parties if p.role == "supervisor"]
            mailed = {order.party for order in walk.decisions[-1].mail_orders}
            took_part = event.action in ("decline", "decline_order")
            assert took_part or asked[-1].id in mailed, (event.action, walk.case.form)
    acts = {action for action, _ in ended}
    assert {
        "withdraw",
        "withdraw_group",
        "call_off",
        "cancel_order",
        "end_order",
        "expire",
        "take_back",
    } <= acts


def test_supervisor_reads_nothing_of_a_case_that_was_withdrawn_before_they_answered() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    offered = world.case(case_id).holders("supervisor")[0]
    token = world.token(case_id, "supervisor")
    world.deliver_all()
    world.index()
    world.do(case_id, "withdraw", "status")
    world.index()
    assert offered.email in {m["To"] for m in world.deliver_all()}
    client = party.create_app(world.services).test_client()
    answers = [v for v in world.case(case_id).answers.values() if isinstance(v, str) and len(v) > 8]
    assert answers
    for language in ("fi", "sv", "en"):
        page = client.get(f"/api/t/{token}?lang={language}").text
        assert [answer for answer in answers if answer in page] == []
    desks = desk.create_app(world.services).test_client()
    assert reference(case_id) not in desks.get(f"/api/d/{world.desk(offered.email)}?lang=fi").text
