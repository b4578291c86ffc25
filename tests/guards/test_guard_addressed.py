"""Every text that names a role speaks to whoever holds it, where they are the one who reads it."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.kernel.summary import HistoryPart
from functions.processes import NAMES, current
from functions.render.case.receipt import Followed
from functions.render.case.view import case_view
from functions.render.text.texts import mail_text, process_text
from functions.render.text.words import Words
from tests.fakes import World, history_of
from tests.guards.test_guard_readers import spoken
from tests.paths import walks

# How the words for each role begin, whatever their ending.
CALLED = {
    "fi": {
        "applicant": "hakij",
        "manager": "esihenkilö|lähettäj",
        "coordinator": "koordinaattor",
        "supervisor": "työnohjaaj",
        "supervisee": "ohjattav|hakij",
        "contact": "tilaaj",
        "finance": "laskuttaj",
        "sender": "lähettäj",
        "assignee": "käsittelij",
    },
    "sv": {
        "applicant": "sökande",
        "manager": "chef|avsändar",
        "coordinator": "koordinator",
        "supervisor": "handledare",
        "supervisee": "handledd|sökande",
        "contact": "beställare",
        "finance": "fakturerar",
        "sender": "avsändar",
        "assignee": "handläggar",
    },
    "en": {
        "applicant": "applicant",
        "manager": "manager|sender",
        "coordinator": "coordinator",
        "supervisor": "supervisor",
        "supervisee": "supervisee|applicant",
        "contact": r"the client\b|the client's",
        "finance": "finance",
        "sender": "sender",
        "assignee": "adviser",
    },
}
EACH = pytest.mark.parametrize("name", NAMES)
IN = pytest.mark.parametrize("language", LANGUAGES)


@cache
def called(role: str, language: str) -> str:
    """How the words for a role begin; of one that is not in the table, without their last letter."""
    if role in CALLED[language]:
        return CALLED[language][role]
    having = (d for d in map(current, NAMES) if role in {r.name for r in d.roles})
    names = {process_text(d.name, language, f"roles.{role}") for d in having}
    return "|".join(re.escape(name[:-1]) for name in names)


def past(text: str, role: str, language: str) -> list[str]:
    """The sentences that speak of the reader as of somebody else."""
    said = re.split(r"(?<=[.?])\s+", text)
    named = re.compile(rf"(?:{called(role, language)})", re.IGNORECASE)
    return [one for one in said if named.search(one) and not spoken(one, language)]


def standing(definition: Definition, language: str) -> Iterator[tuple[str, str, str]]:
    """What pages tell each party of where a case is: the place, the role, the text."""
    world = World()
    for walk in walks(definition, world.directory):
        case, at = walk.case, walk.decisions[-1].event.at
        words = Words(definition, language, world.directory, case.form)
        for party in (p for p in case.parties if p.present):
            yours = definition.turn(case) == party.role
            for task in (True, False) if yours and not definition.is_over(case.state) else (False,):
                view = case_view(
                    words, case, HistoryPart(), party, task=task, with_answers=False, now=at
                )
                own = (view.title, view.lead) if task else ()  # else the name of the state
                for text in (*own, view.now, view.next, view.by):
                    yield f"{case.form}.{case.state}", party.role, text


def asked(definition: Definition, language: str) -> Iterator[tuple[str, str, str]]:
    """What forms and decisions tell whoever fills them in."""
    for form in definition.forms:
        words = Words(definition, language, World().directory, form.name)
        way = definition.for_form(form.name)
        open_here = {t.action for t in way.transitions}
        for action in (a for a in definition.actions if a.pressed and a.name in open_here):
            for part in ("label", "consequence", "button", "done", "erased"):
                key = f"actions.{action.name}.{part}"
                yield f"{form.name}.{key}", action.role, words.maybe(key)
            for field in action.fields:
                for text in (words.question(field), words.hint(field)):
                    yield f"{form.name}.{field.name}", action.role, text
        if form.public:
            for part in ("title", "then", "sent"):
                key = f"forms.{form.name}.{part}"
                yield key, form.opener, words.maybe(key)
            for field in form.fields:
                for text in (words.question(field), words.hint(field)):
                    yield f"{form.name}.{field.name}", form.opener, text


@EACH
@IN
def test_pages_speak_to_the_role_that_reads_them(name: str, language: str) -> None:
    told = set(standing(current(name), language))
    assert told
    assert [(w, r, p) for w, r, text in sorted(told) for p in past(text, r, language)] == []


@EACH
@IN
def test_forms_and_decisions_speak_to_whoever_fills_them_in(name: str, language: str) -> None:
    told = set(asked(current(name), language))
    assert told
    assert [(w, r, p) for w, r, text in sorted(told) for p in past(text, r, language)] == []


@EACH
@IN
def test_a_step_that_is_over_waits_for_nobody(name: str, language: str) -> None:
    """“Waiting for the applicant – Done” is a fault: what is over has a name of its own."""
    definition, world = current(name), World()
    wrong, seen = set[str](), 0
    for walk in (w for w in walks(definition, world.directory) if w.case.parties):
        case = walk.case
        words = Words(definition, language, world.directory, case.form)
        told = history_of(walk.case, walk.told())
        at, reader = walk.decisions[-1].event.at, case.parties[0]
        view = case_view(words, case, told, reader, task=False, with_answers=False, now=at)
        names = {words.text(f"states.{state.name}.name") for state in definition.states}
        done = [hand for hand in view.route if hand.standing == "done"]
        wrong |= {hand.what for hand in done if hand.what in names or not hand.when}
        seen += len(done)
    assert seen
    assert wrong == set()


def test_speaking_past_the_reader_is_found() -> None:
    assert past("Kun hakija vahvistaa hakemuksen, se lähtee.", "applicant", "fi")
    assert not past("Sinulle ja muille hakijoille on ehdotettu.", "supervisee", "fi")
    assert past("The client has the quote.", "contact", "en")
    assert not past("You have the quote. The coordinator waits.", "contact", "en")


# What a case of a form with a document of its own is not called.
DOCUMENT = {"fi": "hakemu", "sv": "ansök", "en": "application"}


def ordered(language: str) -> Iterator[tuple[str, str]]:
    """What is said of a supervision that came from an order: on its pages and in its mails."""
    definition, directory = current("supervision"), World().directory
    words = Words(definition, language, directory, "ordered")
    gone = [w for w in walks(definition, directory) if w.case.form == "ordered"]
    steps = [d.event for w in gone for d in w.decisions]
    rows, been = {s.action for s in steps}, {s.target for s in steps}
    mails = {
        mail
        for step in steps
        for row in [Followed(words, gone[0].case, step).row]
        for mail in (row.mails if row else ())
    }
    states = [s for s in definition.states if s.name in been]
    mails |= {r.mail for s in states for r in s.for_form("ordered").timers if r.mail}
    always = (definition.new_link_mail, definition.handover_mail, definition.vacant_mail)
    mails |= {m.name for m in always if m}
    mails |= {definition.bounced_mail.name, *definition.form("ordered").mails}
    held = {p.role for w in gone for p in w.case.parties}
    mails = {m for m in mails if not definition.mail(m).to or definition.mail(m).to in held}
    keys = [f"states.{s.name}.{part}" for s in states for part in ("name", "now", "next")]
    keys += [
        f"actions.{a.name}.{part}"
        for a in definition.actions
        if a.name in rows
        for part in ("label", "consequence", "button", "done", "history")
    ]
    keys += [f"tasks.{s.name}.{part}" for s in states for part in ("title", "lead")]
    keys += ["history.open", "facts.explained", "facts.warning.long", "case_type"]
    asked = [f for a in definition.actions if a.name in rows for f in a.fields]
    keys += [f"fields.{f.name}.{part}" for f in asked for part in ("label", "hint", "read")]
    keys += [f"checks.{c.name}" for a in definition.actions if a.name in rows for c in a.checks]
    yield from ((key, words.maybe(key)) for key in keys)
    for name in sorted(mails):
        mail = mail_text("supervision", name, language)
        for text in (mail.subject, mail.ask, *mail.body, mail.button, mail.why, mail.silence):
            yield f"mails.{name}", text


@IN
def test_an_order_is_called_no_application(language: str) -> None:
    told = list(ordered(language))
    assert len(told) > 100
    assert [(k, text) for k, text in told if DOCUMENT[language] in text.casefold()] == []
