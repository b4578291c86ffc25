"""Where every page leads: to a message to us, to what a tick asks to read, back to the top."""

import re
from functools import partial
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.fields import Field
from functions.processes import NAMES, current
from functions.render.form.widgets import Widget
from functions.render.page.desk_link import old_desk_page, open_desk_page
from functions.render.page.pages import message_page, sent_page
from functions.render.templates import FOLDER, template
from functions.render.text.texts import page_text
from infra.site.blocks import WAYS
from tests.guards.pages import page_faults

# Parts of pages: they are drawn inside others.
PARTS = {
    "act_form.html",
    "base.html",
    "case.html",
    "choosing.html",
    "desk_form.html",
    "fields.html",
    "mail.html",
    "step_form.html",
    "terms.html",
}
READ = {"privacy", "terms"}  # what a field may ask to be read first


@pytest.mark.parametrize(
    "path", sorted(p for p in FOLDER.glob("*.html") if p.name not in PARTS), ids=lambda p: p.name
)
def test_every_served_page_has_the_frame(path: Path) -> None:
    assert re.search(r'{% extends "(base|desk)\.html" %}', path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_served_page_leads_to_a_message(language: str) -> None:
    link = f'<a href="{page_text(language, "page.contact_path")}">'
    pages = [
        sent_page("supervision", "individual", language),
        message_page(language, "errors.refused"),
        message_page(language, "errors.crash"),
        old_desk_page(language, "/api/d/x", "a@example.org", "closed"),
        open_desk_page(language, "/api/d/x", "a@example.org"),
    ]
    for page in pages:
        assert page_faults(page, language) == []
        assert link in page.partition("<footer")[2]
    assert link in pages[1].partition("<footer")[0]  # an error says it where it is read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", sorted(READ))
def test_tick_leads_to_what_it_asks_to_be_read(language: str, page: str) -> None:
    widget = Widget("agreed", "tick", "I have read them", "", "", "", True, page=page)
    fields = template("fields.html").make_module({})
    html = fields.field(widget, partial(page_text, language))  # type: ignore[attr-defined]
    path, label = (page_text(language, f"page.{page}{end}") for end in ("_path", ""))
    assert f'<a href="{path}" target="_blank" rel="noopener">{label} (' in html


def test_processes_ask_to_read_what_there_is() -> None:
    fields: list[Field] = [f for n in NAMES for f in current(n).fields().values()]
    assert {f.page for f in fields} - {""} <= READ


@pytest.mark.parametrize("language", LANGUAGES)
def test_ways_have_words_and_stay_on_the_site(language: str) -> None:
    folder = "/" if language == "fi" else f"/{language}/"
    for way in WAYS:
        assert page_text(language, f"page.{way}")
        path = page_text(language, f"page.{way}_path")
        assert path.startswith(folder) or path == f"/api/supervisors?lang={language}"
