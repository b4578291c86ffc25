"""Handover: another person takes a party's place, such as a substitute or a new manager. The state
does not change, earlier links stop working, and the history records it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import LinkedCases, may_act, may_take
from functions.kernel.case import Actor, Case, CounterChange, Decision, Event, MailOrder, Party
from functions.kernel.definition import Definition
from functions.kernel.directory import is_picked
from functions.kernel.errors import Refused
from functions.kernel.fields import Value
from functions.kernel.mail_orders import link_order, orders
from functions.kernel.mailboxes import same_address, same_mailbox
from functions.kernel.people import Person
from functions.kernel.people_field import named_after
from functions.kernel.states import CLOCK, LINK
from functions.kernel.turns import turned
from functions.kernel.visibility import sees_name

HAND_OVER = "hand_over"  # the step it leaves in the history
VACATED, RESUMED = "vacated", "resumed"  # nobody follows yet, and who had left is back


def under_way(definition: Definition, case: Case) -> bool:
    """Whether places in a case can still be taken: it goes on, or is in somebody's hands."""
    return not definition.is_over(case.state) or bool(definition.state(case.state).holder)


def hand_over(
    definition: Definition,
    case: Case,
    actor: Actor,
    party_id: str,
    person: Person,
    now: datetime,
    linked: LinkedCases = (),
) -> Decision:
    """``person`` takes the place of a party. ``Refused`` unless the actor looks after the case,
    the party is present, the case is under way, and the person is not in that role already.

    Nobody gives a place to themself, or to whom another role keeps from it; who may not act in
    the case hands on their own place alone. Roles are kept apart in ``linked`` cases, too.
    """
    party, by = case.party(party_id), case.party(actor.party)
    is_owner = by is not None and by.present and by.role == definition.owner
    if not is_owner or party is None or not party.present or not under_way(definition, case):
        raise Refused
    if by is None or not may_replace(definition, case, by, party, linked):
        raise Refused
    if holds_already(case, party, person.email) or same_mailbox(by.email, person.email):
        raise Refused
    if not may_take(definition, case, party, person.email, linked):
        raise Refused
    return _handed(definition, case, actor, party, person, now)


def may_replace(
    definition: Definition, case: Case, by: Party, party: Party, linked: LinkedCases = ()
) -> bool:
    """Whether somebody who looks after a case may put another in a party's place."""
    return by.id == party.id or may_act(definition, case, by, linked)


def counterpart(
    own: tuple[Definition, Case], other: tuple[Definition, Case], party: Party
) -> Party | None:
    """The place that a party of one case has in a linked one as the same person: one of the two
    cases passed their role on to the other (``Signal``), or brought who opened it into the
    other (``Party.ref``). None if they have none there, or that case is over."""
    (definition, case), (there, linked) = own, other
    if case.id not in linked.linked or not under_way(there, linked):
        return None
    roles = {
        *(t for h, t in _passed_on(definition) if h == party.role),
        *(h for h, t in _passed_on(there) if t == party.role),
    }
    slots = [p for role in sorted(roles) for p in linked.holders(role)]
    if party.role == definition.form(case.form).opener:
        slots += [p for p in linked.parties if p.present and p.ref == case.id]
    if party.ref == linked.id:
        slots += linked.holders(there.form(linked.form).opener)
    return next((p for p in slots if same_address(p.email, party.email)), None)


def hand_over_there(
    own: tuple[Definition, Case],
    other: tuple[Definition, Case],
    party: Party,
    person: Person,
    now: datetime,
    linked: LinkedCases = (),
) -> Decision | None:
    """What follows in a linked case when ``person`` takes the place of ``party`` in its own: they
    take the same person's place there as well, and answers that name them there are changed.

    None if nothing follows there. ``Refused`` if another role keeps them from the place, in that
    case or in those ``linked`` to it, or somebody else there has it already.
    """
    there, case = other
    slot = counterpart(own, other, party)
    if slot is None:
        return _named_there(own, other, party, person, now)
    if other_holds(case, slot, person.email):
        raise Refused
    if not may_take(there, case, slot, person.email, linked):
        raise Refused
    return _handed(there, case, Actor(LINK), slot, person, now)


