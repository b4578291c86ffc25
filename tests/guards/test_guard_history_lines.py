"""Every line of every history names who did it, once and rightly, and speaks to whoever did it."""

from collections.abc import Iterator
from functools import cache

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Event, Party
from functions.kernel.definition import Definition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Form
from functions.kernel.handover import HAND_OVER
from functions.kernel.states import BY_ITSELF, LINK
from functions.processes import NAMES, current
from functions.render.case.people import HistoryLine, history_lines
from functions.render.text.texts import capital
from functions.render.text.words import Words
from tests.fakes import World, history_of
from tests.paths import Walk, begun, onward, walks

KAPULA = "Kapula"
# Somebody who is not who the case says they are: no role of it.
NOBODY = {
    "fi": "Sähköpostiosoitteen haltija",
    "sv": "E-postadressens innehavare",
    "en": "The person at this email address",
}
ARTICLES = {"fi": ("",), "sv": ("", "En ", "Ett "), "en": ("", "The ", "A ", "An ")}
DISOWNING = ("disown", "disown_group")


def in_words(definition: Definition, language: str) -> Iterator[Words]:
    for form in definition.forms:
        yield Words(definition, language, World().directory, form.name)


def beginnings(words: Words, role: str) -> tuple[str, ...]:
    """How a sentence begins whose subject is somebody in a role; of those in a merged case, also as
    those who applied."""
    roles = {"supervisee": ("supervisee", "applicant")}.get(role, (role,))
    names = [words.role(r) for r in roles] + [words.mention(r) for r in roles]
    articled = (f"{a}{name}" for a in ARTICLES[words.language] for name in names)
    return tuple(f"{capital(each)} " for each in articled)


def acts_of(definition: Definition, form: Form) -> set[str]:
    """The actions that a case of a form can come to."""
    rows = [t for t in definition.transitions if not t.forms or form.name in t.forms]
    states = {form.start}
    while new := {t.target for t in rows if t.source in states} - states:
        states |= new
    return {t.action for t in rows if t.source in states}


