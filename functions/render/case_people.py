"""Who is in a case and what they did, as one reader may know it."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.kernel.case import Case, Party, Step
from functions.kernel.clean import readable
from functions.kernel.definition import BY_ITSELF, CLOCK, Action, Definition
from functions.kernel.delivery import MISSED, SEND_AGAIN
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.fields import Answers
from functions.kernel.handing import HAND_OVER
from functions.kernel.history import Entry
from functions.kernel.ladder import REMIND
from functions.kernel.visibility import sees, sees_name, visible_parties
from functions.render import dates
from functions.render.words import Words

Told = Sequence[tuple[Entry, Answers | None]]
# Steps that no action of a definition takes.
_OWN_WORDS = (OPEN, REMIND, BOUNCE, MISSED, SEND_AGAIN, HAND_OVER)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    iso: str
    when: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value."""

    label: str
    value: str


def people_rows(words: Words, case: Case, reader: Party) -> tuple[Row, ...]:
    """The people of a case, but for those whom the document names to this reader anyway."""
    return tuple(
        Row(capital(words.text(f"roles.{p.role}")), _told(words, case, p, reader))
        for p in visible_parties(words.definition, case, reader)
        if not p.reachable
        or not _documented(words.definition, case, p, reader)
        or p.id in _open(words, case)
    )


def voted(words: Words, case: Case, party: Party) -> str:
    """What a party answered to what everybody is asked now."""
    action = ballot(words.definition, case.state)
    if action is None or party.id not in case.votes:
        return words.page("case.not_voted")
    field = next(f for f in action.fields if f.name == action.votes)
    return words.yes_no(field, case.votes[party.id])


def history(words: Words, case: Case, told: Told, reader: Party) -> tuple[Line, ...]:
    """What has happened, oldest first, without what this reader is not to know of."""
    return tuple(
        Line(
            entry.step.at.isoformat(timespec="seconds"),
            dates.moment(entry.step.at, words.language),
            _what(words, entry.step, said),
            _who(words, case, entry.step.party, entry.step.role, reader),
        )
        for entry, said in told
        if _may_know(words.definition, entry.step, reader)
    )


def ballot(definition: Definition, state: str) -> Action | None:
    """The action by which everybody answers for themself in a state, if there is one."""
    here = {t.action for t in definition.transitions if t.source == state}
    return next((a for a in definition.actions if a.votes and a.name in here), None)


def capital(word: str) -> str:
    """With a capital first letter."""
    return word[:1].upper() + word[1:]


def _open(words: Words, case: Case) -> tuple[str, ...]:
    """The parties whose answers are awaited."""
    action = ballot(words.definition, case.state)
    return tuple(p.id for p in case.holders(action.role)) if action else ()


def _documented(definition: Definition, case: Case, party: Party, reader: Party) -> bool:
    role = definition.role(party.role)
    named = (*(role.fields or ())[1:2], *role.rows)
    return any(n in case.answers and sees(definition, n, reader.role, case.state) for n in named)


def _told(words: Words, case: Case, party: Party, reader: Party) -> str:
    """Name and unit; the address for whoever may have it. Whoever looks after the case also
    sees that mail came back, and what was answered."""
    definition = words.definition
    parts = [party.name]
    if party.unit:
        parts.append(words.unit(party.unit))
    if definition.role(party.role).source or _documented(definition, case, party, reader):
        parts.append(readable(party.email))
    notes = []
    if not party.reachable and reader.role == definition.bounced_mail.to:
        notes.append(words.page("case.bounced"))
    if party.missed and reader.role == definition.bounced_mail.to:
        notes.append(words.page("case.missed"))
    action = ballot(definition, case.state)
    if (
        action
        and party.role == action.role
        and sees(definition, action.votes, reader.role, case.state)
    ):
        notes.append(voted(words, case, party))
    return " – ".join([", ".join(parts), *notes])


def _may_know(definition: Definition, step: Step, reader: Party) -> bool:
    """A vote is nobody else's to know of, nor is a reminder that tells who has not voted; mail
    that may not have arrived is of whoever looks after the case."""
    if step.action in (MISSED, SEND_AGAIN):
        return reader.role == definition.bounced_mail.to
    action: Action | None = (
        ballot(definition, step.source)
        if step.action == REMIND
        else next((a for a in definition.actions if a.name == step.action), None)
    )
    return (
        action is None or not action.told or reader.role in action.told or step.party == reader.id
    )


def _what(words: Words, step: Step, said: Answers | None) -> str:
    if step.action in _OWN_WORDS:
        return words.text(f"history.{step.action}")
    told = words.text(f"actions.{step.action}.history")
    action = words.definition.action(step.action)
    if action.votes and said and action.votes in said:
        field = next(f for f in action.fields if f.name == action.votes)
        return f"{told}: {words.value(field, said[action.votes])}"
    return told


def _who(words: Words, case: Case, party_id: str, role: str, reader: Party) -> str:
    if role in BY_ITSELF:
        return words.text(f"roles.{CLOCK}")
    actor = case.party(party_id)
    role_name = words.text(f"roles.{role}")
    if actor and sees_name(words.definition, case, reader, actor):
        return f"{actor.name}, {role_name}"
    return role_name
