"""The receipt of an act: what was done, who is mailed, and the way on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.kernel.case import Case, Party, Step
from functions.kernel.definition import BY_ITSELF, CLOCK, Action, Transition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers
from functions.kernel.mailboxes import mailbox, same_address
from functions.render import dates
from functions.render.texts import capital
from functions.render.words import Words

AT_ONCE = timedelta(hours=1)  # the mails about an act have gone by then
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A link to where the reader can go from here."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a page tells somebody who has just acted. ``mailed`` is a sentence, and ``once`` one
    to who sent the same form again."""

    done: str
    mailed: str
    ways: tuple[Way, ...] = ()
    once: str = ""
    own: bool = False  # whether the reader is mailed, too


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is mailed in one case, as a sentence speaks of them: ``one``, or the ``several`` that
    they are with those of other cases; ``many`` if they are that in a case alone. ``who`` are
    their mailboxes."""

    one: str
    several: str = ""
    many: bool = False
    who: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Followed:
    """What happened in a case by an act: in that case itself, or in one linked to it."""

    words: Words
    case: Case
    step: Step

    @property
    def row(self) -> Transition | None:
        """The row of the table that was followed; None for the opening of a case."""
        step, case = self.step, self.case
        rows = (
            t
            for t in self.words.definition.transitions
            if (t.action, t.source, t.target) == (step.action, step.source, step.target)
            and (not t.forms or case.form in t.forms)
        )
        return next(rows, None)

    def mailed(self, reader: Party) -> "Iterator[Heard]":
        """Who is mailed by it; the reader has no name."""
        definition, row = self.words.definition, self.row
        opened = self.step.action == OPEN
        mails = definition.form(self.case.form).mails if opened else row.mails if row else ()
        there = replace(self.case, state=self.step.target)
        roles = [r for m in mails for r in definition.readers(definition.mail(m), there)]
        for role in dict.fromkeys(roles):
            held = [p for p in self.case.parties if p.role == role and p.reachable]
            if held and role not in BY_ITSELF:
                you = [same_address(p.email, reader.email) for p in held if p.present]
                if any(you):
                    yield Heard("")
                if not all(you) or not you:
                    several, one = (
                        self.words.maybe(f"mentions_several.{role}"),
                        self.words.mention(role),
                    )
                    who = frozenset(mailbox(p.email) for p in held)
                    yield Heard(one, several or one, bool(definition.role(role).rows), who)


def last_act(words: Words, steps: Sequence[Step], party: Party, done: str) -> Step | None:
    """The step of the act ``done`` if it is the last thing that anybody did, and ``party`` did
    it; what has happened by itself since does not count."""
    known = {OPEN, *(a.name for a in words.definition.actions)}
    acts = [s for s in steps if s.action in known and s.role not in BY_ITSELF]
    last = acts[-1] if acts else None
    return last if last and (last.action, last.party) == (done, party.id) else None


def at_once(steps: Sequence[Step], step: Step) -> Iterator[Step]:
    """What became due by an act itself, and was done by time before anybody could act again."""
    for then in (s for s in steps if s.number > step.number):
        if then.role != CLOCK or then.at - step.at > _MOMENT:
            return
        yield then


def receipt(
    words: Words,
    case: Case,
    step: Step,
    party: Party,
    beside: Sequence[Followed],
    now: datetime,
    said: Answers | None = None,
) -> Receipt | None:
    """The receipt of an act in which this was ``said``; ``beside`` is what happened by it in linked
    cases, and at once. None if the process does not say what was done. Read later than ``AT_ONCE``,
    it promises nothing: it tells who was mailed, and on which day."""
    act = step.action
    told = words.maybe(f"forms.{case.form}.done" if act == OPEN else f"actions.{act}.done")
    followed = (Followed(words, case, step), *beside)
    if not told:
        return None
    heard = _each_once([one for each in followed for one in each.mailed(party)])
    on = dates.day(step.at, words.language) if now - step.at > AT_ONCE else ""
    voting = next((a for a in words.definition.actions if a.votes and a.name == act), None)
    if voting:
        settled = any(each.case.id == case.id for each in beside)
        if not settled and not _all_in(case, party):
            heard = {}
        answer = _answer(words, voting, said)
        return Receipt(told, " ".join((*answer, *_vote(words, case, step, heard, on))))
    return Receipt(told, _mailed(words, heard, on), own="" in heard and not on)


def _each_once(heard: Sequence[Heard]) -> dict[str, bool]:
    """Who is mailed in all cases together, and whether they are several: each role once, in the
    plural where they are several people."""
    names: dict[str, bool] = {}
    for each in heard:
        same = [h for h in heard if h.several == each.several]
        people = {person for h in same for person in h.who}
        many = any(h.many for h in same) or (len(people) > 1 and each.several != each.one)
        names[each.several if many else each.one] = many
    return names


def _all_in(case: Case, party: Party) -> bool:
    """Whether all have answered, so that somebody is asked; where all agree, nobody is: the case
    moves on by itself."""
    return case.all_voted(party.role) and not all(case.votes.values())


def _answer(words: Words, action: Action, said: Answers | None) -> Iterator[str]:
    """What a voter answered, while it is known."""
    if said and action.votes in said:
        field = next(f for f in action.fields if f.name == action.votes)
        answer = words.yes_no(field, said[action.votes] is True)
        yield words.page("receipt.answer", answer=answer)


def _vote(
    words: Words, case: Case, step: Step, heard: Mapping[str, bool], on: str
) -> Iterator[str]:
    """Who sees an answer for as long as answers are awaited, and who is mailed once the last one
    has answered."""
    if case.state == step.target:
        yield words.text(f"actions.{step.action}.heard")
    if heard:
        yield _mailed(words, heard, on)


def _mailed(words: Words, heard: Mapping[str, bool], on: str) -> str:
    """Who gets a mail about an act, by role; or who got it ``on`` an earlier day."""
    if not heard:
        return words.page("receipt.was.unmailed" if on else "receipt.unmailed")
    others = [name for name in heard if name]
    return _sentence(words, others, own="" in heard, several=any(heard.values()), on=on)


def who_hears(words: Words, roles: Sequence[str], reader: str) -> str:
    """A sentence on which roles of a case get a mail; the one who reads it comes first."""
    others = [r for r in roles if r != reader]
    several = bool(others) and bool(words.definition.role(others[0]).rows)
    return _sentence(words, [*map(words.mention, others)], own=reader in roles, several=several)


def _sentence(
    words: Words, others: Sequence[str], *, own: bool, several: bool, on: str = ""
) -> str:
    key = "receipt.was" if on else "receipt"
    if not others:
        return words.page(f"{key}.you", when=on)
    names = [words.page("receipt.me"), *others] if own else others
    *first, last = names
    listed = f"{', '.join(first)} {words.page('receipt.and')} {last}" if first else last
    form = "you_and" if own else "several" if first or several else "one"
    return words.page(f"{key}.{form}", roles=capital(listed), when=on)
