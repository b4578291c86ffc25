"""A reminder is promised only where it will be sent: by its day there is one to come."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.kernel.durations import ByAnswer, OnDate, day_of
from functions.kernel.states import Timer
from functions.kernel.timers import due_at, due_timer, next_timer, remind
from functions.kernel.urgency import paces
from functions.processes import NAMES, current
from functions.render.text.texts import mail_text, process_text
from functions.render.text.words import Words
from tests.fakes import World
from tests.paths import walks

PROMISES = re.compile(
    r"\bmuistutamme\b|\bpåminner\b(?! inte)|\bwill remind\b|\bwe remind\b", re.IGNORECASE
)
IF_THERE_IS_TIME = re.compile(r"\bjos\b|\bom\b|\bif\b")
DIRECTORY = World().directory


def until_a_day(definition: Definition) -> Iterator[Case]:
    """Cases in states with reminders of a day that somebody names, with that day ever nearer; and
    the same once people have been reminded."""
    for walk in walks(definition, DIRECTORY):
        begun = day_of(walk.case.entered_at)
        timers = definition.state(walk.case.state).timers
        fields = {t.after.field for t in timers if t.mail and isinstance(t.after, OnDate)}
        for field in fields & walk.case.answers.keys():
            for ahead in range(6):
                day = (begun + timedelta(days=ahead)).isoformat()
                case = replace(walk.case, answers={**walk.case.answers, field: day})
                yield case
                while (timer := next_timer(definition, case)) and timer.mail:
                    at = due_at(definition, case)
                    assert at
                    assert due_timer(definition, case, at) == timer
                    case = remind(definition, case, timer, at).case
                yield case


def is_ahead(definition: Definition, case: Case) -> bool:
    timer = next_timer(definition, case)
    return bool(timer and timer.mail)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_promises_a_reminder_while_it_is_to_come(name: str, language: str) -> None:
    definition, wrong = current(name), set[tuple[str, str, str]]()
    for case in until_a_day(definition):
        words = Words(definition, language, DIRECTORY, case.form)
        for role in definition.roles:
            told = " ".join(words.state(case, part, role.name) for part in ("now", "next"))
            if PROMISES.search(told) and not is_ahead(definition, case):
                wrong.add((case.state, role.name, told))
    assert wrong == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ahead", range(6))
def test_start_of_an_order_is_promised_whenever_it_is_reminded_of(
    ahead: int, language: str
) -> None:
    quote = current("quote")
    case = next(c for c in until_a_day(quote) if c.state == "scheduled")
    day = day_of(case.entered_at) + timedelta(days=ahead)
    case = replace(case, answers={**case.answers, "start_date": day.isoformat()})
    words = Words(quote, language, DIRECTORY, case.form)
    for role in ("contact", "supervisor", "coordinator"):
        promised = bool(PROMISES.search(words.state(case, "next", role)))
        assert promised == is_ahead(quote, case) == (ahead > 2)


def surely(timer: Timer) -> bool:
    """Whether it comes whatever was answered, or its day is one after a day that is ahead."""
    late = isinstance(timer.after, OnDate) and timer.after.days <= 0
    return bool(timer.mail) and not late and not isinstance(timer.after, ByAnswer)


@pytest.mark.parametrize("name", NAMES)
def test_mail_promises_a_reminder_where_one_is_sure_to_come(name: str) -> None:
    definition, wrong = current(name), set[str]()
    by_name: dict[str, list[Timer]] = {}
    for state in paces(definition.states):
        by_name.setdefault(state.name, []).extend(state.timers)
    for row in definition.transitions:
        for mail in row.mails:
            texts = [mail_text(name, mail, language) for language in LANGUAGES]
            said = [part for t in texts for part in (t.ask, *t.body, t.silence)]
            if any(map(PROMISES.search, said)) and not any(map(surely, by_name[row.target])):
                wrong.add(f"{mail}: {row.target}")
    assert wrong == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_hint_of_a_day_promises_a_reminder_if_there_is_time_for_it(language: str) -> None:
    hint = process_text("quote", language, "fields.valid_until.hint")
    (promise,) = (s for s in re.split(r"(?<=\.) ", hint) if PROMISES.search(s))
    assert IF_THERE_IS_TIME.search(promise)
