"""The view of a case for one party: its state, whose turn it is, what comes next, and the
answers."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from functions.kernel import desk
from functions.kernel.apart import may_act
from functions.kernel.case import Case, Party, reference
from functions.kernel.definition import Definition
from functions.kernel.diff import latest_changes
from functions.kernel.engine import open_actions
from functions.kernel.fields import Answers, Field, Form, Value
from functions.kernel.states import BY_ITSELF
from functions.kernel.summary import HistoryPart
from functions.kernel.timers import deadline, erased_on, is_late
from functions.kernel.visibility import sees, visible
from functions.render.case.documents import Offer, offers
from functions.render.case.people import (
    HistoryLine,
    SummaryRow,
    added_by,
    ballot,
    history_lines,
    people_rows,
    shown_picks,
    urgent_lines,
    voted,
    written_by,
)
from functions.render.case.receipt import NextStep
from functions.render.case.referral import ReferralForm, referral_form
from functions.render.case.route import RouteStep, route
from functions.render.case.subcases import SubcaseList, title_of
from functions.render.text import dates
from functions.render.text.texts import capital
from functions.render.text.words import Words

NO_HISTORY = HistoryPart()


@dataclass(frozen=True, slots=True)
class SummarySection:
    """Rows that belong together, under a title. ``name`` is the form's section."""

    name: str
    title: str
    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """An answer before and after a correction."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case that is linked to this one: what it is, where it stands, and if it is ``over``."""

    title: str
    reference: str
    state: str
    link: str = ""
    over: bool = True


def part_of(words: Words, case: Case, role: str) -> str:
    """Of which other case this one is a part, by its reference, to those who are told of both."""
    of = words.maybe(f"forms.{case.form}.part")
    known = desk.part_of(words.definition, case, role)
    return of.format(reference=reference(known)) if of and known else ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a page about a case shows to one party, already in their language."""

    process: str
    reference: str
    title: str
    case_type: str
    state: str
    now: str
    next: str
    turn_line: str
    your_turn: bool
    by: str
    erased: str
    tag: str
    lead: str
    task: bool
    present: bool
    may_ask_fresh: bool
    route: tuple[RouteStep, ...]
    history: tuple[HistoryLine, ...]
    older: str = ""
    newest: str = ""
    sections: tuple[SummarySection, ...] = ()
    documents: tuple[Offer, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    vote: str = ""
    linked: tuple[tuple[str, tuple[SummarySection, ...]], ...] = ()
    referral: ReferralForm | None = None
    part: str = ""
    linked_cases: tuple[LinkedCase, ...] = ()
    broken: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    subcases: tuple[SubcaseList, ...] = ()
    up: NextStep | None = None
    answers: NextStep | None = None


def case_view(
    words: Words,
    case: Case,
    history: HistoryPart,
    party: Party,
    *,
    task: bool,
    with_answers: bool,
    now: datetime,
    linked: tuple[tuple[str, tuple[SummarySection, ...]], ...] = (),
    linked_cases: tuple[LinkedCase, ...] = (),
    kept: bool = False,
) -> CaseView:
    """The view of ``party``. ``task``: on a link to act; ``with_answers``: with the answers;
    ``linked``: answers of joined cases; ``linked_cases``: known ones; ``kept``: may not act."""
    answered = party.id in case.votes
    yours = _is_theirs(words.definition, case, party) and not (answered or kept)
    view = CaseView(
        process=title_of(words, case),
        reference=reference(case.id),
        part=part_of(words, case, party.role),
        title=_title(words, case, party, task=task),
        case_type=capital(words.case_type(case.form)),
        state=words.state(case, "name"),
        now=words.state(case, "now", party.role),
        next=_next(words, case, party.role),
        turn_line=_turn_line(words, case, party.role, linked_cases, yours=yours),
        your_turn=yours,
        by=_by(words, case, now, party.role, yours=yours),
        erased=_erased(words, case),
        tag="turn" if yours else "done" if words.definition.is_over(case.state) else "wait",
        lead=words.task(case, party.role, "lead") if task and not answered else "",
        task=task, present=party.present,
        may_ask_fresh=yours and not task and _more_by_task(words.definition, case, party),
        route=route(words, case, history.summary, now),
        history=history_lines(words, case, history, party),
        vote=voted(words, case, party) if answered else "",
        linked=linked, linked_cases=linked_cases, urgent=urgent_lines(words, case, party),
    )  # fmt: skip
    return _with_answers(words, case, history, party, view) if with_answers else view


def _next(words: Words, case: Case, reader: str) -> str:
    """What comes next; nothing where it only says that nobody needs to do anything."""
    text = words.state(case, "next", reader)
    over = words.definition.is_over(case.state)  # said of whose turn it is already
    return "" if over and text == words.page("case.nobodys_turn") else text


def _is_theirs(definition: Definition, case: Case, party: Party) -> bool:
    """Whether it is the turn of a party, who may act."""
    turn = definition.turn(case) == party.role and party.present
    return turn and may_act(definition, case, party)


def _more_by_task(definition: Definition, case: Case, party: Party) -> bool:
    """Whether a link to the task permits anything that one to the status does not."""
    here = {a.name for a in open_actions(definition, case, party.role, "status")}
    return any(a.name not in here for a in open_actions(definition, case, party.role, "task"))


def _with_answers(
    words: Words, case: Case, history: HistoryPart, party: Party, view: CaseView
) -> CaseView:
    return replace(
        view,
        sections=groups(
            words, case, party, history, _corrected(words, case, party) if view.task else ()
        ),
        documents=offers(words, case, party),
        changes=_changes(words, case, history, party),
        referral=referral_form(words, case, party),
    )


def _corrected(words: Words, case: Case, party: Party) -> frozenset[str]:
    """The fields whose answers stand in a form by which a task's holder corrects them."""
    able = open_actions(words.definition, case, party.role, "task")
    asked = (words.definition.asked(a, case.form) for a in able if a.reopens_form)
    return frozenset(f.name for fields in asked for f in fields)


