"""The owner of a case manages its people: sends a new link, or gives a party's role to another
person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.kernel.apart import LinkedCases, linked_cases_of, may_take
from functions.kernel.case import Actor, Case, MailOrder, Party
from functions.kernel.definition import Definition
from functions.kernel.directory import people_of
from functions.kernel.duties import LOOKING_AFTER
from functions.kernel.errors import Conflict, HandedOn, Invalid, Problem, Refused
from functions.kernel.fields import Field
from functions.kernel.handover import (
    counterpart,
    follower,
    hand_over,
    hand_over_there,
    holds_already,
    in_role,
    may_replace,
    other_holds,
    under_way,
)
from functions.kernel.mail_orders import ONE_PRESS, link_order, step_of
from functions.kernel.mailboxes import same_address, same_mailbox
from functions.kernel.missed_mail import RESEND, resend_missed
from functions.kernel.parse import read
from functions.kernel.people import Person
from functions.processes import pinned
from functions.services import commit
from functions.services.access.linked_cases import read_linked_cases
from functions.services.access.offices import Offices, colleagues, refusal
from functions.services.access.quotas import of_address, of_fresh
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.integrity import require_sound
from functions.services.ports import CaseRecord

_TRIES = 4
NEW = (
    Field("new_name", autocomplete="off"),
    Field("new_email", "email", autocomplete="off"),
    Field("new_language", "choice", choices=("fi", "sv", "en")),
)
COLLEAGUE = Field("colleague", "choice", source="coordinators")


def owned_case(
    services: Services, case_id: str, email: str
) -> tuple[Definition, CaseRecord, Party]:
    """A case and the party of its owner with this address; ``HandedOn`` if it went to another,
    ``DutyLost`` to who may look after none any more, ``Refused`` for everybody else."""
    record = services.cases.case(case_id)
    if record is None:
        raise Refused
    definition = pinned(record.case.process, record.case.version)
    theirs = [
        p
        for p in record.case.parties
        if p.role == definition.owner and same_address(p.email, email)
    ]
    slot = next((p for p in theirs if p.present), None)
    if slot and Offices(services).holds(definition, record.case, slot):
        return definition, record, slot
    if not slot and theirs and Offices(services).has_right(definition, record.case, theirs[-1]):
        raise HandedOn(tuple(p.name for p in in_role(record.case, theirs[-1])))
    raise refusal(services, email, LOOKING_AFTER) if theirs else Refused


def may_be_replaced(
    definition: Definition,
    case: Case,
    party: Party,
    by: Party | None = None,
    linked: LinkedCases = (),
) -> bool:
    """Whether a party can be replaced: the case is under way or has a holder at its end.

    If ``by`` is given, also whether they may do it: a role here or in a ``linked`` case may exclude
    them.
    """
    theirs = by is None or may_replace(definition, case, by, party, linked)
    return party.present and under_way(definition, case) and theirs


def asked(definition: Definition, party: Party) -> tuple[Field, ...]:
    """What is asked of the one who takes the place: a colleague is picked, others are named."""
    source = definition.role(party.role).source
    return (replace(COLLEAGUE, source=people_of(source)),) if source else NEW


def replace_person(
    services: Services, email: str, case_id: str, party_id: str, typed: Mapping[str, str]
) -> None:
    """Somebody else takes a party's place, and gets a mail with their own link.

    ``Invalid`` with every problem; ``Conflict`` if nobody can take the place any more, and nothing
    if who was typed has it by now; ``Refused`` unless ``email`` looks after the case.
    """

    def once() -> None:
        definition, record, by = owned_case(services, case_id, email)
        party = record.case.party(party_id)
        if party is None or not may_replace(definition, record.case, by, party):
            raise Refused
        if not may_be_replaced(definition, record.case, party, by):
            if _as_wished(record.case, party, typed):
                return
            raise Conflict
        person = _person(services, definition, record.case, party, typed)
        others = _linked(services, record.case)
        linked = linked_cases_of(record.case, ((there, other.case) for there, other in others))
        problem = _apart(definition, record.case, by, party, person, linked)
        problem = problem or _in_the_way(services, definition, record.case, others, party, person)
        if problem:
            field = asked(definition, party)[-1 if definition.role(party.role).source else 1]
            raise Invalid((Problem(field.name, problem),))
        actor, now = Actor(by.role, by.id), services.clock.now()
        decision = hand_over(definition, record.case, actor, party_id, person, now, linked)
        changes = [PendingWrite(definition, decision, record)]
        changes += _there_too(services, definition, record.case, others, party, person)
        commit.commit(services, *changes)

    commit.retried(_TRIES, once)


def _as_wished(case: Case, party: Party, typed: Mapping[str, str]) -> bool:
    """Whether the place is that of whom somebody typed: the same form was sent before."""
    now = follower(case, party)
    if now is None:
        return False
    named = typed.get(NEW[1].name, "")
    return same_address(now.email, named) if named else now.ref == typed.get(COLLEAGUE.name)


_Files = Sequence[tuple[Definition, CaseRecord]]


def _linked(services: Services, case: Case) -> _Files:
    """The cases linked to this one, with their definitions."""
    found = (services.cases.case(case_id) for case_id in case.linked)
    return [(pinned(f.case.process, f.case.version), f) for f in found if f]


def _apart(
    definition: Definition, case: Case, by: Party, party: Party, person: Person, linked: LinkedCases
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
    for there, record in others:
        slot = counterpart((definition, case), (there, record.case), party)
        if slot and other_holds(record.case, slot, person.email):
            return "there_already"
        linked = _linked_there(services, definition, case, record.case)
        if slot and not may_take(there, record.case, slot, person.email, linked):
            return "apart"
    return ""


def _linked_there(
    services: Services, definition: Definition, case: Case, other: Case
) -> LinkedCases:
    """The cases linked to a linked case; among them this one."""
    ids = [i for i in other.linked if i != case.id]
    found = services.cases.several(ids)
    found.require_all()
    further = ((pinned(each.process, each.version), each) for each in found.values())
    return linked_cases_of(other, ((definition, case), *further))


def _there_too(
    services: Services,
    definition: Definition,
    case: Case,
    others: _Files,
    party: Party,
    person: Person,
) -> list[PendingWrite]:
    """What follows in the cases linked to this one."""
    found, now = [], services.clock.now()
    for there, record in others:
        linked = _linked_there(services, definition, case, record.case)
        own, other = (definition, case), (there, record.case)
        decision = hand_over_there(own, other, party, person, now, linked)
        found += [PendingWrite(there, decision, record)] if decision else []
    return found


def resend(services: Services, email: str, case_id: str, party_id: str) -> None:
    """Mail a party a fresh link, to their task if it is their turn; or, if a mail to them may not
    have arrived, that one again. ``TooMany`` as for others,
    ``Conflict`` if they can be sent none any more, ``Broken`` if the history is not as it was
    written. What is pressed twice at once is sent once."""
    commit.retried(_TRIES, lambda: _resend(services, email, case_id, party_id))


def _resend(services: Services, email: str, case_id: str, party_id: str) -> None:
    definition, record, by = owned_case(services, case_id, email)
    require_sound(services, record)
    party = record.case.party(party_id)
    linked = read_linked_cases(services, definition, record.case, by.role, whole=True)
    if party is None or not may_replace(definition, record.case, by, party, linked):
        raise Refused
    if not (party.present and party.reachable):
        raise Conflict
    if not Offices(services).holds(definition, record.case, party):
        raise Conflict
    if _resent_now(services, record, party):
        return
    if party.missed:
        now, actor = services.clock.now(), Actor(by.role, by.id)
        order, since = _last_order(services, record, party)
        decision = resend_missed(definition, record.case, actor, party_id, now, order, since)
        commit.commit(services, PendingWrite(definition, decision, record))
        return
    order = link_order(definition, record.case, party)
    services.cases.post(case_id, order, services.clock.now(), of_fresh(case_id, party.id))


def _resent_now(services: Services, record: CaseRecord, party: Party) -> bool:
    """Whether a mail that a party had missed was sent again a moment ago, by the same press."""
    now = services.clock.now()
    resends = [e for e in record.summary.last if e.action == RESEND and now - e.at < ONE_PRESS]
    orders = (o for e in resends for o in services.cases.ordered(record.case.id, e.number))
    return any(order.party == party.id for order in orders)


def _last_order(
    services: Services, record: CaseRecord, party: Party
) -> tuple[MailOrder | None, Sequence[str]]:
    """The latest order of the mail that a party has missed, and the steps taken since; None for
    one that no step ordered."""
    mails = services.cases.mails_to(record.case.id, party.id).values()
    missed = ((step_of(m.number), m.order) for m in mails if m.order.mail == party.missed)
    ordered = {step: order for step, order in missed if step is not None}
    step = max(ordered, default=-1)
    return ordered.get(step), [e.action for e in record.summary.last if e.number > step]


def _person(
    services: Services, definition: Definition, case: Case, party: Party, typed: Mapping[str, str]
) -> Person:
    fields = asked(definition, party)
    known = colleagues(services, definition, case, party)
    answers = read(fields, (), typed, known, services.today())
    if fields == NEW:
        person = Person(*(str(answers[f.name]) for f in NEW))
        problem = _not_this(services, definition, case, party, person)
        if problem:
            raise Invalid((Problem("new_email", problem),))
        return person
    people = services.directory.people(fields[0].source, str(answers[COLLEAGUE.name]))
    if not people:
        raise Invalid((Problem(COLLEAGUE.name, "unknown"),))
    if holds_already(case, party, people[0].email):
        raise Invalid((Problem(COLLEAGUE.name, "there_already"),))
    problem = _not_chosen(services, definition, case, party, people[0])
    if problem:
        raise Invalid((Problem(COLLEAGUE.name, problem),))
    return people[0]


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


def _still_refused(services: Services, party: Party, person: Person) -> bool:
    """Whether somebody whose mail came back is named at the same address, and nothing may be sent
    there still."""
    if party.reachable or not same_address(party.email, person.email):
        return False
    return services.limits.suppressed(of_address(services, person.email), services.clock.now())


def _not_this(
    services: Services, definition: Definition, case: Case, party: Party, person: Person
) -> str:
    """Why somebody cannot take this place, if they cannot: the form's own checks of an address
    hold here too."""
    if holds_already(case, party, person.email) or _still_refused(services, party, person):
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
