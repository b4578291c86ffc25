"""Which parties have their role because of the directory, and whether they still may.

A place from the directory holds only while its person is in office, at the same address, with the
duty that the place is for. This is asked at every request, of the entry as it is stored.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from functions import lists
from functions.kernel.apart import kept_from
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.directory import DirectoryEntry, is_picked, keeps, people_of
from functions.kernel.directory_changes import address
from functions.kernel.duties import DIRECTORY, declared
from functions.kernel.errors import DutyLost, KapulaError, Refused
from functions.kernel.mailboxes import same_address
from functions.kernel.people import Directory, Listing, Person
from functions.lists import duties_for
from functions.services.access.linked_cases import read_linked_cases, rooted
from functions.services.access.people import duties_in, known, person_key
from functions.services.container import Services


@dataclass(frozen=True, slots=True)
class Offices:
    """The directory as one request asks it of the people in cases: each entry is read once."""

    services: Services
    _read: dict[tuple[str, str], DirectoryEntry | None] = field(default_factory=dict)

    def holds(self, definition: Definition, case: Case, party: Party) -> bool:
        """Whether a party may act in its place now; always, unless the directory put it there.

        Who keeps the directory goes on holding what nobody else in the case has the right to,
        until it is handed on: no case is ever nobody's.
        """
        definition, case = rooted(definition, case)
        if self.has_right(definition, case, party):
            return True
        return self._is_keeper(definition, party) and not any(
            self.has_right(definition, case, other)
            for other in case.holders(party.role)
            if other.id != party.id
        )

    def has_right(self, definition: Definition, case: Case, party: Party) -> bool:
        """Whether a party has its place by the directory as it is, so that it stays there."""
        definition, case = rooted(definition, case)
        role = definition.role(party.role)
        if not (role.source and party.ref):
            return True
        entry = self._in_office(definition, party)
        if entry is None:
            return False
        duties = frozenset(duties_for(definition.role(party.role), case.answers))
        if not duties.isdisjoint(duties_now(self.services, entry)):
            return True
        return DIRECTORY in declared(entry.facts) and self._stands_in(definition, case, party)

    def _in_office(self, definition: Definition, party: Party) -> DirectoryEntry | None:
        """The entry by which a party has its place, while it is in office at this address."""
        entry = self._entry(people_of(definition.role(party.role).source), party.ref)
        if entry is None or entry.retired:
            return None
        return entry if same_address(str(entry.facts.get("email", "")), party.email) else None

    def _is_keeper(self, definition: Definition, party: Party) -> bool:
        """Whether a party from the directory keeps it, and is in office at this address."""
        if not (definition.role(party.role).source and party.ref):
            return False
        entry = self._in_office(definition, party)
        return entry is not None and entry.source == "coordinators" and keeps(entry)

    def _stands_in(self, definition: Definition, case: Case, party: Party) -> bool:
        """Whether the place may be somebody's who keeps the directory: another role keeps all who
        have its duty from it."""
        if is_picked(definition.role(party.role)):
            return False
        duties = frozenset(duties_for(definition.role(party.role), case.answers))
        coordinators = self.services.directory.listings("coordinators")
        having = [x for x in coordinators if not duties.isdisjoint(declared(x.facts))]
        linked = read_linked_cases(self.services, definition, case, party.role)
        kept = (kept_from(definition, case, party.role, _email(each), linked) for each in having)
        return bool(having) and all(kept)

    def gone(self, definition: Definition, case: Case) -> tuple[Party, ...]:
        """The parties who have a place in the case that does not hold any more."""
        present = (p for p in case.parties if p.present)
        return tuple(p for p in present if not self.has_right(definition, case, p))

    def seen(self, definition: Definition, case: Case, party: Party) -> Party:
        """The party, marked as not present if the directory does not give them the role any
        more."""
        unchanged = not party.present or self.holds(definition, case, party)
        return party if unchanged else replace(party, present=False)

    def _entry(self, source: str, key: str) -> DirectoryEntry | None:
        if (source, key) not in self._read:
            self._read[source, key] = self.services.directory.entry(source, key)
        return self._read[source, key]


def duties_now(services: Services, entry: DirectoryEntry) -> frozenset[str]:
    """The duties that an entry in office gives its person."""
    return duties_in(services, entry.source, entry.facts)


def refusal(services: Services, email: str, duties: Iterable[str]) -> KapulaError:
    """The error for a person who lacks these ``duties``: ``DutyLost`` if they are in office and had
    one of them when they may have opened the page, else ``Refused``."""
    found = known(services, person_key(services, email))
    if not (found and found.entries):
        return Refused()
    since = services.clock.now() - services.rules.desk_link
    entries = (change.before for change in services.directory.changes_since(since))
    had: set[str] = set()
    for entry in entries:
        if entry and not entry.retired and same_address(address(entry), email):
            own = lists.named(entry.source).duty
            had |= {own} if own else {*declared(entry.facts)}
    return Refused() if had.isdisjoint(duties) else DutyLost()


@dataclass(frozen=True, slots=True)
class Colleagues:
    """A directory whose people are those who have one of some duties, and whom no other role
    keeps ``apart`` by their address: whom a case can be handed to."""

    services: Services
    source: str
    duties: frozenset[str]
    apart: Callable[[str], bool]

    def listings(self, source: str) -> Sequence[Listing]:
        """See ``Directory.listings``."""
        everybody = self.services.directory.listings(source)
        if source != self.source:
            return tuple(everybody)
        return tuple(x for x in everybody if self._has(x) and not self.apart(_email(x)))

    def named(self, source: str, key: str) -> Listing | None:
        """See ``Directory.named``; somebody without the duty is not there."""
        found = self.services.directory.named(source, key)
        return found if found is None or source != self.source or self._has(found) else None

    def people(self, source: str, key: str) -> Sequence[Person]:
        """See ``Directory.people``."""
        return self.services.directory.people(source, key)

    def knows_domain(self, domain: str) -> bool:
        """See ``Directory.knows_domain``."""
        return self.services.directory.knows_domain(domain)

    def _has(self, listing: Listing) -> bool:
        return not self.duties.isdisjoint(duties_in(self.services, self.source, listing.facts))


def colleagues(services: Services, definition: Definition, case: Case, party: Party) -> Directory:
    """The directory from which somebody is picked to take a party's place."""
    role = definition.role(party.role)
    if not role.source:
        return services.directory
    duties = frozenset(duties_for(definition.role(party.role), case.answers))
    linked = read_linked_cases(services, definition, case, role.name)

    def apart(email: str) -> bool:
        return bool(kept_from(definition, case, role.name, email, linked))

    return Colleagues(services, people_of(role.source), duties, apart)


def _email(listing: Listing) -> str:
    return str(listing.facts.get("email", ""))
