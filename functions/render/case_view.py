"""A case as one party sees it: where it is, whose turn, what comes next, and the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.kernel.case import Case, Party
from functions.kernel.changes import latest_changes
from functions.kernel.definition import Definition
from functions.kernel.fields import Answers, Field, Form, Value
from functions.kernel.ladder import deadline
from functions.kernel.visibility import sees, visible
from functions.render import dates
from functions.render.case_people import (
    Line,
    Row,
    Told,
    ballot,
    capital,
    history,
    people_rows,
    voted,
)
from functions.render.mail import reference
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand on the line of hands; ``standing`` is done, now or next."""

    who: str
    what: str
    when: str
    standing: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, under a title. ``name`` is the form's section."""

    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer before and after a correction."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a page about a case shows to one party, already in their language."""

    process: str
    reference: str
    title: str
    state: str
    now: str
    next: str
    turn_line: str
    your_turn: bool
    deadline: str
    tag: str
    lead: str
    task: bool
    present: bool
    may_ask_fresh: bool
    hands: tuple[Hand, ...]
    history: tuple[Line, ...]
    groups: tuple[Group, ...] = ()
    changes: tuple[Changed, ...] = ()
    vote: str = ""
    linked: tuple[tuple[str, tuple[Group, ...]], ...] = ()


def case_view(
    words: Words,
    case: Case,
    told: Told,
    party: Party,
    *,
    task: bool,
    document: bool,
    linked: tuple[tuple[str, tuple[Group, ...]], ...] = (),
) -> CaseView:
    """The view of ``party``. ``task``: on a link to act; ``document``: with the answers;
    ``linked``: the documents of the cases it joins, each under its sender's name.
    """
    definition = words.definition
    state = definition.state(case.state)
    until = deadline(definition, case)
    answered = party.id in case.votes
    yours = state.turn == party.role and party.present and not answered
    return CaseView(
        process=words.text("name"),
        reference=reference(case.id),
        title=_title(words, case, party, task=task),
        state=words.text(f"states.{case.state}.name"),
        now=words.text(f"states.{case.state}.now"),
        next=words.text(f"states.{case.state}.next"),
        turn_line=_turn_line(words, case, yours=yours),
        your_turn=yours,
        deadline=dates.day(until, words.language) if until else "",
        tag="turn" if yours else "wait" if state.turn else "done",
        lead=words.text(f"tasks.{case.state}.lead") if task and not answered else "",
        task=task,
        present=party.present,
        may_ask_fresh=yours and not task,
        hands=_hands(words, case, told),
        history=history(words, case, told, party),
        groups=groups(words, case, party) if document else (),
        changes=_changes(words, case, told, party.role) if document else (),
        vote=voted(words, case, party) if answered else "",
        linked=linked,
    )


def _title(words: Words, case: Case, party: Party, *, task: bool) -> str:
    """What is asked of the reader; once they have answered it, that; or where the case is."""
    action = ballot(words.definition, case.state)
    if task and action and party.id in case.votes:
        return words.text(f"actions.{action.name}.done")
    return words.text(f"tasks.{case.state}.title" if task else f"states.{case.state}.name")


def _turn_line(words: Words, case: Case, *, yours: bool) -> str:
    """Whose turn it is, and since when."""
    state = words.definition.state(case.state)
    since = dates.day(case.entered_at, words.language)
    if yours:
        return words.page("case.your_turn", when=since)
    if state.turn:
        return f"{words.text(f'turns.{state.turn}')} {words.page('case.since', when=since)}."
    return "" if state.holder else words.page("case.nobodys_turn")


def groups(words: Words, case: Case, reader: Party) -> tuple[Group, ...]:
    """The document as ``reader`` may see it: the form's sections, then what others added."""
    shown = visible(words.definition, case, reader.role)
    people = Group("", words.page("case.people"), people_rows(words, case, reader))
    form = words.definition.form(case.form)
    asked = {f.name for f in form.fields}
    added = [f for n, f in words.definition.fields().items() if n not in asked]
    parts = [section_group(words, s.name, s.fields, shown) for s in form.sections]
    first = Group("", words.page("case.added"), _rows(words, added, shown))
    return tuple(g for g in (first, people, *parts) if g.rows)


def section_group(
    words: Words, name: str, fields: Sequence[Field], shown: Mapping[str, Value]
) -> Group:
    """One section of the form with the answers that are there."""
    return Group(name, words.text(f"sections.{name}.title"), _rows(words, fields, shown))


def review_groups(words: Words, form: Form, answers: Answers) -> list[Group]:
    """Every section with every question, so that what was left out can be seen and changed."""
    return [
        Group(
            section.name,
            words.text(f"sections.{section.name}.title"),
            tuple(
                Row(words.label(f), words.value(f, answers[f.name]) if f.name in answers else "")
                for f in section.fields
            ),
        )
        for section in form.sections
    ]


def _rows(words: Words, fields: Sequence[Field], shown: Mapping[str, Value]) -> tuple[Row, ...]:
    return tuple(
        Row(words.label(f), words.value(f, shown[f.name]))
        for f in fields
        if f.name in shown and f.kind != "tick"  # a tick was for sending, it tells no reader more
    )


def _hands(words: Words, case: Case, told: Told) -> tuple[Hand, ...]:
    definition, route = words.definition, words.definition.form(case.form).route
    left = {entry.step.source: entry.step.at for entry, _ in told}
    place = _place(definition, case, told)
    after = route[place + 1 :] if case.state in route else route[place:]
    if definition.state(case.state).end:
        after = ()
    hands = [_hand(words, name, "done", left.get(name)) for name in route[:place]]
    hands.append(_hand(words, case.state, "now", case.entered_at))
    return (*hands, *(_hand(words, name, "next", None) for name in after))


def _place(definition: Definition, case: Case, told: Told) -> int:
    """How far on the route the case is, or was when it left it."""
    route = definition.form(case.form).route
    states = [case.state, *(entry.step.source for entry, _ in reversed(told))]
    return next((route.index(s) for s in states if s in route), 0)


def _hand(words: Words, name: str, standing: str, when: datetime | None) -> Hand:
    state = words.definition.state(name)
    role = state.turn or state.holder
    who = words.text(f"roles.{role}") if role else words.text("document")
    told = dates.day(when, words.language) if when else ""
    return Hand(capital(who), words.text(f"states.{name}.name"), told, standing)


def _changes(words: Words, case: Case, told: Told, role: str) -> tuple[Changed, ...]:
    fields = words.definition.fields()
    return tuple(
        Changed(
            words.label(fields[c.field]),
            "" if c.before is None else words.value(fields[c.field], c.before),
            "" if c.after is None else words.value(fields[c.field], c.after),
        )
        for c in latest_changes(words.definition, case, told)
        if sees(words.definition, c.field, role, case.state)
    )
