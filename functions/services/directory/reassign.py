"""After a change of the directory, roles that somebody may not have any more go to those who
may."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from functions.kernel.apart import kept_from
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.desk import GROUPS, TODO, list_of
from functions.kernel.directory import DirectoryEntry, is_offered, keeps, people_of
from functions.kernel.directory import person as person_of
from functions.kernel.directory_changes import DirectoryChange, address
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import Broken
from functions.kernel.handover import reassign_party, under_way, vacate
from functions.kernel.mailboxes import same_mailbox
from functions.kernel.people import Person
from functions.kernel.subcases import root_of
from functions.processes import NAMES, current, pinned
from functions.services import commit
from functions.services.access.linked_cases import read_linked_cases
from functions.services.access.offices import Offices, colleagues
from functions.services.access.people import person_key
from functions.services.commit import PendingWrite as Written
from functions.services.container import Services
from functions.services.integrity import is_sound
from functions.services.ports import CaseRecord

_ROWS = 100  # items read at once
_TRIES = 4
# What somebody is told of a case: that it is theirs now, that they pick another for it, that
# nobody may have it.
ON, VACANT, UNHELD = "handed_on", "vacant", "unheld"


@dataclass(frozen=True, slots=True)
class HandoverPlan:
    """A place that goes on to ``people``; ``notified`` are who hears of it.

    ``vacant``: nobody can have it but whom the one who looks after the case picks; ``back``: it
    was so, and holds again. ``unheld``: nobody of the directory may have it, so it stays where it
    is. A case whose history is broken has one plan, of no ``party``: nothing is done with it.
    """

    case: str
    party: str
    people: tuple[Person, ...]
    notified: tuple[str, ...]
    vacant: bool = False
    back: bool = False
    unheld: bool = False

    @property
    def mail(self) -> str:
        """What those are told who hear of it."""
        return VACANT if self.vacant else UNHELD if self.unheld else ON


def plans(services: Services, change: DirectoryChange) -> tuple[HandoverPlan, ...]:
    """What is to be done with the cases of somebody whose entry has changed."""
    return tuple(
        dict.fromkeys(
            plan
            for entry in _concerned(services, change)
            for case_id in _cases(services, person_key(services, address(entry)), entry.source)
            for plan in _plans_in(services, case_id, entry.key)
        )
    )


def _plans_in(services: Services, case_id: str, key: str) -> Iterator[HandoverPlan]:
    """What is to be done in one case with the places of somebody of the directory."""
    try:
        record = services.cases.case(case_id)
    except Broken:  # it cannot be read
        yield HandoverPlan(case_id, "", (), ())
        return
    if record:
        yield from (plan for plan in plans_of(services, record) if _is_of(record, plan, key))


def _concerned(services: Services, change: DirectoryChange) -> Iterator[DirectoryEntry]:
    """Whose cases a change may hand on: those of the entry as it was before, and of all who keep
    the directory, who stood in where somebody has a duty now."""
    if change.before and (change.loses or change.regains):
        yield change.before
    if change.gains:
        yield from filter(keeps, services.directory.entries("coordinators"))


def plans_of(services: Services, record: CaseRecord) -> Iterator[HandoverPlan]:
    """What is to be done with the places of one case that do not hold any more."""
    case = record.case
    if not is_sound(services, record):
        yield HandoverPlan(case.id, "", (), ())
        return
    definition = pinned(case.process, case.version)
    if not under_way(definition, case):
        return
    gone = Offices(services).gone(definition, case)
    for party in gone:
        plan = _plan(services, definition, case, party)
        if not (plan.vacant and party.vacant):  # else it waits for somebody else already
            yield plan
    for party in (p for p in case.parties if p.present and p.vacant and p not in gone):
        yield HandoverPlan(case.id, party.id, (), (), back=True)


def carry_out(services: Services, plan: HandoverPlan) -> bool:
    """Write what was planned, unless the place has gone on already; False if that cannot be done.
    ``Conflict`` if the case moves each time."""
    if not plan.party:
        return False

    def once() -> bool:
        record = services.cases.case(plan.case)
        now = (
            next((p for p in plans_of(services, record) if p.party == plan.party), None)
            if record
            else None
        )
        if record is None or now is None:
            return True
        if now.unheld:
            return False
        definition = pinned(record.case.process, record.case.version)
        moment = services.clock.now()
        if now.vacant or now.back:
            decision = vacate(definition, record.case, now.party, moment)
        else:
            decision = reassign_party(definition, record.case, now.party, now.people, moment)
        commit.commit(services, Written(definition, decision, record))
        return True

    return commit.retried(_TRIES, once)


def still_concerned(
    services: Services, mail: str, key: str, case_ids: Iterable[str]
) -> tuple[Case, ...]:
    """Those of some cases of which a coordinator of this ``key`` is to hear still what a ``mail``
    says: they have a place in it by a duty of theirs, or are to get one."""
    records = services.cases.records(list(case_ids)).values()
    return tuple(r.case for r in records if _concerns(services, mail, key, r))


def _concerns(services: Services, mail: str, key: str, record: CaseRecord) -> bool:
    case = record.case
    definition, offices = pinned(case.process, case.version), Offices(services)
    parties = (p for p in case.parties if p.present and p.ref == key)
    own = (p for p in parties if _source(definition, p) == "coordinators")
    waits = mail != VACANT or any(p.present and p.vacant for p in case.parties)
    if waits and any(offices.has_right(definition, case, party) for party in own):
        return True
    return any(plan.mail == mail and key in plan.notified for plan in plans_of(services, record))


def _source(definition: Definition, party: Party) -> str:
    """The list of people in which a party stands; "" if they are of no list."""
    return people_of(definition.role(party.role).source)


def by_reader(made: Iterable[HandoverPlan]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The cases that somebody is told of, by mail and by the reader's key."""
    found: dict[tuple[str, str], list[str]] = {}
    for plan in made:
        for key in plan.notified:
            found.setdefault((plan.mail, key), []).append(plan.case)
    return {reader: tuple(dict.fromkeys(cases)) for reader, cases in found.items()}


