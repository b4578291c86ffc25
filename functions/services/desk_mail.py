"""Letters of desks: a link to one's own desk, and the week's digest. They belong to no case."""

from collections.abc import Mapping
from datetime import datetime

from functions.kernel import clean
from functions.kernel.case import Order
from functions.kernel.errors import Invalid, Problem, TooMany
from functions.services.links import DESK
from functions.services.persons import person_key
from functions.services.wiring import Services

TRAP = "website"  # people do not see this field; programs fill it


def ask_desk(services: Services, typed: Mapping[str, str]) -> None:
    """Order a link to the desk of whoever has the typed address, known to us or not.

    What is done is the same for every address: whether anybody is behind it, the mailer
    finds out. ``Invalid`` if it is no address. Beyond three in a day nothing more is sent.
    """
    raw = clean.text(typed.get("email", ""))
    if not raw:
        raise Invalid((Problem("email", "empty"),))
    email = None if clean.has_controls(raw, lines=False) else clean.email(raw)
    if email is None:
        raise Invalid((Problem("email", "email"),))
    if typed.get(TRAP):
        raise Invalid((Problem("", "trap"),))
    try:
        order_desk(services, person_key(services, email))
    except TooMany:
        return


def order_desk(services: Services, person: str) -> None:
    """Put a link to a desk into the outbox; ``TooMany`` after three in 24 hours."""
    order = Order("desk_link", person, DESK, "", 0)
    box = outbox_of(person)
    services.cases.post(box, order, services.clock.now(), box)


def order_digest(services: Services, person: str, week: str, now: datetime) -> bool:
    """Put a week's digest into the outbox; False if it has been there before."""
    order = Order("digest", person, DESK, "", 0)
    return services.cases.post_once(outbox_of(person), f"digest#{week}", order, now)


def outbox_of(person: str) -> str:
    """Where the letters of a desk lie, in place of a case's id; also their quota's name."""
    return f"{DESK}#{person}"
