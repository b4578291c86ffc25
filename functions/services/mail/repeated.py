"""Reports of acts that can be done again and again: some a day, then one for all others."""

from functions.kernel.definition import Definition
from functions.services.access.quotas import of_repeated
from functions.services.container import Services
from functions.services.mail.unanswered import MOST, WAIT
from functions.services.ports import OutboxItem


def repeated(services: Services, definition: Definition, item: OutboxItem) -> str:
    """What becomes of a report of an act that left its case in its state and can be done again and
    again; "" if it leaves now.

    A party gets three a day of each kind from one case. The fourth is ``held`` until the next day,
    and tells what holds then; all further ones are ``suppressed``, as that one tells of them.
    """
    if item.order.purpose == "task" or not _stays(definition, item):
        return ""
    now, number = services.clock.now(), f"{item.case}.{item.number}"
    name = of_repeated(services, item.case, item.order.party, item.order.mail)
    if services.limits.hold(name, number, MOST, WAIT, now):
        return ""
    return "held" if services.limits.hold(f"waiting#{name}", number, 1, WAIT, now) else "suppressed"


def _stays(definition: Definition, item: OutboxItem) -> bool:
    state, mail = item.order.state, item.order.mail
    return any(t.source == t.target == state and mail in t.mails for t in definition.transitions)
