"""Letters of desks on their way out: addressed to whoever is on record, or to nobody."""

from datetime import timedelta

from functions.render.mail import Note, message
from functions.render.waiting import waiting_lines
from functions.services.digest import waiting_long
from functions.services.links import DESK, mint
from functions.services.persons import known
from functions.services.ports import Letter
from functions.services.quotas import of_address, of_desk
from functions.services.wiring import Services

MOST_LINKS = 3
LINKS_WINDOW = timedelta(hours=24)  # shorter than a link lives that nobody opens


def send_desk_letter(services: Services, letter: Letter) -> str:
    """Send a desk's letter: ``sent``, or ``suppressed`` if nobody is known or nothing waits."""
    key, now = letter.order.party, services.clock.now()
    found = known(services, key)
    if found is None or services.limits.suppressed(of_address(services, found.person.email), now):
        return "suppressed"
    who, lines = found.person, tuple[str, ...]()
    dedupe = f"{letter.case}.{letter.number}"
    if letter.order.mail == "desk_link":
        quota = of_desk(services, who.email)
        if not services.limits.hold(quota, dedupe, MOST_LINKS, LINKS_WINDOW, now):
            return "suppressed"  # three links that nobody has opened lie in the mailbox
    if letter.order.mail == "digest":
        waiting, more = waiting_long(services, key)
        if not waiting:
            return "suppressed"
        lines = waiting_lines(waiting, more, who.language)
    note = Note(
        process="",
        mail=letter.order.mail,
        language=who.language,
        to=who.email,
        case_id="",
        link=mint(services, DESK, letter.order),
        deadline=None,
        sender=services.rules.sender,
        sent_at=now,
        dedupe=dedupe,
        letter=f"{DESK}-{key}",
        lines=lines,
    )
    services.post.send(message(note))
    return "sent"
