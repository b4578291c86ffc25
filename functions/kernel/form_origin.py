"""What a form was drawn from: found out when it is sent, so that no act is done twice, and none
is done to other things than its reader saw."""

import re
from collections.abc import Iterator, Mapping, Sequence

from functions.kernel.case import Case, Event, Party
from functions.kernel.definition import Action, Definition, Transition
from functions.kernel.fields import Answers, Field, Value
from functions.kernel.parse import value_in, value_of
from functions.kernel.states import BY_ITSELF

DRAWN = "_drawn"  # the input that says how far the case's history went when the form was drawn
Acts = Sequence[tuple[Event, Answers | None]]  # a history: what happened and what was said, if kept


def done_before(
    definition: Definition,
    case: Case,
    acts: Acts,
    party: Party,
    typed: Mapping[str, str],
) -> Event | None:
    """The act that ``party`` did by sending this same form before; None if it was not sent yet.

    What does not say what it was drawn from is the same form if it was the last act of all and
    nothing has moved the case on since.
    """
    spec = _action(definition, typed.get("action", ""))
    known = {a.name for a in definition.actions}
    people = [a for a in acts if a[0].action in known and a[0].role not in BY_ITSELF]
    number = drawn_at(case, typed)
    last = max((n for n, a in enumerate(acts) if a[0].source != a[0].target), default=0)
    since = (
        [a for a in acts[last:] if a in people[-1:]]
        if number is None
        else [a for a in people if a[0].number > number]
    )
    for step, answers in reversed(since):
        if spec and (step.action, step.party) == (spec.name, party.id):
            stands = not spec.votes or case.votes.get(party.id) in (
                None,
                answers and answers[spec.votes],
            )
            if stands and _same(definition, case, spec, answers, typed):
                return step
    return None


def has_moved(
    definition: Definition, case: Case, acts: Acts, party: Party, typed: Mapping[str, str]
) -> bool:
    """Whether an act since a form was drawn was on the things that the form is about: the same
    act, or one that changed what the form asks, lets choose from, or takes back.

    Answers of others to the same question change nothing of one's own, nor do reminders, mails
    that came back, and people who took the place of others.
    """
    spec, number = _action(definition, typed.get("action", "")), drawn_at(case, typed)
    if spec is None or number is None:
        return False
    things = _things(definition, case, spec)
    return any(
        (not spec.votes or step.party == party.id)
        if step.action == spec.name
        else not things.isdisjoint(_changed(definition, step, answers))
        for step, answers in acts
        if step.number > number
    )


def drawn_at(case: Case, typed: Mapping[str, str]) -> int | None:
    """How far the history went when this form was drawn; None if it does not say."""
    drawn = typed.get(DRAWN, "")
    known = re.fullmatch("[0-9]{1,6}", drawn) and int(drawn) <= case.revision
    return int(drawn) if known else None


def _action(definition: Definition, name: str) -> Action | None:
    return next((a for a in definition.actions if a.name == name), None)


def _same(
    definition: Definition,
    case: Case,
    action: Action,
    answers: Answers | None,
    typed: Mapping[str, str],
) -> bool:
    """Whether this says what was ``answers`` then; so it is taken to be where that was erased.

    The form alone is looked at: since then the day, the directory and the answers of the case may
    have changed, and what could be chosen then may be gone.
    """
    worked_out = {f.name for f in action.computes.fields} if action.computes else set[str]()
    asked = definition.asked(action, case.form)
    return answers is None or all(_says(f, answers, typed, f.name in worked_out) for f in asked)


def _says(field: Field, answers: Answers, typed: Mapping[str, str], worked_out: bool) -> bool:
    """Whether a field's answer was the one ``answers``. What was left empty may have been
    ``worked_out`` or filled."""
    recorded, value = answers.get(field.name), value_in(field, typed)
    if value is None:
        return worked_out or _filled(field, answers, recorded)
    return value == recorded


def _filled(field: Field, answers: Answers, recorded: Value | None) -> bool:
    """Whether ``recorded`` is what a field's default gave when it was left empty. What an entry of
    the directory told then is not known any more."""
    for origin in field.defaults:
        source, _, attribute = origin.partition(".")
        if attribute and source in answers:
            return True
        known = origin[1:] if origin.startswith("=") else str(answers.get(source, ""))
        if known:
            return value_of(field, known) == recorded
    return recorded is None


def says(fields: Sequence[Field], answers: Answers | None, typed: Mapping[str, str]) -> bool:
    """Whether a form with these fields says what was ``answers`` when it was sent."""
    return answers is None or all(_says(f, answers, typed, False) for f in fields)


def _things(definition: Definition, case: Case, action: Action) -> set[str]:
    """The answers that an action is about."""
    asked = definition.asked(action, case.form)
    rows = definition.rows(action.name, case.state)
    return {n for f in asked for n in (f.name, f.lines_of) if n} | {*_emptied(definition, rows)}


def _changed(definition: Definition, step: Event, answers: Answers | None) -> set[str]:
    """The answers that an act changed, its own and those that it emptied."""
    key = (step.action, step.source, step.target)
    rows = [t for t in definition.transitions if (t.action, t.source, t.target) == key]
    return {*(answers or ()), *_emptied(definition, rows)} if rows else set()


def _emptied(definition: Definition, rows: Sequence[Transition]) -> Iterator[str]:
    for row in rows:
        yield from row.empties
        for role in row.vacates:
            yield from definition.answered_with(role)
