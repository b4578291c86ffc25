"""The week's digest: what has waited too long among all that a coordinator looks after."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from functions.kernel.apart import Beside
from functions.kernel.case import Case
from functions.kernel.definition import BY_ITSELF
from functions.kernel.desk import MINE, list_of, looks_after, slots
from functions.kernel.ladder import is_late
from functions.kernel.spans import HELSINKI
from functions.processes import NAMES, current, pinned
from functions.services.beside import beside_turns
from functions.services.desk_mail import order_digest
from functions.services.persons import person_key
from functions.services.ports import Card
from functions.services.wiring import Services

MOST = 20  # told of in one digest
LONG = timedelta(days=14)
_READ = 25  # of each list; what is due first comes first, and so what is late
_HOUR = time(8)


def week_of(now: datetime) -> str:
    """The week a digest belongs to, such as ``2026-W32``: it begins on Monday at 8 in Finland."""
    local = now.astimezone(HELSINKI)
    monday = local.date() - timedelta(days=local.weekday())
    if local.weekday() == 0 and local.time() < _HOUR:
        monday -= timedelta(days=7)
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def order_digests(services: Services) -> int:
    """Order every coordinator's digest of this week; how many had not been ordered before.

    Whether there is anything to tell is found out when it is sent.
    """
    now = services.clock.now()
    emails = [str(x.facts["email"]) for x in services.directory.listings("coordinators")]
    keys = dict.fromkeys(person_key(services, email) for email in emails)
    return sum(order_digest(services, key, week_of(now), now) for key in keys)


def waiting_long(services: Services, person: str) -> tuple[Sequence[Case], bool]:
    """Up to 20 cases that are late or have waited for two weeks, oldest first; whether there
    are more. Reads 25 of each list of those that somebody must act on: one that follows a linked
    case waits for nobody itself."""
    lists = [f"{MINE}0#", f"{MINE}1#"]
    roles = [(name, looks_after(current(name))) for name in NAMES]
    lists += [list_of(*role, group) for role in roles for group in ("aside", "on")]
    cards = [c for each in lists for c in services.desks.page(person, each, "", _READ)]
    cases = services.cases.several([card.case for card in cards[:100]])
    now, linked = services.clock.now(), beside_turns(services, cases.values())
    late = [
        case
        for card in cards
        if (case := cases.get(card.case))
        and _looked_after(case, card, linked.get(case.id, ()))
        and _late(case, now)
    ]
    late = sorted({case.id: case for case in late}.values(), key=lambda case: case.since)
    return late[:MOST], len(late) > MOST


def _looked_after(case: Case, card: Card, linked: Beside) -> bool:
    """Whether the card still holds, and its person looks after the case."""
    definition = pinned(case.process, case.version)
    return any(
        (slot.place, slot.party.id) == (card.place, card.party)
        and slot.party.role == looks_after(definition)
        for slot in slots(definition, case, linked)
    )


def _late(case: Case, now: datetime) -> bool:
    definition = pinned(case.process, case.version)
    if definition.turn(case) in BY_ITSELF:
        return False
    return is_late(definition, case, now) or now - case.since >= LONG
