"""Orders the mails of desks, which belong to no case: a link to one's desk, and the weekly
digest."""

from collections.abc import Mapping
from datetime import datetime

from functions.kernel.case import MailOrder
from functions.kernel.durations import day_of
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import TRAP, Field
from functions.kernel.mail_orders import ONE_PRESS
from functions.kernel.parse import read
from functions.services.access.links import DESK
from functions.services.access.people import person_key
from functions.services.container import Services

ADDRESS = Field("email", "email")


def ask_desk(services: Services, typed: Mapping[str, str]) -> None:
    """Order a link to the desk of whoever has the typed address, known to us or not.

    What is done is the same for every address and however often it is asked for: whether
    anybody is behind it and whether more may be sent, the mailer finds out. ``Invalid`` if it
    is no address.
    """
    answers = read((ADDRESS,), (), typed, services.directory, services.today())
    if typed.get(TRAP):
        raise Invalid((Problem("", "trap"),))
    order_desk(services, person_key(services, str(answers[ADDRESS.name])))


def order_desk(services: Services, person: str) -> None:
    """Put a link to a desk into the outbox. The mailer sends one in five minutes, unless that was
    opened; what is asked within ten seconds is one press of a button."""
    now = services.clock.now()
    order = MailOrder("desk_link", person, DESK, "", 0)
    asked = int(now.timestamp() // ONE_PRESS.total_seconds())
    services.cases.post_once(outbox_of(person), f"asked#{asked}", order, now)


def order_waiting(services: Services, person: str, now: datetime) -> None:
    """Put the day's mail that more waits on a desk into the outbox, once."""
    order = MailOrder("more_waiting", person, DESK, "", 0)
    services.cases.post_once(outbox_of(person), f"waiting#{day_of(now)}", order, now)


def order_gathered(services: Services, mail: str, person: str, after: str, now: datetime) -> None:
    """Put the ``mail`` that tells somebody of many cases into the outbox, once for the mail
    ``after`` which no other leaves by itself."""
    order = MailOrder(mail, person, DESK, "", 0)
    services.cases.post_once(outbox_of(person), f"{mail}#{after}", order, now)


def order_digest(services: Services, person: str, week: str, now: datetime) -> bool:
    """Put a week's digest into the outbox; False if it has been there before."""
    order = MailOrder("digest", person, DESK, "", 0)
    return services.cases.post_once(outbox_of(person), f"digest#{week}", order, now)


def outbox_of(person: str) -> str:
    """Where the mails of a desk lie, in place of a case's id."""
    return f"{DESK}#{person}"
