"""The people of a case and its history, as far as one reader may see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from functions.kernel.case import Case, Event, Party
from functions.kernel.clean import readable
from functions.kernel.definition import Action, Definition
from functions.kernel.directory import is_picked
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.fields import Answers
from functions.kernel.handover import HAND_OVER, RESUMED, VACATED
from functions.kernel.missed_mail import MISSED, RESEND
from functions.kernel.states import BY_ITSELF, CLOCK, LINK, TURN
from functions.kernel.summary import HistoryPart, HistorySummary
from functions.kernel.timers import REMIND
from functions.kernel.urgency import helped, is_urgent
from functions.kernel.visibility import PARTY, sees, sees_name
from functions.render.case.subcases import is_in_subcase, knows_of_step, step_within
from functions.render.text import dates
from functions.render.text.organisation import help_lines
from functions.render.text.texts import capital
from functions.render.text.words import Words

# Steps that no action of a definition takes.
_OWN_WORDS = (OPEN, REMIND, BOUNCE, MISSED, RESEND, HAND_OVER, VACATED, RESUMED)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history. ``answers`` is what was said in the act and holds no longer, or
    holds for this act alone."""

    iso: str
    when: str
    what: str
    who: str
    answers: "tuple[SummaryRow, ...]" = ()


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A label and its value."""

    label: str
    value: str


def urgent_lines(words: Words, case: Case, party: Party) -> tuple[str, ...]:
    """That a case is urgent, and to whom it is about where there is help at once."""
    if not is_urgent(words.definition, case):
        return ()
    help_ = help_lines(words.language) if helped(words.definition, case, party) else ()
    return (words.page("urgent.lead"), *help_)


def people_rows(
    words: Words, case: Case, reader: Party, history: HistoryPart
) -> tuple[SummaryRow, ...]:
    """The people of a case, without those whose names are among the answers that this reader
    sees."""
    return tuple(
        SummaryRow(capital(words.role(p.role)), _contact_line(words, case, p, reader))
        for p in case.parties
        if p.present and known_to(words.definition, case, reader, p, history)
        if not p.reachable
        or not _named_in_answers(words.definition, case, p, reader)
        or p.id in _open(words, case)
    )


def shown_picks(words: Words, case: Case, reader: Party, history: HistoryPart) -> frozenset[str]:
    """The answers that pick whoever stands among the people of the case anyway."""
    definition = words.definition
    shown = {
        p.role for p in case.parties if p.present and known_to(definition, case, reader, p, history)
    }
    named = (r for r in definition.roles if r.name in shown and is_picked(r))
    return frozenset(r.key for r in named if r.key)


def added_by(words: Words, history: HistoryPart, acts: Sequence[Event], reader: Party) -> str:
    """The act that an answer was said in last, in words, as long as what was said in it holds."""
    last = acts[-1] if acts else None
    known = last and words.maybe(f"actions.{last.action}.history")
    stands = last and known and not _undone_since(words, history, last.number)
    return act_sentence(words, last, reader) if last and stands else words.page("case.added")


def _undone_since(words: Words, history: HistoryPart, number: int) -> bool:
    """Whether a later act took back some of what was said in the act of this number."""
    answers = next((names for e, names in history.summary.answered if e.number == number), ())
    later = {(e.action, e.source) for e in history.summary.last if e.number > number}
    rows = (t for t in words.definition.transitions if (t.action, t.source) in later)
    return any(name in answers for t in rows for name in t.empties)


def reading(
    words: Words, people: Sequence[Party], linked: Sequence[tuple[Definition, Party]] = ()
) -> str:
    """Who reads what is written and in which language, as a sentence; "" if nobody does. ``linked``
    are those who read it in linked cases, with the definitions of these."""
    roles: dict[tuple[str, str], list[Party]] = {}
    known = {each.name: replace(words, definition=each, form="") for each, _ in linked}
    known[words.definition.name] = words
    for own, each in (*((words.definition, p) for p in people), *linked):
        roles.setdefault((own.name, each.role), []).append(each)
    readers = [_read_by(known[name], role, holders) for (name, role), holders in roles.items()]
    return words.page("task.readers", who=", ".join(readers)) if readers else ""


def _read_by(words: Words, role: str, holders: Sequence[Party]) -> str:
    """A role with the languages of those who hold it; in the plural if they are several."""
    languages = dict.fromkeys(words.page(f"people.{p.language}") for p in holders)
    several = len(holders) > 1
    many = words.mention(role) if words.definition.role(role).rows else ""
    name = (words.maybe(f"mentions_several.{role}") or many) if several else ""
    return f"{name or words.role(role)} ({', '.join(languages)})"


def voted(words: Words, case: Case, party: Party) -> str:
    """What a party answered in the present vote."""
    action = ballot(words.definition, case.state)
    if action is None or party.id not in case.votes:
        return words.page("case.not_voted")
    field = next(f for f in action.fields if f.name == action.votes)
    return words.yes_no(field, case.votes[party.id])


def history_lines(
    words: Words, case: Case, history: HistoryPart, reader: Party
) -> tuple[HistoryLine, ...]:
    """What has happened, newest first, without what this reader is not to know of."""
    since = _joined_at(words.definition, history.summary, reader)
    return tuple(
        HistoryLine(
            entry.event.at.isoformat(timespec="seconds"),
            dates.moment(entry.event.at, words.language),
            _what(words, entry.event, answers, reader),
            _who(words, case, entry.event, reader, history),
            tuple(_answers_in(words, case, entry.event, answers or {}, reader, since)),
        )
        for entry, answers in reversed(history.entries)
        if _may_know(words, entry.event, reader)
    )


def _joined_at(definition: Definition, summary: HistorySummary, reader: Party) -> int:
    """The number of the step since which a reader may read what was said: that by which they
    were seated, where one holder of their role can be followed by another; else the first."""
    if not any(reader.role in t.vacates for t in definition.transitions):
        return 0
    filling = {(t.action, t.source) for t in definition.transitions if reader.role in t.assigns}
    joined = (e.number for e in summary.last if (e.action, e.source) in filling)
    return max(joined, default=0)


def _answers_in(
    words: Words, case: Case, event: Event, answers: Answers, reader: Party, since: int
) -> Iterator[SummaryRow]:
    """What was said in an act and belongs to it alone, as far as the reader may know it."""
    definition = words.definition
    cleared = {name for t in definition.transitions for name in t.vacates}
    keys = {r.key for r in definition.roles if r.name in cleared}
    for field in definition.fields().values():
        if field.name not in answers or not (field.transient or field.name in keys):
            continue
        seen = reader.present and sees(definition, field.name, reader.role, case.state)
        if seen and event.number >= since:
            label = words.label(field, own=event.party == reader.id)
            yield SummaryRow(label, words.value(field, answers[field.name]))


def picked_before(words: Words, summary: HistorySummary) -> dict[str, dict[str, str]]:
    """By the field that picks somebody for a role, then by who was picked before in this same
    case: how that ended and when, as a sentence."""
    found = dict[str, dict[str, str]]()
    for each in summary.ended:
        what = words.text(f"actions.{each.action}.history")
        when = dates.day(each.at, words.language)
        text = words.page("choosing.before", when=when, what=what)
        found.setdefault(each.field, {})[each.key] = text
    return found


def written_by(words: Words, history: HistoryPart, reader: Party) -> frozenset[str]:
    """The fields whose present answers the reader gave; what opened a case that follows another
    was typed by nobody in it."""
    last = dict[str, str]()
    for event, names in history.summary.answered:
        opened = event.action == OPEN and _follows(words)
        last |= dict.fromkeys(names, "" if opened else event.party)
    return frozenset(name for name, party in last.items() if party and party == reader.id)


def ballot(definition: Definition, state: str) -> Action | None:
    """The action by which everybody answers for themself in a state, if there is one."""
    here = {t.action for t in definition.transitions if t.source == state}
    return next((a for a in definition.actions if a.votes and a.name in here), None)


def _open(words: Words, case: Case) -> tuple[str, ...]:
    """The parties whose answers are awaited."""
    action = ballot(words.definition, case.state)
    return tuple(p.id for p in case.holders(action.role)) if action else ()


def _named_in_answers(definition: Definition, case: Case, party: Party, reader: Party) -> bool:
    role = definition.role(party.role)
    named = (*(role.fields or ())[1:2], *role.rows)
    return any(n in case.answers and sees(definition, n, reader.role, case.state) for n in named)


def _contact_line(words: Words, case: Case, party: Party, reader: Party) -> str:
    """Name and unit; the address for whoever may have it. Whoever looks after the case also
    sees that mail came back, and what was answered."""
    definition = words.definition
    parts = [party.name]
    if party.unit:
        parts.append(words.unit(party.unit))
    if definition.role(party.role).source or _named_in_answers(definition, case, party, reader):
        parts.append(readable(party.email))
    remarks = []
    if not party.reachable and reader.role == definition.owner:
        remarks.append(words.page("case.bounced"))
    if party.missed and reader.role == definition.owner:
        remarks.append(words.page("case.missed"))
    action = ballot(definition, case.state)
    if (
        action
        and party.role == action.role
        and sees(definition, action.votes, reader.role, case.state)
    ):
        remarks.append(voted(words, case, party))
    return " – ".join([", ".join(parts), *remarks])


def _may_know(words: Words, event: Event, reader: Party) -> bool:
    """A vote is nobody else's to know of, nor is a reminder that tells who has not voted; mail
    that may not have arrived is of whoever looks after the case."""
    definition = words.definition
    if event.action in (MISSED, RESEND):
        return reader.role == definition.owner
    if is_in_subcase(event):
        return knows_of_step(words, event, reader)
    action: Action | None = (
        ballot(definition, event.source)
        if event.action == REMIND
        else next((a for a in definition.actions if a.name == event.action), None)
    )
    return (
        action is None
        or not action.visible_to
        or reader.role in action.visible_to
        or event.party == reader.id
    )


def _what(words: Words, event: Event, answers: Answers | None, reader: Party) -> str:
    """What was done: to whoever did it in the second person, to others with who did it, if that is
    not said apart (``_who``)."""
    if is_in_subcase(event):
        return step_within(words, event, answers, reader)
    if event.action in _OWN_WORDS:
        return _own_words(words, event, answers, reader)
    sentence = act_sentence(words, event, reader)
    action = words.definition.action(event.action)
    if action.votes and answers and action.votes in answers:
        field = next(f for f in action.fields if f.name == action.votes)
        return f"{sentence}: {words.value(field, answers[action.votes])}"
    return sentence


def act_sentence(words: Words, event: Event, reader: Party) -> str:
    """An act in words; to whoever did it, in the second person."""
    own = words.maybe(f"actions.{event.action}.done") if event.party == reader.id else ""
    return own or words.text(f"actions.{event.action}.history")


def _own_words(words: Words, event: Event, answers: Answers | None, reader: Party) -> str:
    """A step that no action takes, in words; of a reminder, who was reminded."""
    if _own(words, event, reader):
        done = words.maybe("done") if event.action == OPEN else ""
        return done or words.text(f"history.own.{event.action}")
    history = words.text(f"history.{event.action}")
    if event.action != REMIND or not answers:
        return history
    to = words.definition.mail(str(answers["mail"])).to
    roles = (
        words.definition.state(event.source).for_form(words.form).turn_roles[:1]
        if to == TURN
        else (to,)
    )
    return words.page("history.reminded", what=history, role=", ".join(map(words.role, roles)))


def _own(words: Words, event: Event, reader: Party) -> bool:
    """Whether the reader took a step; a case that follows another is opened by nobody in it."""
    opened = event.action == OPEN and _follows(words)
    return event.party == reader.id and event.role not in BY_ITSELF and not opened


def _follows(words: Words) -> bool:
    """Whether a case was opened by an act in a case of another process."""
    return any(f.follows for f in words.definition.forms if f.name == words.form)


def _who(words: Words, case: Case, event: Event, reader: Party, history: HistoryPart) -> str:
    """Who took a step, or "" where its words say so: an act of somebody begins with their role
    (here follows their name), one of a linked case with the role that did it there."""
    definition = words.definition
    if event.action == OPEN and _follows(words):
        return words.maybe("history.by")
    if event.role in BY_ITSELF:
        return _by_itself(words, event)
    if event.party == reader.id:
        return ""
    actor = case.party(event.party)
    named = actor.name if actor and known_to(definition, case, reader, actor, history) else ""
    if event.action not in _OWN_WORDS:
        return named
    return ", ".join(filter(None, (named, words.role(event.role))))


def _by_itself(words: Words, event: Event) -> str:
    """Who took a step that nobody in the case took."""
    definition = words.definition
    if is_in_subcase(event):
        return words.role(CLOCK)
    if event.role == LINK and event.action == HAND_OVER:  # whoever looks after the linked case
        return words.role(definition.owner)
    own = event.action in _OWN_WORDS
    return "" if not own and definition.action(event.action).by else words.role(CLOCK)


def known_to(
    definition: Definition, case: Case, reader: Party, other: Party, history: HistoryPart
) -> bool:
    """Whether ``reader`` sees the name of ``other`` now, or has seen it since an act of theirs
    and nobody has taken their place."""
    if sees_name(definition, case, reader, other):
        return True
    thing = PARTY + other.role
    return (
        reader.present
        and other.present
        and any(
            event.party == other.id and sees(definition, thing, reader.role, event.target)
            for event in history.summary.last
        )
    )
