"""The receipt of an act: what was done, who is mailed, and the way on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from functions.kernel.case import Case, Party, Step
from functions.kernel.definition import BY_ITSELF, LINK, Transition
from functions.kernel.engine import OPEN
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class Way:
    """A link to where the reader can go from here."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a page tells somebody who has just acted. ``mailed`` is a sentence."""

    done: str
    mailed: str
    ways: tuple[Way, ...] = ()


def receipt(
    words: Words, case: Case, steps: Sequence[Step], party: Party, done: str
) -> Receipt | None:
    """The receipt of the act ``done`` if it is the last thing that anybody did, and ``party`` did
    it; what has happened by itself since does not count. None otherwise."""
    known = {OPEN, *(a.name for a in words.definition.actions)}
    acts = [s for s in steps if s.action in known and s.role not in BY_ITSELF]
    last = acts[-1] if acts else None
    if last is None or (last.action, last.party) != (done, party.id):
        return None
    own = f"forms.{case.form}" if done == OPEN else f"actions.{done}"
    told = words.maybe(f"{own}.done")
    return Receipt(told, _mailed(words, case, last, party)) if told else None


def _mailed(words: Words, case: Case, step: Step, party: Party) -> str:
    """Who gets a mail about an act: of this case by name, of cases that it changes in general.

    Of a vote nothing is said, for it depends on the others who vote.
    """
    definition = words.definition
    votes = any(a.votes for a in definition.actions if a.name == step.action)
    row = _row(words, case, step)
    mails = definition.form(case.form).mails if step.action == OPEN else row.mails if row else ()
    further = bool(row and (row.calls or row.links or row.opens))
    there = replace(case, state=step.target)
    roles = [r for m in mails for r in definition.readers(definition.mail(m), there)]
    held = {p.role for p in case.parties}
    names = [
        words.page("receipt.you") if r == party.role else words.role(r)
        for r in dict.fromkeys(roles)
        if r in held and r not in (LINK, *BY_ITSELF)
    ]
    if votes:
        return ""
    if not names:
        return words.page("receipt.unmailed_here" if further else "receipt.unmailed")
    told = "receipt.mailed_too" if further else "receipt.mailed"
    return words.page(told, roles=", ".join(names))


def _row(words: Words, case: Case, step: Step) -> Transition | None:
    """The row of the table that an act followed; None for the opening of a case."""
    rows: list[Transition] = [
        t
        for t in words.definition.transitions
        if (t.action, t.source, t.target) == (step.action, step.source, step.target)
        and (not t.forms or case.form in t.forms)
    ]
    return rows[0] if rows else None