def spoken_to(text: str, language: str) -> bool:
    """Whether a sentence speaks to whoever reads it."""
    first = text.split()[0].rstrip(",")
    return first == {"sv": "Du", "en": "You"}.get(language, first) and (
        language != "fi" or first.endswith("t")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_sentences_begin_with_whoever_did_it(name: str, language: str) -> None:
    definition, wrong = current(name), []
    for words in in_words(definition, language):
        able = acts_of(definition, definition.form(words.form))
        for action in (a for a in definition.actions if a.name in able):
            told = words.text(f"actions.{action.name}.history")
            doer = action.by if action.role == LINK else action.role
            right = beginnings(words, doer) if doer and doer not in BY_ITSELF else ()
            every = tuple(b for r in definition.roles for b in beginnings(words, r.name))
            if action.name in DISOWNING:
                right = (NOBODY[language],)
            if not told.startswith(right) if right else told.startswith(every):
                wrong.append(f"{words.form}: {told}")
    assert sorted(set(wrong)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_who_did_it_is_spoken_to(name: str, language: str) -> None:
    definition = current(name)
    for words in in_words(definition, language):
        own = [words.text(f"history.own.{s}") for s in (OPEN, HAND_OVER, "resend")]
        acts = [a for a in definition.actions if a.role not in BY_ITSELF]
        own += [words.text(f"actions.{a.name}.done") for a in acts]
        assert [text for text in own if not spoken_to(text, language)] == []


def test_act_of_a_linked_case_is_told_as_whose_it_always_is() -> None:
    """``by`` is the one role whose acts call it or move it along; none where there are several."""
    doers: dict[tuple[str, str], set[str]] = {}
    for own in map(current, NAMES):
        for row in own.transitions:
            called = {
                *(row.linked_actions.names if row.linked_actions else ()),
                *(c.action for c in row.signals),
            }
            for other in map(current, NAMES):
                for name in called & {a.name for a in other.actions if a.role == LINK}:
                    doers.setdefault((other.name, name), set()).add(own.action(row.action).role)
    expected = {
        key: next(iter(roles)) if len(roles) == 1 and not roles & {*BY_ITSELF} else ""
        for key, roles in doers.items()
    }
    told = {
        (d.name, a.name): a.by for d in map(current, NAMES) for a in d.actions if a.role == LINK
    }
    assert told == expected


def test_what_another_case_opens_follows_it() -> None:
    opened = {
        (o.process, o.form)
        for d in map(current, NAMES)
        for row in d.transitions
        for o in row.spawns
    }
    forms = {(d.name, f.name) for d in map(current, NAMES) for f in d.forms if f.follows}
    assert forms == opened


@cache
def histories(name: str) -> tuple[Walk, ...]:
    """Every way of a process, begun as it is in earnest."""
    definition, directory = current(name), World().directory
    own = list(walks(definition, directory))
    found = []
    for other in map(current, NAMES):
        first = [w for d, w in begun(other, walks(other, directory), directory) if d == definition]
        found += [w for each in first[:2] for w in onward(definition, each, directory)]
    return (*own, *found)


def readers(walk: Walk, definition: Definition) -> Iterator[Party]:
    """Everybody in a case, and one in each role who has done nothing in it."""
    yield from walk.case.parties
    for role in definition.roles:
        yield Party("elsewhere", role.name, "Somebody", "elsewhere@example.org", "fi")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_lines_name_who_did_it_once(name: str, language: str) -> None:
    definition, wrong, seen = current(name), set[str](), set[str]()
    for walk in histories(name):
        words = Words(definition, language, World().directory, walk.case.form)
        told = history_of(walk.case, walk.told())
        steps = {e.event.at.isoformat(timespec="seconds"): e.event for e, _ in told.entries}
        for reader in readers(walk, definition):
            for line in history_lines(words, walk.case, told, reader):
                step = steps[line.iso]
                seen.add(step.action)
                if faulty(words, walk, step, reader, line.what, line.who):
                    wrong.add(f"{step.action}, {reader.role}: {line.what} – {line.who}")
    assert sorted(wrong) == []
    assert {a.name for a in definition.actions if a.visible_to == ()} - seen <= {
        "go_on",  # only once it has been asked, which the walks do not wait for
        "propose_merge",
        "postpone",
        "undate",
        "was_there",  # only once an absence has been recorded
    }  # of no walk


def faulty(words: Words, walk: Walk, step: Event, reader: Party, what: str, who: str) -> bool:
    """Whether a line names nobody, or the doer twice, or somebody else."""
    definition, form = words.definition, words.definition.form(walk.case.form)
    roles = [r.name for r in definition.roles]
    named = [r for r in roles if what.startswith(beginnings(words, r))]
    if step.action == OPEN and form.follows:
        return bool(named) or not who
    if step.role in BY_ITSELF:
        action = next((a for a in definition.actions if a.name == step.action), None)
        return bool(who) == bool(action and action.by) or who not in ("", KAPULA)
    if step.party == reader.id:
        return not spoken_to(what, words.language) or bool(who)
    actor = walk.case.party(step.party)
    whose = {actor.name, ""} if actor else {""}
    if step.action == OPEN:
        role = words.role(step.role)
        return bool(named) or who not in {role, *(f"{n}, {role}" for n in whose if n)}
    return who not in whose


@pytest.mark.parametrize("name", NAMES)
def test_name_that_was_told_stays(name: str) -> None:
    """Who has been named to somebody for what they did is named still after the next step, while
    both are in the case."""
    definition, lost = current(name), set[str]()
    for walk in (w for w in histories(name) if w.decisions[1:] and not w.decisions[-1].erases):
        before = Walk(walk.decisions[:-1])
        for reader in walk.case.parties:
            earlier = before.case.party(reader.id)
            if not reader.present or not earlier:
                continue
            now, then = (told_by(definition, w, reader)[::-1] for w in (walk, before))
            present = [p.name for p in walk.case.parties if p.present]
            lost |= {
                f"{walk.taken[-1]}, {reader.role}: {line.what} – {line.who}"
                for line, after in zip(then, now, strict=False)
                if line.who != after.who and line.who in present
            }
    assert sorted(lost) == []


def told_by(definition: Definition, walk: Walk, reader: Party) -> tuple[HistoryLine, ...]:
    words = Words(definition, "en", World().directory, walk.case.form)
    return history_lines(words, walk.case, history_of(walk.case, walk.told()), reader)