def _passed_on(definition: Definition) -> set[tuple[str, str]]:
    """The roles that a process passes on to linked cases, each with the role there."""
    signals = (call for row in definition.transitions for call in row.signals)
    return {each for call in signals for each in call.roles.items()}


def _named_there(
    own: tuple[Definition, Case],
    other: tuple[Definition, Case],
    party: Party,
    person: Person,
    now: datetime,
) -> Decision | None:
    """What follows in a linked case that was opened with answers which name a party (``Spawn``):
    they name the new person, and tell nothing more of the old one."""
    (definition, case), (there, linked) = own, other
    if case.id not in linked.linked or not under_way(there, linked):
        return None
    for spawns in (o for row in definition.transitions for o in row.spawns):
        name, email, *more = spawns.names.get(party.role, ("", ""))
        opened = (spawns.process, spawns.form) == (there.name, linked.form)
        if not opened or not email or linked.answers.get(email) in (None, person.email):
            continue
        if not same_address(str(linked.answers[email]), party.email):
            continue
        kept = {k: v for k, v in linked.answers.items() if k not in more}
        answers = {**kept, name: person.name, email: person.email}
        moved = replace(linked, answers=answers, revision=linked.revision + 1)
        event = Event(moved.revision, now, HAND_OVER, LINK, "", moved.state, moved.state)
        return Decision(moved, event, {})
    return None


def _handed(
    definition: Definition, case: Case, actor: Actor, party: Party, person: Person, now: datetime
) -> Decision:
    number = case.parties_named + 1
    new = Party(
        f"p{number}",
        party.role,
        person.name,
        person.email,
        person.language or case.language,
        person.ref or ("" if definition.role(party.role).source else party.ref),
        unit=party.unit,
    )
    staying = tuple(p.leaving(case.revision + 1) if p.id == party.id else p for p in case.parties)
    moved = replace(
        case,
        parties=(*staying, new),
        parties_named=number,
        revision=case.revision + 1,
        answers=_renamed(definition, case, party, new),
        votes={voter: vote for voter, vote in case.votes.items() if voter != party.id},
    )
    moved = turned(definition, case, moved, now)
    event = Event(moved.revision, now, HAND_OVER, actor.role, actor.party, case.state, case.state)
    order = link_order(definition, moved, new, definition.handover_mail.name)
    mailed = (order, *_notices(definition, moved, new))
    return Decision(moved, event, {}, mailed, _counted(definition, case, party, new))


def _notices(definition: Definition, case: Case, new: Party) -> tuple[MailOrder, ...]:
    """The mails to those who see who has a place, that another has it now."""
    mail = definition.role(new.role).successor_mail
    seeing = (
        order
        for order in orders(definition, case, (mail,) if mail else ())
        if (reader := case.party(order.party)) and sees_name(definition, case, reader, new)
    )
    return tuple(order for order in seeing if order.party != new.id)


def _counted(
    definition: Definition, case: Case, old: Party, new: Party
) -> tuple[CounterChange, ...]:
    """What the case counts for in the directory goes over from one to the other: that which was
    counted up when the case came to where it is."""
    source = definition.role(old.role).source
    counters = {
        (rule.counter, rule.step)
        for row in definition.transitions
        if row.target == case.state and row.source != case.state
        for rule in row.counters
        if rule.role == old.role and rule.step > 0
    }
    people = ((old.ref, -1), (new.ref, 1))
    return tuple(
        CounterChange(source, ref, counter, sign * step)
        for counter, step in sorted(counters)
        for ref, sign in people
        if ref
    )


def in_role(case: Case, party: Party) -> tuple[Party, ...]:
    """Those who have the role of a party now, for its unit where the case joins several."""
    return tuple(p for p in case.holders(party.role) if p.unit == party.unit)


def follower(case: Case, party: Party) -> Party | None:
    """Who has the place of a party that has left; None if nobody, or one of several."""
    holders = in_role(case, party)
    later = len(holders) == 1 and _number(holders[0]) > _number(party)
    return holders[0] if later and not party.present else None


def _number(party: Party) -> int:
    """The number in a party's pseudonym, given in the order in which parties were named."""
    return int(party.id[1:])


