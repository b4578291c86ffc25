"""Times of day, halves and web addresses on every surface of a process."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from jsonschema import Draft202012Validator

from functions.adapters.rows import case_from_plain, case_to_plain
from functions.entry.clock import app as clock
from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.kernel.durations import HELSINKI
from functions.render.desk.tables import table_file
from functions.render.form.widgets import inputs_from, widgets
from functions.render.text.words import Words
from infra.site.diagram import diagram
from infra.site.export import exported
from infra.site.schema import schema
from tests.fakes import World
from tests.sixth import BEFORE
from tests.sixth.test_several_values import TYPED, review
from tests.web_client import Visits
from tests.workbooks import sheet_of

TIMED = {
    "arrives": "18.11.2026 klo 10.30",
    "hours": "2,5",
    "introduction": "https://example.org/us",
}
KEPT = {"arrives": "2026-11-18T10:30", "hours": 5, "introduction": "https://example.org/us"}
READ = {
    "fi": ("ke 18.11.2026 klo 10.30", "2,5 tuntia"),
    "sv": ("ons 18.11.2026 kl. 10.30", "2,5 timmar"),
    "en": ("Wed 18 November 2026, 10:30", "2.5 h"),
}
WRONG = {"arrives": "2027-03-28T03:30", "hours": "1,3", "introduction": "http://example.org/us"}


def placed() -> Visits:
    world = Visits(BEFORE)
    world.send("themeday/enrol", {**TYPED, **TIMED})
    world.press("aino@example.net", "confirm")
    return world


def test_what_was_typed_is_kept_and_shown() -> None:
    world = placed()
    case = world.case_of("aino@example.net")
    assert {name: case.answers[name] for name in KEPT} == KEPT
    assert case_from_plain(json.loads(json.dumps(case_to_plain(case)))) == case
    shown = unescape(world.links.get(world.link("aino@example.net")).text)
    assert all(word in shown for word in (*READ["en"], "https://example.org/us"))
    assert 'href="https://example.org/us"' not in shown
    mails = "".join(str(mail) for mail in world.post.sent)
    assert "example.org/us" not in mails


@pytest.mark.parametrize("language", LANGUAGES)
def test_review_reads_as_the_page_does(language: str) -> None:
    got = Visits(BEFORE).site.post(
        "/api/forms/themeday/enrol", data={**TYPED, **TIMED, "_lang": language}
    )
    assert got.status_code == 200
    shown = unescape(got.text).replace("\u00a0", " ")
    assert [word for word in READ[language] if word not in shown] == []
    assert "https://example.org/us" in shown


@pytest.mark.parametrize("name", WRONG)
def test_what_was_not_understood_is_told_beside_it_and_nothing_is_lost(name: str) -> None:
    got = review({**TYPED, **TIMED, name: WRONG[name]})
    assert got.status_code == 422
    page = unescape(got.text)
    box = page[page.index(f'name="{name}"') :].partition(">")[0]
    assert f'value="{WRONG[name]}"' in box
    assert 'aria-invalid="true"' in box
    assert f'id="e-{name}"' in page


def test_inputs_are_native_and_take_what_was_typed_otherwise(definition: Definition) -> None:
    words = Words(definition, "en", World().directory, "enrol")
    fields = [definition.fields()[name] for name in KEPT]
    for typed, kinds in (
        ({}, ["datetime-local", "text", "url"]),
        ({name: str(value) for name, value in KEPT.items()}, ["datetime-local", "text", "url"]),
        (TIMED, ["text", "text", "url"]),
    ):
        assert [w.type for w in widgets(words, fields, typed, ())] == kinds
    assert [w.mode for w in widgets(words, fields, {}, ())] == ["", "decimal", "url"]


def test_cells_are_typed(definition: Definition) -> None:
    world = placed()
    case = world.case_of("aino@example.net")
    words = Words(definition, "fi", World().directory, "enrol")
    (table,) = definition.tables
    book = table_file(words, table, "placed", [case], "xlsx", date(2026, 11, 1))
    cells = [*sheet_of(book.content).rows[1].values()]
    since = datetime(1899, 12, 30)
    number = (datetime(2026, 11, 18, 10, 30) - since).total_seconds() / 86400
    assert [(c.kind, float(c.value), c.format) for c in cells[-2:]] == [
        ("number", pytest.approx(number, abs=1e-6), 22),
        ("number", 2.5, 0),
    ]
    for language, units in (("fi", '"2,5"'), ("en", '"2.5"')):
        lines = table_file(
            replace(words, language=language), table, "placed", [case], "csv", date(2026, 11, 1)
        )
        assert f'"2026-11-18 10:30";{units}' in lines.content.decode()


def test_schema_knows_the_kinds(definition: Definition) -> None:
    whole = exported(definition)
    Draft202012Validator(schema()).validate(whole)
    kinds = {
        f["name"]: f["kind"]
        for s in whole["forms"][0]["sections"]
        for f in s["fields"]
        if f["name"] in KEPT
    }  # type: ignore[index,call-overload,attr-defined]
    assert kinds == {"arrives": "datetime", "hours": "halves", "introduction": "weburl"}


def test_correction_begins_with_what_was_said_and_tells_what_changed(
    definition: Definition,
) -> None:
    words = Words(definition, "sv", World().directory, "enrol")
    fields = [definition.fields()[name] for name in KEPT]
    typed = {k: v for f in fields for k, v in inputs_from(f, KEPT[f.name]).items()}
    assert typed == {**TIMED, "arrives": "2026-11-18T10:30"}
    changed = [
        words.value(f, v)
        for f, v in zip(fields, ("2026-11-18T09:00", 4, "https://example.org/x"), strict=True)
    ]
    assert changed == ["ons 18.11.2026 kl. 09.00", "2 timmar", "https://example.org/x"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_of_timers_are_told_in_words(definition: Definition, language: str) -> None:
    told = unescape(diagram(definition, language))
    for length in (
        {
            "fi": "3 pv ennen: Alkaa, klo 8.00",
            "sv": "3 d före: Börjar, kl. 08.00",
            "en": "Begins: 3 d before, at 08:00",
        },
        {
            "fi": "2 pv ennen: Alkaa, samaan kellonaikaan",
            "sv": "2 d före: Börjar, samma klockslag",
            "en": "Begins: 2 d before, at the same time of day",
        },
    ):
        assert length[language] in told
    plain = json.dumps(exported(definition))
    assert '"days": -3, "at": "08:00"' in plain
    assert '"days": -2, "at": "same"' in plain


def test_reminder_comes_at_eight_and_thanks_at_noon() -> None:
    world = placed()
    case_id = world.case_of("aino@example.net").id
    for moment, mail in (
        (datetime(2026, 11, 15, 8, tzinfo=HELSINKI), "remind"),
        (datetime(2026, 11, 25, 12, tzinfo=HELSINKI), "thanks"),
    ):
        for at in (moment - timedelta(seconds=1), moment):
            world.clock.time = at.astimezone(UTC)
            clock.handle(world.services, {})
            assert (world.last_mail("aino@example.net") == mail) is (at == moment)
    assert world.case_of("aino@example.net").id == case_id
