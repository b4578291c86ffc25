"""From a case to the cards that lie on desks for it: whatever was there before, what is now."""

import hashlib
from collections.abc import Iterator
from functools import partial

from functions.kernel.case import Case
from functions.kernel.desk import WHO, slots
from functions.kernel.people import Person
from functions.processes import pinned
from functions.services.beside import beside_turns
from functions.services.persons import person_key
from functions.services.ports import MOST_CHANGES, Card
from functions.services.sealing import broken, is_due_in_time
from functions.services.wiring import Services
from functions.services.writing import retried

_TRIES = 6


def index_case(services: Services, case_id: str) -> bool:
    """Make the cards of a case those it wants as it stands, and those of cases linked to it whose
    turn is somebody's whom a role in it may keep from acting; whether any had to be changed.

    What lies out is read before the case, and every change is refused if it moved meanwhile:
    so whoever comes late with an older case begins anew, and repeating changes nothing. A case
    that is older than what lies out for it was put back in the store: that is an alarm.
    """
    case, changed = retried(_TRIES, partial(_change, services, case_id))
    linked = services.cases.several(case.linked).values() if case and case.linked else ()
    for other in beside_turns(services, linked):
        changed |= retried(_TRIES, partial(_change, services, other))[1]
    return changed


def cards(services: Services, case: Case) -> Iterator[Card]:
    """The cards that a case wants on desks as it stands."""
    linked = beside_turns(services, [case]).get(case.id, ())
    for slot in slots(pinned(case.process, case.version), case, linked):
        party = slot.party
        person = None
        if slot.place.startswith(WHO):
            person = Person(party.name, party.email, party.language, party.ref)
        desk = person_key(services, party.email)
        yield Card(desk, slot.place, case.id, party.id, slot.marks, person)


def _change(services: Services, case_id: str) -> tuple[Case | None, bool]:
    """The case as it stands, and whether its cards had to be changed."""
    seen = services.desks.indexed(case_id)
    file = services.cases.case(case_id)
    case = file.case if file else None
    if file:
        is_due_in_time(services, file)
    wanted = {_print(card): card for card in cards(services, case)} if case else {}
    places = {(card.desk, card.place) for card in wanted.values()}
    if seen.revision > (case.revision if case else -1):
        broken(case_id)
    there = set(seen.cards.values())
    put = {mark: card for mark, card in wanted.items() if mark not in there}
    drop = [key for key in seen.cards if key not in places]
    moves: list[tuple[str, tuple[str, str]]] = [(m, (c.desk, c.place)) for m, c in put.items()]
    moves += [("", key) for key in drop]
    revision = case.revision if case else 0
    for start in range(0, len(moves), MOST_CHANGES):
        part = moves[start : start + MOST_CHANGES]
        laid = {mark: put[mark] for mark, _ in part if mark}
        seen = services.desks.change(
            case_id, seen, laid, [key for mark, key in part if not mark], revision
        )
    return case, bool(moves)


def _print(card: Card) -> str:
    """A card's fingerprint: two cards with the same one are the same."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:20]
