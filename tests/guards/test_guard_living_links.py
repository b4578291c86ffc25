"""Whoever can act in a case has a link in their mail that lives, and can have a fresh one."""

import pytest

from functions.entry.party import app as party
from functions.kernel.definition import Definition
from functions.kernel.engine import open_actions
from functions.processes import NAMES, current
from functions.services.container import Rules
from tests.fakes import World
from tests.paths import Walk, walks


def linkless(definition: Definition, walk: Walk) -> list[str]:
    """The roles that can act and have neither a mail of this turn nor one with a lasting link.

    Whoever looks after the case has a desk that finds every case of theirs.
    """
    case, found = walk.case, set()
    for one in case.parties:
        mailed = [o for d in walk.decisions for o in d.mail_orders if o.party == one.id]
        turn = any(
            (o.purpose, o.state, o.round) == ("task", case.state, case.round) for o in mailed
        )
        able = open_actions(definition, case, one.role, "status")
        if not one.present or not able or one.role == definition.owner:
            continue
        if not turn and not any(o.purpose == "status" for o in mailed):
            found.add(one.role)
    return sorted(found)


@pytest.mark.parametrize("name", NAMES)
def test_who_can_act_has_a_link_that_lives(name: str) -> None:
    definition = current(name)
    wrong = {
        f"{walk.case.form}: {walk.case.state}: {', '.join(roles)}"
        for walk in walks(definition, World().directory)
        if not definition.is_over(walk.case.state) and (roles := linkless(definition, walk))
    }
    assert sorted(wrong) == []


def test_lasting_link_is_good_until_it_is_asked_whether_supervision_continues() -> None:
    rules = Rules("https://kapula.test", "kapula@example.org", b"secret")
    assert rules.status_link.days >= 180


@pytest.mark.parametrize("days", [15, 200, 300])
def test_supervisor_of_a_case_that_runs_gets_a_fresh_link_from_an_old_one(days: int) -> None:
    """Of the turn to accept, and of the mail that it is in progress, whichever was kept."""
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    task = world.token(case_id, "supervisor")
    world.do(case_id, "accept")
    world.do(case_id, "begin")
    lasting = world.token(case_id, "supervisor", "status")
    world.deliver_all()
    client = party.create_app(world.services).test_client()
    assert 'value="close"' in client.get(f"/api/t/{lasting}?lang=fi").text
    world.clock.forward(days=days)
    for token in (task, *((lasting,) if days > 180 else ())):
        assert f"/api/t/{token}/fresh" in client.get(f"/api/t/{token}?lang=fi").text
        sent = client.post(f"/api/t/{token}/fresh", data={"_lang": "fi", "send_to": "here"})
        assert sent.status_code == 200
        (mail,) = [m for m in world.deliver_all() if "testi" in m["To"]]
        assert "uudella linkillä" in mail["Subject"]
        world.clock.forward(minutes=1)
