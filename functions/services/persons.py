"""People as desks know them: by a keyed hash of their address, so that no key tells it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.desk import WHO
from functions.kernel.directory import PEOPLE_OF
from functions.kernel.directory import person as listed_person
from functions.kernel.mailboxes import plain
from functions.kernel.people import Person
from functions.services.wiring import Services

STAFF = ("coordinators", "supervisors")  # lists of the directory whose entries are people


@dataclass(frozen=True, slots=True)
class Known:
    """A person on record: whom to write to, and their entries in the directory by list."""

    person: Person
    entries: Mapping[str, str]


def person_key(services: Services, email: str) -> str:
    """The name of a person's desk: 40 hex digits, the same for every spelling in case.

    Another plus part is another person: what an address may open is not for providers to say."""
    secret = services.rules.secret
    return hmac.new(secret, b"desk#" + plain(email).encode(), hashlib.sha256).hexdigest()[:40]


def known(services: Services, key: str) -> Known | None:
    """The person behind a key, as the directory has them, else as their latest case does."""
    found: dict[str, Person] = {}
    for source in STAFF:
        for listed in services.directory.listings(source):
            if person_key(services, str(listed.facts.get("email", ""))) == key:
                found.setdefault(source, listed_person(listed))
    if found:
        entries = {source: person.ref for source, person in found.items()}
        return Known(next(iter(found.values())), entries)
    cards = services.desks.page(key, WHO, "", 1)
    return Known(cards[0].person, {}) if cards and cards[0].person else None


def own_facts(services: Services, definition: Definition, party: Party) -> Mapping[str, object]:
    """What the directory tells of somebody in a case, to fill in what is known."""
    role = definition.role(party.role)
    if not (role.source and party.ref):
        return {}
    listing = services.directory.named(PEOPLE_OF[role.source], party.ref)
    return listing.facts if listing else {}
