"""The coordinator looks after the people of a case: a fresh link, another in their place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.kernel.apart import Beside, beside, may_take
from functions.kernel.case import Actor, Case, Order, Party
from functions.kernel.definition import Definition
from functions.kernel.delivery import send_again
from functions.kernel.directory import PEOPLE_OF
from functions.kernel.duties import LOOKING_AFTER
from functions.kernel.errors import Broken, Conflict, HandedOn, Invalid, Problem, Refused
from functions.kernel.fields import Field
from functions.kernel.handing import (
    beside_them,
    follower,
    hand_over,
    hand_over_there,
    holds_already,
    in_role,
    may_hand,
    place_there,
    under_way,
)
from functions.kernel.mailboxes import same_address, same_mailbox
from functions.kernel.people import Person
from functions.kernel.read import read
from functions.processes import pinned
from functions.services import writing
from functions.services.beside import beside_of
from functions.services.offices import Offices, colleagues, refusal
from functions.services.ports import File
from functions.services.sealing import hold
from functions.services.wiring import Services
from functions.services.writing import Change

_TRIES = 4
NEW = (
    Field("new_name", autocomplete="off"),
    Field("new_email", "email", autocomplete="off"),
    Field("new_language", "choice", choices=("fi", "sv", "en")),
)
COLLEAGUE = Field("colleague", "choice", source="coordinators")


def looked_after(services: Services, case_id: str, email: str) -> tuple[Definition, File, Party]:
    """A case and the place of somebody who looks after it; ``HandedOn`` if it went to another,
    ``DutyLost`` to who may look after none any more, ``Refused`` to everybody else."""
    file = services.cases.load(case_id)
    if file is None:
        raise Refused
    definition = pinned(file.case.process, file.case.version)
    theirs = [
        p
        for p in file.case.parties
        if p.role == definition.bounced_mail.to and same_address(p.email, email)
    ]
    place = next((p for p in theirs if p.present), None)
    if place and Offices(services).holds(definition, file.case, place):
        return definition, file, place
    if not place and theirs and Offices(services).has_right(definition, file.case, theirs[-1]):
        raise HandedOn(tuple(p.name for p in in_role(file.case, theirs[-1])))
    raise refusal(services, email, LOOKING_AFTER) if theirs else Refused


def may_be_replaced(
    definition: Definition,
    case: Case,
    party: Party,
    by: Party | None = None,
    linked: Beside = (),
) -> bool:
    """Whether somebody else can take a party's place: as long as the case is not over, or stays
    in somebody's hands at its end; and whether it is for ``by``, if they are given, to say:
    a role here or in a ``linked`` case may keep them from it."""
    theirs = by is None or may_hand(definition, case, by, party, linked)
    return party.present and under_way(definition, case) and theirs


def asked(definition: Definition, party: Party) -> tuple[Field, ...]:
    """What is asked of the one who takes the place: a colleague is picked, others are named."""
    source = definition.role(party.role).source
    return (replace(COLLEAGUE, source=PEOPLE_OF[source]),) if source else NEW


def replace_person(
    services: Services, email: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> None:
    """Somebody else takes a party's place, and gets a mail with their own link.

    ``Invalid`` with every problem; ``Conflict`` if nobody can take the place any more, and nothing
    if who was typed has it by now; ``Refused`` unless ``email`` looks after the case.
    """

    def once() -> None:
        definition, file, by = looked_after(services, case_id, email)
        party = file.case.party(party_id)
        if party is None or not may_hand(definition, file.case, by, party):
            raise Refused
        if not may_be_replaced(definition, file.case, party, by):
            if _as_wished(file.case, party, typed):
                return
            raise Conflict
        person = _person(services, definition, file.case, party, typed)
        others = _linked(services, file.case)
        linked = beside(file.case, ((there, other.case) for there, other in others))
        problem = _apart(definition, file.case, by, party, person, linked)
        problem = problem or _in_the_way(services, definition, file.case, others, party, person)
        if problem:
            field = asked(definition, party)[-1 if definition.role(party.role).source else 1]
            raise Invalid((Problem(field.name, problem),))
        actor, now = Actor(by.role, by.id), services.clock.now()
        decision = hand_over(definition, file.case, actor, party_id, person, now, linked)
        changes = [Change(definition, decision, file)]
        changes += _there_too(services, definition, file.case, others, party, person)
        writing.commit(services, *changes)

    writing.retried(_TRIES, once)


def _as_wished(case: Case, party: Party, typed: Mapping[str, str]) -> bool:
    """Whether the place is that of whom somebody typed: the same form was sent before."""
    now = follower(case, party)
    if now is None:
        return False
    named = typed.get(NEW[1].name, "")
    return same_address(now.email, named) if named else now.ref == typed.get(COLLEAGUE.name)


_Files = Sequence[tuple[Definition, File]]


def _linked(services: Services, case: Case) -> _Files:
    """The cases linked to this one, with their definitions."""
    found = (services.cases.load(case_id) for case_id in case.linked)
    return [(pinned(f.case.process, f.case.version), f) for f in found if f]


def _apart(
    definition: Definition, case: Case, by: Party, party: Party, person: Person, linked: Beside
) -> str:
    """Why a person may not have a place, if they may not: nobody gives one to themself, and no
    other role keeps them from it."""
    themself = same_mailbox(by.email, person.email)
    fit = not themself and may_take(definition, case, party, person.email, linked)
    return "" if fit else "apart"


def _in_the_way(
    services: Services,
    definition: Definition,
    case: Case,
    others: _Files,
    party: Party,
    person: Person,
) -> str:
    """Why a person may not have the party's place in a linked case, if they may not."""
    for there, file in others:
        place = place_there((definition, case), (there, file.case), party)
        if place and beside_them(file.case, place, person.email):
            return "there_already"
        linked = _beside_there(services, definition, case, file.case)
        if place and not may_take(there, file.case, place, person.email, linked):
            return "apart"
    return ""


