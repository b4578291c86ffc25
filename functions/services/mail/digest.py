"""The weekly digest: which of a coordinator's cases have waited too long."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Case
from functions.kernel.desk import TODO, list_of, placements
from functions.kernel.durations import HELSINKI
from functions.kernel.states import BY_ITSELF
from functions.kernel.timers import is_late
from functions.processes import NAMES, current, pinned
from functions.services.access.linked_cases import linked_cases_of_turns
from functions.services.access.people import person_key
from functions.services.container import Services
from functions.services.mail.orders import order_digest
from functions.services.ports import WorklistItem

MAX_CASES = 20  # told of in one digest
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
    lists = [f"{TODO}0#", f"{TODO}1#"]
    roles = [(name, current(name).owner) for name in NAMES]
    lists += [list_of(*role, group) for role in roles for group in ("returned", "waiting")]
    items = [c for each in lists for c in services.desks.page(person, each, "", _READ)]
    cases = services.cases.several([item.case for item in items[:100]])
    now, linked = services.clock.now(), linked_cases_of_turns(services, cases.values())
    late = [
        case
        for item in items
        if (case := cases.get(item.case))
        and _owned(case, item, linked.get(case.id, ()))
        and _late(case, now)
    ]
    late = sorted({case.id: case for case in late}.values(), key=lambda case: case.since)
    return late[:MAX_CASES], len(late) > MAX_CASES


def _owned(case: Case, item: WorklistItem, linked: LinkedCases) -> bool:
    """Whether the item still holds, and its person looks after the case."""
    definition = pinned(case.process, case.version)
    return any(
        (slot.sort_key, slot.party.id) == (item.sort_key, item.party)
        and slot.party.role == definition.owner
        for slot in placements(definition, case, linked)
    )


def _late(case: Case, now: datetime) -> bool:
    definition = pinned(case.process, case.version)
    if definition.turn(case) in BY_ITSELF:
        return False
    return is_late(definition, case, now) or now - case.since >= LONG