def _erased(words: Words, case: Case) -> str:
    """The day on which time erases what is over, or ""."""
    when = erased_on(words.definition, case)
    return dates.day(when, words.language) if when else ""


def _by(words: Words, case: Case, now: datetime, reader: str, *, yours: bool) -> str:
    """By when something is expected, or was if that day has passed; in the process's own words
    where it has them."""
    until = deadline(words.definition, case)
    if until is None:
        return ""
    when = dates.day(until, words.language)
    late = is_late(words.definition, case, now)
    part = "late" if late else "by"
    whose = "vacant" if words.definition.is_vacant(case) else f"to.{reader}"
    own = words.maybe(f"states.{case.state}.{whose}.{part}")
    own = own or words.maybe(f"states.{case.state}.{part}")
    if own:
        return own.format(deadline=when)
    if late:
        return words.page("case.late" if yours else "case.was_awaited", when=when)
    if yours and (asked := words.due(case.state, reader)):
        return asked.format(deadline=when)
    return words.page("case.by" if yours else "case.awaited", when=when)


def _title(words: Words, case: Case, party: Party, *, task: bool) -> str:
    """What is asked of the reader; once they have answered it, that; or where the case is."""
    action = ballot(words.definition, case.state)
    if task and action and party.id in case.votes:
        return words.text(f"actions.{action.name}.done")
    return words.task(case, party.role, "title") if task else words.state(case, "name")


def _turn_line(
    words: Words, case: Case, reader: str, linked_cases: Sequence[LinkedCase] = (), *, yours: bool
) -> str:
    """Whose turn it is, and since when; of what waits for nobody in it, what its state says of
    its days, if anything. Where a case is over, that nobody needs to do anything is said only if
    nothing is left to do elsewhere (``left``) and no case ``linked_cases`` goes on."""
    since = dates.day(case.since, words.language)
    if yours:
        return words.page("case.your_turn", when=since)
    if words.definition.is_over(case.state):
        going_on = any(not each.over for each in linked_cases)
        otherwise = words.page("case.goes_on" if going_on else "case.nobodys_turn")
        return words.left(case, reader) or otherwise
    if words.definition.turn(case) in BY_ITSELF:
        return words.since(case, reader)
    return f"{words.turn(case)} {words.page('case.since', when=since)}."