def _plan(services: Services, definition: Definition, case: Case, party: Party) -> HandoverPlan:
    role = definition.role(party.role)
    source = people_of(role.source)
    known = colleagues(services, definition, case, party)
    own = known.named(source, party.ref)
    if own and is_offered(own):  # in office still, at another address
        return HandoverPlan(case.id, party.id, (person_of(own),), ())
    if source == role.source:  # a person who was picked, and nobody else can be
        after = case.holders(definition.owner)
        refs = (p.ref for p in after if Offices(services).holds(definition, case, p))
        return HandoverPlan(case.id, party.id, (), tuple(refs), vacant=True)
    others = [p for p in case.holders(party.role) if p.id != party.id]
    offices = Offices(services)
    staying = tuple(p.ref for p in others if offices.has_right(definition, case, p))
    key = role.always or str(case.answers.get(role.key, ""))
    named = services.directory.people(role.source, key) if key else ()
    behind = _fit(services, definition, case, role.name, named)
    if not behind and not staying:
        keepers = services.directory.people("duties", DIRECTORY)
        behind = tuple(map(person_of, known.listings(source))) or _fit(
            services, definition, case, role.name, keepers
        )
    new = tuple(p for p in behind if not any(same_mailbox(p.email, o.email) for o in others))
    if not new and not staying:
        notified = (e.key for e in services.directory.entries("coordinators") if keeps(e))
        return HandoverPlan(case.id, party.id, (), tuple(notified), unheld=True)
    return HandoverPlan(case.id, party.id, new, (*staying, *(p.ref for p in new)))


def _fit(
    services: Services, definition: Definition, case: Case, role: str, people: Iterable[Person]
) -> tuple[Person, ...]:
    """Those whom no other role, here or in a linked case, keeps from this one."""
    linked = read_linked_cases(services, definition, case, role)
    return tuple(p for p in people if not kept_from(definition, case, role, p.email, linked))


def _cases(services: Services, key: str, source: str) -> Iterable[str]:
    """The cases on somebody's desk in roles from a list of the directory, each once."""
    roles = {
        (definition.name, role.name)
        for definition in map(current, NAMES)
        for role in definition.roles
        if role.source and people_of(role.source) == source
    }
    prefixes = [TODO, *(list_of(*role, group) for role in sorted(roles) for group in GROUPS)]
    found: dict[str, None] = {}
    for prefix in prefixes:
        after = ""
        while items := services.desks.page(key, prefix, after, _ROWS):
            found |= dict.fromkeys(root_of(item.case) for item in items)
            after = items[-1].sort_key
            if len(items) < _ROWS:
                break
    return found


def _is_of(record: CaseRecord, plan: HandoverPlan, key: str) -> bool:
    party = record.case.party(plan.party)
    return not plan.party or (party is not None and party.ref == key)
