"""The receipt of an act: what was done, who is mailed, and the way on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.kernel.case import Case, Order, Party, Step
from functions.kernel.definition import BY_ITSELF, CLOCK, Action, Transition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers
from functions.kernel.mailboxes import mailbox, same_address
from functions.kernel.visibility import sees_name
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
    """Somebody who is mailed, or who is ``left`` out though another in their role is mailed: as
    they are spoken of alone (``one``), with others in their role (``several``), and by the ``name``
    that the reader may see. The reader has neither. ``many`` is a role that many hold."""

    who: str  # their mailbox
    one: str = ""
    several: str = ""
    name: str = ""
    many: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What happened in a case by an act, in that case itself or in one linked to it; and the mails
    that were put into its outbox by that."""

    words: Words
    case: Case
    step: Step
    orders: tuple[Order, ...] = ()

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
        """Who is mailed by it, and who else is in the case."""
        case, ordered = self.case, dict.fromkeys(order.party for order in self.orders)
        told = [p for p in map(case.party, ordered) if p and p.reachable]
        others = [p for p in case.parties if p.present and p not in told]
        for party in (*told, *others):
            yield self._heard(party, reader, left=party not in told)

    def _heard(self, party: Party, reader: Party, *, left: bool) -> Heard:
        who, definition = mailbox(party.email), self.words.definition
        if same_address(party.email, reader.email):
            return Heard(who, left=left)
        one = self.words.mention(party.role)
        several = self.words.maybe(f"mentions_several.{party.role}") or one
        own = (p for p in self.case.parties if same_address(p.email, reader.email))
        named = any(sees_name(definition, self.case, p, party) for p in own)
        many = bool(definition.role(party.role).rows)
        return Heard(who, one, several, party.name if named else "", many, left)


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
    act_done: Followed,
    party: Party,
    beside: Sequence[Followed],
    now: datetime,
    said: Answers | None = None,
) -> Receipt | None:
    """The receipt of an act in which this was ``said``; ``beside`` is what happened by it in linked
    cases, and at once. None if the process does not say what was done. Read later than ``AT_ONCE``,
    it promises nothing: it tells who was mailed, and on which day."""
    words, case, step = act_done.words, act_done.case, act_done.step
    act = step.action
    told = words.maybe(f"forms.{case.form}.done" if act == OPEN else f"actions.{act}.done")
    if not told:
        return None
    heard = _each_once(words, [h for each in (act_done, *beside) for h in each.mailed(party)])
    on = dates.day(step.at, words.language) if now - step.at > AT_ONCE else ""
    voting = next((a for a in words.definition.actions if a.votes and a.name == act), None)
    if voting:
        answer = _answer(words, voting, said)
        return Receipt(told, " ".join((*answer, *_vote(words, case, step, heard, on))))
    return Receipt(told, _mailed(words, heard, on), own="" in heard and not on)


def _each_once(words: Words, heard: Sequence[Heard]) -> dict[str, bool]:
    """Who is mailed in all cases together, and whether they are several: each role once, in the
    plural where they are several people. Where others in a role are not mailed, its people are
    named, or it is said that it is not all of them."""
    mailed = {h.who for h in heard if not h.left}
    names: dict[str, bool] = {}
    for each in (h for h in heard if not h.left):
        same = [h for h in heard if each.one and h.several == each.several]
        many = any(h.many for h in same)
        many |= len({h.who for h in same if not h.left}) > 1 and each.several != each.one
        spoken = each.several if many else each.one
        if not any(h.one and h.who not in mailed for h in same):
            names[spoken] = many
        elif each.name:
            names[each.name] = False
        else:
            names[words.page("receipt.not_all", roles=spoken)] = many
    return names


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
