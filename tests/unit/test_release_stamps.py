"""Where the release can be seen: pages, every line of every log, the export."""

import json
import logging

import pytest

from functions.entry.desk import app as desk
from functions.entry.public import app as public
from functions.kernel import LANGUAGES
from functions.kernel.release import RELEASE
from functions.processes import current
from functions.render.text.texts import page_text
from functions.services.logs import stamp_records
from infra.local.__main__ import welcome
from infra.site.export import exported
from tests.fakes import World


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_says_it_to_its_person_and_no_public_page_does(language: str) -> None:
    world = World()
    pages = desk.create_app(world.services).test_client()
    told = page_text(language, "page.release", release=RELEASE)
    token = world.desk("anna@example.org")
    for path in ("", "/merge"):
        assert told in pages.get(f"/api/d/{token}{path}?lang={language}").text
    assert told not in pages.get(f"/api/d/nowhere?lang={language}").text


@pytest.mark.parametrize("path", ["/api/forms/supervision/individual", "/api/nowhere"])
def test_every_answer_names_it(path: str) -> None:
    got = public.create_app(World().services).test_client().get(path)
    assert got.headers["Kapula-Release"] == RELEASE


def test_every_record_of_a_log_names_it(caplog: pytest.LogCaptureFixture) -> None:
    make = logging.getLogRecordFactory()
    try:
        stamp_records()
        stamp_records()
        logging.getLogger("kapula.some").warning("a line of %s", "a log")
    finally:
        logging.setLogRecordFactory(make)
    (record,) = caplog.records
    assert (record.getMessage(), vars(record)["release"]) == ("a line of a log", RELEASE)


def test_export_and_the_start_of_the_local_stack_name_it(tmp_path) -> None:
    assert json.loads(json.dumps(exported(current("contact"))))["release"] == RELEASE
    assert f"Kapula {RELEASE} runs" in welcome("http://127.0.0.1:1", tmp_path)
