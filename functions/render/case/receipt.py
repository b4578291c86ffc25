"""The receipt of an action: what was done, who gets a mail, and links to go on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.kernel.case import Case, Event, MailOrder, Party
from functions.kernel.definition import Action, Transition
from functions.kernel.engine import OPEN
from functions.kernel.fields import Answers
from functions.kernel.mailboxes import mailbox, same_address
from functions.kernel.states import BY_ITSELF, CLOCK
from functions.kernel.visibility import sees_name
from functions.render.text import dates
from functions.render.text.texts import capital
from functions.render.text.words import Words

AT_ONCE = timedelta(hours=1)  # the mails about an act have gone by then
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A link that the receipt offers to go on."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a page shows to somebody who has just acted.

    ``mailed`` is a sentence about who was mailed; ``once`` is one for a form that had been sent
    before.
    """

    done: str
    mailed: str
    next_steps: tuple[NextStep, ...] = ()
    once: str = ""
    own: bool = False  # whether the reader is mailed, too


@dataclass(frozen=True, slots=True)
class Notified:
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
    """What an action changed in one case, its own or a linked one, and the mails that it put into
    that case's outbox."""

    words: Words
    case: Case
    step: Event
    orders: tuple[MailOrder, ...] = ()

    @property
    def row(self) -> Transition | None:
        """The row of the table that was followed; None for the opening of a case."""
        event, case = self.step, self.case
        rows = (
            t
            for t in self.words.definition.transitions
            if (t.action, t.source, t.target) == (event.action, event.source, event.target)
            and (not t.forms or case.form in t.forms)
        )
        return next(rows, None)

    def mailed(self, reader: Party) -> "Iterator[Notified]":
        """Who is mailed by it, and who else is in the case."""
        case, ordered = self.case, dict.fromkeys(order.party for order in self.orders)
        text = [p for p in map(case.party, ordered) if p and p.reachable]
        others = [p for p in case.parties if p.present and p not in text]
        for party in (*text, *others):
            yield self._heard(party, reader, left=party not in text)

    def _heard(self, party: Party, reader: Party, *, left: bool) -> Notified:
        who, definition = mailbox(party.email), self.words.definition
        if same_address(party.email, reader.email):
            return Notified(who, left=left)
        one = self.words.mention(party.role)
        several = self.words.maybe(f"mentions_several.{party.role}") or one
        own = (p for p in self.case.parties if same_address(p.email, reader.email))
        named = any(sees_name(definition, self.case, p, party) for p in own)
        many = bool(definition.role(party.role).rows)
        return Notified(who, one, several, party.name if named else "", many, left)


def last_act(words: Words, steps: Sequence[Event], party: Party, done: str) -> Event | None:
    """The step of the act ``done`` if it is the last thing that anybody did, and ``party`` did
    it; what has happened by itself since does not count."""
    known = {OPEN, *(a.name for a in words.definition.actions)}
    acts = [s for s in steps if s.action in known and s.role not in BY_ITSELF]
    last = acts[-1] if acts else None
    return last if last and (last.action, last.party) == (done, party.id) else None


def at_once(steps: Sequence[Event], event: Event) -> Iterator[Event]:
    """What became due by an act itself, and was done by time before anybody could act again."""
    for then in (s for s in steps if s.number > event.number):
        if then.role != CLOCK or then.at - event.at > _MOMENT:
            return
        yield then


def receipt(
    act_done: Followed,
    party: Party,
    others: Sequence[Followed],
    now: datetime,
    answers: Answers | None = None,
) -> Receipt | None:
    """The receipt of an act, or None if the process does not say what was done.

    ``others`` is what the act did in linked cases, and at once; ``answers`` are those of its form.
    More than ``AT_ONCE`` after the act it promises nothing: it says who was mailed and when.
    """
    words, case, event = act_done.words, act_done.case, act_done.step
    act = event.action
    text = words.maybe(f"forms.{case.form}.done" if act == OPEN else f"actions.{act}.done")
    if not text:
        return None
    heard = _each_once(words, [h for each in (act_done, *others) for h in each.mailed(party)])
    on = dates.day(event.at, words.language) if now - event.at > AT_ONCE else ""
    voting = next((a for a in words.definition.actions if a.votes and a.name == act), None)
    if voting:
        answer = _answer(words, voting, answers)
        return Receipt(text, " ".join((*answer, *_vote(words, case, event, heard, on))))
    return Receipt(text, _mailed(words, heard, on), own="" in heard and not on)


def _each_once(words: Words, heard: Sequence[Notified]) -> dict[str, bool]:
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


def _answer(words: Words, action: Action, answers: Answers | None) -> Iterator[str]:
    """What a voter answered, while it is known."""
    if answers and action.votes in answers:
        field = next(f for f in action.fields if f.name == action.votes)
        answer = words.yes_no(field, answers[action.votes] is True)
        yield words.page("receipt.answer", answer=answer)


def _vote(
    words: Words, case: Case, event: Event, heard: Mapping[str, bool], on: str
) -> Iterator[str]:
    """Who sees an answer for as long as answers are awaited, and who is mailed once the last one
    has answered."""
    if case.state == event.target:
        yield words.text(f"actions.{event.action}.heard")
    if heard:
        yield _mailed(words, heard, on)


def _mailed(words: Words, heard: Mapping[str, bool], on: str) -> str:
    """Who gets a mail about an act, by role; or who got it ``on`` an earlier day."""
    if not heard:
        return words.page("receipt.was.unmailed" if on else "receipt.unmailed")
    others = [name for name in heard if name]
    return mailed_sentence(words, others, own="" in heard, several=any(heard.values()), on=on)


def mailed_sentence(
    words: Words, others: Sequence[str], *, own: bool, several: bool, on: str = ""
) -> str:
    """Who gets a mail, or got it ``on`` an earlier day: the reader if it is their ``own``, and
    ``others`` as they are mentioned; ``several`` if the first of them are more than one."""
    key = "receipt.was" if on else "receipt"
    if not others:
        return words.page(f"{key}.you", when=on)
    names = [words.page("receipt.me"), *others] if own else others
    *first, last = names
    roles = f"{', '.join(first)} {words.page('receipt.and')} {last}" if first else last
    form = "you_and" if own else "several" if first or several else "one"
    return words.page(f"{key}.{form}", roles=capital(roles), when=on)
