"""People as desks know them: by a keyed hash of their address, which does not reveal it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from functions import lists
from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.desk import ACTED, WHO
from functions.kernel.digests import signature
from functions.kernel.directory import listing, people_of
from functions.kernel.directory import person as person_of
from functions.kernel.duties import duties_of
from functions.kernel.mailboxes import mailbox, plain
from functions.kernel.people import Listing, Person
from functions.services.container import Services
from functions.services.integrity import broken

_ITEMS = 20  # of a person on record that are read at once


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person on record: whom to write to, their entries in the directory by list (list →
    key), and the duties that these give them now."""

    person: Person
    entries: Mapping[str, str]
    duties: frozenset[str] = frozenset()


def person_key(services: Services, email: str) -> str:
    """The name of a person's desk: 40 hex digits, the same for every spelling in case.

    Another plus part is another person: what an address may open is not for providers to say."""
    return signature(services.rules.secret, "desk", plain(email))[:40]


def known(services: Services, key: str) -> KnownPerson | None:
    """The person behind a key, as the directory has them, else as their latest case does.

    A list may be believed for a minute; whoever is found in one is read anew, so that who was
    retired or moved to another address a moment ago is not found. Whoever is found nowhere is
    looked for once more in lists that are read anew: they may have been mailed a link just now.
    """
    found = _of_directory(services, key) or _of_cases(services, key)
    if found is None:
        services.directory.read_anew()
        found = _of_directory(services, key)
    return found


def _of_directory(services: Services, key: str) -> KnownPerson | None:
    found: dict[str, Listing] = {}
    for source in lists.people():
        for each in services.directory.listings(source):
            entry = None
            if person_key(services, str(each.facts.get("email", ""))) == key:
                entry = services.directory.entry(source, each.key)
            if entry and not entry.retired:
                now = listing(entry)
                if person_key(services, str(now.facts.get("email", ""))) == key:
                    found.setdefault(source, now)
    if not found:
        return None
    entries = {source: each.key for source, each in found.items()}
    person = person_of(next(iter(found.values())))
    duties = (duties_in(services, source, each.facts) for source, each in found.items())
    return KnownPerson(person, entries, frozenset().union(*duties))


def _of_cases(services: Services, key: str) -> KnownPerson | None:
    for item in services.desks.page(key, WHO, "", _ITEMS):
        person_seen = item.person
        if person_seen and hmac.compare_digest(person_key(services, person_seen.email), key):
            return KnownPerson(person_seen, {})
        broken(item.case)  # the item was edited in the store
    return None


def is_own_spelling(services: Services, key: str, email: str) -> bool:
    """Whether an address needs no places that the spellings of its mailbox share: it is the plain
    one, or its owner, whose desk's ``key`` it is, has acted by it."""
    return plain(email) == mailbox(email) or has_acted(services, key)


def has_acted(services: Services, key: str) -> bool:
    """Whether somebody has done anything in a case by a spelling of their mailbox: then they read
    the mails to this address, and nobody else has thought it up. It lies on their desk as an item
    of its own, as of cases that strangers open there may be any number."""
    items = services.desks.page(key, ACTED, "", _ITEMS)
    records = services.cases.records(list(dict.fromkeys(item.case for item in items)))
    return any(
        item.case in records and records[item.case].summary.acted(item.party) for item in items
    )


def duties_in(services: Services, source: str, facts: Mapping[str, object]) -> frozenset[str]:
    """The duties that an entry in office gives its person: that of its list, or those declared."""
    own = lists.named(source).duty
    if own:
        return frozenset((own,))
    return duties_of(facts, services.directory.listings("coordinators"))


def own_facts(services: Services, definition: Definition, party: Party) -> Mapping[str, object]:
    """The facts of a party's directory entry, to prefill fields."""
    role = definition.role(party.role)
    if not (role.source and party.ref):
        return {}
    listing = services.directory.named(people_of(role.source), party.ref)
    return listing.facts if listing else {}
