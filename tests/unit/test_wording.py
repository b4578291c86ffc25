"""Wording: each kind of case, task and person is spoken of as what it is."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.summary import HistoryPart
from functions.kernel.timers import deadline
from functions.processes import NAMES, current
from functions.render.case.view import case_view
from functions.render.desk.desk import _until
from functions.render.text.texts import mail_text, page_text
from functions.render.text.words import Words
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, START
from tests.guards.words import ROOT, keyed
from tests.paths import walks

PEOPLE = MemoryDirectory(*DIRECTORY)
APPLICATION = {
    "fi": r"\bhakemu|\btyönohjau[sk]",
    "sv": r"\bansök|\bhandledningsk|\barbetshandledning(en)?\b",
    "en": r"\bapplication|\bsupervision\b",
}
# Tasks that are a reply, by what their titles begin with.
REPLIES = ("Reply", "Answer", "Endorse", "Accept", "Read")


def of_orders(language: str) -> Iterator[tuple[str, str]]:
    """What is said of acts, tasks and answers in the supervision that was ordered."""
    definition = current("supervision").for_form("ordered")
    words = Words(definition, language, PEOPLE, "ordered")
    acts = {t.action for t in definition.transitions}
    parts = ("label", "consequence", "question", "button", "done", "history")
    for action in definition.actions:
        late = action.name in ("purge", "conclude", "erase")  # nobody reads the history then
        for part in () if action.name not in acts or late else parts:
            yield f"{action.name}.{part}", words.maybe(f"actions.{action.name}.{part}")
    for state in ("coordinating", "offered", "running"):
        for part in ("name", "now", "next", "by"):
            yield f"{state}.{part}", words.maybe(f"states.{state}.{part}")
    yield "title", words.label(definition.fields()["title"])
    yield "coordinator", words.role("coordinator")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_no_application(language: str) -> None:
    found = [f"{k}: {text}" for k, text in of_orders(language) if _named(text, language)]
    assert found == []


def _named(text: str, language: str) -> bool:
    return bool(re.search(APPLICATION[language], text, re.IGNORECASE))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mail", ["offer", "remind_answer"])
def test_mail_of_an_offer_fits_an_order_too(mail: str, language: str) -> None:
    text = mail_text("supervision", mail, language)
    parts = (text.subject, text.ask, *text.body, text.why, text.silence)
    assert [p for p in parts if _named(p, language)] == []


@pytest.mark.parametrize("name", NAMES)
def test_task_that_is_no_reply_does_not_say_to_reply(name: str) -> None:
    definition, asked = current(name), dict[str, str]()
    reply = page_text("en", "case.by", when="").split()[0]
    for walk in walks(definition, PEOPLE):
        for party in walk.case.holders(definition.turn(walk.case)):
            words = Words(definition, "en", PEOPLE, walk.case.form)
            view = case_view(
                words,
                walk.case,
                HistoryPart(),
                party,
                task=True,
                with_answers=False,
                now=walk.case.since,
            )
            if view.your_turn and view.by.startswith(reply):
                asked[view.title] = view.by
    assert {title: by for title, by in asked.items() if not title.startswith(REPLIES)} == {}


def test_day_in_a_column_of_a_desk_is_no_sentence() -> None:
    definition = current("quote")
    walk = next(w for w in walks(definition, PEOPLE) if w.case.state == "scheduled")
    until = deadline(definition, walk.case)
    for language in LANGUAGES:
        words = Words(definition, language, PEOPLE, walk.case.form)
        told = _until(words, walk.case, until or date.max, START)
        assert told
        assert not told.endswith(".")


def test_swedish_reference_of_a_case_is_no_code() -> None:
    assert page_text("sv", "mail.reference").lower() not in page_text("sv", "mail.code", code="")


def test_supervisor_reads_that_all_parties_and_clients_see_their_name() -> None:
    """Who sees it is declared: more than the applicant and the manager."""
    seen = {role for name in NAMES for role in current(name).visibility.get("party.supervisor", {})}
    assert {"supervisee", "contact"} <= seen
    everybody = {"fi": ("osapuol", "tilaaja"), "sv": ("parter", "beställare")}
    for language, said in {**everybody, "en": ("everyone involved", "client")}.items():
        for key in (
            "own.who",
            "directory.supervisors.sees.person",
            "directory.supervisors.sees.contact",
        ):
            text = page_text(language, key).lower()
            assert [word for word in said if word not in text] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_confirms_or_endorses_is_no_third_person_to_themself(name: str, language: str) -> None:
    definition, stem = current(name), 5
    for form in definition.forms:
        way = definition.for_form(form.name)
        words = Words(way, language, PEOPLE, form.name)
        for state in way.states:
            told = words.text(f"states.{state.name}.name").lower()
            takers = [
                t
                for t in state.turn_roles
                if t in ("applicant", "manager", "contact", "sender", "supervisee")
            ]
            assert [t for t in takers if words.role(t)[:stem] in told] == []


# That the work goes on already: untrue until the first session has been held, which may be ahead.
GOES_ON = {
    "fi": r"käynni|alkanut|alkoi",
    "sv": r"pågå|har börjat|började",
    "en": r"in progress|under way|has begun|began|has started",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_agreed_session_is_not_told_as_one_that_was_held(language: str) -> None:
    definition = current("supervision")
    rows = [t for t in definition.transitions if t.action in ("begin", "begin_joint")]
    mails = [
        mail_text("supervision", name, language)
        for name in sorted({m for t in rows for m in t.mails})
    ]
    texts = [t for m in mails for t in (m.subject, m.ask, *m.body, m.why, m.silence)]
    words = Words(definition, language, PEOPLE, "individual")
    texts += [words.text(f"states.{t.target}.{part}") for t in rows for part in ("name", "now")]
    texts += [words.text(f"actions.{t.action}.history") for t in rows]
    texts += [words.text("actions.begin.consequence"), words.text("turns.clock")]
    assert len(mails) == 3
    assert [t for t in texts if re.search(GOES_ON[language], t, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_said_in_an_act_does_not_stand_under_the_question_that_was_asked(
    language: str,
) -> None:
    for definition in map(current, NAMES):
        words = Words(definition, language, PEOPLE)
        typed = {f.name for form in definition.forms for f in form.fields}
        said = {f.name: f for a in definition.actions for f in a.fields if f.name not in typed}
        assert [n for n, f in said.items() if words.label(f, own=True).endswith("?")] == []


def test_a_last_day_is_told_to_be_one_in_swedish() -> None:
    """ "Till onsdag" may be before it or through it."""
    open_ended = [
        f"{each.file} {each.key}: {each.text}"
        for each in keyed("sv")
        if re.search(r"\btill \{(deadline|valid)", each.text)
    ]
    assert open_ended == []


@pytest.mark.parametrize(
    ("page", "law", "site"),
    [
        ("fi/saavutettavuus.md", "306/2019", "saavutettavuusvaatimukset.fi"),
        ("sv/tillganglighet.md", "306/2019", "tillganglighetskrav.fi"),
        ("en/accessibility.md", "306/2019", "webaccessibility.fi"),
    ],
)
def test_accessibility_statement_names_the_law_and_the_page_of_the_authority(
    page: str, law: str, site: str
) -> None:
    text = (ROOT / "site" / page).read_text()
    assert law in text
    assert f"www.{site}" in text


@pytest.mark.parametrize("page", ["palvelut/index", "tarjouspyynto", "ota-yhteytta", "omat-asiat"])
def test_header_leads_buyers_too(page: str) -> None:
    """Every page of the site has it; so has each language."""
    for language in LANGUAGES:
        own = (ROOT / "site" / "fi" / f"{page}.md").read_text()
        there = re.search(rf"\b{language}: ([^,}}]*)", own.partition("langs:")[2])
        assert there
        pages = [*(ROOT / "site" / language).rglob("*.md")]
        same = [p.read_text() for p in pages if f"{language}: {there[1]}," in p.read_text()]
        same += [p.read_text() for p in pages if f"{language}: {there[1]}}}" in p.read_text()]
        assert len(same) == 1, there[1]
        assert "\nheader: true\n" in same[0]
