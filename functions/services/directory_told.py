"""The letters of a change of the directory: who is told of it, and what follows from it.

A change and the order to follow it are written together. Following it posts a letter to each
who is told, then hands places in cases on; doing it again posts and does nothing twice.
"""

from functions.kernel.case import Order
from functions.kernel.directory import Entry, keeps
from functions.kernel.directory_changes import Change, address, letters, tells_person
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import Unavailable
from functions.render.directory_told import case_lines, change_lines
from functions.render.mail import Note, message
from functions.services.directory_desk import undoable
from functions.services.handing_on import by_reader, carry_out, plans, plans_of
from functions.services.links import DESK, mint, mint_restoring
from functions.services.persons import person_key
from functions.services.ports import File, Letter
from functions.services.quotas import of_address
from functions.services.wiring import Services

FOLLOW, CHANGED = "follow", "directory_changed"
_BETWEEN = ","  # the ids of cases in an order
_EARLIER = "before:"  # and the id of a change: whoever had the entry before that one


def send_directory_letter(services: Services, letter: Letter) -> str:
    """Do what an order of the directory's says: ``sent`` or ``suppressed``."""
    if letter.order.mail == FOLLOW:
        return _follow(services, letter.order.state)
    return _send(services, letter)


def follow_case(services: Services, file: File) -> None:
    """Hand on the places of one case that do not hold any more, and tell who is concerned."""
    made = tuple(plans_of(services, file))
    box, places = f"{DIRECTORY}#{file.case.id}", "".join(f"#{plan.party}" for plan in made)
    for (mail, key), cases in by_reader(made).items():
        _post(services, box, mail, key, _BETWEEN.join(cases), places)
    for plan in made:
        carry_out(services, plan)


def _follow(services: Services, change_id: str) -> str:
    """Post the letters of a change, then hand cases on. ``Unavailable`` until it is saved."""
    change = services.directory.change(change_id)
    if change is None:
        return "suppressed"
    saved = services.directory.entry(change.after.source, change.after.key)
    if saved is None or saved.changed is None or saved.changed.at < change.mark.at:
        raise Unavailable("directory")
    box = f"{DIRECTORY}#{change_id}"
    if change.kinds:
        for keeper in filter(keeps, services.directory.entries("coordinators")):
            _post(services, f"{DIRECTORY}#{change.batch}", CHANGED, keeper.key, change.batch)
    for mail, to in letters(change):
        _post(services, box, mail, to, change_id)
    for earlier in _earlier(services, change):
        _post(services, box, "duties_changed", _EARLIER + earlier.id, change_id)
    made = plans(services, change)
    for (mail, key), cases in by_reader(made).items():
        _post(services, box, mail, key, _BETWEEN.join(cases))
    for plan in made:
        carry_out(services, plan)
    return "sent"


def _earlier(services: Services, change: Change) -> tuple[Change, ...]:
    """The changes after which somebody can still take the entry's address back: who they are
    hears, beside its present address, what becomes of the entry."""
    if not tells_person(change):
        return ()
    one = (change.after.source, change.after.key)
    return tuple(
        c
        for c in undoable(services)
        if (c.after.source, c.after.key) == one and c.mark.at < change.mark.at
    )


def _post(services: Services, box: str, mail: str, to: str, what: str, when: str = "") -> None:
    order = Order(mail, to, DIRECTORY, what, 0)
    services.cases.post_once(box, f"{mail}#{to}{when}", order, services.clock.now())


def _send(services: Services, letter: Letter) -> str:
    order, now = letter.order, services.clock.now()
    change = services.directory.change(order.state)
    entry = _to(services, order, change)
    if entry is None or services.limits.suppressed(of_address(services, address(entry)), now):
        return "suppressed"
    language = str(entry.facts["language"])
    note = Note(
        process="",
        mail=order.mail,
        language=language,
        to=address(entry),
        case_id="",
        link=_link(services, order, change, entry),
        deadline=None,
        sender=services.rules.sender,
        sent_at=now,
        dedupe=f"{letter.case}.{letter.number}",
        letter=f"{DESK}-{person_key(services, address(entry))}",
        lines=_lines(services, order, change, language),
    )
    services.post.send(message(note))
    return "sent"


def _to(services: Services, order: Order, change: Change | None) -> Entry | None:
    """Whom an order is for: somebody in office, or whoever had the entry before or after."""
    if order.party.startswith(_EARLIER):
        earlier = services.directory.change(order.party.removeprefix(_EARLIER))
        return earlier.before if earlier else None
    if order.party in ("before", "after"):
        known = {"before": change.before, "after": change.after} if change else {}
        return known.get(order.party)
    entry = services.directory.entry("coordinators", order.party)
    return None if entry is None or entry.retired else entry


def _link(services: Services, order: Order, change: Change | None, entry: Entry) -> str:
    if order.mail == "address_old" and change:
        return mint_restoring(services, change)
    if order.party.startswith("before") or entry.retired:
        return f"{services.rules.base_url}/"
    key = person_key(services, address(entry))
    return mint(services, DESK, Order("desk_link", key, DESK, "", 0))


def _lines(
    services: Services, order: Order, change: Change | None, language: str
) -> tuple[str, ...]:
    if order.mail == CHANGED:
        return change_lines(services.directory.changes(order.state), language)
    if change:
        return change_lines((change,), language)
    cases = services.cases.several(order.state.split(_BETWEEN)[:100])
    return case_lines(tuple(cases.values()), language)
