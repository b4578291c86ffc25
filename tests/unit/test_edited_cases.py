"""A case whose row was edited to what no definition knows: a warning and an alarm, never a crash,
and nobody else's case is held up."""

from dataclasses import replace

import pytest

from functions.entry import clock, indexer, party
from functions.kernel import LANGUAGES
from functions.render.texts import page_text
from tests.fakes import World

EDITS = ({"form": "crisis"}, {"state": "x"}, {"process": "x"}, {"version": 99})


def record(case_id: str) -> dict[str, object]:
    keys = {"case": {"S": case_id}, "part": {"S": "case"}}
    return {"dynamodb": {"Keys": keys, "SequenceNumber": case_id}}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: next(iter(edit)))
def test_edited_case_is_told_and_holds_up_nobody(
    edit: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    case_id, other = world.case_at("confirm"), world.case_at("confirm")
    token = world.token(case_id, "manager")
    folder = world.cases.folders[case_id]
    folder.case = replace(folder.case, **edit)
    pages = party.create_app(world.services).test_client()
    for language in LANGUAGES:
        got = pages.get(f"/api/t/{token}?lang={language}")
        assert got.status_code == 409
        assert page_text(language, "errors.broken.title") in got.text
    assert pages.post(f"/api/t/{token}", data={"action": "endorse"}).status_code == 409
    assert any(r.levelname == "ERROR" for r in caplog.records)
    answer = indexer.handle(world.services, {"Records": [record(case_id), record(other)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": case_id}]}
    world.clock.forward(days=30)
    assert clock.handle(world.services, {})["acted"] > 0