def _beside_there(services: Services, definition: Definition, case: Case, other: Case) -> Beside:
    """The cases linked to a linked case; among them this one."""
    ids = [i for i in other.linked if i != case.id]
    found = services.cases.several(ids)
    if found.broken:
        raise Broken
    further = ((pinned(each.process, each.version), each) for each in found.values())
    return beside(other, ((definition, case), *further))


def _there_too(
    services: Services,
    definition: Definition,
    case: Case,
    others: _Files,
    party: Party,
    person: Person,
) -> list[Change]:
    """What follows in the cases linked to this one."""
    found, now = [], services.clock.now()
    for there, file in others:
        linked = _beside_there(services, definition, case, file.case)
        own, other = (definition, case), (there, file.case)
        decision = hand_over_there(own, other, party, person, now, linked)
        found += [Change(there, decision, file)] if decision else []
    return found


def resend(services: Services, email: str, case_id: str, party_id: str) -> None:
    """Mail a party a fresh link, to their task if it is their turn; or, if a mail to them may not
    have arrived, that one again. ``TooMany`` as for others,
    ``Conflict`` if they can be sent none any more, ``Broken`` if the history is not as it was
    written."""
    definition, file, by = looked_after(services, case_id, email)
    hold(file)
    party = file.case.party(party_id)
    linked = beside_of(services, definition, file.case, by.role, whole=True)
    if party is None or not may_hand(definition, file.case, by, party, linked):
        raise Refused
    if not (party.present and party.reachable):
        raise Conflict
    if not Offices(services).holds(definition, file.case, party):
        raise Conflict
    if party.missed:
        now, actor = services.clock.now(), Actor(by.role, by.id)
        decision = send_again(definition, file.case, actor, party_id, now)
        writing.commit(services, Change(definition, decision, file))
        return
    turn = definition.turn(file.case) == party.role
    order = Order(
        definition.fresh_mail.name,
        party.id,
        "task" if turn else "status",
        file.case.state,
        file.case.round,
    )
    quota = f"fresh#{case_id}#{party.id}"
    services.cases.post(case_id, order, services.clock.now(), quota)


def _person(
    services: Services, definition: Definition, case: Case, party: Party, typed: Mapping[str, str]
) -> Person:
    fields = asked(definition, party)
    known = colleagues(services, definition, case, party)
    said = read(fields, (), typed, known, services.today())
    if fields == NEW:
        person = Person(*(str(said[f.name]) for f in NEW))
        problem = _not_this(services, definition, case, party, person)
        if problem:
            raise Invalid((Problem("new_email", problem),))
        return person
    listed = services.directory.people(fields[0].source, str(said[COLLEAGUE.name]))
    if not listed:
        raise Invalid((Problem(COLLEAGUE.name, "unknown"),))
    if holds_already(case, party, listed[0].email):
        raise Invalid((Problem(COLLEAGUE.name, "there_already"),))
    problem = _not_chosen(services, definition, case, party, listed[0])
    if problem:
        raise Invalid((Problem(COLLEAGUE.name, problem),))
    return listed[0]


def _not_chosen(
    services: Services, definition: Definition, case: Case, party: Party, person: Person
) -> str:
    """Why somebody of the directory cannot take this place, if they cannot: what holds where
    somebody is chosen for it holds here too."""
    key = definition.role(party.role).key
    answers = {**case.answers, key: person.ref}
    for check in (c for action in definition.actions for c in action.checks if c.field == key):
        if not check.holds(answers, services.directory, services.today()):
            return check.name
    return ""


def _not_this(
    services: Services, definition: Definition, case: Case, party: Party, person: Person
) -> str:
    """Why somebody cannot take this place, if they cannot: the form's own checks of an address
    hold here too."""
    if holds_already(case, party, person.email):
        return "there_already"
    named = definition.role(party.role).fields
    if not named:
        return ""
    answers = {**case.answers, named[1]: person.email}
    for check in definition.form(case.form).checks:
        of_this = named[1] in (check.field, *check.also)
        if of_this and not check.holds(answers, services.directory, services.today()):
            return check.name
    return ""