def groups(
    words: Words,
    case: Case,
    reader: Party,
    history: HistoryPart = NO_HISTORY,
    corrected: Container[str] = (),
) -> tuple[SummarySection, ...]:
    """The answers as ``reader`` may see them: reasons and what others added, then the form's
    sections, but for what is ``corrected`` beside it. Of what was added the last comes first, then
    who is in the case. ``history`` is the history, of which what stays is shown."""
    shown = visible(words.definition, case, reader.role)
    apart = shown_picks(words, case, reader, history)
    shown = {n: v for n, v in shown.items() if n not in corrected and n not in apart}
    people = SummarySection(
        "", words.page("case.people"), people_rows(words, case, reader, history)
    )
    form = words.definition.form(case.form)
    asked = {f.name for f in form.fields}
    others = [f for n, f in words.definition.fields().items() if n not in asked]
    first = partial(foremost, words, answers=case.answers)
    added = first([f for f in others if not f.keep_all_versions])
    own = written_by(words, history, reader)
    answers = SummarySection(
        "", words.page("case.messages"), _answer_rows(words, case, history, reader)
    )
    parts = [section_group(words, s.name, first(s.fields), shown, own) for s in form.sections]
    before = _added(words, added, shown, history, reader)
    return tuple(g for g in (answers, *before[:1], people, *before[1:], *parts) if g.rows)


def foremost(words: Words, fields: Sequence[Field], answers: Answers) -> list[Field]:
    """Fields in their order, but first those of which the process has it told first."""
    first = words.definition.foremost(answers) if words.definition.foremost else ()
    return sorted(fields, key=lambda f: first.index(f.name) if f.name in first else len(first))


def _added(
    words: Words,
    fields: Sequence[Field],
    shown: Mapping[str, Value],
    history: HistoryPart,
    reader: Party,
) -> list[SummarySection]:
    """What was added to the form's answers, under what was done when it was said last."""
    titles: dict[str, list[Field]] = {}
    last: dict[str, int] = {}
    own = written_by(words, history, reader)
    for field in fields:
        acts = [event for event, names in history.summary.answered if field.name in names]
        title = added_by(words, history, acts, reader)
        titles.setdefault(title, []).append(field)
        last[title] = max(acts[-1].number if acts else 0, last.get(title, 0))
    order = sorted(titles, key=last.__getitem__, reverse=True)
    found = [(t, _rows(words, titles[t], shown, own)) for t in order]
    return [SummarySection("", title, rows) for title, rows in found if rows]


def _answer_rows(
    words: Words, case: Case, history: HistoryPart, reader: Party
) -> tuple[SummaryRow, ...]:
    """Everything that stays and was said in the entries that were read, in their order, each with
    its day."""
    definition = words.definition
    staying = [
        f
        for f in definition.fields().values()
        if f.keep_all_versions and sees(definition, f.name, reader.role, case.state)
    ]
    return tuple(
        SummaryRow(
            f"{words.label(f, own=entry.event.party == reader.id)}, "
            f"{dates.day(entry.event.at, words.language)}",
            words.value(f, answers[f.name]),
        )
        for entry, answers in history.entries
        for f in staying
        if answers and f.name in answers
    )


def section_group(
    words: Words,
    name: str,
    fields: Sequence[Field],
    shown: Mapping[str, Value],
    own: Container[str] = (),
) -> SummarySection:
    """One section of the form with the answers that are there; ``own`` are those of the reader."""
    title = words.section(name, own=any(f.name in own for f in fields if f.name in shown))
    return SummarySection(name, title, _rows(words, fields, shown, own))


def review_groups(words: Words, form: Form, answers: Answers) -> list[SummarySection]:
    """Every section with every question, so that what was left out can be seen and changed."""
    return [
        SummarySection(
            section.name,
            words.text(f"sections.{section.name}.title"),
            tuple(
                SummaryRow(
                    words.question(f), words.value(f, answers[f.name]) if f.name in answers else ""
                )
                for f in section.fields
            ),
        )
        for section in form.sections
    ]


def _rows(
    words: Words, fields: Sequence[Field], shown: Mapping[str, Value], own: Container[str]
) -> tuple[SummaryRow, ...]:
    return tuple(
        SummaryRow(words.label(f, own=f.name in own), words.value(f, shown[f.name]))
        for f in fields
        if f.name in shown and f.kind != "tick"  # a tick was for sending, it tells no reader more
    )


def _changes(
    words: Words, case: Case, history: HistoryPart, reader: Party
) -> tuple[FieldChange, ...]:
    fields = words.definition.fields()
    own = written_by(words, history, reader)
    return tuple(
        FieldChange(
            words.label(fields[c.field], own=c.field in own),
            "" if c.before is None else words.value(fields[c.field], c.before),
            "" if c.after is None else words.value(fields[c.field], c.after),
        )
        for c in latest_changes(words.definition, case, history.fillings)
        if sees(words.definition, c.field, reader.role, case.state)
    )
