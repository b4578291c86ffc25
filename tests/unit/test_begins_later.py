"""What begins later is not said to have begun, and what goes on waits for nobody."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.desk import group
from functions.processes import current
from functions.render.desk.desk import Frame, desk_row
from functions.render.text import dates
from functions.render.text.texts import page_text
from tests.fakes import World, day_after
from tests.paths import walks
from tests.unit.test_first_session import begun

SUPERVISION = current("supervision")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("later", [True, False])
def test_day_that_has_not_been_yet_is_told_as_one_to_come(language: str, *, later: bool) -> None:
    world, case_id = begun(29)
    if not later:
        world.clock.time += timedelta(days=40)
    case = world.case(case_id)
    when = dates.day(date.fromisoformat(day_after(29)), language)
    who = case.holders("coordinator")[0]
    frame = Frame(who.name, world.clock.now(), language, "/api/d/x", world.directory)
    row = desk_row(frame, SUPERVISION, case, who, world.clock.now())
    known = {"from": later, "since": not later}
    for key, said in known.items():
        assert (row.since == page_text(language, f"desk.{key}", when=when)) == said
    token = world.token(case_id, "coordinator", "status")
    client = party.create_app(world.services).test_client()
    page = unescape(client.get(f"/api/t/{token}?lang={language}").text)
    told = re.findall(r'k-route__when">(.*?)</span>', page)
    for key, said in known.items():
        assert (page_text(language, f"case.{key}", when=when) in told) == said


def test_joint_supervision_lies_among_what_is_in_progress() -> None:
    """It waits for nobody; what is merged and waits for a supervisor does."""
    found = {}
    for walk in walks(SUPERVISION, World().directory):
        for role in ("applicant", "manager", "coordinator"):
            found.setdefault(walk.case.state, set()).add(group(SUPERVISION, walk.case, role))
    assert found["joint"] == {"running"}
    assert found["merged"] == found["joined"] == {"waiting"}
