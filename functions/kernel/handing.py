"""Somebody takes another's place in a case: a changed manager, a substitute, another
coordinator. The case stays where it is; the old links die, and the history says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Actor, Case, Count, Decision, Order, Party, Step
from functions.kernel.definition import CLOCK, LINK, Definition
from functions.kernel.directory import PEOPLE_OF
from functions.kernel.errors import Refused
from functions.kernel.fields import Value
from functions.kernel.mailboxes import same_address, same_mailbox
from functions.kernel.people import Person

HAND_OVER = "hand_over"  # the step it leaves in the history


def under_way(definition: Definition, case: Case) -> bool:
    """Whether places in a case can still be taken: it goes on, or is in somebody's hands."""
    return not definition.is_over(case.state) or bool(definition.state(case.state).holder)


def hand_over(
    definition: Definition, case: Case, actor: Actor, party_id: str, person: Person, now: datetime
) -> Decision:
    """``person`` takes the place of a party. ``Refused`` unless the actor looks after the case,
    the party is present, the case is under way, and the person is not in that role already.
    """
    party, by = case.party(party_id), case.party(actor.party)
    looks_after = by is not None and by.present and by.role == definition.bounced_mail.to
    if not looks_after or party is None or not party.present or not under_way(definition, case):
        raise Refused
    if holds_already(case, party, person.email):
        raise Refused
    return _handed(definition, case, actor, party, person, now)


def hand_over_there(
    own: tuple[Definition, Case],
    other: tuple[Definition, Case],
    party: Party,
    person: Person,
    now: datetime,
) -> Decision | None:
    """What follows in a linked case when ``person`` takes the place of ``party`` in its own: they
    take it there as well, if one of the two cases passed that role on to the other (``Call``).

    None if the party has no such place there, or the case is over.
    """
    (definition, case), (there, linked) = own, other
    roles = {
        *(t for h, t in _passed_on(definition) if h == party.role),
        *(h for h, t in _passed_on(there) if t == party.role),
    }
    places = (p for role in sorted(roles) for p in linked.holders(role))
    place = next((p for p in places if same_address(p.email, party.email)), None)
    if place is None or case.id not in linked.linked or not under_way(there, linked):
        return None
    if holds_already(linked, place, person.email):
        return None
    return _handed(there, linked, Actor(LINK), place, person, now)


def _passed_on(definition: Definition) -> set[tuple[str, str]]:
    """The roles that a process passes on to linked cases, each with the role there."""
    calls = (call for row in definition.transitions for call in row.calls)
    return {each for call in calls for each in call.seats.items()}


def _handed(
    definition: Definition, case: Case, actor: Actor, party: Party, person: Person, now: datetime
) -> Decision:
    seats = case.seats + 1
    new = Party(
        f"p{seats}",
        party.role,
        person.name,
        person.email,
        person.language or case.language,
        person.ref or ("" if definition.role(party.role).source else party.ref),
        unit=party.unit,
    )
    staying = tuple(replace(p, present=False) if p.id == party.id else p for p in case.parties)
    moved = replace(
        case,
        parties=(*staying, new),
        seats=seats,
        revision=case.revision + 1,
        answers=_renamed(definition, case, party, new),
        votes={voter: vote for voter, vote in case.votes.items() if voter != party.id},
    )
    step = Step(moved.revision, now, HAND_OVER, actor.role, actor.party, case.state, case.state)
    turn = definition.turn(moved) == party.role
    mail = definition.handed_mail.name
    order = Order(mail, new.id, "task" if turn else "status", case.state, case.round)
    return Decision(moved, step, {}, (order,), _counted(definition, case, party, new))


def _counted(definition: Definition, case: Case, old: Party, new: Party) -> tuple[Count, ...]:
    """What the case counts for in the directory goes over from one to the other: that which was
    counted up when the case came to where it is."""
    source = definition.role(old.role).source
    counters = {
        (tally.counter, tally.step)
        for row in definition.transitions
        if row.target == case.state and row.source != case.state
        for tally in row.tallies
        if tally.role == old.role and tally.step > 0
    }
    people = ((old.ref, -1), (new.ref, 1))
    return tuple(
        Count(source, ref, counter, sign * step)
        for counter, step in sorted(counters)
        for ref, sign in people
        if ref
    )


def hand_on(
    definition: Definition, case: Case, party_id: str, people: Sequence[Person], now: datetime
) -> Decision:
    """A party leaves its place, to which it has no right any more, to ``people``; to those who
    hold the role beside it, if there are none. Nobody is mailed by it.

    ``Refused`` if nobody would hold the role, or the case is over.
    """
    party = case.party(party_id)
    if party is None or not party.present or not under_way(definition, case):
        raise Refused
    staying = tuple(replace(p, present=False) if p.id == party_id else p for p in case.parties)
    new = tuple(
        Party(f"p{case.seats + n}", party.role, p.name, p.email, p.language, p.ref)
        for n, p in enumerate(people, 1)
    )
    moved = replace(
        case,
        parties=(*staying, *new),
        seats=case.seats + len(new),
        revision=case.revision + 1,
        votes={voter: vote for voter, vote in case.votes.items() if voter != party_id},
    )
    if not moved.holders(party.role):
        raise Refused
    step = Step(moved.revision, now, HAND_OVER, CLOCK, "", case.state, case.state)
    return Decision(moved, step, {})


def holds_already(case: Case, party: Party, email: str) -> bool:
    """Whether the mailbox of an address is that of somebody in the party's role.

    For a party whose own mail came back another spelling of their mailbox is a new address.
    """
    others = (p for p in case.holders(party.role) if p.id != party.id)
    own = same_mailbox if party.reachable else same_address
    return own(party.email, email) or any(same_mailbox(p.email, email) for p in others)


def _renamed(definition: Definition, case: Case, old: Party, new: Party) -> dict[str, Value]:
    """The answers with the new person where the old one was named, for they fill the slots
    again when the form is corrected."""
    answers = dict(case.answers)
    role = definition.role(old.role)
    for name in role.rows:
        listed = answers.get(name)
        if isinstance(listed, list):
            answers[name] = [
                {**row, "name": new.name, "email": new.email, "language": new.language}
                if same_address(row["email"], old.email)
                else row
                for row in listed
            ]
    if role.fields and answers.get(role.fields[1]) == old.email:
        named = zip(role.fields, (new.name, new.email, new.language), strict=True)
        answers |= {field: value for field, value in named if field}
    picks_one = bool(role.key) and PEOPLE_OF.get(role.source) == role.source
    if picks_one and answers.get(role.key) == old.ref:
        answers[role.key] = new.ref
    return answers