def reassign_party(
    definition: Definition, case: Case, party_id: str, people: Sequence[Person], now: datetime
) -> Decision:
    """A party leaves its place, to which it has no right any more, to ``people``; to those who
    hold the role beside it, if there are none. Nobody is mailed by it.

    ``Refused`` if nobody would hold the role, or the case is over.
    """
    party = case.party(party_id)
    if party is None or not party.present or not under_way(definition, case):
        raise Refused
    staying = tuple(p.leaving(case.revision + 1) if p.id == party_id else p for p in case.parties)
    new = tuple(
        Party(f"p{case.parties_named + n}", party.role, p.name, p.email, p.language, p.ref)
        for n, p in enumerate(people, 1)
    )
    moved = replace(
        case,
        parties=(*staying, *new),
        parties_named=case.parties_named + len(new),
        revision=case.revision + 1,
        votes={voter: vote for voter, vote in case.votes.items() if voter != party_id},
    )
    if not moved.holders(party.role):
        raise Refused
    moved = turned(definition, case, moved, now)
    event = Event(moved.revision, now, HAND_OVER, CLOCK, "", case.state, case.state)
    return Decision(moved, event, {})


def vacate(definition: Definition, case: Case, party_id: str, now: datetime) -> Decision:
    """A party whose place waits for somebody else, or whose place holds again: until somebody
    takes it, the turn is that of who looks after the case; who is back and has the turn is asked
    again. ``Refused`` if the case is over."""
    party = case.party(party_id)
    if party is None or not party.present or not under_way(definition, case):
        raise Refused
    changed = replace(party, vacant=not party.vacant)
    parties = tuple(changed if p.id == party_id else p for p in case.parties)
    moved = replace(case, parties=parties, revision=case.revision + 1)
    moved = turned(definition, case, moved, now)
    name = VACATED if changed.vacant else RESUMED
    event = Event(moved.revision, now, name, CLOCK, "", case.state, case.state)
    return Decision(
        moved, event, {}, () if changed.vacant else _repeated_mail(definition, moved, party)
    )


def _repeated_mail(definition: Definition, case: Case, party: Party) -> tuple[MailOrder, ...]:
    """The mail that gave a party the turn that they have, once more; none if it is not theirs."""
    rows = (row for row in definition.transitions if row.target == case.state)
    asking = dict.fromkeys(n for row in rows for n in row.mails)
    mails = orders(definition, case, tuple(asking))
    theirs = (m for m in mails if m.party == party.id and m.purpose == "task")
    return tuple(theirs)[:1] if definition.turn(case) == party.role else ()


def holds_already(case: Case, party: Party, email: str) -> bool:
    """Whether the mailbox of an address is that of somebody in the party's role.

    A party whose own mail came back can be given their place anew, at another spelling of their
    mailbox or at the same address, if mail arrives there again.
    """
    own = party.reachable and same_mailbox(party.email, email)
    return own or other_holds(case, party, email)


def other_holds(case: Case, party: Party, email: str) -> bool:
    """Whether the mailbox of an address is that of somebody else in the party's role."""
    others = (p for p in case.holders(party.role) if p.id != party.id)
    return any(same_mailbox(p.email, email) for p in others)


def _renamed(definition: Definition, case: Case, old: Party, new: Party) -> dict[str, Value]:
    """The answers with the new person where the old one was named, for they fill the slots
    again when the form is corrected; without what was the old one's own."""
    role = definition.role(old.role)
    answers = {name: value for name, value in case.answers.items() if name not in role.own}
    for name in role.rows:
        rows = answers.get(name)
        if isinstance(rows, list):
            before = named_after(rows)
            renamed = [
                {**row, "name": new.name, "email": new.email, "language": new.language}
                if same_address(row["email"], old.email)
                else row
                for row in rows
            ]
            titles = {k for k, v in answers.items() if isinstance(v, str) and v == before}
            answers |= {name: renamed, **dict.fromkeys(titles, named_after(renamed))}
    if role.fields and answers.get(role.fields[1]) == old.email:
        named = zip(role.fields, (new.name, new.email, new.language), strict=True)
        answers |= {field: value for field, value in named if field}
    if role.key and is_picked(role) and answers.get(role.key) == old.ref:
        answers[role.key] = new.ref
    return answers
