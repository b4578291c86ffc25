"""Delivers the mails of desks to the person on record; nothing is sent if there is none."""

from datetime import datetime, timedelta

from functions.kernel.duties import LOOKING_AFTER
from functions.render.mail.lines import waiting_lines
from functions.render.mail.mail import MailContent, message
from functions.services.access.links import DESK, mint
from functions.services.access.people import KnownPerson, is_own_spelling, known
from functions.services.access.quotas import of_address, of_desk, of_desks, of_unopened_desk
from functions.services.container import Services
from functions.services.mail.digest import waiting_long
from functions.services.ports import OutboxItem

MAX_LINKS = 3  # to one address
MAX_PER_MAILBOX = 6  # to all other spellings of one mailbox
ASKED_TOGETHER = timedelta(minutes=5)
# Mails that tell of what somebody looks after.
_LOOKED_AFTER = ("several_new", "several_urgent")
LINKS_WINDOW = timedelta(hours=24)  # shorter than a link lives that nobody opens


def send_desk_mail(services: Services, item: OutboxItem) -> str:
    """Send a desk's mail: ``sent``, or ``suppressed`` if nobody is known or nothing waits."""
    key, now = item.order.party, services.clock.now()
    found = known(services, key)
    if found is None or services.limits.suppressed(of_address(services, found.person.email), now):
        return "suppressed"
    for_others = item.order.mail in _LOOKED_AFTER and found.duties.isdisjoint(LOOKING_AFTER)
    if for_others or (item.order.mail == "handed_many" and not found.duties):
        return "suppressed"
    who, lines = found.person, tuple[str, ...]()
    dedupe = f"{item.case}.{item.number}"
    if item.order.mail == "desk_link" and not _may_have_link(services, key, found, dedupe, now):
        return "suppressed"  # links that nobody has opened lie in the mailbox
    if item.order.mail == "digest":
        waiting, more = waiting_long(services, key)
        if not waiting:
            return "suppressed"
        lines = waiting_lines(waiting, more, who.language)
    content = MailContent(
        process="",
        mail=item.order.mail,
        language=who.language,
        to=who.email,
        case_id="",
        link=mint(services, DESK, item.order, who.email),
        deadline=None,
        sender=services.rules.sender,
        sent_at=now,
        dedupe=dedupe,
        origin=f"{DESK}-{key}-{item.order.mail}",
        lines=lines,
    )
    services.post.send(message(content))
    return "sent"


def _may_have_link(
    services: Services, key: str, found: KnownPerson, holder: str, now: datetime
) -> bool:
    """Whether a link to a desk is mailed. Opening one gives all these places back.

    One link in five minutes and three a day go to an address. Plus parts and other spellings of
    a mailbox that strangers may have named share more places. Nobody of the directory needs
    those, no plain spelling, and none by which its owner has acted: so a stranger who asks for
    other spellings locks nobody out.
    """
    email, hold = found.person.email, services.limits.hold
    if not hold(of_unopened_desk(services, email), holder, 1, ASKED_TOGETHER, now):
        return False
    if not hold(of_desk(services, email), holder, MAX_LINKS, LINKS_WINDOW, now):
        return False
    if found.entries or is_own_spelling(services, key, email):
        return True
    return hold(of_desks(services, email), holder, MAX_PER_MAILBOX, LINKS_WINDOW, now)
