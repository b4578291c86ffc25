"""The subcases of a case as one of its parties sees them: in lists, in its history, in a line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from functions.kernel.case import Case, Event, Party
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers
from functions.kernel.nested import SUBCASE
from functions.kernel.states import BY_ITSELF
from functions.kernel.subcases import DOT, OpenSubcase, name_and_number
from functions.kernel.subprocesses import Subprocess
from functions.kernel.visibility import sees
from functions.processes import current
from functions.render.case.receipt import NextStep
from functions.render.text.words import Words


@dataclass(frozen=True, slots=True)
class SubcaseRow:
    """A subcase in the list of its case: what it is called, its day, where it is, and whose turn it
    is. ``alert`` stands in place of all that where it is not as it was written."""

    title: str
    link: str = ""
    when: str = ""
    state: str = ""
    tag: str = "wait"
    turn: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True)
class SubcaseList:
    """The subcases of one subprocess, open ones first, then the newest; the forms by which the
    reader begins one (``begins``), and the ways to the ones before those and to the first."""

    name: str
    title: str
    rows: tuple[SubcaseRow, ...]
    begins: tuple[NextStep, ...] = ()
    older: str = ""
    newest: str = ""


def words_within(words: Words, name: str) -> Words:
    """The words of a subprocess of the process that ``words`` are of."""
    return replace(words, definition=current(f"{words.definition.name}{DOT}{name}"), form="")


def subcase_title(words: Words, number: int) -> str:
    """What a subcase is called: with its number, as there are several."""
    return f"{words.text('name')} {number}"


def subcase_row(words: Words, case: Case, party: Party, link: str) -> SubcaseRow:
    """A subcase as one of its parties has it in the list of its case."""
    _, number = name_and_number(case.id)
    definition = words.definition
    over, turn = definition.is_over(case.state), definition.turn(case)
    yours = turn == party.role and party.id not in case.votes
    waits = "" if over or turn in BY_ITSELF else words.turn(case, party.role)
    return SubcaseRow(
        subcase_title(words, number),
        link,
        _dated(words, case, party.role),
        words.state(case, "name"),
        "turn" if yours else "done" if over else "wait",
        words.task(case, party.role, "title") if yours else waits,
    )


def _dated(words: Words, case: Case, role: str) -> str:
    """The day of a subcase by which it is put in order, if the role sees it."""
    name, _ = name_and_number(case.id)
    parent = case.parent
    dated = current(parent.process).subprocess(name).dated if parent else ""
    if (
        not dated
        or dated not in case.answers
        or not sees(words.definition, dated, role, case.state)
    ):
        return ""
    return words.value(words.definition.fields()[dated], case.answers[dated])


def open_lines(words: Words, case: Case, role: str) -> Iterator[str]:
    """What comes next in the subcases of a case, a line for each subprocess that a role knows of,
    from what the case itself keeps of them."""
    for spec in words.definition.subprocesses:
        kept = case.subcases.get(spec.name)
        if kept and kept.open and role in spec.known_to:
            first = min(kept.open, key=lambda each: (each.at or "~", each.number))
            yield _line(words_within(words, spec.name), spec, first, role)


def _line(words: Words, spec: Subprocess, kept: OpenSubcase, role: str) -> str:
    state = words.text(f"states.{kept.state}.name")
    seen = kept.at and sees(words.definition, spec.dated, role, kept.state)
    when = words.value(words.definition.fields()[spec.dated], kept.at) if seen else ""
    title = subcase_title(words, kept.number)
    return ", ".join(filter(None, (f"{title}: {state}", when)))


def is_in_subcase(event: Event) -> bool:
    """Whether an event in the history of a case is a step in one of its subcases."""
    return DOT in event.action


def step_within(words: Words, event: Event, answers: Answers | None, reader: Party) -> str:
    """The step in a subcase that an event in the history of its case tells of, in words; to whoever
    took it, in the second person. ``answers`` name the subcase."""
    name, _, action = event.action.partition(DOT)
    there, own = words_within(words, name), event.party == reader.id
    if action == OPEN:
        sentence = there.text("history.own.open" if own else "history.open")
    else:
        done = there.maybe(f"actions.{action}.done") if own else ""
        sentence = done or there.text(f"actions.{action}.history")
    return f"{_numbered(there, answers)}: {sentence}"


def knows_of_step(words: Words, event: Event, reader: Party) -> bool:
    """Whether somebody is to know of a step in a subcase."""
    name, _, action = event.action.partition(DOT)
    if reader.role not in words.definition.subprocess(name).known_to:
        return False
    there = words_within(words, name).definition
    visible_to = next((a.visible_to for a in there.actions if a.name == action), ())
    return not visible_to or reader.role in visible_to or event.party == reader.id


def _numbered(words: Words, answers: Answers | None) -> str:
    """What the subcase is called that an entry in the history of its case tells of."""
    _, _, number = str((answers or {}).get(SUBCASE, "")).partition(DOT)
    return subcase_title(words, int(number)) if number else words.text("name")


def title_of(words: Words, case: Case) -> str:
    """What a case is: the process or the form by its name; a subcase with its number."""
    name, number = name_and_number(case.id)
    if name:
        return subcase_title(words, number)
    return words.maybe(f"forms.{case.form}.name") or words.text("name")
