"""Reports of acts that can be done again and again: some a day, then one for all others."""

from functions.kernel.definition import Definition
from functions.services.ports import Letter
from functions.services.quotas import of_repeated
from functions.services.unanswered import MOST, WAIT
from functions.services.wiring import Services


def repeated(services: Services, definition: Definition, letter: Letter) -> str:
    """What becomes of a report of an act that left its case in its state and can be done again and
    again; "" if it leaves now.

    A party gets three a day of each kind from one case. The fourth is ``held`` until the next day,
    and tells what holds then; all further ones are ``suppressed``, as that one tells of them.
    """
    if letter.order.purpose == "task" or not _stays(definition, letter):
        return ""
    now, number = services.clock.now(), f"{letter.case}.{letter.number}"
    name = of_repeated(services, letter.case, letter.order.party, letter.order.mail)
    if services.limits.hold(name, number, MOST, WAIT, now):
        return ""
    return "held" if services.limits.hold(f"waiting#{name}", number, 1, WAIT, now) else "suppressed"


def _stays(definition: Definition, letter: Letter) -> bool:
    state, mail = letter.order.state, letter.order.mail
    return any(t.source == t.target == state and mail in t.mails for t in definition.transitions)
