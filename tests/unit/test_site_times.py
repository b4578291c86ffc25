"""Every promise of time on the site's pages is one that a definition or a setting keeps."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.durations import ByAnswer, Calendar, Span
from functions.kernel.states import Timer
from functions.processes import current
from functions.services.container import Rules

SITE = Path(__file__).parents[2] / "site"
UNITS = {
    "day": ("day", "päiv", "dag"),
    "hour": ("hour", "tunti", "tunnin", "timm"),
    "week": ("week", "viik", "veck"),
    "month": ("month", "kuuk", "månad"),
    "year": ("year", "vuo", "år"),
}
ONE = {name: unit for unit, names in UNITS.items() for name in names}
WORDS = {
    "two": 2, "kahden": 2, "två": 2, "six": 6, "kuuden": 6, "sjätte": 6, "sex": 6,
    "seven": 7, "seitsemän": 7, "sju": 7,
}  # fmt: skip
NUMBER = rf"(?:\d+|{'|'.join(WORDS)})"
WORKING = r"(?:working |työ|arbets|var)?"
TIME = re.compile(
    rf"\b({NUMBER})(?:(?:,| ja| och| and) (\d+))? {WORKING}({'|'.join(ONE)})\w*", re.IGNORECASE
)
# How often people meet, as a rule; what a benefit is measured by: nothing that is promised.
NO_PROMISE = (
    "services/benefits.md", "services/packages.md", "services/crisis-supervision.md",
    "services/forms.md", "supervision/index.md", "privacy.md",
)  # fmt: skip
# How times are told without a number.
PLAIN = {
    r"(?<!\d )kuukauden kuluessa": "1 kuukauden",
    r"\b(?:one|en) (?=month|månad)": "1 ",
    "puolen vuoden": "6 kuukauden",
    "halvåret": "6 månader",
}
Times = Counter[tuple[int, str]]


def told(span: object) -> tuple[int, str]:
    """A span as a page says it."""
    if isinstance(span, Calendar):
        found = {"month": span.months, "day": span.working}
        return next((n, unit) for unit, n in found.items() if n)
    assert isinstance(span, timedelta)
    hours = span.total_seconds() / 3600
    return (span.days, "day") if span.days else (int(hours), "hour")


def until(process: str, state: str) -> tuple[int, str]:
    """By when something is asked for."""
    return told(current(process).state(state).deadline)


def timers(process: str, state: str, *wanted: str) -> list[tuple[int, str]]:
    """When these mails leave and actions happen."""
    timers: tuple[Timer, ...] = current(process).state(state).timers
    return [told(timer.after) for timer in timers if {timer.mail, timer.action} & {*wanted}]


def answering(topic: str) -> Span | None:
    within = current("contact").state("assigned").deadline
    assert isinstance(within, ByAnswer)
    return within.spans.get(topic) or within.otherwise


RULES = Rules("", "", b"")
CONFIRM = until("supervision", "unconfirmed")
MANAGER = [
    until("supervision", "submitted"),
    *timers("supervision", "submitted", "remind_endorse", "stuck", "lapse"),
]
SUPERVISOR = [
    until("supervision", "offered"),
    *timers("supervision", "offered", "remind_answer"),
]
ACCESSIBILITY = told(answering("accessibility"))
EXPECTED = {
    "index.md": [until("supervision", "submitted"), until("supervision", "offered")],
    "supervision/what-happens.md": [
        CONFIRM, *MANAGER, *SUPERVISOR, until("supervision", "merge_pending"),
    ],
    "supervision/apply.md": [CONFIRM],
    "supervision/apply-for-group.md": [until("supervision", "group_unconfirmed")],
    "supervision/for-managers.md": MANAGER,
    "supervision/for-supervisors.md": [
        *SUPERVISOR, *timers("supervision", "offered", "expire"),
        *timers("supervision", "running", "remind_close", "conclude"),
    ],
    "contact.md": [
        until("contact", "unconfirmed"), ACCESSIBILITY, told(answering("data_subject")),
        told(answering("general")), *timers("contact", "closed", "purge"),
    ],
    "accessibility.md": [ACCESSIBILITY] * 2,
    "your-cases.md": [told(RULES.desk_unopened), told(RULES.desk_link)],
}  # fmt: skip


def of_lapse(process: str) -> set[tuple[int, str]]:
    states = ("submitted", "returned", "rejected")
    return {each for state in states for each in timers(process, state, "lapse")}


def pages() -> dict[str, dict[str, Path]]:
    """Each page of the site by its English path, in each language."""
    by_address = {}
    for path in SITE.glob("*/**/*.md"):
        language, *parts = path.relative_to(SITE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "index" else parts
        by_address["/".join(filter(None, (*([language] * (language != "fi")), *parts))) + "/"] = (
            path
        )
    found = {}
    for path in (SITE / "en").glob("**/*.md"):
        langs = re.search(r"^langs: \{(.*)\}", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert langs, path
        told_at = dict(re.findall(r"(\w\w): ([^,}]*)", langs[1]))
        there = {
            lang: by_address.get(told_at[lang].strip().strip("'\"") or "/") for lang in LANGUAGES
        }
        found[str(path.relative_to(SITE / "en"))] = {k: v for k, v in there.items() if v}
    return found


PAGES = pages()


def times(path: Path) -> Times:
    """All times that a page tells of."""
    text = re.sub(r"\[\[.*?\]\]|\]\(.*?\)", "", path.read_text(encoding="utf-8"))
    for words, plain in PLAIN.items():
        text = re.sub(words, plain, text)
    found: Times = Counter()
    for first, second, unit in TIME.findall(text):
        for number in filter(None, (first, second)):
            found[
                int(number) if number.isdigit() else WORDS[number.lower()], ONE[unit.lower()]
            ] += 1
    return found


def test_every_page_is_read_in_every_language() -> None:
    assert len(PAGES) >= 20
    assert {*EXPECTED, *NO_PROMISE} <= {*PAGES}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_promises_what_is_kept(name: str, language: str) -> None:
    if name in NO_PROMISE:
        return
    assert {*times(PAGES[name][language])} == {*EXPECTED.get(name, ())}


def test_applications_that_nobody_moves_on_all_end_after_the_same_time() -> None:
    """As one sentence says of all of them."""
    assert len(of_lapse("supervision")) == 1
